"""A State Council notice is loaded: who may, what becomes certain, and what moves (domain.md 0.4-10, AC-10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases import agenda
from cases.calendars import LOOK_EVERY, CountyCalendars, OverrideRow, calendar_override, import_notice, load_calendar
from cases.deadlines import DeadlineCode, deadline, set_deadline
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import DEMO_USERS
from cases.notices import notice, public_notice
from cases.recounting import ALREADY_PAST
from cases.reminder_log import reminder_log
from cases.stage import build
from engine.access import Actor
from engine.calendar import RungCode, county_day, default_calendar, due_at, ladder_wd
from engine.clock import COUNTY_ZONE, FixedClock
from engine.commands.resume_instance import resume_instance
from engine.commands.suspend_instance import suspend_instance
from engine.errors import NotAllowed, SubmissionInvalid
from engine.settings import Settings
from engine.store import Database, audit, history, job, user_task
from tests.cases.conftest import Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
KEEPER = next(user.actor for user in DEMO_USERS if user.user_name == "security_admin")
CLERK = next(user.actor for user in DEMO_USERS if user.user_name == "mzj_handler")
NOW = datetime(2026, 11, 10, 9, 0, tzinfo=COUNTY_ZONE)
PROCESSES = Path(__file__).parents[2] / "processes"
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"
#: Invented: what the real notice will say is not known.
NOTICE_2027 = (
    OverrideRow(day=date(2027, 1, 4), is_workday=False, reason="元旦"),
    OverrideRow(day=date(2027, 1, 9), is_workday=True, reason="调休"),
)


def load(database: Database, *rows: OverrideRow, year: int | None = 2027, **more: Any) -> Any:
    with database.transaction() as session:
        told = {"actor": KEEPER, "now": NOW, **more}
        return import_notice(
            session, rows or NOTICE_2027, SOURCE, told["actor"], told["now"], year=year, env=told.get("env")
        )


def known(database: Database) -> Any:
    with database.reading() as session:
        return load_calendar(session)


def test_the_last_quarter_of_2026_is_chased_into_an_unknown_year_and_then_into_a_known_one(database: Database) -> None:
    """AC-10: no exception, R3 2027-01-04 and R4 2027-01-06 provisional, counted again when the notice is there."""
    due = default_calendar().last_workday_of_month(2026, 12)
    assert due == date(2026, 12, 31)

    def late(calendar: Any) -> dict[str, tuple[str, bool]]:
        rungs = {rung.code: rung for rung in ladder_wd(calendar, due)}
        return {code: (str(county_day(rungs[code].at)), rungs[code].provisional) for code in (RungCode.R3, RungCode.R4)}

    assert late(known(database)) == {"R3": ("2027-01-04", True), "R4": ("2027-01-06", True)}
    load(database)
    assert late(known(database)) == {"R3": ("2027-01-05", False), "R4": ("2027-01-07", False)}


def test_single_days_make_no_year_certain_and_years_need_no_gap(database: Database) -> None:
    load(database, OverrideRow(day=date(2027, 3, 1), is_workday=False, reason="县庆"), year=None)
    assert known(database).day(date(2027, 3, 2)).provisional
    load(database, OverrideRow(day=date(2028, 1, 3), is_workday=False, reason="元旦"), year=2028)
    assert known(database).day(date(2028, 1, 4)).provisional
    load(database)
    assert not known(database).day(date(2028, 1, 4)).provisional
    assert known(database).day(date(2027, 3, 1)).note == "县庆"


def test_a_day_that_is_named_again_is_replaced(database: Database) -> None:
    load(database)
    load(database, OverrideRow(day=date(2027, 1, 4), is_workday=True, reason="更正"), year=None)
    assert known(database).is_workday(date(2027, 1, 4))
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(calendar_override)) == 2


@pytest.mark.parametrize("actor", [CLERK, Actor(id="x", name="甲")])
def test_only_keepers_load(database: Database, actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        load(database, actor=actor)


@pytest.mark.parametrize(
    "rows",
    [
        (NOTICE_2027[0], NOTICE_2027[0]),
        (OverrideRow(day=date(2028, 1, 4), is_workday=False),),
        (OverrideRow(day=date(2026, 11, 30), is_workday=False),),
    ],
)
def test_what_is_no_notice_of_the_year_is_refused(database: Database, rows: tuple[OverrideRow, ...]) -> None:
    with pytest.raises(SubmissionInvalid):
        load(database, *rows)
    assert known(database).day(date(2027, 1, 5)).provisional


def test_loading_is_in_the_audit(database: Database) -> None:
    load(database)
    with database.reading() as session:
        row = session.execute(sa.select(audit.audit)).one()
    assert (row.action, row.target, row.actor_id) == ("calendar.import", "2027", "security_admin")
    assert row.detail["source_doc"] == SOURCE and row.detail["days"]["2027-01-04"] is False


def test_a_running_process_sees_the_notice_without_a_restart(database: Database) -> None:
    clock = FixedClock(NOW)
    calendars = CountyCalendars(database=database, clock=clock)
    assert calendars().is_workday(date(2027, 1, 4))
    load(database)
    clock.instant += LOOK_EVERY - timedelta(milliseconds=1)
    with database.count_round_trips() as traffic:
        assert calendars().is_workday(date(2027, 1, 4))
    assert traffic.trips == 0
    clock.instant += timedelta(milliseconds=1)
    assert not calendars().is_workday(date(2027, 1, 4))
    same = calendars()
    clock.instant += LOOK_EVERY
    assert calendars() is same


def _at_the_turn_of_the_year(case: Flow) -> str:
    """A task and a clock of the case that end on 2027-01-04 by what is known in 2026; the task's id."""
    task_id = case.open_task("b_ut_formal_check")
    derivation = default_calendar().add_workdays(date(2026, 12, 29), 3)
    table = user_task.user_task
    due = due_at(derivation.end)
    with case.stage.database.transaction() as session:
        session.execute(
            sa.update(table)
            .where(table.c.id == task_id)
            .values(due_at=due, due_order=due, due_derivation=derivation.as_dict())
        )
        set_deadline(session, case.case_id, DeadlineCode.SUPPLEMENT, derivation, now=NOW)
    return task_id


