"""A child's death (M13): the signal goes by child, ends what runs, and begins an exit for who was covered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from cases import case_files, children, deaths
from cases.children import ChildStatus, child
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.exits import exit_fact
from cases.stage import Stage
from engine.access import Actor
from engine.commands.broadcast_signal import broadcast_signal
from engine.store.instance import instance
from tests.cases.conftest import Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
SYSTEM = Actor.system("test")


def broadcast(case: Flow, child_id: str | None) -> tuple[str, ...]:
    with case.stage.database.transaction() as session:
        return broadcast_signal(
            session,
            case.stage.env,
            deaths.SIGNAL,
            key=child_id,
            payload={},
            actor=SYSTEM,
            now=case.stage.clock.now(),
        )


def child_of(case: Flow) -> str:
    with case.stage.database.reading() as session:
        return str(case_files.find_case(session, case.case_id)["child_id"])


@pytest.mark.parametrize("deeds", [(), (Deed.CHECK,), (Deed.CHECK, Deed.VISIT)], ids=["filed", "accepted", "visited"])
def test_the_signal_ends_the_application_in_whatever_step_it_stands(
    flow: Callable[..., Flow], deeds: tuple[Deed, ...]
) -> None:
    case = flow(CHILD)
    for deed in deeds:
        case.do(deed)
    assert broadcast(case, child_of(case)) == (case.instance_id,)
    with case.stage.database.reading() as session:
        status = session.scalar(sa.select(instance.c.status).where(instance.c.id == case.instance_id))
        row = case_files.find_case(session, case.case_id)
    assert status == "cancelled"
    assert (row["status"], row["closed_at"] is not None) == ("已办结", True)
    assert broadcast(case, child_of(case)) == ()


@pytest.mark.parametrize("key", [None, "another child"])
def test_another_childs_death_ends_nothing(flow: Callable[..., Flow], key: str | None) -> None:
    case = flow(CHILD)
    assert broadcast(case, key) == ()


@pytest.mark.parametrize("status", [ChildStatus.APPLYING, ChildStatus.PROTECTED])
def test_only_who_was_covered_leaves_by_an_exit(flow: Callable[..., Flow], stage: Stage, status: ChildStatus) -> None:
    case = flow(CHILD)
    child_id, now = child_of(case), stage.clock.now()
    with stage.database.transaction() as session:
        children.change(session, child_id, now=now, status=status)
        deaths.note(session, child_id, on=now.date(), source="部门通报", now=now)
        deaths.note(session, child_id, on=now.date(), source="部门通报", now=now)
        found = session.scalar(sa.select(child.c.status).where(child.c.id == child_id))
        facts = [row.ground for row in session.execute(sa.select(exit_fact))]
    covered = status is ChildStatus.PROTECTED
    assert found == (status if covered else ChildStatus.DECEASED)
    assert facts == (["7"] if covered else [])
