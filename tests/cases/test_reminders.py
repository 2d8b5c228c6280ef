"""Reminders on both databases: each rung once, the newest after an outage, none while suspended, to the right people,
in the right words, and found by an index among a hundred thousand open tasks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from cases import reminding
from cases.absences import absence
from cases.case_files import case_file
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import enter_people, holder
from cases.messages import Channel, mark_read, message_out, messages_of, unread
from cases.people import add_person
from cases.reminder_log import reminder_log
from cases.reminding import remind
from cases.stage import Stage
from engine.access import Actor, Grant
from engine.calendar import default_calendar
from engine.clock import COUNTY_ZONE
from engine.commands.claim_task import claim_task
from engine.commands.resume_instance import resume_instance
from engine.commands.suspend_instance import suspend_instance
from engine.settings import Settings
from engine.store import Database
from engine.store.user_task import INSERT, TO_REMIND, user_task
from tasks import agenda, digests, janitor, pump, reminders, schedule
from tasks.workshop import Workshop
from tests.cases.conftest import Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
ADMINISTRATOR = Actor(id="a", name="管理", grants=(Grant(role="administrator"),))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=COUNTY_ZONE)


@pytest.fixture
def case(flow: Callable[..., Flow], stage: Stage) -> Flow:
    """An application filed on 09-24 10:00; the formal check is due 09-25 17:30, the visit 09-30 17:30."""
    object.__setattr__(stage, "reminds", False)  # these tests say themselves when
    with stage.database.transaction() as session:
        enter_people(session, password_hash="x", now=stage.clock.now())
    return flow(CHILD)


def sweep(case: Flow, when: str, **more: Any) -> int:
    case.stage.clock.instant = at(when)
    return remind(case.stage.database, calendar=case.stage.env.calendar, now=at(when), **more)


def log_of(case: Flow) -> list[tuple[str, bool]]:
    """The log: each rung, and whether it was sent."""
    rows = sorted(case.rows(reminder_log), key=lambda row: row["rung_at"])
    return [(row["rung"], row["sent_at"] is not None) for row in rows]


def to_people(case: Flow, rung: str) -> list[str]:
    return sorted(next(row["people"] for row in case.rows(reminder_log) if row["rung"] == rung))


def visit(case: Flow) -> None:
    case.do(Deed.CHECK, at("09-24 15:00"))


def test_every_rung_once_to_its_people(case: Flow) -> None:
    visit(case)
    sent = {}
    for rung, when in (("R1", "09-29 09:00"), ("R2", "09-30 17:30"), ("R3", "10-09 09:00"), ("R4", "10-11 09:00")):
        before = at(when) - timedelta(minutes=1)
        sweep(case, f"{before:%m-%d %H:%M}")
        assert rung not in dict(log_of(case))
        sweep(case, when)
        sweep(case, when)
        sent[rung] = to_people(case, rung)
    assert log_of(case) == [("R1", True), ("R2", True), ("R3", True), ("R4", True)]
    assert sent == {
        "R1": ["qingchuan_officer"],
        "R2": ["qingchuan_officer"],
        "R3": ["mzj_handler", "qingchuan_leader"],
        "R4": ["convener", "inspector", "vice_convener"],
    }
    assert len(case.rows(message_out)) == 7


def test_a_deadline_of_the_county_s_own_making_is_never_escalated(case: Flow) -> None:
    """M16: the formal check (DL-07) ends with R3."""
    for when in ("09-24 10:01", "09-25 17:30", "09-26 09:00", "09-29 09:00", "10-20 09:00"):
        sweep(case, when)
    assert log_of(case) == [("R2", True), ("R3", True)]


def test_after_an_outage_the_newest_rung_is_sent_and_the_others_are_noted(case: Flow) -> None:
    visit(case)
    sweep(case, "10-10 12:00")
    assert log_of(case) == [("R1", False), ("R2", False), ("R3", True)]
    assert {row["task_id"] for row in case.rows(message_out)} == {case.open_task("b_ut_visit")}
    assert len(case.rows(message_out)) == 2
    sweep(case, "10-13 09:00")
    assert log_of(case)[-1] == ("R4", True)


def test_a_done_task_is_left_alone(case: Flow) -> None:
    visit(case)
    sweep(case, "09-26 09:00")
    case.do(Deed.VISIT, at("09-26 15:00"))
    sweep(case, "09-29 09:00")
    rows = case.rows(reminder_log)
    assert [(row["element_id"], row["rung"]) for row in rows] == [("b_ut_town_review", "R1")]


def test_whoever_took_the_task_is_reminded_first(case: Flow) -> None:
    visit(case)
    officer = holder("town_officer", CHILD.place).actor
    with case.stage.database.transaction() as session:
        claim_task(session, case.open_task("b_ut_visit"), actor=officer, now=case.stage.clock.now())
    sweep(case, "09-29 09:00")
    row = case.rows(reminder_log)[0]
    assert (row["people"], row["roles"]) == (["qingchuan_officer"], [])


@pytest.mark.parametrize(("last_day", "told"), [(28, ["qingchuan_officer"]), (29, ["colleague", "qingchuan_officer"])])
def test_who_stands_in_for_the_absent_is_reminded_too(case: Flow, last_day: int, told: list[str]) -> None:
    """From the first day of the absence to the last, of a task that the absent person had taken."""
    visit(case)
    now, officer = case.stage.clock.now(), holder("town_officer", CHILD.place).actor
    with case.stage.database.transaction() as session:
        claim_task(session, case.open_task("b_ut_visit"), actor=officer, now=now)
        add_person(session, person_id="colleague", user_name="colleague", name="代班员", password_hash="x", now=now)
        session.execute(
            absence.insert().values(
                id="a", person_id=officer.id, substitute_id="colleague", first_day=date(2025, 9, 25),
                last_day=date(2025, 9, last_day), note="", entered_by=officer.id, entered_at=now,
            )
        )  # fmt: skip
    sweep(case, "09-29 09:00")
    assert to_people(case, "R1") == told
    assert sorted({row["person_id"] for row in case.rows(message_out)}) == told


def test_a_suspended_case_gets_none_until_it_goes_on(case: Flow) -> None:
    visit(case)
    sweep(case, "09-24 15:01")
    stage = case.stage
    with stage.database.transaction() as session:
        suspend_instance(
            session, stage.env, case.instance_id, reason="等待核实", actor=ADMINISTRATOR, now=at("09-25 09:00")
        )
    for when in ("09-29 09:00", "09-30 17:30", "10-09 09:00"):
        sweep(case, when)
    assert log_of(case) == []
    with stage.database.transaction() as session:
        resume_instance(
            session, stage.env, case.instance_id, reason="已核实", actor=ADMINISTRATOR, now=at("10-09 09:30")
        )
    sweep(case, "10-09 10:30")
    assert log_of(case) == [("R1", False), ("R2", False), ("R3", True)]


def test_two_rounds_at_once_send_once(case: Flow) -> None:
    """The second begins while the first has not committed: on PostgreSQL it passes over the locked rows."""
    visit(case)
    database, calendar, now = case.stage.database, default_calendar(), at("09-29 09:00")
    if database.engine.dialect.name == "sqlite":
        sweep(case, "09-29 09:00")
    else:
        with database.transaction() as first:
            assert reminding.remind_batch(first, calendar=calendar, now=now) == 1
            with database.transaction() as second:
                assert reminding.remind_batch(second, calendar=calendar, now=now) == 0
    assert remind(database, calendar=calendar, now=now) == 0
    assert log_of(case) == [("R1", True)]


def test_a_citizen_s_neighbours_are_not_told(case: Flow) -> None:
    visit(case)
    with case.stage.database.transaction() as session:
        session.execute(
            sa.update(user_task)
            .where(user_task.c.id == case.open_task("b_ut_visit"))
            .values(role="applicant", place=CHILD.place)
        )
        session.execute(sa.update(case_file).values(owner_id="wang_guardian"))
    for when in ("09-29 09:00", "09-30 17:30", "10-09 09:00", "10-11 09:00"):
        sweep(case, when)
    assert {tuple(row["people"]) for row in case.rows(reminder_log)} == {("wang_guardian",)}


@pytest.mark.parametrize("sealed", [False, True])
def test_no_message_names_more_than_its_reader_may_see(case: Flow, sealed: bool) -> None:
    """Canaries: nothing of the file stands in any message but the mask, and that only for who may see the file."""
    visit(case)
    with case.stage.database.transaction() as session:
        session.execute(sa.update(case_file).values(sealed_hiv=sealed))
        if sealed:
            session.execute(sa.update(user_task).values(role="mzj_sealed", place="519927"))
    for when in ("09-29 09:00", "09-30 17:30", "10-09 09:00", "10-11 09:00"):
        sweep(case, when, offered=frozenset(Channel))
    texts = {row["person_id"]: f"{row['subject']}{row['body']}" for row in case.rows(message_out)}
    everything = "".join(texts.values())
    canaries = (CHILD.name, "王建国", "519927201503110016", "13812345678", "3组", "小学", "低保", "张大山")
    assert not [each for each in canaries if each in everything]
    if sealed:
        assert set(texts) == {"mzj_sealed_a", "mzj_sealed_b", "mzj_leader"}
        assert "某某" not in everything and "519927101" not in everything
    else:
        assert {person for person, text in texts.items() if "张某某" in text} == {
            "qingchuan_officer",
            "qingchuan_leader",
            "mzj_handler",
            "inspector",
        }
        assert "办件519927101-20250924-0001" in texts["convener"]


def test_the_bell_counts_what_its_owner_has_not_read(case: Flow) -> None:
    visit(case)
    sweep(case, "09-29 09:00")
    sweep(case, "09-30 17:30")
    officer, other = holder("town_officer", CHILD.place).actor, holder("mzj_handler", "519927").actor
    with case.stage.database.transaction() as session:
        assert (unread(session, officer), unread(session, other)) == (2, 0)
        newest, older = messages_of(session, officer, limit=5)
        assert newest["subject"] == "【催办】入户调查与核查意见"
        assert messages_of(session, officer, limit=5, before=(newest["created_at"], newest["id"])) == (older,)
        mark_read(session, other, newest["id"], now=at("10-09 09:00"))
        assert unread(session, officer) == 2
        mark_read(session, officer, newest["id"], now=at("10-09 09:00"))
        assert unread(session, officer) == 1
        mark_read(session, officer, now=at("10-09 09:00"))
        assert unread(session, officer) == 0


def crowd(database: Database, pattern: Mapping[str, Any], count: int) -> None:
    """Open tasks whose next look is far away."""
    far = pattern["opened_at"] + timedelta(days=30)
    for first in range(0, count, 10_000):
        rows = [{**pattern, "id": f"t{n:06}", "remind_at": far} for n in range(first, first + 10_000)]
        with database.transaction() as session:
            session.write(INSERT, rows)


def test_a_round_among_a_hundred_thousand_open_tasks_reads_an_index(case: Flow) -> None:
    database = case.stage.database
    with database.reading() as session:
        pattern = dict(session.execute(user_task.select().limit(1)).mappings().one())
    crowd(database, pattern, 100_000)
    now = case.stage.clock.now()
    with database.transaction() as session:
        if session.locks_rows:
            session.execute(sa.text("ANALYZE user_task"))
    remind(database, calendar=default_calendar(), now=now)
    with database.reading() as session:
        query = reminding._TO_LOOK_AT.limit(200)
        how = "EXPLAIN " if session.locks_rows else "EXPLAIN QUERY PLAN "
        text = how + str(query.params(now=now).compile(session.connection, compile_kwargs={"literal_binds": True}))
        plan = " ".join(str(row) for row in session.connection.exec_driver_sql(text).all())
    assert "ix_user_task_remind" in plan and "Seq Scan on user_task" not in plan, plan
    began = time.perf_counter()
    assert remind(database, calendar=default_calendar(), now=now) == 0
    assert time.perf_counter() - began < 0.5
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(user_task).where(TO_REMIND)) > 100_000


def test_without_a_broker_the_rounds_are_made_by_beat_itself(case: Flow) -> None:
    visit(case)
    sweep(case, "09-24 15:01")
    stage = case.stage
    workshop = Workshop(database=stage.database, env=stage.env, clock=stage.clock, name="beat")
    stage.clock.instant = at("09-29 09:01")
    assert reminders.send_late(workshop) == 0  # the broker has a minute
    stage.clock.instant = at("09-29 09:02")
    assert reminders.send_late(workshop) == 1
    assert log_of(case) == [("R1", True)]
    assert reminders.send_due(workshop) == 0


def test_beat_rings_what_the_workers_know() -> None:
    rung = schedule.configuration(Settings(), with_redis=False)["beat_schedule"].values()
    known = {
        pump.PUMP,
        janitor.JANITOR,
        reminders.REMINDERS,
        reminders.OUTBOX,
        reminders.ALARMS,
        agenda.AGENDA,
        digests.DIGESTS,
    }
    assert {entry["task"] for entry in rung} == known
