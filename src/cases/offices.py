"""Where people go: addresses, telephone numbers and hours of the county's, townships' and villages' offices, as the
public pages show them. Nothing here is about a person; a township keeps its own and its villages', the county all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, String, Table, delete, insert, select

from cases.forms.filing import refuse
from cases.identifiers import phone_problem
from cases.jurisdictions import division
from engine.access import Actor, covers
from engine.errors import NotAllowed
from engine.store import audit
from engine.store.base import Instant, metadata
from engine.store.session import Session

KEEPERS = frozenset({"town_officer", "mzj_handler"})
NAME_LENGTH, ADDRESS_LENGTH, HOURS_LENGTH = 60, 120, 60

public_office = Table(
    "public_office",
    metadata,
    Column("code", String(12), ForeignKey("division.code"), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("address", String(120), nullable=False),
    Column("telephone", String(20), nullable=False),
    Column("hours", String(60), nullable=False, server_default=""),
    Column("entered_by", String(40), nullable=False),
    Column("entered_at", Instant, nullable=False),
)
#: What the public pages may read of it.
PUBLIC_COLUMNS = ("code", "name", "address", "telephone", "hours")


@dataclass(frozen=True, kw_only=True)
class Office:
    """A division and, where it was entered, its office."""

    code: str
    division: str  #: the division's name
    name: str = ""
    address: str = ""
    telephone: str = ""  #: empty: nobody entered the office yet
    hours: str = ""


def offices(session: Session, root: str = "") -> Sequence[Office]:
    """Every division at and under `root` with its office, by code; public."""
    columns = [public_office.c[name] for name in PUBLIC_COLUMNS]
    entered = {row["code"]: row for row in session.execute(select(*columns)).mappings()}
    known = session.execute(
        select(division.c.code, division.c.name)
        .where(division.c.code.startswith(root, autoescape=True))
        .order_by(division.c.code)
    ).mappings()
    return tuple(
        Office(**{"code": each["code"], **entered.get(each["code"], {}), "division": each["name"]}) for each in known
    )


def may_keep(actor: Actor) -> bool:
    """Whether the person enters offices."""
    return any(grant.role in KEEPERS for grant in actor.grants)


def own_offices(session: Session, actor: Actor) -> Sequence[Office]:
    """The offices that the person keeps.

    :raises NotAllowed: none.
    """
    roots = sorted({grant.place for grant in actor.grants if grant.role in KEEPERS})
    if not roots:
        raise NotAllowed("无权登记办理地点")
    return tuple({each.code: each for root in roots for each in offices(session, root)}.values())


def enter_office(session: Session, given: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """Enter where a division's office is; what stood there before gives way.

    :param given: code (of a division), name, address, telephone, hours (may be empty).
    :raises SubmissionInvalid: a field is missing or wrong; its message names it.
    :raises NotAllowed: a division outside of the person's area.
    """
    code = str(given.get("code") or "")
    if session.scalar(select(division.c.code).where(division.c.code == code)) is None:
        raise refuse("code", "division", "请选择辖区表中的县、乡镇或村(社区)")
    if not any(grant.role in KEEPERS and covers(grant, code) for grant in actor.grants):
        raise NotAllowed("只能登记本辖区的办理地点")
    telephone = str(given.get("telephone") or "").strip()
    problem = phone_problem(telephone) if telephone else "请填写联系电话"
    if problem:
        raise refuse("telephone", "phone", problem)
    hours = str(given.get("hours") or "").strip()
    if len(hours) > HOURS_LENGTH:
        raise refuse("hours", "length", f"办公时间不超过{HOURS_LENGTH}字")
    values = {
        "name": _text(given, "name", "办理地点的名称", NAME_LENGTH),
        "address": _text(given, "address", "地址", ADDRESS_LENGTH),
        "telephone": telephone,
        "hours": hours,
    }
    session.execute(delete(public_office).where(public_office.c.code == code))
    session.execute(insert(public_office).values(code=code, **values, entered_by=actor.id, entered_at=now))
    audit.record(session, actor=actor, action="office.enter", target=code, now=now, detail=values)


def _text(given: Mapping[str, Any], field: str, what: str, longest: int) -> str:
    text = str(given.get(field) or "").strip()
    if not text or len(text) > longest:
        raise refuse(field, "required", f"请填写{what}(不超过{longest}字)")
    return text
