"""The case 办件: what one instance is about. Its id is the only identifier of it in the instance's state.

`visible` is the WHERE clause that every list of cases takes; it is computed from `roles.sight`, so that the list and
the page can never disagree about who sees what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import product
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    and_,
    exists,
    false,
    insert,
    or_,
    select,
    true,
    update,
)

from cases.children import IN_HAND, child
from cases.roles import ROLE, SEALED_SIGHT, SIGHT_BY_KIND, CaseScope, Sight, sight
from engine.access import Actor, Grant
from engine.errors import NotFound
from engine.store.base import Instant, metadata
from engine.store.identifiers import new_id
from engine.store.recall import recall
from engine.store.session import Session
from engine.store.veils import Hidden, VeiledJson


class CaseStatus(StrEnum):
    """The status chain of domain.md 4.0, as the screens show it."""

    SUBMITTED = "已提交"  #: filed, nobody has looked at it
    FORMAL_CHECK = "形式审查"  #: the window checks the papers
    WAITING_PAPERS = "待补正"  #: the applicant was told what is missing
    ACCEPTED = "已受理"  #: complete; the township's five working days run
    VERIFYING = "核查中"  #: visit and verification
    NOTICE = "公示中"  #: on the board
    SUBSTITUTE = "替代核实"  #: verified without a notice
    OBJECTION = "异议核查"  #: an objection is open
    FORWARDED = "已上报"  #: on its way to the county
    REVIEW = "复核中"  #: departments answer
    CONSULT = "会商中"  #: a meeting decides
    RECOGNISED = "已认定"  #: decided; not yet served
    DELIVERING = "落实中"  #: departments carry out the items
    PROTECTED = "保障中"  #: all items answered
    EXIT_CHECK = "退出核查"  #: it is examined whether the protection ends
    CHANGED = "已转类别"  #: the protection goes on in another category, which an application of its own verifies
    LEFT = "已退出"  #: the protection ended
    REJECTED_TOWN = "乡镇不予认定"  #: papers returned with reasons by the township
    REJECTED_COUNTY = "县级不予认定"  #: papers returned with reasons by the county
    LAPSED = "逾期未补正"  #: the papers never came; may apply again
    WITHDRAWN = "已撤回"  #: by the applicant
    TRANSFERRED = "已移送"  #: to the competent township
    MERGED = "并案"  #: a duplicate
    ENDED = "已办结"  #: any other end


case_file = Table(
    "case_file",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("process_key", String(80), nullable=False),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=True, index=True),
    Column("place", String(12), nullable=False, index=True),
    Column("status", String(20), nullable=False),
    Column("end_state", String(40), nullable=True),
    Column("sealed_hiv", Boolean, nullable=False),
    Column("no_publicity", Boolean, nullable=False),
    Column("policy_profile", String(20), nullable=False),
    Column("owner_id", String(40), nullable=True, index=True),
    Column("facts", VeiledJson("case_file.facts", typed=True), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", String(40), nullable=False),
    Column("closed_at", Instant, nullable=True),
    Column("version", Integer, nullable=False),
    Column("archived", Boolean, nullable=False, server_default=false()),  #: `cases.retention`
)

#: Departments that have, or had, an item of the case: they see it (domain.md 6.1).
case_department = Table(
    "case_department",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("department", String(12), primary_key=True),
    Index("ix_case_department_department_case_id", "department", "case_id"),
)


def open_case(
    session: Session,
    *,
    kind: str,
    process_key: str,
    child_id: str | None,
    place: str,
    policy_profile: str,
    facts: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    status: str = CaseStatus.SUBMITTED,
    sealed_hiv: bool = False,
    owner_id: str | None = None,
) -> str:
    """Open a case and return its id."""
    case_id = new_id(now)
    session.execute(
        insert(case_file).values(
            id=case_id,
            kind=kind,
            process_key=process_key,
            child_id=child_id,
            place=place,
            status=status,
            sealed_hiv=sealed_hiv,
            no_publicity=False,
            policy_profile=policy_profile,
            owner_id=owner_id,
            facts=Hidden(dict(facts)) if sealed_hiv else dict(facts),
            opened_at=now,
            opened_by=actor.id,
            version=1,
        )
    )
    return case_id


def find_case(session: Session, case_id: str) -> Mapping[str, Any]:
    """The case's row.

    :raises NotFound: there is no such case.
    """
    row = session.execute(select(case_file).where(case_file.c.id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"没有办件 {case_id}")
    return cast("Mapping[str, Any]", row)


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the case; the version counts up."""
    session.execute(
        update(case_file).where(case_file.c.id == case_id).values(**values, version=case_file.c.version + 1)
    )