def _task(case: Flow, task_id: str) -> Any:
    with case.stage.database.reading() as session:
        return session.execute(sa.select(user_task.user_task).where(user_task.user_task.c.id == task_id)).one()


def test_provisional_dates_become_final(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    task_id = _at_the_turn_of_the_year(case)
    assert _task(case, task_id).due_derivation["end"] == "2027-01-04"
    done = load(case.stage.database)
    assert (done.tasks, done.moved, done.past) == (1, 2, 0)
    row = _task(case, task_id)
    assert row.due_at == row.due_order == datetime(2027, 1, 5, 17, 30, tzinfo=COUNTY_ZONE)
    assert (row.due_derivation["end"], row.due_derivation["provisional"]) == ("2027-01-05", False)
    assert row.remind_at in (None, NOW)  # its reminders are looked at again
    clock = next(each for each in case.rows(deadline) if each["code"] == DeadlineCode.SUPPLEMENT)
    assert clock["due_at"] == datetime(2027, 1, 6, tzinfo=COUNTY_ZONE) and not clock["provisional"]
    with case.stage.database.reading() as session:
        told = session.execute(sa.select(history.history).where(history.history.c.kind == "calendar")).one()
        noted = session.execute(sa.select(audit.audit).where(audit.audit.c.action == "deadline.recount")).all()
    assert told.data["due"][0]["task"] == task_id
    assert [each.detail["code"] for each in noted] == [DeadlineCode.SUPPLEMENT]
    case.do(Deed.CHECK)  # the fence was moved on: the case goes on


def test_a_date_that_becomes_final_where_it_was_loses_the_mark_only(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    task_id = _at_the_turn_of_the_year(case)
    done = load(case.stage.database, OverrideRow(day=date(2027, 2, 8), is_workday=False, reason="春节"))
    assert (done.tasks, done.moved) == (1, 0)
    assert _task(case, task_id).due_derivation["provisional"] is False
    again = load(case.stage.database, OverrideRow(day=date(2027, 2, 8), is_workday=False, reason="春节"))
    assert (again.tasks, again.deadlines) == (0, 0)


def test_a_date_that_falls_into_the_past_says_so(flow: Callable[..., Flow]) -> None:
    """The notice came late: 2027-01-02 was worked, the period ended on a day that has passed."""
    case = flow(CHILD)
    _at_the_turn_of_the_year(case)
    early = OverrideRow(day=date(2027, 1, 2), is_workday=True, reason="调休")
    done = load(case.stage.database, early, now=datetime(2027, 1, 4, 9, 0, tzinfo=COUNTY_ZONE))
    assert done.past == 2
    with case.stage.database.reading() as session:
        told = session.execute(sa.select(history.history).where(history.history.c.kind == "calendar")).one()
    assert told.data["due"][0]["note"] == ALREADY_PAST


def test_a_date_that_was_set_by_hand_stays(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    task_id = _at_the_turn_of_the_year(case)
    table, by_hand = user_task.user_task, datetime(2027, 1, 8, 12, 0, tzinfo=COUNTY_ZONE)
    with case.stage.database.transaction() as session:
        session.execute(sa.update(table).where(table.c.id == task_id).values(due_at=by_hand))
    assert load(case.stage.database).tasks == 0
    assert _task(case, task_id).due_at == by_hand


def _posted_at_the_turn_of_the_year(case: Flow) -> Any:
    """A notice is posted on 2026-12-30, so that its five working days end in a year that is not arranged yet."""
    case.do(Deed.CHECK, datetime(2026, 12, 25, 9, 0, tzinfo=COUNTY_ZONE))
    case.do(Deed.VISIT, datetime(2026, 12, 28, 9, 0, tzinfo=COUNTY_ZONE))
    case.do(Deed.REVIEW, datetime(2026, 12, 29, 9, 0, tzinfo=COUNTY_ZONE))
    case.do(Deed.SIGN, datetime(2026, 12, 29, 15, 0, tzinfo=COUNTY_ZONE))
    case.do(Deed.POST, datetime(2026, 12, 30, 9, 0, tzinfo=COUNTY_ZONE))
    return _armed(case)


def _armed(case: Flow) -> Any:
    with case.stage.database.reading() as session:
        pending = (job.job.c.kind == "timer") & (job.job.c.status == "pending")
        return session.execute(sa.select(job.job).where(pending).order_by(job.job.c.due_at)).one()


def test_an_armed_timer_moves_with_the_date_that_it_waits_for(flow: Callable[..., Flow]) -> None:
    """The notice runs 5 working days: 12/31, 1/4 … by what was known, a day later by the notice of the State."""
    case = flow(CHILD)
    before = _posted_at_the_turn_of_the_year(case)
    assert before.due_at == datetime(2027, 1, 8, tzinfo=COUNTY_ZONE)
    told = {"env": case.stage.env, "now": case.stage.clock.now()}
    assert load(case.stage.database, **told).timers == 1
    after = _armed(case)
    assert after.id == before.id and after.due_at == after.first_due_at == datetime(2027, 1, 9, tzinfo=COUNTY_ZONE)
    with case.stage.database.reading() as session:
        rows = session.execute(sa.select(history.history).where(history.history.c.kind == "calendar")).all()
    moved = next(row.data for row in rows if "timers" in row.data)
    assert [each["notice_until"] for each in case.rows(notice)] == [date(2027, 1, 8)], "the board says the same"
    with case.stage.database.reading() as session:
        assert session.scalar(sa.select(public_notice.c.last_day)) == date(2027, 1, 8)
    assert moved["source_doc"] == SOURCE and moved["timers"][0]["to"].startswith("2027-01-08T16:00")
    case.stage.move_to(before.due_at)
    assert _armed(case).id == before.id, "not at the instant of before"
    case.stage.move_to(after.due_at)
    assert case.open_task("b_ut_forward")


def test_an_armed_timer_moves_to_an_earlier_day_and_fires_then(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    _posted_at_the_turn_of_the_year(case)
    saturday = OverrideRow(day=date(2027, 1, 2), is_workday=True, reason="调休")
    load(case.stage.database, saturday, env=case.stage.env, now=case.stage.clock.now())
    case.stage.move_to(datetime(2027, 1, 7, tzinfo=COUNTY_ZONE))
    assert case.open_task("b_ut_forward")


def test_the_timer_of_a_suspended_case_moves_too(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD)
    before = _posted_at_the_turn_of_the_year(case)
    admin = next(user.actor for user in DEMO_USERS if user.user_name == "administrator")
    told = {"actor": admin, "now": case.stage.clock.now(), "reason": "核对"}
    with case.stage.database.transaction() as session:
        suspend_instance(session, case.stage.env, before.instance_id, **told)
    load(case.stage.database, env=case.stage.env, now=case.stage.clock.now())
    with case.stage.database.transaction() as session:
        resume_instance(session, case.stage.env, before.instance_id, **told)
    assert _armed(case).due_at == datetime(2027, 1, 9, tzinfo=COUNTY_ZONE)
    case.stage.move_to(datetime(2027, 1, 9, tzinfo=COUNTY_ZONE))
    assert case.open_task("b_ut_forward")


def test_the_silent_township_s_rungs_are_counted_again_in_the_running_update(database_url: str, tmp_path: Path) -> None:
    """AC-10, 2026 Q4: the update runs, its third and fourth rung lie in an unknown year; the notice comes, and both are
    sent on the days that it makes certain."""
    at = datetime(2026, 11, 30, 9, 0, tzinfo=COUNTY_ZONE)
    settings = Settings(mode="demo", data_folder=tmp_path, database_url=database_url)
    stage = build(settings, at=at, opener=agenda.opener)
    try:
        stage = replace(stage, env=replace(stage.env, calendars=lambda: known(stage.database)))
        stage.prepare([PROCESSES / "quarterly", PROCESSES / "visit"])
        stage.move_to(datetime(2026, 12, 20, 9, 0, tzinfo=COUNTY_ZONE))
        load(stage.database, now=stage.clock.now(), env=stage.env)
        stage.move_to(datetime(2027, 1, 7, 9, 0, tzinfo=COUNTY_ZONE))
        with stage.database.reading() as session:
            task = user_task.user_task.c
            mine = (task.element_id == "g_ut_report") & (task.place == "519927101")
            query = sa.select(reminder_log).join(user_task.user_task, task.id == reminder_log.c.task_id).where(mine)
            rows = session.execute(query).mappings().all()
    finally:
        stage.database.dispose()
    sent = {row["rung"]: (row["rung_at"], row["provisional"]) for row in rows if row["rung"] in ("R2", "R3", "R4")}
    assert sent == {
        "R2": (datetime(2026, 12, 31, 17, 30, tzinfo=COUNTY_ZONE), False),
        "R3": (datetime(2027, 1, 5, 9, 0, tzinfo=COUNTY_ZONE), False),
        "R4": (datetime(2027, 1, 7, 9, 0, tzinfo=COUNTY_ZONE), False),
    }
