"""What the county decides for itself and may change while the program runs: one list, with its defaults and why.

A row of `county_parameter` stands over the default; every change is in the audit. Periods that the diagrams hold (five
working days, thirty days) are not here: whoever changes them publishes a new version of the process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, String, Table, delete, insert, select

from engine.access import Actor
from engine.calendar import AgeRule
from engine.errors import FieldProblem, NotAllowed, SubmissionInvalid
from engine.store import audit
from engine.store.base import Instant, metadata
from engine.store.session import Session

#: The plan, but where a later or higher rule protects the child better; or its words and nothing else (domain.md 0.3).
CURRENT, SEED_LITERAL = "CURRENT", "SEED_LITERAL"
#: Parameters that are one of a few words: name, what they are called, each word and what it says.
CHOICES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "policy_profile": ("政策口径", {CURRENT: "现行政策(方案加后来更有利于儿童的规定)", SEED_LITERAL: "方案原文"}),
    "age_counting": ("满周岁的算法", {AgeRule.ON_BIRTHDAY: "生日当日", AgeRule.DAY_AFTER: "生日次日(刑事案件的算法)"}),
}

#: Who may change a parameter.
KEEPERS = frozenset({"security_admin", "administrator"})

county_parameter = Table(
    "county_parameter",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", String(200), nullable=False),
    Column("set_by", String(80), nullable=False),
    Column("set_at", Instant, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The county's parameters; what stands here is the default."""

    objection_phone: str = "0839-5550101"  #: where an objection to a notice may be raised (domain.md 6.2)
    duty_phone: str = "0839-5550110"  #: the civil affairs bureau's desk that is manned day and night
    hotline: str = "12345"  #: for whoever does not know whom to ask; reports of children too
    relief_small_yuan: int = 2000  #: up to this a township grants temporary relief by itself (table D6) [D]
    keep_read_only_months: int = 12  #: after the exit a file is read, and no more (6.3) [D]
    keep_refused_months: int = 36  #: a refused or lapsed application altogether (6.3) [D]
    keep_archive_months: int = 360  #: a child's file in the archive (6.3) [D]
    policy_profile: str = CURRENT  #: a case keeps the one with which it began (0.3)
    few_families: int = 3  #: a village with fewer candidate families gets notices by number only; 0: off (6.2) [D]
    age_counting: str = AgeRule.ON_BIRTHDAY  #: when an age is reached (0.4-9) [D]
    sixteen_floor: int = 0  #: 1: who changes to a lower allowance at sixteen keeps the former amount (9-2) [D]


DEFAULTS = Parameters()
_NAMES = frozenset(field.name for field in fields(Parameters))

#: Parameters that are dialled.
TELEPHONES = frozenset({"objection_phone", "duty_phone", "hotline"})
_TELEPHONE = re.compile(r"[0-9][0-9 -]{4,19}")
_MOST_FAMILIES = 20
#: Periods of keeping: the archive office sets them, never to nothing and never beyond a hundred years.
_MOST_MONTHS = 1_200


def parameters(session: Session) -> Parameters:
    """The parameters in force; a row whose name is no longer known is passed over."""
    rows = session.execute(select(county_parameter.c.name, county_parameter.c.value)).all()
    names = {field.name for field in fields(Parameters)}
    return replace(DEFAULTS, **{row.name: _read(row.name, row.value) for row in rows if row.name in names})


def may_keep(actor: Actor) -> bool:
    """Whether the person may read the list of parameters as a keeper, and change them."""
    return any(grant.role in KEEPERS for grant in actor.grants)


def kept_parameters(session: Session, actor: Actor) -> Mapping[str, Any]:
    """Every parameter by its name, for whoever may change them.

    :raises NotAllowed: the actor may not.
    """
    if not may_keep(actor):
        raise NotAllowed("无权修改县级参数")
    return asdict(parameters(session))


def set_parameter(session: Session, name: str, value: str, *, actor: Actor, now: datetime) -> None:
    """Set one parameter, for everything that happens from now on.

    :raises NotAllowed: the actor is neither security_admin nor administrator.
    :raises SubmissionInvalid: no such parameter, or a value that it cannot have.
    """
    if not may_keep(actor):
        raise NotAllowed(f"{actor.name} 无权修改县级参数")
    before = getattr(parameters(session), name, None)
    after = _read(name, value)
    session.execute(delete(county_parameter).where(county_parameter.c.name == name))
    session.execute(insert(county_parameter).values(name=name, value=value.strip(), set_by=actor.id, set_at=now))
    told: Mapping[str, Any] = {"from": before, "to": after}
    audit.record(session, actor=actor, action="parameter.set", target=name, now=now, detail=told)


def _read(name: str, value: str) -> Any:
    text = value.strip()
    if name in TELEPHONES and _TELEPHONE.fullmatch(text):
        return text
    if name in CHOICES:
        label, offered = CHOICES[name]
        if text in offered:
            return text
        words = "或 ".join(f"{word}({says})" for word, says in offered.items())
        raise SubmissionInvalid(
            [FieldProblem(field=name, rule="option", message=f"「{label}」应为 {words},请重新选择")]
        )
    if name == "few_families" and re.fullmatch(r"[0-9]{1,2}", text, re.ASCII) and int(text) <= _MOST_FAMILIES:
        return int(text)
    if name.startswith("keep_") and name in _NAMES and re.fullmatch(r"[0-9]{1,4}", text, re.ASCII):
        if 1 <= int(text) <= _MOST_MONTHS:
            return int(text)
        raise SubmissionInvalid([FieldProblem(field=name, rule="value", message=f"{name} 应为1至{_MOST_MONTHS}个月")])
    if name == "sixteen_floor" and text in ("0", "1"):
        return int(text)
    if name == "relief_small_yuan" and re.fullmatch(r"[0-9]{1,6}", text, re.ASCII):
        return int(text)
    raise SubmissionInvalid([FieldProblem(field=name, rule="value", message=f"参数 {name} 不存在或不能为“{value}”")])
