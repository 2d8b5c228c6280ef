"""Log-in sessions, kept in SQL so that they can be ended: 30 minutes idle, 12 hours at most (reliability.md 5).

The browser holds a random token; the row holds its SHA-256, so that a copy of the table opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ForeignKey, String, Table, delete, insert, or_, select, update

from cases.people import person
from engine.store.base import Instant, metadata
from engine.store.session import Session

login_session = Table(
    "login_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", String(40), ForeignKey("person.id"), nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("address", String(64), nullable=False, server_default=""),
)

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: `last_seen_at` is written at most this often: a page with ten requests costs one write.
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class LoginSession:
    """An open log-in."""

    person_id: str
    opened_at: datetime
    last_seen_at: datetime


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(session: Session, person_id: str, *, now: datetime, address: str = "") -> str:
    """Begin a log-in and return its token. A token is never reused: every log-in gets a new one."""
    token = secrets.token_urlsafe(32)
    session.execute(
        insert(login_session).values(
            token_hash=_hash(token), person_id=person_id, opened_at=now, last_seen_at=now, address=address
        )
    )
    return token


def find_session(session: Session, token: str, *, now: datetime) -> LoginSession | None:
    """The open log-in of this token; None when it is unknown, idle too long, too old, or its person was deactivated."""
    row = session.execute(
        select(login_session.c.person_id, login_session.c.opened_at, login_session.c.last_seen_at)
        .join(person, person.c.id == login_session.c.person_id)
        .where(login_session.c.token_hash == _hash(token), person.c.active.is_(True))
    ).first()
    if row is None or now - row.last_seen_at >= IDLE or now - row.opened_at >= ABSOLUTE:
        return None
    return LoginSession(person_id=row.person_id, opened_at=row.opened_at, last_seen_at=row.last_seen_at)


def touch(session: Session, token: str, found: LoginSession, *, now: datetime) -> bool:
    """Note that the person is still there; returns whether a row was written."""
    if now - found.last_seen_at < TOUCH_EVERY:
        return False
    session.execute(update(login_session).where(login_session.c.token_hash == _hash(token)).values(last_seen_at=now))
    return True


def end_session(session: Session, token: str) -> None:
    """Log out."""
    session.execute(delete(login_session).where(login_session.c.token_hash == _hash(token)))


def end_all(session: Session, person_id: str) -> None:
    """End every log-in of a person: after a password change, and when the person is deactivated."""
    session.execute(delete(login_session).where(login_session.c.person_id == person_id))


def sweep(session: Session, *, now: datetime) -> int:
    """Delete the rows of ended log-ins; returns how many."""
    result = session.execute(
        delete(login_session).where(
            or_(login_session.c.last_seen_at <= now - IDLE, login_session.c.opened_at <= now - ABSOLUTE)
        )
    )
    return result.rowcount
