"""What a case is tied to: the items 交办事项 that came of it and how far they are, the case that gave an item, the
decision that an appeal is against and the procedure that a ruling began anew. Each is told as far as both sides are
seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from cases import appeals, meetings
from cases.case_files import find_case
from cases.decisions import decision
from cases.occasions import agenda_entry
from cases.roles import APPEAL_KINDS, DEPARTMENTS, ITEM_KINDS, Sight, role_name
from cases.seeing import cases_seen, is_owner, read_case, require_sight, sight_of
from engine.access import Actor
from engine.calendar import county_day
from engine.store.instance import instance, instance_of
from engine.store.session import Session
from engine.store.user_task import OPEN, user_task


class ItemState(StrEnum):
    """How far an item is; of one that is over its result is told instead."""

    WAITING = "待交办"  #: its office has no task of it yet
    OPEN = "办理中"
    LATE = "逾期"


@dataclass(frozen=True, kw_only=True)
class GivenItem:
    """An item that came of a case."""

    kind: str
    text: str
    office: str
    owner: str  #: who has it, or the post whose it is; empty: it is over, or nobody's yet
    due_on: date
    state: str  #: an `ItemState`, or what came of it
    is_over: bool
    instance_id: str | None  #: the item's own page, for who sees that


class Tie(StrEnum):
    """How another case belongs to this one."""

    SOURCE = "交办此事的办件"
    AGAINST = "原决定的办件"
    ANEW = "重新办理的办件"
    APPEAL = "对本决定的救济"


@dataclass(frozen=True, kw_only=True)
class TiedCase:
    """Another case that the reader sees too."""

    tie: Tie
    instance_id: str


def items_given(session: Session, actor: Actor, case_id: str, *, purpose: str, now: datetime) -> Sequence[GivenItem]:
    """The items that came of the case, the oldest first, for officers who see its file; others get none. Three queries,
    however many there are.

    :raises Refused: no purpose was given.
    """
    if is_owner(session, actor, case_id) or sight_of(session, actor, case_id) < Sight.FILE:
        return ()
    given = meetings.items_of(session, case_id)
    if not given:
        return ()
    read_case(session, actor, case_id, at_least=Sight.FILE, purpose=purpose, now=now)
    tasks = _tasks(session, [row["id"] for row in given])
    seen = cases_seen(session, actor, [row.case_id for row in tasks.values()])
    return tuple(_item(row, tasks.get(row["id"]), seen, county_day(now)) for row in given)


def _tasks(session: Session, numbers: Sequence[int]) -> Mapping[int, Any]:
    """By the item's number its instance, with the task that waits for its office."""
    slots = [str(number) for number in numbers]
    query = (
        select(agenda_entry.c.slot, instance.c.id, instance.c.case_id, user_task.c.role, user_task.c.assignee_name)
        .join(instance, instance.c.id == agenda_entry.c.instance_id)
        .outerjoin(user_task, (user_task.c.instance_id == instance.c.id) & (user_task.c.status == OPEN))
        .where(agenda_entry.c.name == "item", agenda_entry.c.slot.in_(slots))
    )
    return {int(row.slot): row for row in session.execute(query)}


def _item(row: Mapping[str, Any], task: Any, seen: frozenset[str], today: date) -> GivenItem:
    office = DEPARTMENTS.get(row["dept"])
    is_over = row["result"] is not None
    late = row["due_on"] < today
    waiting = ItemState.LATE if late else ItemState.OPEN if task is not None else ItemState.WAITING
    return GivenItem(
        kind=row["kind"],
        text=row["item_text"],
        office=office.name if office else row["dept"],
        owner="" if is_over or task is None or task.role is None else task.assignee_name or role_name(task.role),
        due_on=row["due_on"],
        state=row["result"] if is_over else waiting.value,
        is_over=is_over,
        instance_id=task.id if task is not None and task.case_id in seen else None,
    )


def tied_cases(session: Session, actor: Actor, case_id: str) -> Sequence[TiedCase]:
    """The other cases that this one belongs to, as far as the reader sees them.

    :raises NotFound: there is no such case for this actor.
    """
    require_sight(session, actor, case_id)
    ties = [(tie, other) for tie, other in _ties(session, case_id) if other]
    seen = cases_seen(session, actor, [other for _, other in ties])
    found = ((tie, instance_of(session, other)) for tie, other in ties if other in seen)
    return tuple(TiedCase(tie=tie, instance_id=one) for tie, one in found if one is not None)


def _ties(session: Session, case_id: str) -> Iterator[tuple[Tie, str | None]]:
    row = find_case(session, case_id)
    if row["kind"] in ITEM_KINDS:
        yield Tie.SOURCE, meetings.case_of(session, row["facts"].get("item_no"))
    table = appeals.appeal.c
    if row["kind"] in APPEAL_KINDS:
        against = select(decision.c.case_id, table.redo_case_id).join(decision, decision.c.id == table.decision_id)
        for found in session.execute(against.where(table.case_id == case_id)):
            yield Tie.AGAINST, found.case_id
            yield Tie.ANEW, found.redo_case_id
    else:
        of_case = select(table.case_id, table.redo_case_id, decision.c.case_id.label("decided_in")).join(
            decision, decision.c.id == table.decision_id
        )
        mine = (decision.c.case_id == case_id) | (table.redo_case_id == case_id)
        for found in session.execute(of_case.where(mine).order_by(table.case_id)):
            yield Tie.APPEAL, found.case_id
            yield (Tie.AGAINST, found.decided_in) if found.redo_case_id == case_id else (Tie.ANEW, found.redo_case_id)
