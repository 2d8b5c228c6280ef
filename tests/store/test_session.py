"""Transactions, locks and round trips, on both databases."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from engine.errors import Conflict
from engine.store import ConnectionLost, Database, audit, batched
from engine.store.audit import record
from engine.store.demo_clock import offset, set_offset
from engine.store.prepared import Prepared
from engine.store.session import Session
from tests.factories import CLERK

COUNT = sa.select(sa.func.count()).select_from(audit.audit)
READ = Prepared(sa.select(audit.audit.c.id, audit.audit.c.at, audit.audit.c.detail))

#: A small answer: the server sends a large one in pieces, which the wire would take for several turns.
FEW = Prepared(sa.select(audit.audit.c.id).limit(sa.literal_column("1")))


def write(session: Session, now: datetime, times: int = 1) -> None:
    for _ in range(times):
        record(session, actor=CLERK, action="test", target=None, now=now, detail={"a": [1, None, "字"]})


def count(database: Database) -> int:
    with database.reading() as session:
        return int(session.scalar(COUNT))


def test_all_or_nothing(database: Database, now: datetime) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        write(session, now)
        session.flush()
        raise ZeroDivisionError
    assert count(database) == 0
    with database.transaction() as session:
        write(session, now, 3)
    assert count(database) == 3


def test_values_come_back_as_they_were(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        write(session, now)
        (row,) = session.rows(READ, {})
    assert (row.at, row.at.tzinfo, row.detail) == (now, now.tzinfo, {"a": [1, None, "字"]})
    with database.reading() as session:
        assert session.execute(sa.select(audit.audit)).one().at == now


def test_a_naive_time_is_refused(database: Database, now: datetime) -> None:
    with pytest.raises((ValueError, sa.exc.StatementError)), database.transaction() as session:
        set_offset(session, timedelta(days=1), by="demo", now=now.replace(tzinfo=None))


def test_a_broken_key_is_a_conflict(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        write(session, now)
        (row,) = session.rows(READ, {})
    again = {
        "id": row.id,
        "at": now,
        "actor_id": "x",
        "actor_name": "x",
        "action": "x",
        "target": None,
        "detail": None,
    }
    with pytest.raises(Conflict), database.transaction() as session:
        session.write(audit.INSERT, again)
    with pytest.raises(Conflict), database.transaction() as session, batched(session):
        session.write(audit.INSERT, again)
    assert count(database) == 1


def test_the_engine_used_without_a_session_has_transactions_too(database: Database, now: datetime) -> None:
    insert = sa.insert(audit.audit).values(id="x", at=now, actor_id="x", actor_name="x", action="x")
    with database.engine.connect() as connection:
        connection.execute(insert)
        connection.rollback()
    assert count(database) == 0


def test_a_reading_transaction_writes_nothing(database: Database, now: datetime) -> None:
    with database.reading() as session:
        write(session, now)
        session.flush()
    assert count(database) == 0


def test_the_demo_clock_is_one_row(database: Database, now: datetime) -> None:
    for days in (1, 5):
        with database.transaction() as session:
            set_offset(session, timedelta(days=days), by="demo", now=now)
    with database.reading() as session:
        assert offset(session) == timedelta(days=5)


def test_eight_writers_all_get_their_turn(database: Database, now: datetime) -> None:
    """On SQLite a plain BEGIN fails nine times in ten here: the transaction reads before it writes."""
    failures: list[BaseException] = []

    def work() -> None:
        for _ in range(25):
            try:
                with database.transaction() as session:
                    session.scalar(COUNT)
                    write(session, now)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    assert count(database) == 200


def _in_child(database: Database, answers: Any, number: int) -> None:
    database.dispose(close=False)
    for _ in range(20):
        with database.reading() as session:
            answers.put((number, session.scalar(sa.select(sa.literal(number)))))


def test_a_forked_child_forgets_the_pool(database: Database) -> None:
    assert count(database) == 0
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    children = [context.Process(target=_in_child, args=(database, answers, number)) for number in range(3)]
    for each in children:
        each.start()
    got = [answers.get(timeout=20) for _ in range(60)]
    for each in children:
        each.join(20)
    assert all(sent == received for sent, received in got)
    assert count(database) == 0


# -- round trips: the counter is honest --------------------------------------------------------------------------------


class Wire:
    """A TCP proxy that counts how often the client had to wait: each answer that follows a request."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.turns = 0
        self.cut_after_commit = False
        self._asked = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, asking: bool) -> None:
        while True:
            try:
                data = source.recv(1 << 20)
                if not data:
                    break
                if asking:
                    self._asked = True
                else:
                    self.turns += self._asked
                    self._asked = False
                    if self.cut_after_commit and b"COMMIT" in data:
                        self.cut_after_commit = False
                        break
                sink.sendall(data)
            except OSError:
                break
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def through_wire(url: str) -> Iterator[tuple[Database, Wire]]:
    address = make_url(url)
    wire = Wire(address.host or "", address.port or 0)
    database = Database.open(address.set(port=wire.port).render_as_string(hide_password=False))
    try:
        yield database, wire
    finally:
        database.dispose()
        wire.close()


