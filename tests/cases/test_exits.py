"""The exit of a child (P_F): who may open one, what a service that is called twice does, what a sealed file hides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from cases import children, sealed_records
from cases.benefits import benefit_item
from cases.covered_children import enter_world
from cases.decisions import decision
from cases.demo_people import holder
from cases.documents import document
from cases.exits import exit_case
from cases.handlers.exit_handlers import EXIT_HANDLERS
from cases.notices import notice
from cases.sealed_records import SealedIdentity
from cases.stage import Stage, build
from cases.verifications import verification
from engine.access import Actor, Grant
from engine.clock import COUNTY_ZONE
from engine.commands.start_process import Started, start_process
from engine.domain import ServiceCall, Tools
from engine.errors import NotAllowed, SubmissionInvalid
from engine.settings import Settings
from engine.store.user_task import user_task

PROCESSES = Path(__file__).parents[2] / "processes"
NOW = datetime(2025, 10, 13, 10, 0, tzinfo=COUNTY_ZONE)
ARCHIVE = "519927-2025-00001"
TABLES = (document, decision, benefit_item, notice, verification, exit_case)
CHILD = {
    "name": "何小山",
    "idcard": "519927201002140014",
    "village": "519927101001",
    "categories": ["C4"],
    "enrolled_on": date(2020, 5, 11),
    "guardian": "何大伯",
    "scheme": "TEKUN",
    "amount": Decimal(1050),
}
STANDARD = {"key": "STD_DIBAO_CLASSIFIED", "valid_from": date(2025, 1, 1), "monthly_amount": Decimal(720)}
SAID = {
    "note": "延续",
    "gate": "KEEP",
    "review_on": date(2026, 9, 30),
    "ground": "家庭生活状况改善",
    "statement_until": date(2025, 10, 20),
    "decided_on": date(2025, 10, 13),
    "stop_month": "2025-11",
    "leaves": "退出",
    "recover": True,
    "scheme": "DIBAO",
    "standard_key": "STD_DIBAO_CLASSIFIED",
    "title": "最低生活保障",
    "sixteen_floor": True,
}


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=NOW)
    made.prepare([PROCESSES / "exit"])
    with made.database.transaction() as session:
        enter_world(session, children=[CHILD], standards=[STANDARD], now=NOW)
    yield made
    made.database.dispose()


def open_exit(stage: Stage, actor: Actor, **fields: Any) -> Started:
    told = {"archive_no": ARCHIVE, "cause": "退出情形核查", "ground": "5", "source": "乡镇核查", **fields}
    with stage.database.transaction() as session:
        return start_process(
            session, stage.env, "exit", fields=told, actor=actor, now=stage.clock.now(), idempotency_key=uuid4().hex
        )


def officer(town: str = "519927101") -> Actor:
    return holder("town_officer", town).actor


def change_child(stage: Stage, **values: Any) -> None:
    with stage.database.transaction() as session:
        row = session.execute(select(children.child)).mappings().one()
        children.change(session, row["id"], now=NOW, **values)


def call_of(service: str, started: Started) -> ServiceCall:
    return ServiceCall(
        job_id="job",
        idempotency_key="the same key",
        service=service,
        parameters=SAID,
        case_id=started.case_id,
        instance_id=started.instance_id,
        now=NOW,
    )


def tools(stage: Stage) -> Tools:
    return Tools(database=stage.database, settings=stage.env.settings, clock=stage.clock)


def rows(stage: Stage) -> list[Any]:
    with stage.database.reading() as session:
        return [list(session.execute(select(table)).mappings()) for table in TABLES]


def test_one_exit_of_a_child_at_a_time(stage: Stage) -> None:
    open_exit(stage, officer())
    with pytest.raises(SubmissionInvalid, match="已有在办"):
        open_exit(stage, officer())


def test_staff_act_in_their_own_township(stage: Stage) -> None:
    with pytest.raises(NotAllowed):
        open_exit(stage, officer("519927102"))


def test_a_guardian_speaks_for_the_own_child_only(stage: Stage) -> None:
    stranger = Actor(id="somebody", name="李四", grants=(Grant(role="applicant", place="519927101001"),))
    with pytest.raises(NotAllowed):
        open_exit(stage, stranger)


def test_only_who_is_covered_can_leave(stage: Stage) -> None:
    change_child(stage, status=children.ChildStatus.LEFT)
    with pytest.raises(SubmissionInvalid, match="不在保障中"):
        open_exit(stage, officer())


def test_a_sealed_file_goes_to_the_sealed_officer(stage: Stage) -> None:
    """M2: township and village have no task of it, and may not even learn that the number exists."""
    with stage.database.transaction() as session:
        row = session.execute(select(children.child)).mappings().one()
        hidden = dict.fromkeys(("idcard", "live_address", "ethnic", "phone", "no_id_reason"))
        values = {**children.coded(row["id"], row["hukou_code"]), **hidden, "sealed_hiv": True}
        session.execute(update(children.child).values(**values))
        who = SealedIdentity(name=row["name"], idcard=row["idcard"], birth=row["birth"], hukou_code=row["hukou_code"])
        sealed_records.keep(session, row["id"], who, now=NOW)
    with pytest.raises(SubmissionInvalid, match="没有这个档案编号"):
        open_exit(stage, officer())
    started = open_exit(stage, Actor.system("agenda"))
    stage.run_due()
    with stage.database.reading() as session:
        query = select(user_task.c.role).where(user_task.c.instance_id == started.instance_id)
        assert session.execute(query).scalars().all() == ["mzj_sealed"]


@pytest.mark.parametrize("who", [Actor.system("agenda"), holder("town_officer", "519927101").actor])
def test_no_application_for_another_category_begins_before_that_was_decided(stage: Stage, who: Actor) -> None:
    """The start form of a transfer is the program's own, and the exit has to have ended in another category (P_F 8)."""
    stage.prepare([PROCESSES / "application"])
    open_exit(stage, officer())
    with stage.database.reading() as session:
        case_id = session.scalar(select(exit_case.c.case_id))
    with pytest.raises(NotAllowed), stage.database.transaction() as session:
        start_process(
            session,
            stage.env,
            "application",
            fields={"exit_case": case_id},
            actor=who,
            now=NOW,
            idempotency_key=str(uuid4()),
            place="519927101",
            by_program=True,
        )


