"""Supervision on both databases: its stories, its numbers, its leads, and what opens by itself (P_J, DL-38)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from cases import agenda, deadlines, indicators, leads, quarters, reports
from cases.deadlines import DeadlineCode
from cases.divisions import DEMO_DIVISIONS
from cases.indicators import Indicator, Period
from cases.jurisdictions import enter_divisions
from cases.quarters import Quarter
from cases.reminder_log import reminder_log
from cases.roles import CaseScope, Sight, sight
from cases.stage import build
from engine.access import Actor, Grant
from engine.calendar import default_calendar
from engine.clock import COUNTY_ZONE
from engine.settings import Settings
from engine.store import Database, Session
from engine.store.instance import instance
from engine.store.user_task import user_task
from tests.opened_cases import opened_case

PROCESSES = Path(__file__).parents[2] / "processes"
TOWN, OTHER = "519927101", "519927102"
CALENDAR = default_calendar()
TELLER = Actor.system("test")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COUNTY_ZONE)


def case(session: Session, place: str, *, day: str = "2025-10-10", sealed: bool = False) -> str:
    return opened_case(
        session, "application", now=at(f"{day}T09:00"), place=f"{place}001", actor=TELLER, sealed_hiv=sealed
    )


def verified(session: Session, place: str, started: str, met: str | None, *, sealed: bool = False) -> None:
    """A township's clock of five working days."""
    case_id = case(session, place, sealed=sealed)
    days = CALENDAR.add_workdays(at(started).date(), 5)
    deadlines.set_deadline(session, case_id, DeadlineCode.VERIFY, days, now=at(started))
    if met is not None:
        deadlines.meet(session, case_id, DeadlineCode.VERIFY, now=at(met))


def counted(session: Session, now: str) -> dict[tuple[str, str], Indicator]:
    period = Period(start=date(2025, 7, 1), end=date(2025, 12, 31), now=at(now))
    return {(each.unit, each.name): each for each in indicators.count(session, period, CALENDAR)}


def test_clocks_kept_and_missed_and_their_days(database: Database) -> None:
    """In time, late, over and not done; one that still runs, one of a sealed file and one of before count not."""
    with database.transaction() as session:
        verified(session, TOWN, "2025-11-03T09:00", "2025-11-05T09:00")
        verified(session, TOWN, "2025-11-03T09:00", "2025-11-13T09:00")
        verified(session, TOWN, "2025-11-03T09:00", None)
        verified(session, TOWN, "2025-12-31T09:00", None)
        verified(session, TOWN, "2025-11-03T09:00", None, sealed=True)
        verified(session, TOWN, "2025-06-03T09:00", None)
        verified(session, OTHER, "2025-11-03T09:00", "2025-11-10T17:30")
        found = counted(session, "2026-01-04T09:00")
    assert (found[TOWN, indicators.VERIFIED].met, found[TOWN, indicators.VERIFIED].total) == (1, 3)
    assert found[TOWN, indicators.VERIFY_DAYS].value == Decimal(6)
    assert (found[OTHER, indicators.VERIFIED].met, found[OTHER, indicators.VERIFIED].total) == (1, 1)
    assert found[TOWN, indicators.SCORE].value == Decimal(94)
    assert found[OTHER, indicators.SCORE].value == Decimal(100)


def test_a_missing_quarterly_report_costs_the_township(database: Database) -> None:
    """DL-06: one in time, one late, one never: the township at fault is named, and loses points."""
    quarter = Quarter(year=2025, number=3)
    with database.transaction() as session:
        enter_divisions(session, DEMO_DIVISIONS)
        for town, signed in ((TOWN, "2025-09-30T17:00"), (OTHER, "2025-09-30T17:31")):
            case_id = case(session, town)
            quarters.enter_report(session, case_id, town=town, quarter=quarter, children=1)
            quarters.change_report(session, case_id, signed_at=at(signed))
        found = counted(session, "2026-01-04T09:00")
    kept = {unit: (each.met, each.total) for (unit, name), each in found.items() if name == indicators.REPORTED}
    assert kept == {TOWN: (1, 1), OTHER: (0, 1), "519927201": (0, 1)}
    assert found[OTHER, indicators.SCORE].value == found["519927201", indicators.SCORE].value == Decimal(90)


def test_how_fast_the_police_learned(database: Database) -> None:
    with database.transaction() as session:
        for number, informed in enumerate(("2025-10-03T21:44", "2025-10-03T22:00", None)):
            case_id = case(session, TOWN)
            reports.file_report(
                session,
                case_id,
                report_no=f"BG519927-2025-{number:04d}",
                found_at=at("2025-10-03T21:00"),
                reported_at=at("2025-10-03T21:40"),
                location="学校",
                situations=[],
                flags={},
                mandatory=True,
                reported_to_police=True,
                reporter={},
                police_informed_at=at(informed) if informed else None,
            )
        found = counted(session, "2026-01-04T09:00")
    whole = found[indicators.WHOLE, indicators.POLICE]
    assert (whole.met, whole.total) == (1, 3)
    assert found[indicators.WHOLE, indicators.POLICE_MINUTES].value == Decimal(12)


def escalate(session: Session, place: str, when: str, *, sealed: bool = False) -> None:
    """An open task of a place that was escalated."""
    case_id = case(session, place, sealed=sealed)
    number = case_id[-8:]
    template = session.execute(select(instance).limit(1)).mappings().one()
    session.execute(insert(instance).values({**template, "id": f"i{number}", "case_id": case_id}))
    task = session.execute(select(user_task).limit(1)).mappings().one()
    own = {"id": f"t{number}", "instance_id": f"i{number}", "case_id": case_id, "place": f"{place}001"}
    session.execute(insert(user_task).values({**task, **own, "department": None, "due_at": at("2025-11-01T17:30")}))
    session.execute(
        insert(reminder_log).values(
            task_id=f"t{number}",
            case_id=case_id,
            element_id="b_ut_visit",
            department=None,
            rung="R4",
            due_at=at(when),
            rung_at=at(when),
            provisional=False,
            sent_at=at(when),
            roles=[],
            people=[],
        )
    )


