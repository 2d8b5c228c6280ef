"""Work that waits for a person, and what became of it.

An inbox is read without joins and served by indexes at a million open tasks. Three partial indexes on open tasks that
nobody holds answer the three sizes of a grant, each already in the order of the page: the county and everywhere
(role), a township (role, first 9 digits of the place), a village (role, place). A person's own tasks have an index of
their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from engine.store.base import Instant, Json, constant, metadata
from engine.store.instance import STEP_COLUMNS, instance
from engine.store.prepared import Prepared, insert
from engine.store.session import Session
from engine.store.submission import submission


class TaskStatus(StrEnum):
    """Where a user task stands."""

    OPEN = "open"  #: waits for a person
    DONE = "done"  #: completed by a person
    WITHDRAWN = "withdrawn"  #: the process no longer wants it


user_task = sa.Table(
    "user_task",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),  #: the token's id
    sa.Column("instance_id", sa.String(26), sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("element_id", sa.String(80), nullable=False),
    sa.Column("element_process", sa.String(80), nullable=False),  #: the (called) process in which the element stands
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("form", sa.String(80), nullable=False),
    sa.Column("role", sa.String(80), nullable=False),
    sa.Column("place", sa.String(12), nullable=False),
    sa.Column("department", sa.String(40)),
    sa.Column("assignee", sa.String(80)),
    sa.Column("assignee_name", sa.String(80)),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("due_at", Instant),
    sa.Column("due_order", Instant, nullable=False),  #: due_at, or far away: orders and continues a page
    sa.Column("due_derivation", Json),
    sa.Column("separate_from", Json),  #: element ids whose completer may not do this task
    sa.Column("reminders", sa.String(20)),
    sa.Column("remind_at", Instant),  #: when to look whether a reminder is due; None: there is none to come
    sa.Column("variables", Json),
    sa.Column("instance_key", sa.String(80)),
    sa.Column("closed_at", Instant),
    sa.Column("closed_by", sa.String(80)),
    sa.Column("closed_by_name", sa.String(80)),
    sa.Column("owner", sa.String(80)),  #: who entrusted the work and completes it; None: nobody did
    sa.Column("owner_name", sa.String(80)),
    sa.Column("for_person", sa.String(80)),  #: the absent person in whose stead the holder claimed it
    sa.Column("for_person_name", sa.String(80)),
    sa.Column("urged_at", Instant),
    sa.Column("sign", sa.String(10)),  #: `signature.Mode`: whose opinions must be in before it is completed
    #: Of the instance, for the inbox:
    sa.Column("process_key", sa.String(80), nullable=False),
    sa.Column("case_id", sa.String(40)),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("search_key", sa.Text, nullable=False),
)

OPEN = constant(TaskStatus.OPEN)
_IS_OPEN = user_task.c.status == OPEN
IN_POOL = sa.and_(_IS_OPEN, user_task.c.assignee.is_(None))
IS_HELD = sa.and_(_IS_OPEN, user_task.c.assignee.is_not(None))

#: The township's part of a place. Written into the statement, so that the planner finds the index.
TOWN = sa.func.substr(user_task.c.place, sa.literal_column("1"), sa.literal_column("9"), type_=sa.String)

_PAGE = (user_task.c.due_order, user_task.c.id)


def _partial(name: str, *columns: sa.ColumnElement[Any], where: sa.ColumnElement[bool]) -> sa.Index:
    return sa.Index(name, *columns, postgresql_where=where, sqlite_where=where)


_partial("ix_user_task_pool_role", user_task.c.role, *_PAGE, where=IN_POOL)
_partial("ix_user_task_pool_town", user_task.c.role, TOWN, *_PAGE, where=IN_POOL)
_partial("ix_user_task_pool_place", user_task.c.role, user_task.c.place, *_PAGE, where=IN_POOL)
_partial("ix_user_task_held", user_task.c.assignee, *_PAGE, where=IS_HELD)
_partial(
    "ix_user_task_done",
    user_task.c.closed_by,
    user_task.c.closed_at,
    user_task.c.id,
    where=user_task.c.status == constant(TaskStatus.DONE),
)
sa.Index("ix_user_task_instance_id", user_task.c.instance_id)

#: The words of an open task's search key, as PostgreSQL indexes them; SQLite, for a laptop, has no such index.
WORDS = sa.func.array_to_tsvector(
    sa.func.array_remove(sa.func.string_to_array(sa.func.lower(user_task.c.search_key), sa.text("' '")), sa.text("''"))
)
sa.Index(
    "ix_user_task_words",
    WORDS,
    postgresql_using="gin",
    postgresql_where=_IS_OPEN,
    # Short: a reader looks through what was written since the last sweep.
    postgresql_with={"gin_pending_list_limit": 256},
).ddl_if(dialect="postgresql")

TO_REMIND = sa.and_(_IS_OPEN, user_task.c.remind_at.is_not(None))
_partial("ix_user_task_remind", user_task.c.remind_at, user_task.c.id, where=TO_REMIND)

INSERT = insert(user_task)


def found_by_words(session: Session, words: Sequence[str], *, most: int) -> tuple[str, ...] | None:
    """The ids of the open tasks whose search keys have words that begin with each of these. None where the index
    cannot tell: there is none (SQLite), a word is frequent, has a quotation mark, or begins nothing (it may still stand
    inside a word)."""
    if session.connection.dialect.name != "postgresql" or any(sign in word for word in words for sign in "'\\"):
        return None
    asked = " & ".join(f"'{word}':*" for word in words)
    hits = sa.select(user_task.c.id).where(_IS_OPEN, WORDS.op("@@")(sa.cast(asked, TSQUERY))).limit(most + 1)
    ids = tuple(session.execute(hits).scalars())
    return ids if 0 < len(ids) <= most else None


#: Lock the task's instance, not the task: every change of a task is a change of its instance.
LOCK_INSTANCE = Prepared(
    sa.select(instance.c.id)
    .where(
        instance.c.id
        == sa.select(user_task.c.instance_id).where(user_task.c.id == sa.bindparam("task_id")).scalar_subquery()
    )
    .with_for_update()
)

#: Everything that completing a task must know, in one statement: the instance, the task, and an earlier submission with
#: the same idempotency key.
READ_FOR_STEP = Prepared(
    sa.select(
        *STEP_COLUMNS,
        user_task.c.id.label("task_id"),
        user_task.c.element_id,
        user_task.c.element_process,
        user_task.c.name,
        user_task.c.form,
        user_task.c.role,
        user_task.c.place.label("task_place"),
        user_task.c.department,
        user_task.c.assignee,
        user_task.c.assignee_name,
        user_task.c.owner,
        user_task.c.owner_name,
        user_task.c.for_person,
        user_task.c.for_person_name,
        user_task.c.urged_at,
        user_task.c.sign,
        user_task.c.opened_at,
        user_task.c.due_at,
        user_task.c.due_derivation,
        user_task.c.status.label("task_status"),
        user_task.c.separate_from,
        user_task.c.variables,
        user_task.c.closed_at,
        user_task.c.closed_by,
        user_task.c.closed_by_name,
        submission.c.answer,
        submission.c.actor_id.label("answered_to"),
        submission.c.task_id.label("answered_task"),
    )
    .select_from(
        user_task.join(instance, instance.c.id == user_task.c.instance_id).outerjoin(
            submission, submission.c.idempotency_key == sa.bindparam("idempotency_key")
        )
    )
    .where(user_task.c.id == sa.bindparam("read_task_id"))
)

CLOSE = Prepared(
    sa.update(user_task)
    .where(user_task.c.id == sa.bindparam("task_id"), user_task.c.status == OPEN)
    .values(
        status=sa.bindparam("new_status"),
        closed_at=sa.bindparam("new_closed_at"),
        closed_by=sa.bindparam("new_closed_by"),
        closed_by_name=sa.bindparam("new_closed_by_name"),
    )
)

ASSIGN = Prepared(
    sa.update(user_task)
    .where(user_task.c.id == sa.bindparam("task_id"), user_task.c.status == OPEN)
    .values(
        assignee=sa.bindparam("new_assignee"),
        assignee_name=sa.bindparam("new_assignee_name"),
        owner=sa.bindparam("new_owner", value=None, type_=sa.String),
        owner_name=sa.bindparam("new_owner_name", value=None, type_=sa.String),
        for_person=sa.bindparam("new_for_person", value=None, type_=sa.String),
        for_person_name=sa.bindparam("new_for_person_name", value=None, type_=sa.String),
    )
)

#: What a person holds, or entrusted to somebody: all that a handover moves, an instance's tasks together.
HELD_BY = Prepared(
    sa.select(user_task.c.id, user_task.c.instance_id)
    .where(
        user_task.c.status == OPEN,
        sa.or_(user_task.c.assignee == sa.bindparam("held_by"), user_task.c.owner == sa.bindparam("held_by")),
    )
    .order_by(user_task.c.instance_id, user_task.c.id)
)

URGED = Prepared(
    sa.update(user_task)
    .where(user_task.c.id == sa.bindparam("task_id"), user_task.c.status == OPEN)
    .values(urged_at=sa.bindparam("new_urged_at"))
)

TO_SIGN = Prepared(
    sa.update(user_task)
    .where(user_task.c.id == sa.bindparam("task_id"), user_task.c.status == OPEN)
    .values(sign=sa.bindparam("new_sign"))
)

#: A step that was taken back goes on under the time limit it had.
SAME_DUE = Prepared(
    sa.update(user_task)
    .where(user_task.c.id == sa.bindparam("task_id"), user_task.c.status == OPEN)
    .values(
        due_at=sa.bindparam("new_due_at"),
        due_order=sa.bindparam("new_due_order"),
        due_derivation=sa.bindparam("new_due_derivation"),
    )
)

WITHDRAW_ALL = Prepared(
    sa.update(user_task)
    .where(user_task.c.instance_id == sa.bindparam("of_instance"), user_task.c.status == OPEN)
    .values(status=constant(TaskStatus.WITHDRAWN), closed_at=sa.bindparam("new_closed_at"))
)

COMPLETERS = Prepared(
    sa.select(user_task.c.element_id, user_task.c.closed_by)
    .where(
        user_task.c.instance_id == sa.bindparam("of_instance"),
        user_task.c.status == constant(TaskStatus.DONE),
    )
    .order_by(user_task.c.closed_at, user_task.c.id)
)
