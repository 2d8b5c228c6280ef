"""How statements get to PostgreSQL: many in one round trip, each prepared once a connection.

The driver's cursors do the same, but dear: each statement of a pipeline is sent by a system call of its own (and wakes
the server each time), a statement of more than fifty parameters is taken apart anew at each execution, each set of the
parameters' types is a prepared statement of its own, and all of them are thrown away by a rollback. Here all that waits
is sent at once; types are left to the server, which knows them from the statement; and a statement stays prepared as
long as its connection lives. Values go in and come out by the driver's own adapters.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

#: More statements than this on one connection are forgotten, all at once: each takes memory in the server.
MOST_PREPARED = 256


class Command(NamedTuple):
    """One execution of a statement whose parameters are written `$1`, `$2`, …"""

    text: str
    values: Sequence[Any] = ()


BEGIN = Command("BEGIN")
COMMIT = Command("COMMIT")


class Wire:
    """One connection's. `driver` is psycopg's connection, `psycopg` its module."""

    def __init__(self, driver: Any, psycopg: Any) -> None:
        self._driver = driver
        self._libpq = driver.pgconn
        self._psycopg = psycopg
        self._adapter = psycopg.adapt.Transformer(driver)
        self._status = psycopg.pq.ExecStatus
        #: A number's binary form has the size of a type that only the server knows here; its text fits any.
        self._text, self._binary = psycopg.adapt.PyFormat.TEXT, psycopg.adapt.PyFormat.BINARY
        self._names: dict[str, bytes] = {}
        self._numbered = 0
        driver.prepare_threshold = None  # else the driver, which sees its own only, would deallocate ours with them

    @classmethod
    def of(cls, connection: Connection) -> Wire:
        """The wire of this connection, kept with it in the pool."""
        found: Wire | None = connection.info.get("wire")
        if found is None:
            driver = connection.connection.driver_connection
            found = connection.info["wire"] = cls(driver, connection.dialect.loaded_dbapi)
        return found

    def run(self, commands: Sequence[Command]) -> list[Any]:
        """Carry out all in one round trip; the result of each. Raises the driver's error for the first one that failed;
        those behind it were not carried out."""
        dumped = [self._dumped(each.values) for each in commands]  # what cannot be adapted raises before a byte is sent
        self._libpq.enter_pipeline_mode()
        try:
            sent = self._send(commands, dumped)
            answers = self._driver.wait(self._answers())
            self._libpq.exit_pipeline_mode()
        except BaseException:
            self._abandon()
            raise
        return self._sorted(sent, answers)

    def rows(self, result: Any, make: Any = tuple) -> list[Any]:
        """The rows of a result, as the driver's adapters read them, each made by `make` of a sequence."""
        self._adapter.set_pgresult(result)
        return list(self._adapter.load_rows(0, result.ntuples, make))

    def _dumped(self, values: Sequence[Any]) -> tuple[Any, Any]:
        if not values:
            return None, None
        formats = [self._binary if isinstance(value, bytes) else self._text for value in values]
        return self._adapter.dump_sequence(values, formats), self._adapter.formats

    def _send(self, commands: Sequence[Command], dumped: list[tuple[Any, Any]]) -> list[tuple[str, bytes] | None]:
        """Queue everything; returns, per answer to come, the statement that it prepares (None: it carries one out)."""
        sent: list[tuple[str, bytes] | None] = []
        fresh: dict[str, bytes] = {}
        for command, (values, formats) in zip(commands, dumped, strict=True):
            name = self._names.get(command.text) or fresh.get(command.text)
            if name is None:
                name = fresh[command.text] = self._new_name(command.text)
                self._libpq.send_prepare(name, command.text.encode())
                sent.append((command.text, name))
            self._libpq.send_query_prepared(name, values, param_formats=formats)
            sent.append(None)
        if len(self._names) > MOST_PREPARED:
            self._libpq.send_query_params(b"DEALLOCATE ALL", None)
        self._libpq.pipeline_sync()
        return sent

    def _new_name(self, text: str) -> bytes:
        """Of one word's statement with the word, so that whoever reads the traffic sees where a transaction ends."""
        self._numbered += 1
        return f"tongan_{self._numbered}_{text if text.isalpha() else ''}".encode()

    def _answers(self) -> Generator[Any, Any, list[Any]]:
        """A generator for the driver's `wait`: the last result of each command, up to the end of the pipeline."""
        fetch = self._psycopg.generators.fetch_many
        yield from self._psycopg.generators.send(self._libpq)
        answers: list[Any] = []
        while True:
            results = yield from fetch(self._libpq)
            if results[-1].status == self._status.PIPELINE_SYNC:
                return answers
            answers.append(results[-1])

    def _sorted(self, sent: list[tuple[str, bytes] | None], answers: list[Any]) -> list[Any]:
        """The answers to commands, without those to preparations."""
        deallocated = len(answers) > len(sent)
        results = []
        for prepared, answer in zip(sent, answers, strict=False):
            if answer.status == self._status.FATAL_ERROR:
                raise self._psycopg.errors.error_from_result(answer, encoding=self._driver.info.encoding)
            if prepared is None:
                results.append(answer)
            else:
                self._names[prepared[0]] = prepared[1]
        if deallocated:
            self._names.clear()
        return results

    def _abandon(self) -> None:
        """Something broke in the middle: read what is still to come, so that the connection can be rolled back."""
        if self._libpq.status == self._psycopg.pq.ConnStatus.OK:
            self._libpq.pipeline_sync()
            self._driver.wait(self._drained())

    def _drained(self) -> Generator[Any, Any, None]:
        fetch = self._psycopg.generators.fetch_many
        yield from self._psycopg.generators.send(self._libpq)
        while self._libpq.pipeline_status != self._psycopg.pq.PipelineStatus.OFF:
            try:
                self._libpq.exit_pipeline_mode()
            except self._psycopg.OperationalError:
                yield from fetch(self._libpq)
