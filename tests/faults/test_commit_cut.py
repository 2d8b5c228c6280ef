"""The line breaks after COMMIT was sent: the client cannot know whether it arrived. It asks again with the same key and
gets one effect and the same answer. Without a key it would do the thing twice, which the control shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from engine.commands.complete_task import complete_task
from engine.store.session import ConnectionLost
from tasks.workshop import Workshop
from tests.faults import house
from tests.faults.conftest import DurableServer
from tests.faults.proxy import CuttingProxy

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]


@pytest.fixture
def proxy(durable: DurableServer) -> Iterator[CuttingProxy]:
    opened = CuttingProxy("127.0.0.1", durable.port)
    yield opened
    opened.close()


@pytest.fixture
def workshop(durable: DurableServer, proxy: CuttingProxy) -> Iterator[Workshop]:
    """A client of the database behind the proxy."""
    opened = house.open_workshop(durable.url(durable.new_database(), port=proxy.port), name="client")
    house.prepare(opened)
    yield opened
    opened.database.dispose()


def instances(workshop: Workshop) -> int:
    with workshop.database.reading() as session:
        return int(session.scalar(sa.text("SELECT count(*) FROM instance")))


def answer(workshop: Workshop, task_id: str, key: str) -> object:
    with workshop.database.transaction() as session:
        return complete_task(
            session,
            workshop.env,
            task_id,
            fields={"answer": "同意"},
            actor=house.CLERK,
            now=workshop.clock.now(),
            idempotency_key=key,
        )


def test_a_start_asked_again_is_one_start(workshop: Workshop, proxy: CuttingProxy) -> None:
    proxy.arm()
    with pytest.raises(ConnectionLost):
        house.start(workshop, "fault_desk", idempotency_key="one request")
    assert proxy.cuts == 1
    again = house.start(workshop, "fault_desk", idempotency_key="one request")
    assert again.already
    assert instances(workshop) == 1
    assert house.start(workshop, "fault_desk", idempotency_key="one request") == again


def test_a_task_completed_again_is_completed_once(workshop: Workshop, proxy: CuttingProxy) -> None:
    started = house.start(workshop, "fault_desk", name="a")
    proxy.arm()
    with pytest.raises(ConnectionLost):
        answer(workshop, started.opened_task_ids[0], "one answer")
    again = answer(workshop, started.opened_task_ids[0], "one answer")
    assert again.already and again.finished  # type: ignore[attr-defined]
    found = house.count(workshop.database)
    assert (found.completed, found.ended) == (1, 1)


def test_perform_asks_again_by_itself(workshop: Workshop, proxy: CuttingProxy) -> None:
    started = house.start(workshop, "fault_desk", name="a")
    proxy.arm()
    done = workshop.database.perform(
        lambda session: complete_task(
            session,
            workshop.env,
            started.opened_task_ids[0],
            fields={"answer": "同意"},
            actor=house.CLERK,
            now=workshop.clock.now(),
            idempotency_key="one answer",
        )
    )
    assert proxy.cuts == 1 and done.already
    assert house.count(workshop.database).ended == 1


def test_control_without_a_key_it_happens_twice(workshop: Workshop, proxy: CuttingProxy) -> None:
    proxy.arm()
    with pytest.raises(ConnectionLost):
        house.start(workshop, "fault_desk", idempotency_key="first try")
    house.start(workshop, "fault_desk", idempotency_key="second try")
    assert instances(workshop) == 2
