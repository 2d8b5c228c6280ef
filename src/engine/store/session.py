"""The database: connections, transactions (the only commit), and what differs between SQLite and PostgreSQL.

**Writes wait.** `Session.write` only queues; the queue goes out with the next read, or with the commit, as one
PostgreSQL pipeline: one round trip, begin and commit included. So a step costs two round trips: begin, lock and read;
then all writes and the commit. On SQLite, where a statement is a function call, writes are executed at once.

**Locks.** PostgreSQL: READ COMMITTED; the instance row is locked first (`Session.lock`), then everything is read by a
later statement of the same round trip, which therefore sees what the former holder of the lock committed. SQLite:
`BEGIN IMMEDIATE`, one writer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url

from engine.errors import Conflict
from engine.store import tagged
from engine.store.merging import Queued, as_expected, merged
from engine.store.prepared import Parameters, Prepared
from engine.store.traffic import Traffic
from engine.store.trouble import ConnectionLost, translated
from engine.store.wire import BEGIN, COMMIT, Command, Wire

__all__ = ["ConnectionLost", "Database", "Session", "batched"]

T = TypeVar("T")


class Session:
    """One transaction. Commands get it from the edge; nothing below the edge ends it."""

    def __init__(self, connection: Connection, traffic: Traffic, *, keeps: bool = True) -> None:
        self.connection = connection
        self.keeps = keeps  #: whether what is written stays; a transaction that only reads is rolled back
        self.known: dict[Hashable, Any] = {}  #: what was read and stands until this transaction writes: see `recall`
        self._said: set[Hashable] = set()
        self._dialect = connection.dialect
        self._traffic = traffic
        self._queue: list[Queued] = []
        self._pipelined = connection.dialect.name == "postgresql"
        self._begun = not self._pipelined

    def first(self, what: Hashable) -> bool:
        """Whether this is said for the first time in this transaction."""
        if what in self._said:
            return False
        self._said.add(what)
        return True

    @property
    def locks_rows(self) -> bool:
        """Whether this database locks single rows (else the transaction holds the only write lock)."""
        return self._pipelined

    def lock(self, prepared: Prepared, parameters: Parameters) -> None:
        """Take row locks with the next round trip; nothing to do where the transaction holds the only write lock."""
        if self._pipelined:
            self.write(prepared, parameters)

    def write(self, prepared: Prepared, parameters: Parameters | Sequence[Parameters], *, alone: bool = True) -> None:
        """Execute later: at the next read, at `flush` or with the commit. A list of parameters is a batch.

        With `alone=False` PostgreSQL may get the write in one statement with the others of its kind that wait then:
        they must touch different rows, whose order does not matter.
        """
        self.known.clear()
        compiled = prepared.compiled(self._dialect)
        if isinstance(parameters, Mapping):
            self._queue.append(Queued(compiled.text, compiled.bind(parameters), False, prepared.expect, alone))
        elif parameters:
            many = [compiled.bind(each) for each in parameters]
            expect = None if prepared.expect is None else prepared.expect * len(many)
            self._queue.append(Queued(compiled.text, many, True, expect))
        if not self._pipelined:
            self.flush()

    def rows(self, prepared: Prepared, parameters: Parameters) -> list[Any]:
        """Named tuples; what was queued before goes out in the same round trip."""
        compiled = prepared.compiled(self._dialect)
        self._queue.append(Queued(compiled.text, compiled.bind(parameters), False, None))
        return compiled.rows(self._send())

    def row(self, prepared: Prepared, parameters: Parameters) -> Any:
        """The first row, or None."""
        found = self.rows(prepared, parameters)
        return found[0] if found else None

    def execute(self, statement: sa.Executable, parameters: Any = None) -> sa.CursorResult[Any]:
        """Execute any Core statement through SQLAlchemy: convenient, one round trip each."""
        if not statement.is_select:
            self.known.clear()
        self.flush()
        if not self._begun:
            Wire.of(self.connection).run([BEGIN])
            self._begun = True
            self._traffic.trip()
        self._traffic.trip()
        return self.connection.execute(statement, parameters)

    def scalar(self, statement: sa.Executable, parameters: Any = None) -> Any:
        """The first column of the first row, or None."""
        return self.execute(statement, parameters).scalar()

    def flush(self) -> None:
        """Send what is queued now, so that a broken rule shows here and not at the commit."""
        if self._queue:
            self._send()

    def finish(self) -> None:
        """Send the rest and commit. Only `Database.transaction` calls this."""
        if self._pipelined and self._queue:
            self._send(commit=True)
        elif self._begun:
            self._traffic.trip()
        self._traffic.committed()
        self.connection.commit()

    def _send(self, *, commit: bool = False) -> list[tuple[Any, ...]]:
        """Run the queue (with the commit behind it, on PostgreSQL) and return the last statement's rows."""
        queue, self._queue = self._queue, []
        return self._send_pipelined(merged(queue), commit) if self._pipelined else self._send_singly(queue)

    def _send_pipelined(self, queue: list[Queued], commit: bool) -> list[tuple[Any, ...]]:
        commands = [] if self._begun else [BEGIN]
        for entry in queue:
            self._traffic.statement(entry.text)
            commands += [Command(entry.text, bound) for bound in (entry.bound if entry.many else [entry.bound])]
        wire = Wire.of(self.connection)
        results = wire.run([*commands, COMMIT] if commit else commands)
        if not self._begun:
            del results[0]
        self._begun = True
        self._traffic.trip()
        return self._checked(wire, queue, iter(results))

    def _checked(self, wire: Wire, queue: list[Queued], results: Iterator[Any]) -> list[tuple[Any, ...]]:
        """Raise `Conflict` if a write touched fewer or more rows than it must; the last statement's rows."""
        last: list[tuple[Any, ...]] = []
        for entry in queue:
            own = [next(results) for _ in (entry.bound if entry.many else (1,))]
            if entry.expect is not None and sum(each.command_tuples for each in own) != entry.expect:
                raise Conflict
            last = wire.rows(own[-1]) if own[-1].nfields else []
            if entry.expects and not as_expected(last[0], entry.expects):
                raise Conflict
        return last

    def _send_singly(self, queue: list[Queued]) -> list[tuple[Any, ...]]:
        driver: Any = self.connection.connection.driver_connection
        for entry in queue:
            self._traffic.statement(entry.text)
            self._traffic.trip()
            cursor = driver.cursor()
            (cursor.executemany if entry.many else cursor.execute)(entry.text, entry.bound)
            if entry.expect is not None and cursor.rowcount != entry.expect:
                raise Conflict
        return list(cursor.fetchall()) if cursor.description is not None else []


