"""Read-only for twelve months after the exit, then the archive (domain.md 6.3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from cases import case_files, children, retention
from cases.case_files import case_file
from cases.children import ChildStatus, child
from cases.forms.opening import Opening
from cases.parameters import set_parameter
from cases.retention import Keeping, Periods, keeping, months_after
from cases.roles import Sight
from cases.seen_children import require_child
from engine.access import Actor, Grant
from engine.calendar import default_calendar
from engine.errors import NotAllowed, NotFound, Refused, SubmissionInvalid
from engine.store import Database
from engine.store.audit import audit
from tests.child_files import open_child

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
    child_id = open_child(session, now=ENDED)
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


def opening(session: Any, kind: str, actor: Actor) -> Opening:
    return Opening(
        session=session,
        process_key=kind,
        kind=kind,
        fields={},
        actor=actor,
        now=ENDED,
        calendar=default_calendar(),
    )


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("status", [ChildStatus.LEFT, ChildStatus.MOVED, ChildStatus.DECEASED])
def test_a_file_whose_protection_is_over_is_only_read(database: Database, status: ChildStatus, archived: bool) -> None:
    handler = Actor(id="x", name="某", grants=(Grant(role="mzj_handler", place="519927"),))
    with database.transaction() as session:
        child_id = enter(session, status, closed=True)
        session.execute(sa.update(child).values(archived=archived))
        found = children.find_child(session, child_id)
        assert found is not None
        for kind in ("account", "visit", "exit"):
            with pytest.raises(Refused, match="请先提出新的申请,有危险的请立即报告"):
                opening(session, kind, handler).open_for(found, facts={})
        assert session.scalar(sa.select(sa.func.count()).select_from(case_file)) == 1
        opening(session, "relief", handler).open_for(found, facts={})
        assert session.scalar(sa.select(child.c.archived)) is False


def test_the_program_goes_on_with_what_it_began(database: Database) -> None:
    with database.transaction() as session:
        found = children.find_child(session, enter(session, ChildStatus.LEFT, closed=True))
        assert found is not None and opening(session, "follow", SYSTEM).open_for(found, facts={}).case_id


def test_a_report_of_danger_opens_the_archived_file_to_whoever_handles_it_and_to_nobody_else(
    database: Database,
) -> None:
    """By the case, not by the area: that a file left the archive would tell the village of the report (M1)."""
    duty, officer = (
        Actor(id=role, name="某", grants=(Grant(role=role, place="519927101001"[:digits], department=unit),))
        for role, digits, unit in (("mzj_duty", 6, "MZJ"), ("town_officer", 9, None))
    )
    with database.transaction() as session:
        child_id = enter(session, ChildStatus.LEFT, closed=True)
        retention.file_away(session, actor=SYSTEM, now=ENDED + timedelta(days=366))
        for reader in (duty, officer):
            with pytest.raises(NotFound):
                require_child(session, reader, child_id)
        case_files.open_case(
            session, kind="report", process_key="report", child_id=child_id, place="519927101001",
            policy_profile="CURRENT", facts={}, actor=duty, now=ENDED,
        )  # fmt: skip
        assert require_child(session, duty, child_id).seen >= Sight.FILE
        with pytest.raises(NotFound):
            require_child(session, officer, child_id)


def test_the_county_sets_its_periods(database: Database) -> None:
    keeper = Actor(id="security_admin", name="某", grants=(Grant(role="security_admin", place="519927"),))
    with database.transaction() as session:
        enter(session, ChildStatus.LEFT, closed=True)
        set_parameter(session, "keep_read_only_months", "24", actor=keeper, now=ENDED)
        assert retention.file_away(session, actor=SYSTEM, now=ENDED + timedelta(days=700)) == 0
        assert retention.file_away(session, actor=SYSTEM, now=ENDED + timedelta(days=731)) == 1
        for value in ("0", "1201", "-1", "zwei"):
            with pytest.raises(SubmissionInvalid):
                set_parameter(session, "keep_archive_months", value, actor=keeper, now=ENDED)


def test_nobody_but_the_program_puts_files_away(database: Database) -> None:
    leader = Actor(id="x", name="某", grants=(Grant(role="mzj_leader", place="519927"),))
    with database.transaction() as session, pytest.raises(NotAllowed):
        retention.file_away(session, actor=leader, now=ENDED)
