"""Deadlines survive what happens to a case: it is sent back, stopped by an administrator, its clock stands still while
evidence is brought, a new version is published under it, and the program starts anew (domain.md 0.4-8, part 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.deadlines import deadline
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import holder
from cases.scenario import play
from cases.stage import PUBLISHER, Stage, build
from cases.story import read_story
from engine.access import Actor, Grant
from engine.clock import COUNTY_ZONE
from engine.commands.deploy import deploy
from engine.commands.resume_instance import resume_instance
from engine.commands.return_task import return_task
from engine.commands.suspend_instance import suspend_instance
from engine.definitions.bundle import Bundle, read_folder
from engine.store import Database
from engine.store.instance import instance
from engine.store.job import job
from engine.store.user_task import user_task
from tests.cases.conftest import PROCESSES, Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
ADMINISTRATOR = Actor(id="a", name="管理", grants=(Grant(role="administrator"),))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=COUNTY_ZONE)


def clocks(case: Flow) -> list[tuple[str, str, bool]]:
    """The case's deadlines: code, due date, whether it still runs."""
    rows = sorted(case.rows(deadline), key=lambda row: row["id"])
    return [(row["code"], written(row["due_at"]), row["met_at"] is None) for row in rows]


def written(instant: datetime) -> str:
    return f"{instant.astimezone(COUNTY_ZONE):%m-%d %H:%M}"


def due(case: Flow, element: str) -> str:
    with case.stage.database.reading() as session:
        query = sa.select(user_task.c.due_at).where(user_task.c.id == case.open_task(element))
        return written(session.execute(query).scalar_one())


def timers(case: Flow) -> Mapping[str, str]:
    """The timers that wait, with their instants."""
    with case.stage.database.reading() as session:
        query = sa.select(job.c.element_id, job.c.due_at, job.c.status)
        rows = session.execute(query.where(job.c.instance_id == case.instance_id, job.c.kind == "timer")).all()
    return {row.element_id: written(row.due_at) for row in rows if row.status in ("pending", "held")}


def send_back(case: Flow, from_element: str, to_element: str, when: str, role: str) -> None:
    case.stage.move_to(at(when))
    with case.stage.database.transaction() as session:
        task_id, actor = case.open_task(from_element), holder(role, CHILD.place).actor
        note = {"to_element": to_element, "reason": "核查情况不清楚", "actor": actor, "now": at(when)}
        return_task(session, case.stage.env, task_id, **note)
    case.stage.run_due()


@pytest.fixture
def visited(flow: Callable[..., Flow]) -> Flow:
    """Accepted on 09-24: five working days end on 09-30 (09-28 is a make-up day). Visited on 09-26."""
    case = flow(CHILD)
    case.do(Deed.CHECK, at("09-24 15:00"))
    case.do(Deed.VISIT, at("09-26 15:00"))
    return case


RUNNING = [("DL-02", "09-30 17:30", True)]


def test_a_case_that_is_sent_back_gains_no_day(visited: Flow) -> None:
    send_back(visited, "b_ut_town_review", "b_ut_visit", "09-29 10:00", "town_leader")
    assert clocks(visited) == RUNNING
    assert due(visited, "b_ut_visit") == "09-30 17:30"
    visited.do(Deed.VISIT, at("09-30 10:00"))
    assert due(visited, "b_ut_town_review") == "09-30 17:30"


def test_nor_does_one_that_is_sent_back_too_late(visited: Flow) -> None:
    send_back(visited, "b_ut_town_review", "b_ut_visit", "10-09 10:00", "town_leader")
    assert clocks(visited) == RUNNING
    assert due(visited, "b_ut_visit") == "09-30 17:30"


def test_nor_one_that_is_sent_back_before_its_acceptance(visited: Flow) -> None:
    """The papers came in when they came in: checking them again counts from the same day."""
    send_back(visited, "b_ut_town_review", "b_ut_formal_check", "09-29 10:00", "town_leader")
    visited.do(Deed.CHECK, at("09-29 15:00"))
    assert [each for each in clocks(visited) if each[2]] == RUNNING
    assert due(visited, "b_ut_visit") == "09-30 17:30"


@pytest.fixture
def published(visited: Flow) -> Flow:
    """The notice hangs from 09-29 on until 10-14 24:00 or what the calendar says: its timer waits."""
    visited.do(Deed.REVIEW, at("09-28 10:00"))
    visited.do(Deed.SIGN, at("09-28 15:00"))
    visited.do(Deed.POST, at("09-29 10:00"))
    return visited


