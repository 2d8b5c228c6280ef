"""Every combination of the table of exit grounds, against the lookup of domain.md part 3 written as a function."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

from engine.decisions import evaluate_decision, parse_dmn

TABLE = Path(__file__).parents[2] / "processes" / "decisions" / "EXIT_GROUND.dmn"
SUBCASES = ("不适用", "死亡", "户籍迁出", "自愿退出", "骗取保障", "监护情况变化", "其他")
OUTPUTS = ("stop_rule", "hear", "notice", "recover", "leaves")


def exit_ground(ground: str, subcase: str) -> tuple[Any, ...]:
    """From when it stops, whether the guardian is heard, whether 特困 termination hangs, whether money comes back."""
    if ground == "7" and subcase == "骗取保障":
        return ("AT_ONCE", True, True, True, "退出")
    dead, moved = ground == "7" and subcase == "死亡", ground == "7" and subcase == "户籍迁出"
    from_fact = ground in ("1", "2") or dead
    stop = "MONTH_AFTER_FACT" if from_fact else "MONTH_AFTER_DECISION"
    return (stop, not from_fact, not dead, False, "死亡" if dead else "转出" if moved else "退出")


def test_every_ground_stops_as_the_plan_says() -> None:
    model = parse_dmn(TABLE.read_bytes(), TABLE.name)
    hit: set[int] = set()
    for ground, subcase in product("1234567", SUBCASES):
        result = evaluate_decision(model, "EXIT_GROUND", {"ground": ground, "subcase": subcase})
        told = result.explanation.as_dict()
        assert tuple(result.value[name] for name in OUTPUTS) == exit_ground(ground, subcase), (ground, subcase)
        assert len(told["rules"]) == 1 and not told["warnings"], (ground, subcase)
        hit |= {rule["index"] for rule in told["rules"]}
    assert len(hit) == TABLE.read_text(encoding="utf-8").count("<rule "), "a rule that no case meets is a mistake"
