"""Fixtures that all tests share. `database` runs each test twice: on SQLite and on PostgreSQL, both real."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from engine.clock import FixedClock
from engine.sealing import APART, new_key, read_keys
from engine.store import Database, migrate
from engine.store.seals import Seal
from tests import postgresql

#: The seal of the databases that tests open by themselves.
SEAL = Seal(keyring=read_keys(f"tests:{new_key()}"), apart=read_keys(f"apart:{new_key()}", "TONGAN_SEALED_KEYS", APART))

#: How long an example takes says more of what else the machine does than of the code.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")

#: Started by the first who needs it, in the process that leads the test run.
_started: list[postgresql.Server] = []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """xdist: the leading process starts one server for all workers."""
    node.workerinput["postgresql"] = _start()  # type: ignore[attr-defined]


def pytest_unconfigure() -> None:
    while _started:
        _started.pop().stop()


def _start() -> dict[str, object]:
    try:
        if not _started:
            _started.append(postgresql.start())
    except RuntimeError as error:
        return {"missing": str(error)}
    return {"port": _started[0].port}


@pytest.fixture(scope="session")
def postgresql_address(request: pytest.FixtureRequest) -> str:
    """Where the test run's PostgreSQL server listens: `host:port`. Fails, with what to install, where there is none."""
    workerinput = getattr(request.config, "workerinput", None)
    answer = _start() if workerinput is None else workerinput["postgresql"]
    if "missing" in answer:
        pytest.fail(answer["missing"], pytrace=False)
    return f"127.0.0.1:{answer['port']}"


@pytest.fixture(scope="session")
def postgresql_url(request: pytest.FixtureRequest, postgresql_address: str) -> str:
    """A migrated database of this worker's own."""
    workerinput = getattr(request.config, "workerinput", None)
    name = "tests_" + (workerinput["workerid"] if workerinput else "main")
    with psycopg.connect(f"postgresql://tester@{postgresql_address}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    url = f"postgresql+psycopg://tester@{postgresql_address}/{name}"
    migrate(url)
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "tongan.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


#: Rows are deleted, triggers and foreign keys asleep: to truncate a hundred tables takes ten times as long as a short
#: test, for each gets new files. A large table is truncated, so that dead rows do not pile up.
_EMPTY = """
DO $$ DECLARE one text; filled boolean; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT quote_ident(tablename) FROM pg_tables
             WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || one || ')' INTO filled;
    IF pg_relation_size(one::regclass) > 4000000 THEN EXECUTE 'TRUNCATE ' || one || ' CASCADE';
    ELSIF filled THEN EXECUTE 'DELETE FROM ' || one;
    END IF;
  END LOOP;
END $$
"""


def _empty(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(_EMPTY)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty, migrated SQLite database."""
    path = tmp_path / "tongan.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database: every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    url = str(request.getfixturevalue("postgresql_url"))
    _empty(url)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database, open."""
    opened = Database.open(database_url, seal=SEAL)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """SQLite only: for tests in which the kind of database does not matter."""
    opened = Database.open(sqlite_url, seal=SEAL)
    yield opened
    opened.dispose()


@pytest.fixture
def now() -> datetime:
    """A working Monday, 09:00 in the county."""
    return datetime(2025, 9, 15, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock(now: datetime) -> FixedClock:
    """A clock that stands still at `now`."""
    return FixedClock(now)
