"""The sheet says when and why a protection ended (part 5, 全国儿童福利信息系统), of whoever is not covered again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cases import children
from cases.children import ChildStatus, child
from cases.decisions import DecisionKind, decide
from cases.ledger_columns import COLUMNS
from cases.ledger_content import lines_of
from engine.store import Database
from tests.child_files import open_child
from tests.opened_cases import opened_case

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
REASON = "母亲刑满释放后重新履行抚养义务"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (ChildStatus.LEFT, ("2026-03-02", REASON)),
        (ChildStatus.MOVED, ("2026-03-02", REASON)),
        (ChildStatus.PROTECTED, ("", "")),
    ],
)
def test_the_exit_of_a_child_that_is_gone(database: Database, status: ChildStatus, told: tuple[str, str]) -> None:
    with database.transaction() as session:
        child_id, other = open_child(session, now=NOW), open_child(session, now=NOW, name="李小雨")
        for each in (child_id, other):
            children.change(session, each, now=NOW, status=status)
        for kind, reason, day in (
            (DecisionKind.LEFT, "先前的退出", date(2024, 5, 6)),
            (DecisionKind.RECOGNISED, "符合条件", date(2024, 9, 1)),
            (DecisionKind.LEFT, REASON, date(2026, 3, 2)),
        ):
            case_id = opened_case(session, "exit", now=NOW, child_id=child_id)
            decide(session, case_id, kind=kind, reason=reason, decided_on=day, policy_profile="CURRENT", now=NOW)
        lines = {each.child_id: each.cells for each in lines_of(session, child.c.id.in_([child_id, other]), now=NOW)}
    place = {column.key: index for index, column in enumerate(COLUMNS)}
    assert (lines[child_id][place["exit_on"]], lines[child_id][place["exit_reason"]]) == told
    assert (lines[other][place["exit_on"]], lines[other][place["exit_reason"]]) == ("", "")