@pytest.fixture
def postgresql_database_url(postgresql_url: str, request: pytest.FixtureRequest) -> str:
    from tests.conftest import _empty

    _empty(postgresql_url)
    return postgresql_url


@pytest.mark.postgresql
def test_the_counter_counts_what_the_wire_sees(postgresql_database_url: str, now: datetime) -> None:
    with through_wire(postgresql_database_url) as (database, wire):
        for _ in range(8):  # prepares the statements
            with database.transaction() as session:
                session.rows(FEW, {})
                write(session, now, 3)
        before = wire.turns
        with database.count_round_trips() as traffic, database.transaction() as session:
            session.rows(FEW, {})
            write(session, now, 3)
        time.sleep(0.05)
        assert (traffic.trips, traffic.commits) == (2, 1)
        assert wire.turns - before == 2
        before = wire.turns
        with database.count_round_trips() as traffic, database.transaction() as session:
            session.scalar(COUNT)
            write(session, now)
            session.scalar(COUNT)
        time.sleep(0.05)
        assert traffic.trips == wire.turns - before


@pytest.mark.postgresql
def test_an_answer_lost_after_the_commit_is_asked_again(postgresql_database_url: str, now: datetime) -> None:
    """The connection breaks when COMMIT was done and its answer was not heard (promise P7)."""
    with through_wire(postgresql_database_url) as (database, wire):
        tries: list[int] = []

        def work(session: Session) -> int:
            found = session.rows(READ, {})
            tries.append(len(found))
            if not found:
                write(session, now)
            return len(found)

        with database.transaction() as session:
            session.rows(READ, {})
        wire.cut_after_commit = True
        assert database.perform(work) == 1
        assert tries == [0, 1]
        wire.cut_after_commit = True
        with pytest.raises(ConnectionLost), database.transaction() as session:
            write(session, now)
        assert count(database) == 2


@pytest.mark.postgresql
def test_waiting_for_a_lock_has_an_end(postgresql_database_url: str, now: datetime) -> None:
    from engine.store.demo_clock import demo_clock

    database = Database.open(postgresql_database_url, lock_timeout_seconds=0.2)
    lock = Prepared(sa.select(demo_clock.c.id).with_for_update())
    with database.transaction() as session:
        set_offset(session, now - now, by="demo", now=now)
    with database.transaction() as first:
        first.rows(lock, {})
        with pytest.raises(Conflict), database.transaction() as second:
            second.rows(lock, {})
    database.dispose()


def test_sqlite_is_durable(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session:
        assert session.scalar(sa.text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(sa.text("PRAGMA synchronous")) == 2
