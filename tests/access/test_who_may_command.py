"""Every command × every role × own and foreign place, against `tests/data/access/commands.toml`."""

from __future__ import annotations

import pkgutil
import tomllib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import engine.commands
from engine.access import Actor, Grant
from engine.commands.add_cosigner import add_cosigner
from engine.commands.broadcast_signal import broadcast_signal
from engine.commands.cancel_instance import cancel_instance
from engine.commands.check_bundle import check_bundle
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.copy_task import copy_task
from engine.commands.delegate_task import delegate_task
from engine.commands.deliver_message import deliver_message
from engine.commands.deploy import deploy
from engine.commands.end_loans import end_loans
from engine.commands.entrust_task import entrust_task
from engine.commands.hand_back_task import hand_back_task
from engine.commands.hand_over_tasks import hand_over_tasks
from engine.commands.move_token import move_token
from engine.commands.note_opened import note_opened
from engine.commands.remark_on_task import remark_on_task
from engine.commands.remove_cosigner import remove_cosigner
from engine.commands.resume_instance import resume_instance
from engine.commands.retry_incident import retry_incident
from engine.commands.return_task import return_task
from engine.commands.save_draft import save_draft
from engine.commands.start_process import start_process
from engine.commands.suspend_instance import suspend_instance
from engine.commands.take_back_task import take_back_task
from engine.commands.unclaim_task import unclaim_task
from engine.commands.urge_task import urge_task
from engine.errors import EngineError, NotAllowed
from engine.store import process_version
from engine.store.user_task import user_task
from tests.access.conftest import DATA, FOREIGN, OWN, SIGHTS, VILLAGE, Prepared, holder
from tests.diagrams import Diagram

TABLE: dict[str, dict[str, Any]] = tomllib.loads((DATA / "commands.toml").read_text(encoding="utf-8"))
#: Modules of engine/commands that hold parts of verbs, no verb.
PARTS = {"form_checking", "jobbing", "reasons", "stepping", "surprises", "tasking"}
BUNDLE = Diagram("other").start().end().flow("start", "end").bundle()

#: The task in turn: for a township, and for a department.
TASKS = {"town_officer": None, "cl_handler": "CL"}

#: Sees the case of the test as its domain has it.
READER = Actor(id="x", name="x", grants=(Grant(role="inspector", place="519927"),))

Given = Callable[[Any, Prepared, str, Actor], object]
ON_TASK: dict[str, Given] = {
    "claim_task": lambda s, p, t, a: claim_task(s, t, actor=a, now=p.world.now),
    "unclaim_task": lambda s, p, t, a: unclaim_task(s, t, actor=a, now=p.world.now),
    "complete_task": lambda s, p, t, a: complete_task(
        s, p.world.env, t, fields={}, actor=a, now=p.world.now, idempotency_key="k"
    ),
    "return_task": lambda s, p, t, a: return_task(
        s, p.world.env, t, to_element="a", reason="缺材料", actor=a, now=p.world.now
    ),
    "entrust_task": lambda s, p, t, a: entrust_task(
        s, p.world.env, t, to_user="x", to_name="x", reason="休假", actor=a, now=p.world.now
    ),
    "hand_back_task": lambda s, p, t, a: hand_back_task(s, p.world.env, t, reason="办好", actor=a, now=p.world.now),
    "take_back_task": lambda s, p, t, a: _taken_back(s, p, t, a),
    "copy_task": lambda s, p, t, a: copy_task(s, p.world.env, t, recipient=READER, note="", actor=a, now=p.world.now),
    "add_cosigner": lambda s, p, t, a: add_cosigner(
        s, p.world.env, t, cosigner=READER, reason="请核", actor=a, now=p.world.now
    ),
    "remove_cosigner": lambda s, p, t, a: remove_cosigner(
        s, p.world.env, t, signature_id="none", reason="不必", actor=a, now=p.world.now
    ),
    "save_draft": lambda s, p, t, a: save_draft(s, t, fields={}, revision=0, actor=a, now=p.world.now),
    "note_opened": lambda s, p, t, a: note_opened(s, t, actor=a, now=p.world.now),
    "delegate_task": lambda s, p, t, a: delegate_task(
        s,
        p.world.env,
        t,
        to_user="x",
        to_name="x",
        reason="休假",
        until=p.world.now + timedelta(days=1),
        actor=a,
        now=p.world.now,
    ),
}
ON_SYSTEM: dict[str, Callable[[Any, Prepared, Actor], object]] = {
    "start_process": lambda s, p, a: start_process(
        s, p.world.env, "p", fields={}, actor=a, now=p.world.now, idempotency_key="new"
    ),
    "deliver_message": lambda s, p, a: deliver_message(
        s, p.env, "MSG_TAKE_DOWN", p.cases["ordinary"], payload={}, actor=a, now=p.world.now
    ),
    "broadcast_signal": lambda s, p, a: broadcast_signal(
        s, p.world.env, "SIG_ALL", payload={}, actor=a, now=p.world.now
    ),
    "hand_over_tasks": lambda s, p, a: hand_over_tasks(
        s, p.world.env, from_user="li", to_user="x", to_name="x", reason="调离", actor=a, now=p.world.now
    ),
    "urge_task": lambda s, p, a: urge_task(s, p.env, _open_task(s, p), note="", actor=a, now=p.world.now),
    "remark_on_task": lambda s, p, a: remark_on_task(s, p.env, _open_task(s, p), body="请看", actor=a, now=p.world.now),
    "move_token": lambda s, p, a: move_token(
        s, p.world.env, p.instances["ordinary"], token_id="t", to_element="a", reason="改", actor=a, now=p.world.now
    ),
    "retry_incident": lambda s, p, a: retry_incident(s, p.world.env, "none", actor=a, now=p.world.now),
    "deploy": lambda s, p, a: deploy(s, p.world.env, BUNDLE, actor=a, now=p.world.now),
    "end_loans": lambda s, p, a: end_loans(s, actor=a, now=p.world.now),
    "check_bundle": lambda s, p, a: check_bundle(p.world.env, BUNDLE, actor=a),
    **{
        command.__name__: lambda s, p, a, command=command: command(
            s, p.world.env, p.instances["ordinary"], reason="查", actor=a, now=p.world.now
        )
        for command in (cancel_instance, suspend_instance, resume_instance)
    },
}


