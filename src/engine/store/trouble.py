"""What a driver complains about, in the engine's words, in one place."""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, EngineError

#: SQLSTATE classes of "somebody else was there": unique key, lock not available, deadlock, serialization.
_CONFLICTS = {"23505", "55P03", "40P01", "40001"}
#: SQLSTATE of a connection that the server ended.
_ENDED = ("08", "57P01", "57P02", "57P03")


class ConnectionLost(EngineError):
    """The database ended the connection; whether the last commit arrived is not known. Ask again with the same key."""


def translated(error: BaseException) -> EngineError | None:
    """The engine's word for a driver's (or SQLAlchemy's) error, or None where it has none."""
    origin: Any = getattr(error, "orig", None) or error
    state = getattr(origin, "sqlstate", None)
    text = str(origin)
    if state in _CONFLICTS or text.startswith("UNIQUE constraint failed") or "database is locked" in text:
        return Conflict()
    closed = getattr(error, "connection_invalidated", False)
    if closed or (state is not None and state.startswith(_ENDED)) or _is_broken(origin, state):
        return ConnectionLost()
    return None


def _is_broken(origin: Any, state: str | None) -> bool:
    """A libpq error without SQLSTATE is about the connection itself."""
    return type(origin).__module__.startswith("psycopg") and type(origin).__name__ == "OperationalError" and not state


def is_passing(error: BaseException) -> bool:
    """Whether the error is the database's and may be gone at the next try: it says nothing about the work itself.

    A unique key that is taken is not counted among them: after a race the next try finds another state, and what comes
    again is a bug.
    """
    if isinstance(error, Conflict) and error.__cause__ is not None:
        return not _is_taken_key(error.__cause__)
    if isinstance(error, Conflict | ConnectionLost | sa.exc.TimeoutError):
        return True
    origin: Any = getattr(error, "orig", None) or error
    if isinstance(origin, sqlite3.OperationalError):
        return getattr(origin, "sqlite_errorcode", 0) != sqlite3.SQLITE_ERROR
    return type(origin).__module__.startswith("psycopg") and _is_operational(type(origin))


def _is_taken_key(error: BaseException) -> bool:
    origin: Any = getattr(error, "orig", None) or error
    return getattr(origin, "sqlstate", None) == "23505" or str(origin).startswith("UNIQUE constraint failed")


def _is_operational(kind: type) -> bool:
    """psycopg's class for what is not the statement's fault: time-outs, a full disk, too many connections."""
    return any(each.__name__ == "OperationalError" for each in kind.__mro__)
