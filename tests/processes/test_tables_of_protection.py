"""Every combination of inputs of D10, D11 and D12, against the rules written down a second time as plain functions.

The functions follow domain.md part 3 with amendments M5 and M6, not the tables' rows.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from engine.decisions import evaluate_decision, parse_dmn

TABLES = Path(__file__).parents[2] / "processes" / "decisions"


def triage(
    life_threat: bool,
    ongoing_violence: bool,
    sexual: bool,
    missing_or_trafficked: bool,
    abandoned: bool,
    alone_under8: bool,
    suspected_abuse_or_neglect: bool,
) -> tuple[Any, ...]:
    if life_threat or ongoing_violence:
        return ("L1", 10)
    if sexual or missing_or_trafficked or abandoned or alone_under8:
        return ("L1", 30)
    return ("L2", 120) if suspected_abuse_or_neglect else ("L3", 1440)


def placement(
    need_medical: bool,
    danger_from_guardian: bool,
    guardian_present: bool,
    guardian_reachable: bool,
    relative_ok: bool,
    special_care: bool,
) -> tuple[Any, ...]:
    """A guardian who is there can be reached (M5)."""
    if need_medical:
        return ("HOSPITAL",)
    if not danger_from_guardian and guardian_present:
        return ("STAY_HOME",)
    if not danger_from_guardian and guardian_reachable:
        return ("ORDER_RETURN",)
    if relative_ok:
        return ("RELATIVE",)
    return ("CWI",) if special_care else ("CPC",)


def guardianship(
    ground_revoke: bool, danger_removed: bool, guardian_capable: bool, other_guardian: bool, permanent_loss: bool
) -> tuple[Any, ...]:
    if ground_revoke:
        return ("APPLY_REVOCATION",)
    if danger_removed and guardian_capable:
        return ("RETURN",)
    if other_guardian:
        return ("OTHER_GUARDIAN",)
    return ("LONG_TERM",) if permanent_loss else ("CONTINUE_TEMP",)


CASES: dict[str, tuple[Callable[..., tuple[Any, ...]], tuple[str, ...]]] = {
    "D10_TRIAGE": (triage, ("level", "respond_minutes")),
    "D11_PLACEMENT": (placement, ("placement",)),
    "D12_GUARDIANSHIP": (guardianship, ("outcome",)),
}


@pytest.mark.parametrize("identity", CASES)
def test_every_combination_gives_what_the_law_says(identity: str) -> None:
    expected, outputs = CASES[identity]
    raw = (TABLES / f"{identity}.dmn").read_bytes()
    model = parse_dmn(raw, f"{identity}.dmn")
    inputs = [name for name in expected.__annotations__ if name != "return"]
    hit: set[int] = set()
    for values in product((False, True), repeat=len(inputs)):
        names = dict(zip(inputs, values, strict=True))
        result = evaluate_decision(model, identity, names)
        told = result.explanation.as_dict()
        assert tuple(result.value[name] for name in outputs) == expected(**names), names
        assert len(told["rules"]) == 1, names
        assert not told["warnings"], names
        hit |= {rule["index"] for rule in told["rules"]}
    assert len(hit) == raw.decode().count("<rule "), "a rule that no case meets is a mistake"
