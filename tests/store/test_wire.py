"""Statements on PostgreSQL's wire: prepared once a connection, and a connection that stays usable whatever broke."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from engine.store import Database, audit, wire
from engine.store.identifiers import new_id
from engine.store.prepared import Prepared, insert
from engine.store.session import Session
from engine.store.wire import Wire

INSERT = insert(audit.audit)
ACTIONS = Prepared(sa.select(audit.audit.c.action).order_by(audit.audit.c.action))
HALF = Prepared(sa.select((sa.literal_column("1") / sa.bindparam("by", type_=sa.Integer)).label("half")))
SLEEP = Prepared(sa.select(sa.func.pg_sleep(sa.bindparam("seconds", type_=sa.Integer), type_=sa.String).label("slept")))
PREPARED = sa.text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE :like")


@pytest.fixture
def postgresql(database: Database) -> Database:
    if not database.is_postgresql:
        pytest.skip("SQLite has no wire")
    return database


def write(session: Session, now: datetime, action: str, **given: Any) -> None:
    row = {"id": new_id(now), "at": now, "actor_id": "a", "actor_name": "A", "action": action, **given}
    session.write(INSERT, {column.name: row.get(column.name) for column in audit.audit.columns})


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        return [each.action for each in session.rows(ACTIONS, {})]


def prepared(session: Session, like: str) -> int:
    return int(session.scalar(PREPARED, {"like": like}))


def test_a_statement_is_prepared_once_whatever_its_values_are(postgresql: Database, now: datetime) -> None:
    with postgresql.transaction() as session:
        for number in range(8):
            write(session, now, f"a{number}", target="x" if number % 2 else None, detail={"n": number})
            session.flush()
        assert prepared(session, "INSERT INTO audit%") == 1


def test_a_rollback_leaves_statements_prepared(postgresql: Database, now: datetime) -> None:
    """The driver deallocates all, ours too, when a rollback finds that it prepared something itself."""
    backends = set()
    for _ in range(3):
        with postgresql.reading() as session:
            write(session, now, "a")
            session.flush()
            for _ in range(8):  # the driver would prepare it at the sixth time
                backends.add(session.scalar(sa.text("SELECT pg_backend_pid()")))
    with postgresql.reading() as session:
        assert prepared(session, "INSERT INTO audit%") == 1
        backends.add(session.scalar(sa.text("SELECT pg_backend_pid()")))
    assert len(backends) == 1


def test_behind_a_broken_statement_nothing_is_carried_out(postgresql: Database, now: datetime) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), postgresql.transaction() as session:
        write(session, now, "before")
        session.write(HALF, {"by": 0})
        write(session, now, "behind")
    assert actions(postgresql) == []
    with postgresql.transaction() as session:
        write(session, now, "later")
        assert session.row(HALF, {"by": 1}).half == 1
    assert actions(postgresql) == ["later"]


def test_a_value_that_cannot_be_adapted_sends_nothing(postgresql: Database, now: datetime) -> None:
    with postgresql.transaction() as session:
        write(session, now, "kept")
        session.flush()
        with pytest.raises(psycopg.DataError):
            Wire.of(session.connection).run([wire.COMMIT, wire.Command("SELECT $1::text", ["a\0b"])])
    assert actions(postgresql) == ["kept"]


class _Interrupted(Exception):
    pass


@contextmanager
def _interrupting_after(seconds: float) -> Iterator[None]:
    def interrupt(*_: object) -> None:
        raise _Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_an_interrupted_wait_does_not_mix_up_answers(postgresql: Database, now: datetime) -> None:
    """A worker's time limit raises in the middle of a round trip; the pooled connection is used again afterwards."""
    with pytest.raises(_Interrupted), postgresql.transaction() as session, _interrupting_after(0.2):
        backend = session.scalar(sa.text("SELECT pg_backend_pid()"))
        write(session, now, "lost")
        session.rows(SLEEP, {"seconds": 1})
    with postgresql.reading() as session:
        assert session.row(HALF, {"by": 1}).half == 1
        assert session.scalar(sa.text("SELECT pg_backend_pid()")) == backend
    assert actions(postgresql) == []


def test_too_many_statements_are_forgotten(
    postgresql: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_PREPARED", 5)
    with postgresql.transaction() as session:
        lines = Wire.of(session.connection)
        for number in range(40):
            (result,) = lines.run([wire.Command(f"SELECT {number} + $1::integer", [1])])
            assert lines.rows(result) == [(number + 1,)]
            assert prepared(session, "SELECT % + $1::integer") <= 6
        write(session, now, "done")
    assert actions(postgresql) == ["done"]
