"""Messages to people: in the program, and by the ways of `outbox.py` to the outside.

A message is a row of the same transaction as what it tells about. Its text is made for its reader: inside, whoever may
see the file reads the masked name; whoever may not, and every way that leaves the house, gets the coded number alone
(domain.md 6.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    false,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from cases.case_files import case_file
from engine.access import Actor
from engine.domain import NewsKind
from engine.store.base import Instant, constant, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session


class Channel(StrEnum):
    """How a message reaches its reader."""

    IN_APP = "app"  #: in the program
    EMAIL = "email"
    SMS = "sms"
    WECOM = "wecom"  #: 政务微信
    DINGTALK = "dingtalk"  #: 政务钉钉


class MessageStatus(StrEnum):
    """Where a message stands."""

    SHOWN = "shown"  #: lies in the reader's list
    PENDING = "pending"  #: to be sent, or tried again, at `next_at`
    SENT = "sent"  #: the other side took it
    FAILED = "failed"  #: given up


#: Kinds of cases whose messages wait for nothing else: their processes have the emergency's queue.
EMERGENCIES = frozenset({"report", "custody"})


class Topic(StrEnum):
    """What a reader asks the own messages for."""

    DUE = "due"  #: reminders of time limits, pressed for, the daily digest
    HANDED = "handed"  #: work that came from a colleague, or went back
    OPINIONS = "opinions"  #: opinions, copies, remarks
    OTHER = "other"  #: duty, emergencies, and whatever else there may be


#: Topic to its kinds of messages; `OTHER` is every other kind.
KINDS: Mapping[Topic, frozenset[str]] = MappingProxyType(
    {
        Topic.DUE: frozenset({"reminder", "digest", NewsKind.URGED}),
        Topic.HANDED: frozenset({NewsKind.HANDED, NewsKind.ENTRUSTED, NewsKind.HANDED_BACK, NewsKind.RETURNED}),
        Topic.OPINIONS: frozenset({NewsKind.SIGN, NewsKind.SIGNED, NewsKind.NOT_SIGN, NewsKind.COPIED, NewsKind.NAMED}),
    }
)

#: `next_at` of a message that waits for nothing: retries are counted in real time, whatever the county's clock says.
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)

message_out = Table(
    "message_out",
    metadata,
    Column("id", String(26), primary_key=True),  #: also what the other side knows a repetition by
    Column("person_id", String(40), ForeignKey("person.id"), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("case_id", String(40), nullable=True),
    Column("task_id", String(40), nullable=True),
    Column("subject", String(120), nullable=False),
    Column("body", Text, nullable=False),
    Column("dedup", String(120), nullable=False, unique=True),  #: the same cause, reader and way: one message
    Column("status", String(10), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("read_at", Instant, nullable=True),
    Column("attempt", Integer, nullable=False),
    Column("next_at", Instant, nullable=True),
    Column("sent_at", Instant, nullable=True),
    Column("last_error", Text, nullable=True),
    Column("address", String(120), nullable=True),  #: instead of the reader's own, e.g. the telephone of a desk
    Column("urgent", Boolean, nullable=False, server_default=false()),  #: of an emergency's case: sent by its own round
)

UNREAD = and_(message_out.c.channel == constant(Channel.IN_APP), message_out.c.read_at.is_(None))
PENDING = message_out.c.status == constant(MessageStatus.PENDING)

Index("ix_message_out_reader", message_out.c.person_id, message_out.c.created_at, message_out.c.id)
Index("ix_message_out_unread", message_out.c.person_id, message_out.c.id, postgresql_where=UNREAD, sqlite_where=UNREAD)
Index("ix_message_out_pending", message_out.c.next_at, message_out.c.id, postgresql_where=PENDING, sqlite_where=PENDING)
URGENT = and_(message_out.c.urgent, PENDING)
Index("ix_message_out_urgent", message_out.c.next_at, message_out.c.id, postgresql_where=URGENT, sqlite_where=URGENT)


@dataclass(frozen=True, kw_only=True)
class Words:
    """A message's text: for the program, and for ways that leave the house."""

    subject: str
    body: str
    outside_subject: str
    outside_body: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message to one person; `cause` makes it the same message when it is posted again."""

    person_id: str
    kind: str
    cause: str
    words: Words
    case_id: str | None = None
    task_id: str | None = None
    outside: frozenset[Channel] = frozenset()  #: ways beside the program
    mobile: str = ""  #: where a text message goes, if not to the person's own number


def post(session: Session, letters: Iterable[Letter], *, now: datetime) -> int:
    """Put messages into the outbox; one that was posted before (same cause, reader and way) is not posted again.
    Returns how many rows are new."""
    letters = tuple(letters)
    hasty = _emergencies(session, letters)
    rows = [
        _row(letter, channel, now) | {"urgent": letter.case_id in hasty}
        for letter in letters
        for channel in (Channel.IN_APP, *sorted(letter.outside))
    ]
    if not rows:
        return 0
    write = postgresql.insert if session.locks_rows else sqlite.insert
    before = [row["dedup"] for row in rows]
    known = set(session.execute(select(message_out.c.dedup).where(message_out.c.dedup.in_(before))).scalars())
    fresh = [row for row in rows if row["dedup"] not in known]
    if fresh:
        session.execute(write(message_out).on_conflict_do_nothing(index_elements=["dedup"]), fresh)
    return len(fresh)


def _emergencies(session: Session, letters: Sequence[Letter]) -> frozenset[str]:
    """The cases of these letters that are emergencies; asked only where something leaves the house."""
    cases = {letter.case_id for letter in letters if letter.outside and letter.case_id}
    if not cases:
        return frozenset()
    query = select(case_file.c.id).where(case_file.c.id.in_(sorted(cases)), case_file.c.kind.in_(sorted(EMERGENCIES)))
    return frozenset(session.execute(query).scalars())


def _row(letter: Letter, channel: Channel, now: datetime) -> dict[str, object]:
    inside = channel is Channel.IN_APP
    return {
        "id": new_id(now),
        "person_id": letter.person_id,
        "channel": channel,
        "kind": letter.kind,
        "case_id": letter.case_id,
        "task_id": letter.task_id,
        "subject": letter.words.subject if inside else letter.words.outside_subject,
        "body": letter.words.body if inside else letter.words.outside_body,
        "dedup": f"{letter.cause}:{letter.person_id}:{channel}",
        "status": MessageStatus.SHOWN if inside else MessageStatus.PENDING,
        "created_at": now,
        "read_at": None,
        "attempt": 0,
        "next_at": None if inside else AT_ONCE,
        "sent_at": None,
        "last_error": None,
        "address": letter.mobile or None if channel is Channel.SMS else None,
    }


def unread(session: Session, actor: Actor) -> int:
    """How many messages the actor has not read: the number at the bell."""
    query = select(func.count()).select_from(message_out).where(message_out.c.person_id == actor.id, UNREAD)
    return int(session.scalar(query))


def messages_of(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    before: tuple[datetime, str] | None = None,
    topic: Topic | None = None,
    unread_only: bool = False,
) -> Sequence[RowMapping]:
    """The actor's messages in the program, the newest first, of one topic or all; `before` (created_at, id of the last
    row seen) goes on."""
    query = select(message_out).where(message_out.c.person_id == actor.id, message_out.c.channel == Channel.IN_APP)
    if unread_only:
        query = query.where(UNREAD)
    if topic is Topic.OTHER:
        query = query.where(message_out.c.kind.not_in(sorted(frozenset().union(*KINDS.values()))))
    elif topic is not None:
        query = query.where(message_out.c.kind.in_(sorted(KINDS[topic])))
    if before is not None:
        at, last = before
        query = query.where(
            (message_out.c.created_at < at) | ((message_out.c.created_at == at) & (message_out.c.id < last))
        )
    ordered = query.order_by(message_out.c.created_at.desc(), message_out.c.id.desc()).limit(limit)
    return tuple(session.execute(ordered).mappings())


def mark_read(session: Session, actor: Actor, message_id: str | None = None, *, now: datetime) -> None:
    """The actor has read one message, or all of them. Other people's are left alone."""
    query = update(message_out).where(message_out.c.person_id == actor.id, UNREAD)
    if message_id is not None:
        query = query.where(message_out.c.id == message_id)
    session.execute(query.values(read_at=now))