@contextmanager
def batched(session: Session) -> Iterator[None]:
    """Writes inside the block go out together at its end, for code that must see its errors there. Without it they wait
    for the next read or the commit, which is cheaper."""
    yield
    session.flush()


class Database:
    """A pool of connections to one database. Made once per process; `dispose(close=False)` in a forked child."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.traffic = Traffic()
        self._reading = engine.execution_options(in_session=True)
        self._writing = engine.execution_options(in_session=True, writing=True)
        self._driver_errors = (sa.exc.DBAPIError, engine.dialect.loaded_dbapi.Error)
        event.listen(engine, "before_cursor_execute", self._count)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        pool_size: int = 5,
        statement_timeout_seconds: float = 30,
        lock_timeout_seconds: float = 10,
        seal: object | None = None,
    ) -> Database:
        """Open `sqlite:///path` or `postgresql+psycopg://…`; connects at first use. `seal`: see `store.seals`."""
        options: dict[str, Any] = {"json_serializer": tagged.dumps, "json_deserializer": tagged.loads}
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            options["connect_args"] = {"timeout": lock_timeout_seconds, "check_same_thread": False}
        else:
            address = address.set(drivername="postgresql+psycopg")
            options |= {"pool_size": pool_size, "max_overflow": pool_size, "pool_pre_ping": False}
            options["connect_args"] = {"options": _postgresql_options(statement_timeout_seconds, lock_timeout_seconds)}
        engine = sa.create_engine(address, **options)
        engine.dialect.seal = seal  # type: ignore[attr-defined]
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            event.listen(engine, "checkout", _prepare_postgresql)
            event.listen(engine, "begin", _begin_postgresql)
        return cls(engine)

    @property
    def is_postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One writing transaction: committed at the end of the block, rolled back by any exception.

        Raises `Conflict` where the database refused because of somebody else's change, `ConnectionLost` where the
        connection broke (see `perform`).
        """
        with self._session(self._writing, keeps=True) as session:
            yield session
            session.finish()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads; always rolled back."""
        with self._session(self._reading, keeps=False) as session:
            yield session

    @contextmanager
    def _session(self, engine: Engine, *, keeps: bool) -> Iterator[Session]:
        try:
            with engine.connect() as connection:
                connection.begin()
                try:
                    yield Session(connection, self.traffic, keeps=keeps)
                except self._driver_errors as error:
                    if isinstance(translated(error), ConnectionLost):
                        connection.invalidate()
                    raise
        except self._driver_errors as error:
            known = translated(error)
            if known is None:
                raise
            raise known from error

    def perform(self, work: Callable[[Session], T]) -> T:
        """Run the work in a transaction; if the connection breaks, once more on a new one.

        Only for work that carries an idempotency key: the first commit may have arrived.
        """
        try:
            with self.transaction() as session:
                return work(session)
        except ConnectionLost:
            with self.transaction() as session:
                return work(session)

    @contextmanager
    def count_round_trips(self) -> Iterator[Traffic]:
        """Counts what this process sends to the database inside the block; read the result after it."""
        counted = Traffic()
        before = (self.traffic.trips, self.traffic.statements, self.traffic.commits)
        first = len(self.traffic.texts)
        self.traffic.listening += 1
        try:
            yield counted
        finally:
            self.traffic.listening -= 1
            counted.trips = self.traffic.trips - before[0]
            counted.statements = self.traffic.statements - before[1]
            counted.commits = self.traffic.commits - before[2]
            counted.texts = self.traffic.texts[first:]

    def dispose(self, *, close: bool = True) -> None:
        """Forget all pooled connections; with `close=False` leave them open for the parent process (after a fork)."""
        self.engine.dispose(close=close)

    def _count(self, _connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        self.traffic.statement(text)


def _postgresql_options(statement_timeout: float, lock_timeout: float) -> str:
    return (
        f"-c statement_timeout={int(statement_timeout * 1000)} -c lock_timeout={int(lock_timeout * 1000)}"
        f" -c idle_in_transaction_session_timeout={int(statement_timeout * 2000)} -c timezone=UTC"
    )


def _prepare_postgresql(driver: Any, _record: Any, _proxy: Any) -> None:
    if not driver.autocommit:
        driver.autocommit = True  # the session begins by itself: the driver would wait for the answer to BEGIN


def _begin_postgresql(connection: Connection) -> None:
    """A session sends its BEGIN with its first statements; whoever uses the engine without one gets it here."""
    options = connection.get_execution_options()
    if not options.get("in_session") and options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN")


def _prepare_sqlite(driver: Any, _record: Any) -> None:
    driver.isolation_level = None  # the driver would begin transactions by itself, and too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        driver.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A transaction that will write takes the write lock at once: one that read before cannot get it any more when
    another has written in between (SQLITE_BUSY_SNAPSHOT)."""
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
