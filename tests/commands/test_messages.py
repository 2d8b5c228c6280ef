"""Messages and signals between cases: each receiver once, none blocked by another, none lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.commands.broadcast_signal import broadcast_signal
from engine.commands.cancel_instance import cancel_instance
from engine.commands.deliver_message import deliver_message
from engine.commands.resume_instance import resume_instance
from engine.commands.run_job import run_job
from engine.commands.suspend_instance import suspend_instance
from engine.errors import NoReceiver
from engine.queries.incidents import incidents
from engine.queries.stuck import stuck
from engine.store import instance, job, message_wait
from tests.diagrams import Diagram
from tests.factories import ADMINISTRATOR, World

SYSTEM = Actor.system("test")


def receiver(key: str = "p", event: str = "message MSG_PAPER") -> Diagram:
    diagram = Diagram(key).start().catch("wait", event, message_key='"k1"', variables="paper").xor("g").end()
    diagram.end("bad").flow("start", "wait", "g").flow("g", "end", when='paper = "good"')
    return diagram.flow("g", "bad", when='paper = "odd"')


def sender() -> Diagram:
    diagram = Diagram("q").start().throw("send", "message MSG_PAPER", message_key='"k1"', variables="paper")
    return diagram.script("say", 'paper = "good"').end().flow("start", "say", "send", "end")


def deliver(world: World, paper: str = "good", key: str | None = "k1") -> tuple[str, ...]:
    with world.database.transaction() as session:
        return deliver_message(
            session, world.env, "MSG_PAPER", key, payload={"paper": paper}, actor=SYSTEM, now=world.now
        )


def status(world: World, instance_id: str) -> str:
    with world.database.reading() as session:
        wanted = sa.select(instance.instance.c.status).where(instance.instance.c.id == instance_id)
        return str(session.scalar(wanted))


def jobs(world: World) -> list[Any]:
    with world.database.reading() as session:
        return list(session.execute(sa.select(job.job).order_by(job.job.c.id)))


def run(world: World, job_id: str, at: datetime | None = None) -> bool:
    return run_job(world.database, world.env, job_id, clock=FixedClock(at or world.now), worker="w")


def test_every_waiting_case_gets_it_once(world: World) -> None:
    world.publish(receiver())
    ids = [world.start(idempotency_key=f"s{number}").instance_id for number in range(3)]
    assert sorted(deliver(world)) == sorted(ids)
    assert [status(world, each) for each in ids] == ["completed"] * 3
    with pytest.raises(NoReceiver):
        deliver(world)


def test_another_key_is_not_meant(world: World) -> None:
    world.publish(receiver())
    world.start()
    for key in ("k2", None):
        with pytest.raises(NoReceiver):
            deliver(world, key=key)


def test_a_suspended_case_gets_it_when_it_resumes(world: World) -> None:
    world.publish(receiver())
    instance_id = world.start().instance_id
    with world.database.transaction() as session:
        suspend_instance(session, world.env, instance_id, reason="核实", actor=ADMINISTRATOR, now=world.now)
    assert deliver(world) == (instance_id,)
    (kept,) = jobs(world)
    assert kept.status == "held" and not run(world, kept.id)
    with world.database.transaction() as session:
        resume_instance(session, world.env, instance_id, reason="好了", actor=ADMINISTRATOR, now=world.now)
    assert run(world, kept.id)
    assert status(world, instance_id) == "completed"


def test_a_thrown_message_is_a_job_and_a_bad_receiver_blocks_no_other(world: World) -> None:
    world.publish(receiver())
    broken = Diagram("r").start().catch("wait", "message MSG_PAPER", message_key='"k1"').xor("g").end().end("x")
    broken.flow("start", "wait", "g").flow("g", "end", when="nothing = 1").flow("g", "x", when="nothing = 2")
    world.publish(broken)
    world.publish(sender())
    bad = world.start("r", idempotency_key="bad").instance_id
    good = world.start("p", idempotency_key="good").instance_id
    world.start("q", idempotency_key="sender")
    (thrown,) = jobs(world)
    assert thrown.kind == "message"
    assert run(world, thrown.id)
    assert status(world, good) == "completed" and status(world, bad) == "running"
    assert jobs(world)[0].status == "done"
    with world.database.reading() as session:
        assert [row.instance_id for row in incidents(session, actor=Actor.system("test"))] == [bad]
        assert stuck(session, actor=Actor.system("test")) == ()


def test_a_message_nobody_waits_for_is_tried_for_a_day_then_an_incident(world: World) -> None:
    world.publish(sender())
    world.start("q")
    (thrown,) = jobs(world)
    at = world.now
    tries = 0
    while jobs(world)[0].status == "pending":
        assert run(world, thrown.id, at)
        tries += 1
        at = max(jobs(world)[0].due_at, at)
        assert tries < 200
    assert timedelta(hours=24) <= at - world.now < timedelta(hours=25)
    with world.database.reading() as session:
        (incident,) = incidents(session, actor=Actor.system("test"))
    assert "没有办件在等待" in incident.message


def test_a_late_receiver_is_reached_by_a_retry(world: World) -> None:
    world.publish(sender())
    world.publish(receiver())
    world.start("q", idempotency_key="first")
    (thrown,) = jobs(world)
    run(world, thrown.id)
    late = world.start("p", idempotency_key="late").instance_id
    assert run(world, thrown.id, jobs(world)[0].due_at)
    assert status(world, late) == "completed"


def test_a_signal_reaches_all(world: World) -> None:
    diagram = Diagram().start().catch("wait", "signal SIG_ALL").end().flow("start", "wait", "end")
    world.publish(diagram)
    ids = [world.start(idempotency_key=f"s{number}").instance_id for number in range(2)]
    with world.database.transaction() as session:
        reached = broadcast_signal(session, world.env, "SIG_ALL", payload={}, actor=SYSTEM, now=world.now)
    assert sorted(reached) == sorted(ids)
    with world.database.transaction() as session:
        assert broadcast_signal(session, world.env, "SIG_ALL", payload={}, actor=SYSTEM, now=world.now) == ()


def test_a_cancelled_case_waits_no_more(world: World) -> None:
    world.publish(receiver())
    instance_id = world.start().instance_id
    with world.database.transaction() as session:
        cancel_instance(session, world.env, instance_id, reason="重复", actor=ADMINISTRATOR, now=world.now)
    with world.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(message_wait.message_wait)) == 0
    assert status(world, instance_id) == "cancelled"
    assert world.domain.ended == [("case-1", None)]
    with pytest.raises(NoReceiver):
        deliver(world)
