"""Runs a DMN conformance kit (the DMN TCK's folders) against our evaluator and prints passed and failed per folder.

    python benchmarks/conformance.py PATH_TO_KIT [folder name part] [--failed]

Outside of the tests: the kit is not part of this project.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine.decisions import DecisionError, DecisionModel, evaluate_decision, invoke_service, parse_dmn
from engine.feel import BudgetExceeded, Range, YearsMonths
from engine.feel.temporal import parse_any, parse_duration

TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
NOW = datetime(2026, 9, 25, 9, 30, tzinfo=UTC)


def local(element: Any) -> str:
    return etree.QName(element).localname


def children(element: Any, name: str) -> list[Any]:
    return [each for each in element if isinstance(each.tag, str) and local(each) == name]


def value_of(element: Any) -> Any:
    """The value that a test file writes below an element."""
    if element.get(NIL) == "true":
        return None
    for each in element:
        if not isinstance(each.tag, str):
            continue
        kind = local(each)
        if kind == "value":
            return simple(each)
        if kind == "list":
            return None if each.get(NIL) == "true" else [value_of(item) for item in children(each, "item")]
        if kind == "component":
            return {part.get("name"): value_of(part) for part in children(element, "component")}
    return None


def simple(element: Any) -> Any:
    if element.get(NIL) == "true":
        return None
    text = element.text or ""
    kind = (element.get(TYPE) or "").rpartition(":")[2]
    if kind in ("decimal", "double", "integer", "int", "float", "long"):
        return Decimal(text.strip())
    if kind == "boolean":
        return text.strip() in ("true", "1")
    if kind in ("date", "time", "dateTime"):
        return parse_any(text.strip())
    if kind.lower().endswith("duration"):
        return parse_duration(text.strip())
    if not kind and not text:
        return None
    return text


def same(got: Any, want: Any) -> bool:
    """Equal as the kit means it: numbers to eight digits, nothing converted."""
    if isinstance(want, Decimal):
        return type(got) is Decimal and abs(got - want) <= Decimal("1e-8") * max(1, abs(want))
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(same, got, want))
    if isinstance(want, dict):
        return isinstance(got, dict) and got.keys() == want.keys() and all(same(got[k], want[k]) for k in want)
    if isinstance(want, datetime | time):
        return (
            type(got) is type(want)
            and got.replace(tzinfo=None) == want.replace(tzinfo=None)
            and zone(got) == zone(want)
        )
    if want is None or isinstance(want, bool | str | date | timedelta | YearsMonths | Range):
        return type(got) is type(want) and got == want
    return bool(got == want)


def zone(value: datetime | time) -> str:
    return "" if value.tzinfo is None else str(value.tzinfo)


def cases(path: Path) -> Iterator[tuple[str, Any, Any]]:
    """(id, case element, result element) of each expected result of a test file."""
    root = etree.parse(str(path)).getroot()
    for case in children(root, "testCase"):
        for result in children(case, "resultNode"):
            yield case.get("id", ""), case, result


def outcome(model: DecisionModel, case: Any, result: Any) -> tuple[bool, str]:
    names = {node.get("name"): value_of(node) for node in children(case, "inputNode")}
    expected = children(result, "expected")
    want = value_of(expected[0]) if expected else None
    note = ""
    try:
        if case.get("type") == "decisionService":
            got = invoke_service(model, case.get("invocableName"), names, now=NOW)
            if isinstance(got, dict):
                got = got.get(result.get("name"), got)
        else:
            answer = evaluate_decision(model, result.get("name"), names, now=NOW)
            got, note = answer.value, "; ".join(answer.explanation.warnings)
    except (DecisionError, BudgetExceeded) as problem:
        got, note = None, f"{type(problem).__name__}: {problem}"
    return same(got, want), f"expected {want!r}, got {got!r} [{note}]"


def run_folder(folder: Path, show: bool) -> tuple[int, int]:
    passed = failed = 0
    for test in sorted(folder.glob("*-test-*.xml")):
        name = children(etree.parse(str(test)).getroot(), "modelName")[0].text.strip()
        try:
            model = parse_dmn((folder / name).read_bytes(), name, strict=False)
        except DecisionError as problem:
            model = None
            print(f"    {name}: {problem}")
        for case_id, case, result in cases(test):
            good, note = outcome(model, case, result) if model else (False, "no model")
            passed += good
            failed += not good
            if show and not good:
                print(f"    {test.name} {case_id} {result.get('name')}: {note[:300]}")
    return passed, failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kit", type=Path)
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--failed", action="store_true", help="print each failed case")
    options = parser.parse_args()
    totals = {"compliance-level-2": [0, 0], "compliance-level-3": [0, 0]}
    for level, total in totals.items():
        for folder in sorted(path for path in (options.kit / level).glob("*") if options.part in path.name):
            passed, failed = run_folder(folder, options.failed)
            total[0] += passed
            total[1] += failed
            print(f"{level[-1]} {folder.name:45} {passed:5} passed {failed:5} failed")
    for level, (passed, failed) in totals.items():
        print(f"{level}: {passed} of {passed + failed} passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
