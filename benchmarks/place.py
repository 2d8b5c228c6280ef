"""Where a benchmark's data lives: a durable PostgreSQL of its own, or SQLite files."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from engine.store.migrating import migrate
from tests import postgresql

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Place:
    """A database server, or a folder; `stop` removes it."""

    server: postgresql.Server | None
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="tongan-benchmark-")))

    @classmethod
    def postgresql(cls) -> Place:
        place = cls(postgresql.start(durable=True))
        with psycopg.connect(place.url_for("bare"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE ours")
        return place

    @classmethod
    def sqlite(cls) -> Place:
        return cls(None)

    @property
    def name(self) -> str:
        return "PostgreSQL" if self.server else "SQLite"

    def url_for(self, kind: str) -> str:
        """The address for `ours` (SQLAlchemy) or `bare` (libpq, or a file path)."""
        if self.server is None:
            path = self.folder / f"{kind}.sqlite"
            return f"sqlite:///{path}" if kind == "ours" else str(path)
        if kind == "ours":
            return self.server.url("ours")
        return f"host=127.0.0.1 port={self.server.port} user=tester dbname=postgres"

    def migrate(self) -> None:
        migrate(self.url_for("ours"))

    def database_cpu(self) -> float:
        """CPU seconds of the database server and all its processes, ended ones included; 0 for SQLite."""
        if self.server is None:
            return 0.0
        time.sleep(0.5)  # a backend whose client just left is counted once it was reaped
        total = sum(_times(self.server.process.pid, ended=True))
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and _parent(int(process.name)) == self.server.process.pid:
                total += sum(_times(int(process.name), ended=False))
        return total / _TICKS

    def sql(self, text: str) -> list[tuple[object, ...]]:
        """Run one statement on our database (PostgreSQL only)."""
        assert self.server is not None
        url = f"host=127.0.0.1 port={self.server.port} user=tester dbname=ours"
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(text)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else -1


def _times(pid: int, *, ended: bool) -> list[int]:
    fields = _stat(pid)
    return [int(value) for value in fields[11 : 15 if ended else 13]]
