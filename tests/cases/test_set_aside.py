"""A stop that a review or a court set aside stops nothing any more; death and a move away are not undone (P_K)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from cases import children, exits, payments
from cases.benefits import DELIVERED, DIRECT, benefit_item
from cases.children import ChildStatus
from cases.covered_children import enter_world
from cases.stage import Stage, build
from engine.clock import COUNTY_ZONE
from engine.settings import Settings
from engine.store.session import Session
from tests.opened_cases import opened_case

NOW = datetime(2026, 12, 14, 10, 0, tzinfo=COUNTY_ZONE)
CHILD = {
    "name": "罗小溪",
    "idcard": "519927201011110060",
    "village": "519927101001",
    "categories": ["C2"],
    "enrolled_on": date(2026, 3, 5),
    "guardian": "罗姨",
    "scheme": "DEFACTO",
    "amount": Decimal(720),
}
STOPPED = "2026-11"


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=NOW)
    made.prepare([])
    with made.database.transaction() as session:
        enter_world(session, children=[CHILD], standards=[], now=NOW)
        _enter_list(session)
    yield made
    made.database.dispose()


def _enter_list(session: Session) -> None:
    """The county's first list was that of the month in which the benefits stopped: arrears reach back to it."""
    case_id = opened_case(session, "payment", now=NOW, place="519927")
    values = {"case_id": case_id, "month": STOPPED, "track": payments.ORDINARY, "attempt": 1, "withheld": []}
    session.execute(insert(payments.payment_batch).values(**values))


def stopped(stage: Stage, status: ChildStatus) -> str:
    """An exit by which the child's benefits ended, with what was paid too long; returns its case."""
    with stage.database.transaction() as session:
        found = session.execute(select(children.child)).mappings().one()
        case_id = opened_case(session, "exit", now=NOW, child_id=found["id"], place=found["hukou_code"])
        exits.enter(session, case_id, child_id=found["id"], cause="退出情形核查", ground="3", source="系统到期")
        exits.stop_items(session, found["id"], STOPPED)
        exits.change(session, case_id, stop_month=STOPPED)
        session.execute(
            insert(benefit_item).values(
                case_id=case_id,
                child_id=found["id"],
                benefit=exits.RECOVERY,
                title="追回多发待遇",
                department="MZJ",
                mode=DIRECT,
                start_month=STOPPED,
                created_at=NOW,
            )
        )
        children.change(session, found["id"], now=NOW, status=status, stop_month=STOPPED)
    return case_id


def months_due(stage: Stage) -> list[str]:
    with stage.database.reading() as session:
        return [each.month for each in payments.due_until(session, "2027-01", sealed=False)]


def test_what_was_stopped_is_paid_for_every_month_and_nothing_is_claimed_back(stage: Stage) -> None:
    case_id = stopped(stage, ChildStatus.LEFT)
    assert months_due(stage) == []
    with stage.database.transaction() as session:
        assert exits.reinstate(session, case_id, now=NOW)
        found = session.execute(select(children.child)).mappings().one()
        claimed = session.scalar(select(benefit_item.c.stop_month).where(benefit_item.c.benefit == exits.RECOVERY))
        paid = session.scalar(select(benefit_item.c.result).where(benefit_item.c.benefit == "DEFACTO"))
    assert (found["status"], found["stop_month"], claimed, paid) == (ChildStatus.PROTECTED, None, STOPPED, DELIVERED)
    assert months_due(stage) == ["2026-11", "2026-12", "2027-01"]


@pytest.mark.parametrize("status", [ChildStatus.DECEASED, ChildStatus.MOVED, ChildStatus.PROTECTED])
def test_what_no_ruling_can_undo_stays(stage: Stage, status: ChildStatus) -> None:
    case_id = stopped(stage, status)
    with stage.database.transaction() as session:
        assert not exits.reinstate(session, case_id, now=NOW)
    assert months_due(stage) == []
