"""Objections 异议 against a public notice: each is a case of its own, so that whoever reads the application does not
read who objected (domain.md P_C2, 6.1).

The objector stands in a table of its own, which `objector_for` alone reads: for the investigator, and nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    RowMapping,
    String,
    Table,
    Text,
    func,
    insert,
    or_,
    select,
    update,
)

from cases import applications
from cases.case_files import case_file
from cases.notices import notice
from cases.verifications import verification
from engine.access import Actor
from engine.calendar import county_day
from engine.errors import NotFound
from engine.store import audit
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.message_wait import message_wait
from engine.store.seals import Sealed
from engine.store.session import Session
from engine.store.user_task import TaskStatus, user_task

INVESTIGATION = "o_ut_investigate"
#: Tells an objection that there is nothing left to object to.
APPLICATION_WITHDRAWN = "MSG_APPLICATION_WITHDRAWN"


class Ruling(StrEnum):
    """How an objection ended."""

    UPHELD = "成立"  #: the application is refused
    PARTLY = "部分成立"  #: facts changed: verified anew, published anew
    REJECTED = "不成立"  #: the application goes on
    NOT_TAKEN = "不受理"  #: it named no facts
    WITHDRAWN = "申请已撤回"  #: the applicant took the application back before a ruling


objection = Table(
    "objection",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, unique=True),
    Column("application_case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("notice_id", String(26), ForeignKey("notice.id"), nullable=False, index=True),
    Column("channel", String(12), nullable=False),
    Column("content", Text, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("handling", String(12), nullable=True),
    Column("handling_reason", String(1000), nullable=True),
    Column("extension", String(12), nullable=True),
    Column("investigator_id", String(40), nullable=True),
    Column("investigator_name", String(60), nullable=True),
    Column("findings", Text, nullable=True),
    Column("conclusion", String(12), nullable=True),
    Column("ruling", String(12), nullable=True),
    Column("ruling_reason", Text, nullable=True),
    Column("closed_at", Instant, nullable=True),
    Column("counted_by", String(160), nullable=True),  #: the count of the notice's result that took it in
    Column("replied_on", Date, nullable=True),
)

#: Who objected. Read by `objector_for` and by the letter of reply, by nothing else.
objector = Table(
    "objector",
    metadata,
    Column("objection_id", String(26), ForeignKey("objection.id"), primary_key=True),
    Column("name", Sealed("objector.name"), nullable=True),
    Column("phone", Sealed("objector.phone"), nullable=True),
)


#: What `left_open` says of a case without a notice.
NONE_OPEN: Mapping[str, Any] = MappingProxyType({"objections_open": 0, "objections_said": None})


@dataclass(frozen=True, kw_only=True)
class Objector:
    """Who objected, for the investigator's eyes."""

    name: str | None
    phone: str | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the objections against a case's notice stand."""

    open: int
    result: str  #: CLEAR, UPHELD or RECHECK, of those that are closed and were not counted before
    closed_on: date | None  #: the day on which the last one was closed


def file(
    session: Session,
    *,
    case_id: str,
    against: RowMapping,
    fields: Mapping[str, Any],
    evidence: Sequence[str],
    due_on: date,
    now: datetime,
) -> None:
    """Enter an objection against the notice; the objector goes into the other table."""
    objection_id = new_id(now)
    session.execute(
        insert(objection).values(
            id=objection_id,
            case_id=case_id,
            application_case_id=against["case_id"],
            notice_id=against["id"],
            channel=fields["channel"],
            content=fields["content"],
            evidence=list(evidence),
            received_at=now,
            due_on=due_on,
        )
    )
    name, phone = fields.get("objector_name") or None, fields.get("objector_phone") or None
    session.execute(insert(objector).values(objection_id=objection_id, name=name, phone=phone))