def stopped(case: Flow, since: str, until: str) -> None:
    verbs = ((suspend_instance, since), (resume_instance, until))
    for verb, when in verbs:
        case.stage.move_to(at(when))
        with case.stage.database.transaction() as session:
            verb(session, case.stage.env, case.instance_id, reason="等待核实", actor=ADMINISTRATOR, now=at(when))
    case.stage.run_due()


def test_an_administrator_s_stop_moves_no_date_of_the_law(published: Flow) -> None:
    before = clocks(published), timers(published)
    assert before[1], "the notice's timer waits"
    stopped(published, "09-29 15:00", "09-30 09:00")
    assert (clocks(published), timers(published)) == before


def test_what_came_due_while_the_case_was_stopped_happens_once_when_it_goes_on(published: Flow) -> None:
    waiting = timers(published)
    notice = next(row for row in clocks(published) if row[0] == "DL-03")
    assert notice[1] in waiting.values()
    stopped(published, "09-29 15:00", "11-03 09:00")
    assert notice[1] not in timers(published).values()
    assert next(row for row in clocks(published) if row[0] == "DL-03")[1] == notice[1]


def test_the_clock_stands_still_and_the_rest_is_counted_from_its_resumption(database_url: str) -> None:
    """Asked with two of five days used, over the spring festival: three are left."""
    told = read_story(Path(PROCESSES / "application" / "scenarios" / "evidence_arrives.toml"))
    assert play(told, PROCESSES, database_url=database_url, say=lambda _: None).failures == ()
    database = Database.open(database_url)
    with database.reading() as session:
        query = sa.select(deadline).where(deadline.c.code == "DL-02").order_by(deadline.c.id)
        rows = session.execute(query).mappings().all()
    database.dispose()
    first, second = rows
    assert [written(row["due_at"]) for row in rows] == ["02-14 17:30", "02-28 17:30"]
    assert written(first["met_at"]) == "02-11 16:00", "no clock runs while the evidence is brought"
    assert (second["derivation"]["start"], second["derivation"]["count"]) == ("2026-02-25", 3)


def changed(bundle: Bundle) -> Bundle:
    """The process as somebody might change it: other periods, another hour, the visit's date by another rule."""
    text = bundle.files["application.bpmn"].decode()
    changes = (
        ("verify_wd = 5", "verify_wd = 9"),
        ('value="add workdays(verify_from, verify_wd)"', 'value="add workdays(today(), 12)"'),
    )
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return replace(bundle, files={**bundle.files, "application.bpmn": text.encode()}, content_hash="changed")


def publish_change(stage: Stage) -> None:
    with stage.database.transaction() as session:
        deploy(
            session, stage.env, changed(read_folder(PROCESSES / "application")), actor=PUBLISHER, now=stage.clock.now()
        )


def newly_started(stage: Stage) -> Stage:
    """The program after a restart: nothing is left in memory."""
    return replace(build(stage.env.settings, at=stage.clock.now()), reminds=stage.reminds)


def test_a_version_published_under_a_running_case_changes_none_of_its_dates(visited: Flow) -> None:
    publish_change(visited.stage)
    visited.stage = newly_started(visited.stage)
    assert clocks(visited) == RUNNING
    send_back(visited, "b_ut_town_review", "b_ut_visit", "09-29 10:00", "town_leader")
    assert due(visited, "b_ut_visit") == "09-30 17:30", "counted by the version that the case runs on"
    visited.do(Deed.VISIT, at("09-29 15:00"))
    assert due(visited, "b_ut_town_review") == "09-30 17:30"
    other = next(each for each in DEMO_CHILDREN if each.idcard != CHILD.idcard and not each.entrusted)
    fresh = Flow(stage=visited.stage, child=other)
    fresh.do(Deed.APPLY)
    fresh.do(Deed.CHECK)
    assert due(fresh, "b_ut_visit") == "10-22 17:30", "a case that begins now is counted by the new one"
    with fresh.stage.database.reading() as session:
        versions = session.execute(sa.select(instance.c.id, instance.c.version_id)).all()
    assert len({row.version_id for row in versions if row.id in (fresh.instance_id, visited.instance_id)}) == 2


def test_a_timer_that_waits_fires_at_its_instant_under_a_new_version(published: Flow) -> None:
    before = clocks(published), timers(published)
    publish_change(published.stage)
    published.stage = newly_started(published.stage)
    assert (clocks(published), timers(published)) == before
    notice = next(row for row in clocks(published) if row[0] == "DL-03")[1]
    published.stage.move_to(at("11-03 09:00"))
    with published.stage.database.reading() as session:
        query = sa.select(job.c.status, job.c.due_at).where(
            job.c.instance_id == published.instance_id, job.c.kind == "timer"
        )
        fired = [row for row in session.execute(query).all() if written(row.due_at) == notice]
    assert [row.status for row in fired] == ["done"]
