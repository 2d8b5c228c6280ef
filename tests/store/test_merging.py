"""Writes that need not be alone go to PostgreSQL as one statement, and mean the same as one by one."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from engine.errors import Conflict
from engine.store import Database, audit
from engine.store.demo_clock import demo_clock
from engine.store.identifiers import new_id
from engine.store.prepared import Prepared, insert

INSERT = insert(audit.audit)
SET = Prepared(
    sa.update(audit.audit).where(audit.audit.c.id == sa.bindparam("which")).values(action=sa.bindparam("new_action")),
    expect=1,
)
CLOCK = insert(demo_clock)


def row(now: datetime, action: str) -> dict[str, object]:
    given = {"id": new_id(now), "at": now, "actor_id": "a", "actor_name": "A", "action": action}
    return {column.name: given.get(column.name) for column in audit.audit.columns}


def clock_row(now: datetime) -> dict[str, object]:
    return {"id": 1, "offset_seconds": 0, "set_at": now, "set_by": "a"}


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.execute(sa.select(audit.audit.c.action)).scalars())


def test_writes_that_need_not_be_alone_are_one_statement(database: Database, now: datetime) -> None:
    first = row(now, "before")
    with database.transaction() as session:
        session.write(INSERT, first)
    with database.count_round_trips() as traffic, database.transaction() as session:
        session.write(SET, {"which": first["id"], "new_action": "changed"}, alone=False)
        session.write(INSERT, row(now, "made"), alone=False)
    if database.is_postgresql:
        assert (traffic.trips, traffic.statements) == (1, 1)
    assert actions(database) == ["changed", "made"]


def test_the_same_statement_twice_is_never_merged(database: Database, now: datetime) -> None:
    """A single statement would change one row only once."""
    first = row(now, "before")
    with database.transaction() as session:
        session.write(INSERT, first)
        session.flush()
        session.write(SET, {"which": first["id"], "new_action": "one"}, alone=False)
        session.write(SET, {"which": first["id"], "new_action": "two"}, alone=False)
    assert actions(database) == ["two"]


def test_a_part_that_touches_nothing_is_a_conflict(database: Database, now: datetime) -> None:
    with pytest.raises(Conflict), database.transaction() as session:
        session.write(SET, {"which": "nobody", "new_action": "x"}, alone=False)
        session.write(INSERT, row(now, "made"), alone=False)
        session.flush()
    assert actions(database) == []


def test_a_write_that_wants_to_be_alone_keeps_its_place(database: Database, now: datetime) -> None:
    first = row(now, "before")
    with database.transaction() as session:
        session.write(INSERT, first, alone=False)
        session.write(SET, {"which": first["id"], "new_action": "after"})
        session.write(CLOCK, clock_row(now), alone=False)
    assert actions(database) == ["after"]
