"""Every combination of inputs of D1-D12: what our tables answer, and what the specification says (`specified`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.decisions import DecisionError, evaluate_decision, parse_dmn
from tests.processes.specified import Names, NotAllowedHere, Table, amendments, read_condition, specified

TABLES = Path(__file__).parents[2] / "processes" / "decisions"
SPECIFIED = specified()
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"


def raw(identity: str) -> bytes:
    return (TABLES / f"{identity}.dmn").read_bytes()


def model(identity: str, content: bytes | None = None) -> Any:
    return parse_dmn(content or raw(identity), f"{identity}.dmn")


def answer(table: Table, value: Any) -> list[tuple[Any, ...]]:
    """The rows of an answer with all outputs; a collecting table's order says nothing."""
    rows = value if isinstance(value, list) else [] if value is None else [value]
    return sorted(tuple(row[name] for name in table.outputs) for row in rows)


def differences(table: Table, ours: Any, hit: set[int] | None = None) -> Iterator[tuple[Names, Any]]:
    """Where our table answers something else, with both answers; `hit` takes the rules that gave one."""
    for names in table.combinations():
        wanted = sorted(row.gives for row in table.hits(names))
        try:
            result = evaluate_decision(ours, table.id, names)
        except DecisionError as error:
            yield names, (wanted, error)
            continue
        told = result.explanation.as_dict()
        if answer(table, result.value) != wanted or (told["warnings"] and wanted):
            yield names, (wanted, result.value, told["warnings"])
        if hit is not None:
            hit |= {rule["index"] for rule in told["rules"]}


def test_all_tables_are_compared() -> None:
    assert set(SPECIFIED) == {path.stem for path in TABLES.glob("D*.dmn")}
    assert len(SPECIFIED) == 12


@pytest.mark.parametrize("table", SPECIFIED.values(), ids=SPECIFIED)
def test_the_specification_itself_is_complete_and_exclusive(table: Table) -> None:
    """UNIQUE: one row for each case. COLLECT: no case is told one thing twice. Every row holds for some case."""
    held: set[str] = set()
    for names in table.combinations():
        found = table.hits(names)
        held |= {row.text for row in found}
        if table.hit == "UNIQUE":
            assert len(found) == 1, (names, [row.text for row in found])
        assert len({row.gives for row in found}) == len(found), names
    assert held == {row.text for row in table.rows}


@pytest.mark.parametrize("table", SPECIFIED.values(), ids=SPECIFIED)
def test_every_combination_gives_what_the_specification_says(table: Table) -> None:
    hit: set[int] = set()
    drawn = etree.fromstring(raw(table.id)).find(f".//{DMN}decisionTable")
    assert drawn.get("hitPolicy", "UNIQUE") == table.hit
    assert list(differences(table, model(table.id), hit))[:3] == []
    assert len(hit) == len(drawn.findall(f"{DMN}rule")), "a rule that no case meets is a mistake"


def test_reasons_of_both_parents_are_asked_in_one_evaluation() -> None:
    table = SPECIFIED["D3_REVIEWERS"]
    reasons = [each[0] for each in table.inputs["parent_reasons"] if each]
    pairs = [list(pair) for pair in product(reasons, reasons)]
    both = replace(table, inputs={**table.inputs, "category": ["C1", "C2"], "parent_reasons": pairs})
    asked = {name: [False] for name in ("severe_illness", "hardship_school", "hardship_medical")}
    assert list(differences(replace(both, inputs=both.inputs | asked), model(table.id)))[:3] == []


def cells() -> Iterator[Any]:
    """Each table with one cell spoiled: the first output of its last rule, and the last input that asks something."""
    for identity in SPECIFIED:
        for kind in ("inputEntry", "outputEntry"):
            root = etree.fromstring(raw(identity))
            entries = [each for each in root.iter(f"{DMN}{kind}") if each.find(f"{DMN}text").text != "-"]
            text = entries[-1].find(f"{DMN}text")
            text.text = f"not({text.text})" if kind == "inputEntry" else '"SPOILED"'
            yield pytest.param(identity, etree.tostring(root), id=f"{identity}-{kind}")


@pytest.mark.parametrize(("identity", "spoiled"), list(cells()))
def test_one_changed_cell_is_noticed(identity: str, spoiled: bytes) -> None:
    """The comparison would be worthless if it let this pass."""
    assert next(differences(SPECIFIED[identity], model(identity, spoiled)), None) is not None


def test_each_amendment_says_what_it_changes_and_why() -> None:
    for each in amendments():
        assert each["table"] in SPECIFIED
        assert each["amendment"] in {"M1", "M3", "M4", "M5", "M6", "M15", "part 3", "architecture", "bounds"}, each
        assert len(each["reason"]) > 20, each
    assert {each["amendment"] for each in amendments()} >= {"M1", "M4", "M5", "M6", "M15"}


@pytest.mark.parametrize("text", ["__import__('os')", "age.real", "age if age else 0", "[x for x in age]", "age + 1"])
def test_a_condition_is_read_and_never_run(text: str) -> None:
    with pytest.raises(NotAllowedHere):
        read_condition(text)


def test_an_unknown_flag_never_publishes_a_sealed_child() -> None:
    names = {"no_publicity": True, "profile": "CURRENT", "category": "C5", "dibao_linked": True}
    assert evaluate_decision(model("D2_PUBLICITY"), "D2_PUBLICITY", names).value["mode"] == "NONE"