def test_three_escalations_in_one_unit_are_a_major_matter(database_url: str, tmp_path: Path) -> None:
    """Two are none, a sealed file counts not, and neither does the last quarter's; the third opens the report once."""
    now = at("2025-11-20T09:00")
    stage = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=now)
    stage.prepare([PROCESSES / "supervision_major"])
    known = {"matter": "其他重大情况", "matter_unit": "县", "known_at": now}
    boss = Actor(id="b", name="b", grants=(Grant(role="mzj_leader", place="519927", department="MZJ"),))
    with stage.database.transaction() as session:
        agenda.start_process(
            session, stage.env, "supervision_major", fields=known, actor=boss, now=now, idempotency_key="1"
        )
    with stage.database.transaction() as session:
        for when in ("2025-11-10T09:00", "2025-11-12T09:00", "2025-09-29T09:00"):
            escalate(session, TOWN, when)
        escalate(session, TOWN, "2025-11-11T09:00", sealed=True)
        assert leads.major_matters(session, now) == ()
        assert counted(session, "2026-01-04T09:00")[TOWN, indicators.ESCALATED].met == 3
        escalate(session, TOWN, "2025-11-19T09:00")
        (matter,) = leads.major_matters(session, now)
        assert (matter.unit, matter.matter, matter.known_at) == (TOWN, leads.MAJOR_LATE, at("2025-11-19T09:00"))
        assert agenda.open_due(session, stage.env, now, agenda.AGENDA) == 1
        assert agenda.open_due(session, stage.env, now, agenda.AGENDA) == 0
    stage.database.dispose()


def test_half_a_year_is_opened_once_even_when_nobody_looked(database_url: str, tmp_path: Path) -> None:
    stage = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=at("2025-12-31T09:00"))
    stage.prepare([PROCESSES / "supervision"])
    opened = {}
    for day in ("2025-12-31", "2026-01-03", "2026-01-04", "2026-01-20", "2026-06-30", "2026-07-01", "2026-07-02"):
        now = stage.clock.instant = at(f"{day}T09:00")
        with stage.database.transaction() as session:
            opened[day] = agenda.open_due(session, stage.env, now, agenda.AGENDA)
    stage.database.dispose()
    assert [day for day, count in opened.items() if count] == ["2026-01-04", "2026-07-01"]


def test_a_major_matter_is_not_for_ordinary_handlers() -> None:
    """M1: it may rest on a protection case, so that neither a handler nor the township sees it."""
    scope = CaseScope(place="519927", kind="major", departments=frozenset({"MZJ", "ZFB"}))
    seen = {
        role: sight(Actor(id=role, name=role, grants=(Grant(role=role, place="519927"),)), scope)
        for role in ("mzj_handler", "town_officer", "inspector", "mzj_leader", "convener")
    }
    assert seen == {
        "mzj_handler": Sight.NONE,
        "town_officer": Sight.NONE,
        "inspector": Sight.FILE,
        "mzj_leader": Sight.FILE,
        "convener": Sight.CODED,
    }


@pytest.mark.parametrize(
    ("kind", "persons", "major"),
    [
        (leads.HARM, 1, leads.MAJOR_HARM),
        (leads.PRIVACY, 10, leads.MAJOR_LEAK),
        (leads.PRIVACY, 9, None),
        (leads.FALSE_CLAIM, 3, leads.MAJOR_RING),
        (leads.FALSE_CLAIM, 2, None),
        (leads.COMPLAINT, 100, None),
        (leads.SILENT_REPORTER, 1, None),
    ],
)
def test_which_leads_are_major(kind: str, persons: int, major: str | None) -> None:
    assert leads.major_of(kind, persons) == major


def test_three_escalations_in_a_quarter_propose_a_meeting_once(database_url: str, tmp_path: Path) -> None:
    """Whosever they are; two are none, and a sealed file or the last quarter's counts not (P_I 1)."""
    now = at("2025-11-20T09:00")
    stage = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=now)
    stage.prepare([PROCESSES / "supervision_major", PROCESSES / "council"])
    known = {"matter": "其他重大情况", "matter_unit": "县", "known_at": now}
    boss = Actor(id="b", name="b", grants=(Grant(role="mzj_leader", place="519927", department="MZJ"),))
    with stage.database.transaction() as session:
        agenda.start_process(
            session, stage.env, "supervision_major", fields=known, actor=boss, now=now, idempotency_key="first"
        )
        escalate(session, TOWN, "2025-09-11T09:00")
        escalate(session, TOWN, "2025-11-11T09:00", sealed=True)
        for place, when in ((TOWN, "2025-11-10T09:00"), (OTHER, "2025-11-12T09:00")):
            escalate(session, place, when)
        assert agenda.escalated(session, stage.env, now) == ()
        escalate(session, OTHER, "2025-11-19T09:00")
        [occasion] = agenda.escalated(session, stage.env, now)
        assert agenda.open_one(session, stage.env, occasion, now, agenda.AGENDA)
        assert agenda.escalated(session, stage.env, now) == ()
        proposed = select(user_task.c.role).where(user_task.c.element_id == "i_ut_propose")
        assert session.scalar(proposed) == "mzj_handler"
    stage.database.dispose()
