"""What a driver complains about, in the engine's words, in one place."""

from __future__ import annotations

from typing import Any

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