def add_facts(session: Session, case_id: str, facts: Mapping[str, Any]) -> None:
    """Merge facts into the case: what decision tables and conditions read. FEEL values come back as they were."""
    wanted = select(case_file.c.facts, case_file.c.sealed_hiv).where(case_file.c.id == case_id).with_for_update()
    known = session.execute(wanted).one()
    merged = {**known.facts, **facts}
    change(session, case_id, facts=Hidden(merged) if known.sealed_hiv else merged)


def involve(session: Session, case_id: str, departments: Iterable[str]) -> None:
    """Note that these departments have an item of the case, and so may see it."""
    known = departments_of(session, case_id)
    for department in dict.fromkeys(departments):
        if department not in known:
            session.execute(insert(case_department).values(case_id=case_id, department=department))


def departments_of(session: Session, case_id: str) -> frozenset[str]:
    """The departments that have an item of the case."""
    rows = session.execute(select(case_department.c.department).where(case_department.c.case_id == case_id))
    return frozenset(department for (department,) in rows)


def scope_of(session: Session, case_id: str) -> CaseScope:
    """What decides who sees this case. A page asks it for each of its parts; it is read once.

    :raises NotFound: there is no such case.
    """
    return recall(session, ("case scope", case_id), lambda: _scope(session, case_id))


def _scope(session: Session, case_id: str) -> CaseScope:
    row = find_case(session, case_id)
    return CaseScope(
        place=row["place"],
        kind=row["kind"],
        sealed_hiv=row["sealed_hiv"],
        departments=departments_of(session, case_id),
        owner=row["owner_id"],
        archived=row["archived"],
        active=row["closed_at"] is None or _protects(session, row["child_id"]),
    )


def _protects(session: Session, child_id: str | None) -> bool:
    """Whether a case that has ended is active still: its child is in the county's hands (6.1)."""
    return child_id is not None and session.scalar(select(child.c.status).where(child.c.id == child_id)) in IN_HAND


def visible(actor: Actor, at_least: Sight = Sight.CODED) -> ColumnElement[bool]:
    """The WHERE clause on `case_file` that keeps what the actor sees at least so well."""
    return or_(false(), *ways_to_see(actor, at_least))


def ways_to_see(actor: Actor, at_least: Sight = Sight.CODED) -> list[ColumnElement[bool]]:
    """The same in its parts, any of which is enough: a query that asks for each by itself finds each by its index."""
    if actor.is_system:
        return [true()]
    clauses: list[ColumnElement[bool]] = []
    if at_least <= Sight.SENSITIVE:
        clauses.append(case_file.c.owner_id == actor.id)
    for grant in actor.grants:
        clauses.extend(_grant_clauses(grant, at_least))
    return clauses


def _grant_clauses(grant: Grant, at_least: Sight) -> Iterable[ColumnElement[bool]]:
    """One clause per kind of case that the grant opens: `roles.sight` is asked for each kind, and its answer written
    as SQL."""
    role = ROLE.get(grant.role)
    department = SEALED_SIGHT.get(grant.role) or (role.department if role else None) or ""
    holder = Actor(id="", name="", grants=(grant,))
    every_kind = (None, *(kinds for kinds, _ in SIGHT_BY_KIND))
    for sealed, archived, kinds in product((False, True), (False, True), every_kind):
        seen = {
            (involved, active): sight(
                holder,
                CaseScope(
                    place=grant.place,
                    kind=next(iter(kinds)) if kinds else "",
                    sealed_hiv=sealed,
                    archived=archived,
                    active=active,
                    departments=frozenset({department}) if involved else frozenset(),
                ),
            )
            >= at_least
            for involved, active in product((False, True), repeat=2)
        }
        if seen[True, True]:
            yield and_(
                case_file.c.place.startswith(grant.place, autoescape=True),
                case_file.c.sealed_hiv.is_(sealed),
                case_file.c.archived.is_(archived),
                case_file.c.kind.in_(kinds) if kinds else case_file.c.kind.not_in(_KINDS_APART),
                true() if seen[False, True] else _has_item(department),
                true() if seen[True, False] else _IS_ACTIVE,
            )


#: `CaseScope.active`, asked of the row.
_IS_ACTIVE = or_(
    case_file.c.closed_at.is_(None),
    exists().where(child.c.id == case_file.c.child_id, child.c.status.in_(sorted(IN_HAND))),
)

#: Kinds whose cases the area does not open.
_KINDS_APART: frozenset[str] = frozenset().union(*(kinds for kinds, _ in SIGHT_BY_KIND))


def _has_item(department: str) -> ColumnElement[bool]:
    return exists().where(case_department.c.case_id == case_file.c.id, case_department.c.department == department)
