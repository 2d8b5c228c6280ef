"""Read-only for twelve months after the exit, then the archive (domain.md 6.3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from cases import children, retention
from cases.case_files import case_file
from cases.children import ChildStatus, child
from cases.retention import Keeping, Periods, keeping, months_after
from engine.access import Actor, Grant
from engine.errors import NotAllowed
from engine.store import Database
from engine.store.audit import audit

SYSTEM = Actor.system("test")
ENDED = datetime.fromisoformat("2025-10-14T10:00:00+08:00")


@pytest.mark.parametrize(
    ("today", "refused", "expected"),
    [
        ("2025-10-13", False, Keeping.ACTIVE),
        ("2025-10-14", False, Keeping.READ_ONLY),
        ("2026-10-13", False, Keeping.READ_ONLY),
        ("2026-10-14", False, Keeping.ARCHIVED),
        ("2056-10-13", False, Keeping.ARCHIVED),
        ("2056-10-14", False, Keeping.DISPOSABLE),
        ("2028-10-13", True, Keeping.ARCHIVED),
        ("2028-10-14", True, Keeping.DISPOSABLE),
    ],
)
def test_where_a_file_stands(today: str, refused: bool, expected: Keeping) -> None:
    assert keeping(date(2025, 10, 14), date.fromisoformat(today), refused=refused) is expected


def test_what_is_worked_on_is_active_and_the_periods_are_the_countys() -> None:
    assert keeping(None, date(2099, 1, 1)) is Keeping.ACTIVE
    short = Periods(read_only=1)
    assert keeping(date(2025, 1, 31), date(2025, 2, 27), periods=short) is Keeping.READ_ONLY
    assert keeping(date(2025, 1, 31), date(2025, 2, 28), periods=short) is Keeping.ARCHIVED


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2024-02-29", 12, "2025-02-28"), ("2025-08-31", 1, "2025-09-30"), ("2025-12-15", 1, "2026-01-15")],
)
def test_months_end_on_the_corresponding_day_or_the_last(day: str, months: int, expected: str) -> None:
    assert months_after(date.fromisoformat(day), months).isoformat() == expected


def enter(session: Any, status: ChildStatus, *, closed: bool) -> str:
    child_id = children.open_file(
        session,
        name="王小明",
        idcard=None,
        birth=date(2015, 3, 11),
        sex="男",
        hukou_code="519927101001",
        search_key="",
        actor_id="li",
        now=ENDED,
        day=date(2025, 10, 14),
    )
    session.execute(sa.update(child).where(child.c.id == child_id).values(status=status))
    session.execute(
        sa.insert(case_file).values(
            id=f"case-{child_id}",
            kind="application",
            process_key="application",
            child_id=child_id,
            place="519927101001",
            status="已退出",
            sealed_hiv=False,
            no_publicity=False,
            policy_profile="CURRENT",
            facts={},
            opened_at=ENDED,
            opened_by="li",
            closed_at=ENDED if closed else None,
            version=1,
        )
    )
    return child_id


@pytest.mark.parametrize(
    ("status", "closed", "put_away"),
    [
        (ChildStatus.LEFT, True, True),
        (ChildStatus.MOVED, True, True),
        (ChildStatus.DECEASED, True, True),
        (ChildStatus.SURVEYED, True, True),
        (ChildStatus.LEFT, False, False),
        (ChildStatus.PROTECTED, True, False),
        (ChildStatus.PENDING, True, False),
        (ChildStatus.APPLYING, True, False),
    ],
)
def test_what_the_night_puts_away(database: Database, status: ChildStatus, closed: bool, put_away: bool) -> None:
    year = timedelta(days=365)
    with database.transaction() as session:
        child_id = enter(session, status, closed=closed)
        assert retention.file_away(session, actor=SYSTEM, now=ENDED + year - timedelta(days=1)) == 0
        assert retention.file_away(session, actor=SYSTEM, now=ENDED + year) == int(put_away)
        assert retention.file_away(session, actor=SYSTEM, now=ENDED + year) == 0
        flags = (
            session.scalar(sa.select(child.c.archived).where(child.c.id == child_id)),
            session.scalar(sa.select(case_file.c.archived).where(case_file.c.child_id == child_id)),
        )
        assert flags == (put_away, put_away)
        noted = session.execute(sa.select(audit.c.target).where(audit.c.action == "child.archive")).scalars().all()
        assert noted == ([child_id] if put_away else [])
        retention.take_out(session, child_id)
        assert session.scalar(sa.select(case_file.c.archived).where(case_file.c.child_id == child_id)) is False


def test_nobody_but_the_program_puts_files_away(database: Database) -> None:
    leader = Actor(id="x", name="某", grants=(Grant(role="mzj_leader", place="519927"),))
    with database.transaction() as session, pytest.raises(NotAllowed):
        retention.file_away(session, actor=leader, now=ENDED)