@pytest.mark.parametrize("service", sorted(EXIT_HANDLERS))
def test_a_service_called_twice_has_one_effect(stage: Stage, service: str) -> None:
    """The same idempotency key, as after a worker that died between its effect and its answer."""
    call = call_of(service, open_exit(stage, officer()))
    EXIT_HANDLERS[service](call, tools(stage))
    once = rows(stage)
    EXIT_HANDLERS[service](replace(call, attempt=2), tools(stage))
    assert rows(stage) == once


def test_what_the_household_s_own_list_pays_is_not_on_the_county_s(stage: Stage) -> None:
    """D5's HOUSEHOLD: no amount of the child's own, so that nobody pays it twice; and nothing to add on top."""
    call = call_of("switch_scheme", open_exit(stage, officer()))
    told = {**call.parameters, "pay_mode": "HOUSEHOLD"}
    EXIT_HANDLERS["switch_scheme"](replace(call, parameters=told), tools(stage))
    with stage.database.reading() as session:
        [new] = session.execute(select(benefit_item).where(benefit_item.c.stop_month.is_(None))).mappings().all()
    assert (new["benefit"], new["amount"], new["standard_key"], new["pay_mode"]) == ("DIBAO", None, None, "HOUSEHOLD")


def test_the_floor_at_sixteen_keeps_the_former_amount(stage: Stage) -> None:
    EXIT_HANDLERS["switch_scheme"](call_of("switch_scheme", open_exit(stage, officer())), tools(stage))
    with stage.database.reading() as session:
        found = session.execute(select(benefit_item).order_by(benefit_item.c.id)).mappings().all()
    assert [(row["benefit"], row["amount"], row["start_month"], row["stop_month"]) for row in found] == [
        ("TEKUN", Decimal(1050), "2020-06", "2025-11"),
        ("DIBAO", Decimal(720), "2025-11", None),
        ("TOP_UP", Decimal(330), "2025-11", None),
    ]