def _open_task(session: Any, prepared: Prepared) -> str:
    """The open task of the ordinary case."""
    of = user_task.c.instance_id == prepared.instances["ordinary"]
    return str(session.scalar(sa.select(user_task.c.id).where(of, user_task.c.status == "open")))


def _taken_back(session: Any, prepared: Prepared, task_id: str, actor: Actor) -> object:
    """As if the actor had completed the task."""
    values = {"status": "done", "closed_by": actor.id}
    session.execute(sa.update(user_task).where(user_task.c.id == task_id).values(**values))
    try:
        return take_back_task(session, prepared.world.env, task_id, reason="填错", actor=actor, now=prepared.world.now)
    finally:
        values = {"status": "open", "closed_by": None}
        session.execute(sa.update(user_task).where(user_task.c.id == task_id).values(**values))


class Undone(Exception):
    """Rolls back what was tried."""


def may(prepared: Prepared, give: Callable[[Any], object]) -> bool:
    """Whether the command let the actor in; what it found wrong afterwards does not matter here."""
    try:
        with prepared.world.database.transaction() as session:
            try:
                give(session)
            except NotAllowed:
                return False
            except EngineError:
                return True
            raise Undone
    except Undone:
        return True


def test_every_command_stands_in_the_table() -> None:
    verbs = {each.name for each in pkgutil.iter_modules(engine.commands.__path__)} - PARTS
    assert verbs - set(TABLE) == set(), "say in tests/data/access/commands.toml who may give it"
    assert set(TABLE) == set(ON_TASK) | set(ON_SYSTEM) | {name for name, said in TABLE.items() if "program" in said}


@pytest.mark.parametrize("post", TASKS)
def test_who_may_touch_a_task(prepared: Prepared, post: str) -> None:
    of_case = user_task.c.instance_id == prepared.instances["ordinary"]
    with prepared.world.database.transaction() as session:
        values = {"role": post, "department": TASKS[post], "place": VILLAGE}
        session.execute(sa.update(user_task).where(of_case, user_task.c.status == "open").values(**values))
        task_id = session.scalar(sa.select(user_task.c.id).where(of_case, user_task.c.status == "open"))
    wrong = []
    for row in SIGHTS:
        for places in (OWN, FOREIGN):
            if row["level"] not in places:
                continue
            actor = holder(row, places)
            for name, give in ON_TASK.items():
                expected = (row["role"] == post and places is OWN) or row["role"] in TABLE[name].get("also", ())
                if may(prepared, lambda s: give(s, prepared, task_id, actor)) != expected:  # noqa: B023
                    wrong.append((name, row["role"], "own" if places is OWN else "foreign", expected))
    assert wrong == []


def test_who_may_command_the_system(prepared: Prepared) -> None:
    with prepared.world.database.transaction() as session:
        starters = {"starters": ["village_officer", "town_window"]}
        session.execute(sa.update(process_version.process_version).values(**starters))
    wrong = []
    for row in SIGHTS:
        for places in (OWN, FOREIGN):
            if row["level"] not in places:
                continue
            for name, give in ON_SYSTEM.items():
                said = TABLE[name]
                expected = row["role"] in said["only"] and (places is OWN or not said.get("own_place"))
                if may(prepared, lambda s: give(s, prepared, holder(row, places))) != expected:  # noqa: B023
                    wrong.append((name, row["role"], "own" if places is OWN else "foreign", expected))
    assert wrong == []


def test_a_task_stays_in_its_post(prepared: Prepared) -> None:
    prepared.world.domain.outsiders = frozenset({"x"})
    of_case = user_task.c.instance_id == prepared.instances["ordinary"]
    with prepared.world.database.transaction() as session:
        values = {"role": "town_officer", "place": VILLAGE}
        session.execute(sa.update(user_task).where(of_case, user_task.c.status == "open").values(**values))
        task_id = session.scalar(sa.select(user_task.c.id).where(of_case, user_task.c.status == "open"))
        officer = holder(next(row for row in SIGHTS if row["role"] == "town_officer"))
        with pytest.raises(NotAllowed, match="不在此岗位"):
            ON_TASK["delegate_task"](session, prepared, task_id, officer)
