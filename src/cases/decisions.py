"""Decisions 决定: what was decided, why, by whose signature, with the trace of the decision tables behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date, ForeignKey, Integer, RowMapping, String, Table, Text, func, insert, select, update

from cases.veils import veil
from engine.calendar import Calendar, Roll
from engine.errors import NotFound
from engine.store.base import Instant, Json, metadata
from engine.store.session import Session
from engine.store.veils import Veiled, VeiledJson


class DecisionKind(StrEnum):
    """What was decided."""

    RECOGNISED = "认定"  #: the child is recognised
    REFUSED = "不予认定"  #: the county refused
    RETURNED = "退件"  #: the township returned the papers
    LEFT = "退出"  #: the protection ends
    KEPT = "继续"  #: an exit was examined; the protection goes on
    CHANGED = "转类别"  #: another category
    TEMPORARY = "临时监护"  #: the office takes a child into temporary guardianship


decision = Table(
    "decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("no", String(40), nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    Column("reason", Veiled("decision.reason"), nullable=False),
    Column("categories", Json, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("effective_month", String(7), nullable=True),
    Column("signed_by", String(60), nullable=True),
    Column("served_on", Date, nullable=True),
    Column("serve_mode", String(20), nullable=True),
    Column("review_until", Date, nullable=True),
    Column("lawsuit_until", Date, nullable=True),
    Column("appeal_text", Text, nullable=False),
    Column("policy_profile", String(20), nullable=False),
    Column("dmn_trace", VeiledJson("decision.dmn_trace"), nullable=False),
    Column("created_at", Instant, nullable=False),
)

#: 复议法20, 行政诉讼法46: the remedies that every decision names (DL-36).
APPEAL_TEXT = (
    "如不服本决定,可以自收到本决定之日起60日内申请行政复议,也可以自收到本决定之日起6个月内向人民法院提起行政诉讼。"
)


#: 行政复议法20: calendar days; 行政诉讼法46: months. Both are counted from service and rolled forward (DL-36).
REVIEW_DAYS, LAWSUIT_MONTHS = 60, 6


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The last days on which a decision may be fought."""

    review_until: date
    lawsuit_until: date


def limits(calendar: Calendar, served_on: date) -> Limits:
    """Until when a decision that was served on this day may be brought to review, or to court."""
    return Limits(
        review_until=calendar.add_calendar_days(served_on, REVIEW_DAYS, Roll.FORWARD).end,
        lawsuit_until=calendar.add_months(served_on, LAWSUIT_MONTHS, Roll.FORWARD).end,
    )


def next_number(session: Session, year: int) -> str:
    """Year and a running number, e.g. 云困保〔2025〕17号."""
    prefix, suffix = f"云困保〔{year}〕", "号"
    used = session.scalar(
        select(func.count()).select_from(decision).where(decision.c.no.startswith(prefix, autoescape=True))
    )
    return f"{prefix}{used + 1}{suffix}"


def decide(
    session: Session,
    case_id: str,
    *,
    kind: DecisionKind,
    reason: str,
    decided_on: date,
    policy_profile: str,
    now: datetime,
    categories: Sequence[str] = (),
    effective_month: str | None = None,
    signed_by: str | None = None,
    served_on: date | None = None,
    serve_mode: str | None = None,
    trace: Sequence[Mapping[str, Any]] = (),
    until: Limits | None = None,
) -> str:
    """Enter a decision and return its number; the same kind of decision on the same case is entered once."""
    known = current(session, case_id)
    if known is not None and known["kind"] == kind:
        return str(known["no"])
    number = next_number(session, decided_on.year)
    session.execute(
        insert(decision).values(
            case_id=case_id,
            no=number,
            kind=kind,
            categories=list(categories),
            decided_on=decided_on,
            effective_month=effective_month,
            signed_by=signed_by,
            served_on=served_on,
            serve_mode=serve_mode,
            **veil(session, decision, {"reason": reason, "dmn_trace": list(trace)}, case_id=case_id),
            **(asdict(until) if until else {}),
            appeal_text=APPEAL_TEXT,
            policy_profile=policy_profile,
            created_at=now,
        )
    )
    return number


def current(session: Session, case_id: str) -> RowMapping | None:
    """The decision that stands."""
    return (
        session.execute(select(decision).where(decision.c.case_id == case_id).order_by(decision.c.id.desc()).limit(1))
        .mappings()
        .first()
    )


def find(session: Session, decision_id: int) -> RowMapping:
    """The decision with this id.

    :raises NotFound: there is none.
    """
    row = session.execute(select(decision).where(decision.c.id == decision_id)).mappings().first()
    if row is None:
        raise NotFound("没有这个决定")
    return row


def find_by_number(session: Session, number: str) -> RowMapping | None:
    """The decision with this number."""
    return session.execute(select(decision).where(decision.c.no == number)).mappings().first()


def serve(session: Session, case_id: str, *, served_on: date, serve_mode: str | None, until: Limits) -> None:
    """Note when and how the decision reached the applicant: the remedies' periods count from there."""
    known = current(session, case_id)
    if known is not None:
        session.execute(
            update(decision)
            .where(decision.c.id == known["id"])
            .values(served_on=served_on, serve_mode=serve_mode, **asdict(until))
        )
