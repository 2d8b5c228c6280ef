"""What the public files without a log-in: an intake row, and nothing else, until a worker delivers it.

The public pages may run under a database role that reads no case (`PUBLIC_RIGHTS`). So a visitor's form is written here
with a receipt number; `deliver` starts the process from it, in the name of the public, as of the instant of receipt;
what the visitor may know of its course is projected back into the row. Once delivered the row keeps no word of what
was filed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Index, RowMapping, String, Table, insert, select, update

from cases.jurisdictions import COUNTY_DIGITS, subtree
from cases.offices import PUBLIC_COLUMNS
from engine.access import Actor, Grant
from engine.calendar import county_day
from engine.commands.start_process import start_process
from engine.environment import Environment
from engine.errors import Conflict, NotFound, Refused, SubmissionInvalid
from engine.outcome import InstanceStatus
from engine.store.base import Instant, Tagged, metadata
from engine.store.identifiers import new_id
from engine.store.instance import instance
from engine.store.session import Session


class Course(StrEnum):
    """How far a filing has come, as its filer may know it."""

    RECEIVED = "已收到"
    AT_WORK = "办理中"
    ANSWERED = "已反馈"  #: of a report: what its case goes on to do is not the reporter's to know
    DONE = "已办结"
    REFUSED = "未受理"


intake = Table(
    "intake",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("receipt_no", String(24), nullable=False, unique=True),
    Column("process_key", String(80), nullable=False),
    Column("idempotency_key", String(80), nullable=False, unique=True),
    Column("fields", Tagged, nullable=False),
    Column("phone_mark", String(64), nullable=True),  #: tells whether a telephone number is the filer's
    Column("received_at", Instant, nullable=False),
    Column("course", String(8), nullable=False),
    Column("answer", String(400), nullable=False, server_default=""),
    Column("instance_id", String(40), nullable=True),
    Column("changed_at", Instant, nullable=False),
    Index("ix_intake_open", "course", "received_at"),
)

#: What a visitor may read again of a filing; never what was filed.
_SHOWN = ("receipt_no", "process_key", "idempotency_key", "phone_mark", "received_at", "course", "answer")
#: What a database role of the public pages needs, and all that it gets: table to rights.
PUBLIC_RIGHTS: Mapping[str, str] = MappingProxyType(
    {
        "intake": f"INSERT, SELECT ({', '.join(_SHOWN)})",
        "public_notice": "SELECT",
        "division": "SELECT",
        "process_version": "SELECT",
        "demo_clock": "SELECT",
        "benefit_standard": "SELECT",
        "county_parameter": "SELECT (name, value)",
        "public_office": f"SELECT ({', '.join(PUBLIC_COLUMNS)})",
    }
)


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A form that anybody may file."""

    process_key: str
    role: str  #: as whom the public starts it
    phone: str  #: the form's field with the filer's telephone number
    preset: Mapping[str, str]  #: what the channel itself says


CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {
        "objection": Channel(
            process_key="objection",
            role="applicant",
            phone="objector_phone",
            preset=MappingProxyType({"channel": "网上"}),
        ),
        "report": Channel(process_key="report", role="reporter", phone="reporter_phone", preset=MappingProxyType({})),
    }
)

#: Letters and digits that nobody mistakes for one another on paper or by telephone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RANDOM = 8
#: So many are delivered at one look.
MOST = 50


def file(session: Session, channel: Channel, fields: Mapping[str, Any], *, idempotency_key: str, now: datetime) -> str:
    """Keep a checked form; returns its receipt number. The same key again gives the same number.

    :raises Conflict: the key was used for another form.
    """
    query = select(intake.c.receipt_no, intake.c.process_key).where(intake.c.idempotency_key == idempotency_key)
    before = session.execute(query).first()
    if before is not None:
        if before.process_key != channel.process_key:
            raise Conflict("这个提交编号已用于另一份表单,请刷新页面后再试")
        return str(before.receipt_no)
    number = _new_number(now)
    phone = fields.get(channel.phone)
    session.execute(
        insert(intake).values(
            id=new_id(now),
            receipt_no=number,
            process_key=channel.process_key,
            idempotency_key=idempotency_key,
            fields=dict(fields),
            phone_mark=_mark(number, str(phone)) if phone else None,
            received_at=now,
            course=Course.RECEIVED,
            changed_at=now,
        )
    )
    return number


