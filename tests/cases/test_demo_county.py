"""The demo county: made once, through the real commands; never in production. And the demonstration's clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cases import demo, demo_clock, logins
from cases.children import child
from cases.composition import compose
from cases.demo_children import OPENING
from cases.demo_people import DEMO_USERS, MARK, enter_people, is_there
from cases.notices import public_notices
from cases.people import actor_of, person
from cases.roles import ROLE
from engine.access import Actor
from engine.clock import SystemClock
from engine.errors import NotAllowed, SettingsInvalid
from engine.sealing import new_key
from engine.settings import Settings
from engine.store import Database, incident, instance, user_task
from tests.cases.conftest import PROCESSES

VISITOR = Actor(id="visitor", name="访客")


def settings(database_url: str, folder: Path) -> Settings:
    return Settings(mode="demo", data_folder=folder, database_url=database_url)


KEYS, APART = f"2026:{new_key()}", f"apart:{new_key()}"


def production(database_url: str) -> Settings:
    return Settings(
        mode="production", secret_key="x" * 40, sealing_keys=KEYS, sealed_keys=APART, database_url=database_url
    )


def test_it_is_made_once_and_kept(database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    chosen = settings(database_url, tmp_path)
    first = demo.ensure(chosen, PROCESSES, children=60)
    again = demo.ensure(chosen, PROCESSES, children=60)
    assert (first.is_new, again.is_new) == (True, False)
    assert not [each.message for each in caplog.records if "leaves a story" in each.message], "all are told to the end"
    database = Database.open(database_url)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(child)) == 60
        assert session.scalar(select(func.count()).select_from(person)) == len(DEMO_USERS) == len(first.log_ins)
        assert session.scalar(select(func.count()).select_from(incident.incident)) == 0
        assert set(session.execute(select(child.c.demo)).scalars()) == {True}
        clock = demo_clock.load_clock(session, chosen)
        assert OPENING <= clock.now() < OPENING + timedelta(minutes=5)
        assert public_notices(session, now=clock.now())
        running = set(
            session.execute(
                select(instance.instance.c.process_key).where(instance.instance.c.status == "running")
            ).scalars()
        )
        table = user_task.user_task
        rows = session.execute(select(table.c.element_id, table.c.due_at).where(table.c.status == "open")).all()
    database.dispose()
    assert running == {
        "application", "appeal", "custody", "exit", "follow", "item", "objection", "payment", "quarterly",
        "report", "supervision", "supervision_major", "survey", "visit",
    }  # fmt: skip
    assert {row.element_id for row in rows} >= {
        "a_ut_town_check", "b_ut_village_forward", "b_ut_formal_check", "b_ut_visit", "b_ut_town_review", "b_ut_return",
        "c_ut_alt_verify", "d_ut_opinion", "d_ut_final_sign", "e_ut_deliver", "f_ut_verify", "f_ut_decide",
        "g_ut_visit", "g_ut_village_sign", "h_ut_assess", "h5_ut_check", "i_ut_notice", "k_ut_defence", "o_ut_accept",
        "o_ut_investigate",
    }  # fmt: skip
    assert sum(1 for row in rows if row.due_at is not None and row.due_at < OPENING) >= 10, "some are overdue"


def test_everybody_can_log_in_and_is_marked(sqlite_url: str, tmp_path: Path) -> None:
    chosen = settings(sqlite_url, tmp_path)
    told = demo.ensure(chosen, PROCESSES)
    database = Database.open(sqlite_url)
    with database.transaction() as session:
        now = demo_clock.load_clock(session, chosen).now()
        for user_name in ("qingchuan_officer", "mzj_leader", "wang_guardian"):
            answer = logins.log_in(session, user_name=user_name, password=told.password, now=now)
            assert answer.person is not None and answer.person.demo
        assert actor_of(session, "jkt_handler").grants[0].department == "JKT"
    database.dispose()
    assert all(unit.endswith(MARK) for _, _, unit in told.log_ins)


def test_every_role_has_somebody_but_the_system_itself() -> None:
    held = {grant.role for user in DEMO_USERS for grant in user.grants}
    assert set(ROLE) - held == {"sys"} and len(DEMO_USERS) >= 40


def test_production_refuses_the_demo_county(sqlite_url: str) -> None:
    with pytest.raises(NotAllowed):
        demo.ensure(production(sqlite_url), PROCESSES)
    database = Database.open(sqlite_url)
    with database.reading() as session:
        assert not is_there(session)
    database.dispose()


def test_the_demo_clock_moves_forward_only(database: Database, database_url: str, tmp_path: Path) -> None:
    chosen = settings(database_url, tmp_path)
    with database.transaction() as session:
        now = demo_clock.load_clock(session, chosen).now()
        demo_clock.move(session, chosen, to=now + timedelta(days=30), actor=VISITOR)
        moved = demo_clock.load_clock(session, chosen).now()
        assert timedelta(days=30) <= moved - now < timedelta(days=30, minutes=1), "never short of what was asked"
        with pytest.raises(NotAllowed):
            demo_clock.move(session, chosen, to=now, actor=VISITOR)


def test_production_does_not_open_the_database_of_a_demonstration(database: Database, database_url: str) -> None:
    settings = production(database_url)
    opened, _ = compose(settings)
    opened.dispose()
    with database.transaction() as session:
        enter_people(session, password_hash="x", now=SystemClock().now())
    with pytest.raises(SettingsInvalid, match="TONGAN_DATABASE_URL"):
        compose(settings)
    opened, _ = compose(Settings(mode="demo", database_url=database_url))
    opened.dispose()


def test_production_opens_a_database_without_tables(tmp_path: Path) -> None:
    opened, _ = compose(production(f"sqlite:///{tmp_path}/new.sqlite3"))
    opened.dispose()


def test_production_keeps_real_time(database: Database, database_url: str, tmp_path: Path) -> None:
    real, later = production(database_url), SystemClock().now() + timedelta(days=9)
    with database.transaction() as session:
        demo_clock.move(session, settings(database_url, tmp_path), to=later, actor=VISITOR)
        assert isinstance(demo_clock.load_clock(session, real), SystemClock)
        with pytest.raises(NotAllowed):
            demo_clock.move(session, real, to=later, actor=VISITOR)
        with pytest.raises(NotAllowed):
            demo_clock.begin_at(session, real, instant=OPENING, actor=VISITOR)