def find(session: Session, case_id: str) -> RowMapping:
    """The objection that a case is about.

    :raises NotFound: the case is about none.
    """
    row = session.execute(select(objection).where(objection.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 不是异议")
    return row


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the case's objection."""
    session.execute(update(objection).where(objection.c.case_id == case_id).values(**values))


def facts(session: Session, case_id: str) -> Mapping[str, Any]:
    """What the forms of an objection show. Nothing of the objector."""
    row = find(session, case_id)
    return {
        "objection_content": row["content"],
        "objection_findings": row["findings"],
        "objection_conclusion": row["conclusion"],
    }


def left_open(session: Session, application_case_id: str) -> Mapping[str, Any]:
    """What the substitute verification of a notice that was taken down must cover too (M9): how many objections are
    open, and what they say. Nothing of the objectors."""
    said = session.execute(
        select(objection.c.content)
        .where(objection.c.application_case_id == application_case_id, objection.c.closed_at.is_(None))
        .order_by(objection.c.received_at, objection.c.id)
    ).scalars()
    texts = tuple(said)
    if not texts:
        return NONE_OPEN
    listed = "\n\n".join(f"({number}){text}" for number, text in enumerate(texts, 1))
    return {"objections_open": len(texts), "objections_said": listed}


def verified_by(session: Session, application_case_id: str) -> tuple[frozenset[str], frozenset[str]]:
    """Who verified the application: the ids of those who filled in the forms, the names of those who went along."""
    rows = session.execute(
        select(verification.c.by_id, verification.c.by_name, verification.c.found).where(
            verification.c.case_id == application_case_id
        )
    ).all()
    named = [str(row.found.get(field) or "") for row in rows for field in ("visitors", "two_person")]
    names = {name.strip() for text in named for name in re.split(r"[、,，]", text) if name.strip()}
    return frozenset(row.by_id for row in rows), frozenset(names | {row.by_name for row in rows})


def took_part(session: Session, actor: Actor, application_case_id: str) -> bool:
    """Whether the person verified the application, and so may not investigate an objection against it."""
    ids, names = verified_by(session, application_case_id)
    return actor.id in ids or actor.name in names


def objector_for(session: Session, actor: Actor, case_id: str, *, now: datetime) -> Objector | None:
    """Who objected, for the investigator: the one who holds or has done that task and did not verify the application.
    Each reading is entered in the audit. None for everybody else, and for an anonymous objection."""
    row = find(session, case_id)
    holds = session.scalar(
        select(user_task.c.id)
        .where(
            user_task.c.case_id == case_id,
            user_task.c.element_id == INVESTIGATION,
            or_(
                (user_task.c.status == TaskStatus.OPEN) & (user_task.c.assignee == actor.id),
                (user_task.c.status == TaskStatus.DONE) & (user_task.c.closed_by == actor.id),
            ),
        )
        .limit(1)
    )
    if holds is None or took_part(session, actor, row["application_case_id"]):
        return None
    found = _objector(session, row["id"])
    if found is not None:
        audit.record(session, actor=actor, action="objector.read", target=case_id, now=now, detail={})
    return found


def _objector(session: Session, objection_id: str) -> Objector | None:
    row = session.execute(
        select(objector.c.name, objector.c.phone).where(objector.c.objection_id == objection_id)
    ).first()
    return Objector(name=row.name, phone=row.phone) if row and (row.name or row.phone) else None


def addressee(session: Session, case_id: str) -> str | None:
    """Whom the written reply goes to; None: anonymous."""
    found = _objector(session, find(session, case_id)["id"])
    return found.name if found else None


def close(session: Session, case_id: str, ruling: str, *, now: datetime) -> str | None:
    """The objection is decided. Returns the number of the notice whose forwarding waited for this last one, else None;
    None also where the application was withdrawn meanwhile: nobody waits any more.

    A second call gives the same answer.
    """
    row = find(session, case_id)
    _lock(session, row["application_case_id"])
    if row["closed_at"] is None:
        change(session, case_id, ruling=ruling, closed_at=now)
    waiting = session.execute(
        select(notice.c.notice_no)
        .where(notice.c.case_id == row["application_case_id"], notice.c.waits_since.is_not(None))
        .order_by(notice.c.notice_no.desc())
        .limit(1)
    ).scalar()
    left = applications.taken_back(session, row["application_case_id"])
    return None if waiting is None or left or _open(session, row["application_case_id"]) else str(waiting)


def worked_on(session: Session, application_case_id: str) -> list[str]:
    """The cases of the application's objections that wait to be told of a withdrawal. One that is being closed at this
    moment is not among them: it ends by itself."""
    return sorted(
        session.execute(
            select(objection.c.case_id)
            .join(message_wait, message_wait.c.key == objection.c.case_id)
            .where(
                objection.c.application_case_id == application_case_id,
                objection.c.closed_at.is_(None),
                message_wait.c.name == APPLICATION_WITHDRAWN,
            )
            .distinct()
        ).scalars()
    )


def settle(session: Session, application_case_id: str, *, key: str, now: datetime, waits: bool = True) -> Standing:
    """Count when the notice's period is over: with open objections the notice waits, else the result of the closed ones
    is taken in once (by this key, so that a second call gives the same answer). Without `waits` open ones are left to
    the next count.

    The case's row is locked here and in `close`, so that the last objection either is counted or finds the notice
    waiting.
    """
    _lock(session, application_case_id)
    still = _open(session, application_case_id)
    latest = select(func.max(notice.c.notice_no)).where(notice.c.case_id == application_case_id).scalar_subquery()
    session.execute(
        update(notice)
        .where(notice.c.case_id == application_case_id, notice.c.notice_no == latest)
        .values(waits_since=now if still and waits else None)
    )
    if still and waits:
        return Standing(open=still, result="CLEAR", closed_on=None)
    mine = (
        objection.c.application_case_id == application_case_id,
        objection.c.closed_at.is_not(None),
        or_(objection.c.counted_by.is_(None), objection.c.counted_by == key),
    )
    session.execute(update(objection).where(*mine).values(counted_by=key))
    rows = session.execute(select(objection.c.ruling, objection.c.closed_at).where(*mine)).all()
    rulings = {row.ruling for row in rows}
    result = "UPHELD" if Ruling.UPHELD in rulings else "RECHECK" if Ruling.PARTLY in rulings else "CLEAR"
    closed = [county_day(row.closed_at) for row in rows if row.closed_at is not None]
    return Standing(open=still, result=result, closed_on=max(closed, default=None))


def _lock(session: Session, application_case_id: str) -> None:
    session.execute(select(case_file.c.id).where(case_file.c.id == application_case_id).with_for_update())


def _open(session: Session, application_case_id: str) -> int:
    query = select(func.count()).select_from(objection)
    where = (objection.c.application_case_id == application_case_id, objection.c.closed_at.is_(None))
    return int(session.scalar(query.where(*where)) or 0)