def _new_number(now: datetime) -> str:
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return f"SL{county_day(now):%Y%m%d}-{drawn}"


def _mark(number: str, phone: str) -> str:
    return hashlib.sha256(f"{number}:{phone.strip()}".encode()).hexdigest()


def find(session: Session, receipt_no: str, phone: str) -> RowMapping | None:
    """The filing of this receipt number, if the telephone number is the one that was left with it (none was left: the
    receipt number alone tells)."""
    number = receipt_no.strip().upper()
    shown = [intake.c[name] for name in _SHOWN]
    row = session.execute(select(*shown).where(intake.c.receipt_no == number)).mappings().first()
    if row is None:
        return None
    left = row["phone_mark"]
    return row if left is None or secrets.compare_digest(left, _mark(number, phone)) else None


def waiting(session: Session, *, urgent_first: str = "report") -> Sequence[str]:
    """The ids of what is to be delivered: reports before anything else, then by age."""
    query = (
        select(intake.c.id)
        .where(intake.c.course == Course.RECEIVED)
        .order_by(intake.c.process_key != urgent_first, intake.c.received_at, intake.c.id)
        .limit(MOST)
    )
    return tuple(session.execute(query).scalars())


def deliver(session: Session, env: Environment, intake_id: str, *, now: datetime) -> bool:
    """Start the process that a filing asks for, as of the instant of its receipt; whether this call did it.

    What the domain refuses is answered in the row, in its own words. Raises what `start_process` raises beside.
    """
    query = select(intake).where(intake.c.id == intake_id, intake.c.course == Course.RECEIVED).with_for_update()
    row = session.execute(query).mappings().first()
    if row is None:
        return False
    channel = next(each for each in CHANNELS.values() if each.process_key == row["process_key"])
    place = next((each.code for each in subtree(session, digits=COUNTY_DIGITS)), "")
    actor = Actor(id=f"public:{row['receipt_no']}", name="网上提交", grants=(Grant(role=channel.role, place=place),))
    try:
        started = start_process(
            session,
            env,
            row["process_key"],
            fields=row["fields"],
            actor=actor,
            now=row["received_at"],
            idempotency_key=f"intake:{row['id']}",
            place=place,
        )
    except (SubmissionInvalid, Refused, NotFound) as refused:
        _set(session, intake_id, now, course=Course.REFUSED, answer=_words(refused), fields={})
        return True
    _set(session, intake_id, now, course=Course.AT_WORK, instance_id=started.instance_id, fields={})
    return True


def _words(refused: Exception) -> str:
    if isinstance(refused, SubmissionInvalid):
        return ";".join(problem.message for problem in refused.problems)[:400]
    return str(refused)[:400]


def _set(session: Session, intake_id: str, now: datetime, **values: object) -> None:
    session.execute(update(intake).where(intake.c.id == intake_id).values(changed_at=now, **values))


def note_answered(session: Session, instance_id: str, *, now: datetime) -> None:
    """Say of the filing that this instance came from, if it came from one, that its filer was answered."""
    mine = (intake.c.instance_id == instance_id, intake.c.course == Course.AT_WORK)
    session.execute(update(intake).where(*mine).values(course=Course.ANSWERED, changed_at=now))


def note_ended(session: Session, *, now: datetime) -> int:
    """Say of filings whose instance has ended that they are done; returns how many that were."""
    ended = (
        select(intake.c.id)
        .join(instance, instance.c.id == intake.c.instance_id)
        .where(
            intake.c.course == Course.AT_WORK,
            instance.c.status.in_((InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)),
        )
        .limit(MOST)
    )
    ids = tuple(session.execute(ended).scalars())
    for each in ids:
        _set(session, each, now, course=Course.DONE)
    return len(ids)
