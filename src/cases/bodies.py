"""Which body does a department's work today (deployment table `org_alias`, domain.md 1.4), from a day on.

The plan names the bodies of its time; a function that has moved since is asked of whoever has it now. Until the county
enters a move, the plan's own department is asked. Cases that were asked before keep whom they asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping, ScalarSelect, delete, insert, select

from cases.jurisdictions import org_alias
from cases.parameters import may_keep
from cases.roles import DEPARTMENTS
from engine.access import Actor
from engine.errors import FieldProblem, NotAllowed, SubmissionInvalid
from engine.store import audit
from engine.store.session import Session

#: The plan's department to the function that may have moved: all that the tables ask of 人社 is insurance, and of
#: 民政 medical aid alone may move.
INSURANCE, MEDICAL_AID = "RSJ", "MZJ"
FUNCTIONS: Mapping[str, str] = MappingProxyType({INSURANCE: "城乡居民基本医疗保险、大病保险", MEDICAL_AID: "医疗救助"})
SUCCESSOR = "YBJ"
_AIDED = frozenset({"MEDICAL_AID"})
_LONGEST_SOURCE = 200


@dataclass(frozen=True, kw_only=True)
class Move:
    """A function and who has it from a day on."""

    function: str
    body: str
    valid_from: date
    source_doc: str


def body_of(department: str, on: date) -> ScalarSelect[str]:
    """As a part of a query: who has this department's function on that day; null: nobody else."""
    return (
        select(org_alias.c.alias)
        .where(org_alias.c.department == department, org_alias.c.valid_from <= on)
        .order_by(org_alias.c.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )


def body_for(session: Session, department: str, benefit: str, on: date) -> str:
    """Who carries out a benefit that the tables give to this department."""
    if department != INSURANCE and not (department == MEDICAL_AID and benefit in _AIDED):
        return department
    return session.scalar(select(body_of(department, on))) or department


def moves(session: Session, actor: Actor) -> Sequence[Move]:
    """Every move that was entered, by function and day, for whoever keeps the county's parameters.

    :raises NotAllowed: the actor does not.
    """
    if not may_keep(actor):
        raise NotAllowed("无权查看职能划转")
    rows = session.execute(select(org_alias).order_by(org_alias.c.department, org_alias.c.valid_from)).mappings()
    return tuple(_told(row) for row in rows)


def _told(row: RowMapping) -> Move:
    return Move(
        function=FUNCTIONS.get(row["department"], row["department"]),
        body=DEPARTMENTS[row["alias"]].name if row["alias"] in DEPARTMENTS else row["alias"],
        valid_from=row["valid_from"],
        source_doc=row["source_doc"],
    )


def enter_move(session: Session, given: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """Enter who has a function from a day on; the same function and day entered again corrects it.

    :param given: department (of `FUNCTIONS`), alias (that department or `SUCCESSOR`), valid_from (a day), source_doc.
    :raises NotAllowed: the actor keeps no parameters.
    :raises SubmissionInvalid: a field is missing or wrong; its message names it.
    """
    if not may_keep(actor):
        raise NotAllowed(f"{actor.name} 无权登记职能划转")
    department, alias = str(given.get("department") or ""), str(given.get("alias") or "")
    if department not in FUNCTIONS:
        raise _refusal("department", "option", "「职能」没有选择,请从列表中选择一项")
    if alias not in (department, SUCCESSOR):
        raise _refusal(
            "alias",
            "option",
            f"「承担机构」应为{DEPARTMENTS[department].name}或{DEPARTMENTS[SUCCESSOR].name},请重新选择",
        )
    valid_from = _day(given.get("valid_from"))
    source = str(given.get("source_doc") or "").strip()
    if not source or len(source) > _LONGEST_SOURCE:
        raise _refusal("source_doc", "required", f"「依据文号」必须填写,不超过{_LONGEST_SOURCE}字,请补充")
    at = (org_alias.c.department == department) & (org_alias.c.valid_from == valid_from)
    session.execute(delete(org_alias).where(at))
    values = {"department": department, "valid_from": valid_from, "alias": alias, "source_doc": source}
    session.execute(insert(org_alias).values(**values))
    told = {**values, "valid_from": valid_from.isoformat()}
    audit.record(session, actor=actor, action="org_alias.enter", target=department, now=now, detail=told)


def _day(given: object) -> date:
    try:
        return date.fromisoformat(str(given or ""))
    except ValueError:
        raise _refusal("valid_from", "date", "「起始日期」不是有效的日期,请按 2025-09-24 的格式填写") from None


def _refusal(field: str, rule: str, message: str) -> SubmissionInvalid:
    return SubmissionInvalid([FieldProblem(field=field, rule=rule, message=message)])
