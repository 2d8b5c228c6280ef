"""What a person notes beside a task in the own inbox: until when to leave it (跟进日期), and how pressing it is to him.

A mark is the person's own: nobody else sees it, it moves no time limit, and it hides no task.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Column, Date, ForeignKey, String, Table, delete, insert, select

from engine.access import Actor
from engine.errors import FieldProblem, SubmissionInvalid
from engine.queries.task import task
from engine.store.base import metadata
from engine.store.session import Session
from engine.store.user_task import OPEN, user_task

#: So many tasks a person marks at the most: more are no choice any more.
MOST_MARKED = 500


class Priority(StrEnum):
    """How pressing a task is to its reader."""

    PLAIN = "普通"
    HIGH = "优先"
    HIGHEST = "特急"


class Follow(StrEnum):
    """Which tasks are asked for by their follow-up date."""

    DUE = "due"  #: the date has come
    LATER = "later"  #: left for later


inbox_mark = Table(
    "inbox_mark",
    metadata,
    Column("person_id", String(40), ForeignKey("person.id"), primary_key=True),
    Column("task_id", String(40), ForeignKey("user_task.id"), primary_key=True),
    Column("follow_on", Date, nullable=True),
    Column("priority", String(4), nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A person's mark of a task."""

    follow_on: date | None
    priority: Priority


def mark_task(
    session: Session, task_id: str, *, follow_on: date | None, priority: Priority, actor: Actor, today: date
) -> None:
    """Note both beside a task of the own inbox; neither takes the mark away.

    :raises NotFound, NotAllowed: the actor does not see the task.
    :raises SubmissionInvalid: a date that has passed, or too many marks.
    """
    task(session, actor, task_id)
    if follow_on is not None and follow_on < today:
        raise SubmissionInvalid([FieldProblem(field="follow_on", rule="range", message="跟进日期不能早于今天")])
    of_task = (inbox_mark.c.person_id == actor.id, inbox_mark.c.task_id == task_id)
    session.execute(delete(inbox_mark).where(*of_task))
    if follow_on is None and priority is Priority.PLAIN:
        return
    if len(marked(session, actor)) >= MOST_MARKED:
        message = f"最多标记 {MOST_MARKED} 项,请先取消不用的标记"
        raise SubmissionInvalid([FieldProblem(field="task", rule="most", message=message)])
    session.execute(
        insert(inbox_mark).values(person_id=actor.id, task_id=task_id, follow_on=follow_on, priority=priority)
    )


def marks_of(session: Session, actor: Actor, task_ids: Collection[str]) -> Mapping[str, Mark]:
    """The actor's marks of these tasks."""
    rows = session.execute(
        select(inbox_mark).where(inbox_mark.c.person_id == actor.id, inbox_mark.c.task_id.in_(task_ids))
    )
    return {row.task_id: Mark(follow_on=row.follow_on, priority=Priority(row.priority)) for row in rows}


def marked(
    session: Session,
    actor: Actor,
    *,
    priority: str = "",
    follow: str = "",
    today: date | None = None,
) -> Sequence[str]:
    """The ids of the open tasks that the actor marked so."""
    query = (
        select(inbox_mark.c.task_id)
        .join(user_task, user_task.c.id == inbox_mark.c.task_id)
        .where(inbox_mark.c.person_id == actor.id, user_task.c.status == OPEN)
    )
    if priority:
        query = query.where(inbox_mark.c.priority == priority)
    if follow == Follow.DUE:
        query = query.where(inbox_mark.c.follow_on <= today)
    elif follow:
        query = query.where(inbox_mark.c.follow_on > today)
    return tuple(session.execute(query.limit(MOST_MARKED)).scalars())
