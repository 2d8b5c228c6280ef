"""The web process dies after its commit and before its answer: the person presses the button again and is told that
it is done. The process dies before the commit: nothing was done, and pressing again does it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from engine.errors import TaskAlreadyClosed
from tasks.workshop import Workshop
from tests.faults import house
from tests.faults.test_commit_cut import answer

pytestmark = pytest.mark.faults


def dies_in(action: Callable[[], None]) -> None:
    """Do it in a forked process that kills itself (or is killed by the action) at the end."""
    child = os.fork()
    if child == 0:
        try:
            action()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def begun(url: str) -> tuple[Workshop, str]:
    workshop = house.open_workshop(url, name="web")
    house.prepare(workshop)
    started = house.start(workshop, "fault_desk", name="a")
    workshop.database.dispose()  # a forked process must not share a connection
    return workshop, started.opened_task_ids[0]


def test_killed_after_the_commit(database_url: str) -> None:
    workshop, task_id = begun(database_url)
    dies_in(lambda: answer(workshop, task_id, "the button") and None)
    again = answer(workshop, task_id, "the button")
    assert again.already and again.finished  # type: ignore[attr-defined]
    assert house.count(workshop.database).ended == 1
    workshop.database.dispose()


def test_killed_before_the_commit(database_url: str) -> None:
    workshop, task_id = begun(database_url)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    dying = house.open_workshop(database_url, name="web", domain=house.FaultDomain(pause=die))
    dies_in(lambda: answer(dying, task_id, "the button") and None)
    found = house.count(workshop.database)
    assert (found.completed, found.ended) == (0, 0)
    again = answer(workshop, task_id, "the button")
    assert not again.already and again.finished  # type: ignore[attr-defined]
    assert house.count(workshop.database).ended == 1
    workshop.database.dispose()


def test_control_another_key_meets_a_closed_task(database_url: str) -> None:
    """Without the same key the second press cannot be told from a second person: it is refused, not repeated."""
    workshop, task_id = begun(database_url)
    dies_in(lambda: answer(workshop, task_id, "the button") and None)
    with pytest.raises(TaskAlreadyClosed):
        answer(workshop, task_id, "another button")
    workshop.database.dispose()
