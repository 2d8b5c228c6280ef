"""The seed of every fault test (printed, and taken from FAULTS_SEED), and a PostgreSQL that keeps what it committed."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from random import SystemRandom

import psycopg
import pytest

from engine.store import migrate
from tests import postgresql
from tests.tasks.conftest import redis_url as redis_url


@pytest.fixture
def seed() -> int:
    """Set FAULTS_SEED to repeat a run; pytest shows it with every failure."""
    chosen = int(os.environ.get("FAULTS_SEED", SystemRandom().randrange(10**6)))
    print(f"FAULTS_SEED={chosen}")
    return chosen


@pytest.fixture(scope="session")
def at_length() -> bool:
    """Whether this is the long form (`make faults`)."""
    return os.environ.get("FAULTS") == "long"


class DurableServer:
    """A server of its own, which keeps committed work over `immediate_restart`, which shuts nothing down."""

    def __init__(self) -> None:
        try:
            self._server = postgresql.start()
        except RuntimeError as error:
            pytest.fail(str(error), pytrace=False)
        self._databases = 0
        #: The command line of the fast server; the same name later on the line wins. Killed processes, unlike a power
        #: cut, lose nothing that was handed to the operating system, so that fsync may stay off: what counts is that a
        #: commit was written before it was answered.
        self._arguments = [*self._server.process.args, *("-c", "synchronous_commit=on", "-c", "full_page_writes=on")]
        self.immediate_restart()

    @property
    def port(self) -> int:
        return self._server.port

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(f"postgresql://tester@127.0.0.1:{self.port}/postgres", autocommit=True)

    def new_database(self) -> str:
        """An empty, migrated database; its name."""
        self._databases += 1
        name = f"faults_{self._databases}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        migrate(self.url(name))
        return name

    def url(self, name: str, *, port: int | None = None) -> str:
        return f"postgresql+psycopg://tester@127.0.0.1:{port or self.port}/{name}"

    def immediate_restart(self) -> None:
        """`pg_ctl -m immediate restart`."""
        self._server.process.send_signal(signal.SIGQUIT)
        self._server.process.wait(timeout=20)
        with (self._server.folder / "log").open("ab") as log:
            self._server.process = subprocess.Popen(
                self._arguments, stdout=log, stderr=log, cwd=self._server.folder, **postgresql._as_server_user()
            )
        postgresql._wait_until_ready(self._server)

    def stop(self) -> None:
        self._server.process.send_signal(signal.SIGQUIT)  # nobody is waited for
        self._server.stop()


@pytest.fixture(scope="session")
def durable() -> Iterator[DurableServer]:
    server = DurableServer()
    yield server
    server.stop()
