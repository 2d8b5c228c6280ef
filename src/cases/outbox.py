"""Sends what leaves the house: each message at least once, with an id that stays the same over all attempts.

A message is taken by a lease in one transaction, sent with none open, and settled in another one. A sender that dies in
between leaves the lease to run out, and the message goes out again under the same id. Real time counts here: mail
servers know nothing of a demonstration's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, select, update

from cases.channels import smtp, webhook
from cases.contacts import address_of
from cases.messages import PENDING, URGENT, Channel, MessageStatus, message_out
from engine.clock import Clock
from engine.domain import ServiceError
from engine.retry import Again, GiveUp, RetryPolicy, decide
from engine.settings import Settings
from engine.store.session import Database

#: About a day: half a minute, one, two … at most an hour between two tries.
POLICY = RetryPolicy(attempts=30, base_seconds=30.0, factor=2.0, max_seconds=3600.0)
#: How long a sender may take for what it took.
LEASE = timedelta(minutes=10)
BATCH = 20


def offered(settings: Settings) -> frozenset[Channel]:
    """The ways to the outside that this installation has; none: messages stay inside the program."""
    urls = _urls(settings)
    mail = {Channel.EMAIL} if settings.smtp_host else set()
    return frozenset(mail | {channel for channel, url in urls.items() if url})


def _urls(settings: Settings) -> Mapping[Channel, str]:
    return {
        Channel.SMS: settings.sms_url,
        Channel.WECOM: settings.wecom_url,
        Channel.DINGTALK: settings.dingtalk_url,
    }


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What became of one round."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(
            sent=self.sent + other.sent,
            put_off=self.put_off + other.put_off,
            given_up=self.given_up + other.given_up,
        )


def send_due(database: Database, settings: Settings, *, wall: Clock, urgent: bool = False) -> Sent:
    """Send what waits, until nothing is due; with `urgent` the messages of emergencies alone."""
    round_ = Sent()
    while taken := _take(database, now=wall.now(), urgent=urgent):
        for row in taken:
            round_ += _send_one(database, settings, row, wall=wall)
    return round_


def _take(database: Database, *, now: datetime, urgent: bool) -> list[RowMapping]:
    """Lease the next messages, the longest waiting first. A round of all takes an emergency's as they come: whichever
    sender has the time first."""
    due = (URGENT if urgent else PENDING, message_out.c.next_at <= now)
    with database.reading() as session:
        if session.execute(select(message_out.c.id).where(*due).limit(1)).first() is None:
            return []
    with database.transaction() as session:
        query = select(message_out).where(*due).order_by(message_out.c.next_at, message_out.c.id).limit(BATCH)
        rows = list(session.execute(query.with_for_update(skip_locked=True)).mappings())
        session.execute(
            update(message_out)
            .where(message_out.c.id.in_([row["id"] for row in rows]))
            .values(next_at=now + LEASE, attempt=message_out.c.attempt + 1)
        )
    return rows


def _send_one(database: Database, settings: Settings, row: RowMapping, *, wall: Clock) -> Sent:
    """Send one message and write down how it went; its trouble is its own."""
    attempt = row["attempt"] + 1
    with database.reading() as session:
        address = row["address"] or address_of(session, row["person_id"], Channel(row["channel"]))
    try:
        _hand_over(settings, row, address)
    except ServiceError as error:
        then = decide(POLICY, attempt, error, wall.now(), seed=row["id"])
        _settle(database, row, attempt, _failed(error, then))
        return Sent(given_up=1) if isinstance(then, GiveUp) else Sent(put_off=1)
    now = wall.now()
    done = {"status": MessageStatus.SENT, "sent_at": now, "next_at": None, "last_error": None}
    _settle(database, row, attempt, done)
    return Sent(sent=1)


def _hand_over(settings: Settings, row: RowMapping, address: str) -> None:
    channel = Channel(row["channel"])
    if not address:
        raise ServiceError("没有此渠道的联系方式", retry=False)
    if channel not in offered(settings):
        raise ServiceError("此渠道已停用", retry=False)
    if channel is Channel.EMAIL:
        made = smtp.mail(
            settings,
            message_id=row["id"],
            to=address,
            subject=row["subject"],
            body=row["body"],
            at=row["created_at"],
        )
        smtp.send(settings, made)
        return
    webhook.post(
        channel,
        _urls(settings)[channel],
        origins=settings.webhook_origins,
        message_id=row["id"],
        to=address,
        text=f"{row['subject']}{row['body']}",
    )


def _failed(error: ServiceError, then: Again | GiveUp) -> dict[str, Any]:
    if isinstance(then, Again):
        return {"next_at": then.at, "last_error": str(error)}
    return {"status": MessageStatus.FAILED, "next_at": None, "last_error": f"{error}({then.reason})"}


def _settle(database: Database, row: RowMapping, attempt: int, values: Mapping[str, Any]) -> None:
    """Unless another sender took it meanwhile: its lease had run out, and that attempt decides."""
    with database.transaction() as session:
        session.execute(
            update(message_out).where(message_out.c.id == row["id"], message_out.c.attempt == attempt).values(values)
        )
