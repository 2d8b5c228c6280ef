"""Who sees which child's file (domain.md 6.1): the same rule as for cases, asked for the child.

Whoever sees the ordinary cases of the place of registration sees its children; beside them, whoever sees a case of the
child: a department its own items, the police their own case, an applicant the own application. A sealed file is a file
of its own beside the ordinary one (M2): nobody outside the pair learns of it, neither by a list nor by an address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, select

from cases.case_files import case_department, case_file, ways_to_see
from cases.children import IN_HAND, OVER, child, find_child
from cases.jurisdictions import TOWN_DIGITS, VILLAGE_DIGITS, full_name
from cases.roles import OBJECTION_KINDS, CaseScope, Sight, sight
from cases.sealed import place_of_file
from cases.seeing import working_on
from engine.access import Actor, Grant
from engine.errors import NotFound, Refused
from engine.store import audit
from engine.store.session import Session

#: Whoever sees less of a child than this does not learn that there is a file.
LEAST = Sight.MASKED


@dataclass(frozen=True, kw_only=True)
class SeenChild:
    """A file that the reader may open, and how much of it."""

    row: RowMapping
    by_area: Sight  #: what the reader's office opens of every child of the place
    seen: Sight  #: the best of the area and of the child's cases
    cases: Mapping[str, Sight]  #: of the child's cases those that the reader knows of


def sight_of_child(session: Session, actor: Actor, row: RowMapping) -> SeenChild:
    """How much of the file the actor sees; `seen` is NONE for who sees nothing of it (three queries)."""
    active = row["status"] not in OVER
    scope = _as_ordinary_case(place_of_file(row), sealed=row["sealed_hiv"], archived=row["archived"], active=active)
    by_area = sight(actor, scope)
    cases = _cases(session, actor, row)
    opened = [seen for kind, seen in cases.values() if kind not in OBJECTION_KINDS]
    known = {case_id: seen for case_id, (_kind, seen) in cases.items() if seen > Sight.NONE}
    return SeenChild(row=row, by_area=by_area, seen=max([by_area, *opened]), cases=known)


def require_child(session: Session, actor: Actor, child_id: str, *, at_least: Sight = LEAST) -> SeenChild:
    """The file, for whoever sees so much of it.

    :raises NotFound: there is no such file, or the actor is not to learn of it; both look alike.
    """
    row = find_child(session, child_id)
    found = sight_of_child(session, actor, row) if row is not None else None
    if found is None or found.seen < at_least:
        raise NotFound(f"没有儿童档案 {child_id}")
    return found


class PurposeNeeded(Refused):
    """The file lies in the archive, and its archivist has not said what it is opened for."""


def note_opening(
    session: Session,
    actor: Actor,
    found: SeenChild,
    *,
    part: str,
    purpose: str,
    now: datetime,
    stated: bool = True,
) -> None:
    """Enter in this transaction that somebody opens a part of the file, and why (domain.md 6.4). Beside it stands the
    case through which a reader came whom the area does not let in: that somebody reads a file for a protection case
    tells of the case (M1). `stated`: the purpose is the reader's own, not the page's; the archive opens for no other
    (6.3).

    :raises PurposeNeeded: the archive's reader states none.
    :raises Refused: no purpose was given.
    :raises RuntimeError: the transaction keeps nothing, so that the reading would go unnoted.
    """
    if actor.is_system:
        return
    if found.row["archived"] and found.by_area >= LEAST and not stated:
        raise PurposeNeeded("档案已归档,请先说明查阅目的")
    if not purpose.strip():
        raise Refused("查阅儿童档案须说明目的,请填写查阅目的")
    if not session.keeps:
        raise RuntimeError("a file is read in a transaction that keeps no note of it")
    detail = {"sight": found.seen.name, "purpose": purpose, "part": part}
    if found.by_area < LEAST:
        detail["through"] = max(found.cases, key=lambda case_id: found.cases[case_id])
    if session.first(("child.read", found.row["id"], actor.id, part)):
        audit.record(session, actor=actor, action="child.read", target=found.row["id"], now=now, detail=detail)


def note_listing(
    session: Session, actor: Actor, *, place: str, purpose: str, children: int, sealed: bool, now: datetime
) -> None:
    """Enter in this transaction that somebody reads a list that tells of what is sensitive (L3, L4; domain.md 6.4): one
    entry a listing. `place` is the area that was asked for, empty for all of the own one; nobody is named.

    :raises RuntimeError: the transaction keeps nothing, so that the reading would go unnoted.
    """
    if actor.is_system or not children:
        return
    if not session.keeps:
        raise RuntimeError("a list is read in a transaction that keeps no note of it")
    action = "child.list.sealed" if sealed else "child.list"
    detail = {"purpose": purpose, "children": children, "area": full_name(session, place) if place else ""}
    audit.record(session, actor=actor, action=action, target=place or None, now=now, detail=detail)


def _as_ordinary_case(place: str, *, sealed: bool, archived: bool = False, active: bool = True) -> CaseScope:
    return CaseScope(place=place, kind="", sealed_hiv=sealed, archived=archived, active=active)


def _cases(session: Session, actor: Actor, row: RowMapping) -> Mapping[str, tuple[str, Sight]]:
    """Kind and sight per case of this file; cases of the other, sealed or ordinary, file are none of it."""
    wanted = select(
        case_file.c.id,
        case_file.c.kind,
        case_file.c.place,
        case_file.c.owner_id,
        case_file.c.archived,
        case_file.c.closed_at,
    ).where(case_file.c.child_id == row["id"], case_file.c.sealed_hiv.is_(row["sealed_hiv"]))
    found = session.execute(wanted).all()
    ids = [each.id for each in found]
    departments = _departments(session, ids)
    working = working_on(session, actor, ids)
    seen: dict[str, tuple[str, Sight]] = {}
    for each in found:
        scope = CaseScope(
            place=each.place,
            kind=each.kind,
            sealed_hiv=row["sealed_hiv"],
            departments=departments.get(each.id, frozenset()),
            owner=each.owner_id,
            archived=each.archived,
            active=each.closed_at is None or row["status"] in IN_HAND,
        )
        by_office = sight(actor, scope)
        seen[each.id] = (each.kind, max(by_office, working.get(each.id, by_office)))
    return seen


def _departments(session: Session, case_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
    rows = session.execute(select(case_department).where(case_department.c.case_id.in_(case_ids)))
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.case_id, set()).add(row.department)
    return {case_id: frozenset(departments) for case_id, departments in found.items()}


def children_seen(actor: Actor, at_least: Sight = LEAST) -> Sequence[ColumnElement[bool]]:
    """WHERE clauses on `child`, one per way in which the actor comes to see children at least so well: the parts of a
    list, each served by an index; a child may stand in several.

    What an open task opens is no part of a list: it is found in the inbox.
    """
    areas = [clause for grant in actor.grants for clause in _area(grant, at_least)]
    return [*areas, *_through_cases(actor, at_least)]


def _area(grant: Grant, at_least: Sight) -> Sequence[ColumnElement[bool]]:
    holder = Actor(id="", name="", grants=(grant,))
    seen: list[ColumnElement[bool]] = []
    for sealed in (False, True):
        kept, over = (_archives(holder, grant.place, sealed, at_least, active=active) for active in (True, False))
        if kept:
            whole = and_(within(grant.place), child.c.sealed_hiv.is_(sealed), child.c.archived.in_(kept))
            seen.append(whole if over == kept else and_(whole, child.c.status.not_in(sorted(OVER))))
    return seen


def _archives(holder: Actor, place: str, sealed: bool, at_least: Sight, *, active: bool) -> Sequence[bool]:
    """Whether the holder sees so much of the files outside the archive, and of those inside."""
    return [
        archived
        for archived in (False, True)
        if sight(holder, _as_ordinary_case(place, sealed=sealed, archived=archived, active=active)) >= at_least
    ]


def within(place: str) -> ColumnElement[bool]:
    """Registered in this division or one inside it; a township and a village are found by their index."""
    if len(place) == VILLAGE_DIGITS:
        return child.c.hukou_code == place
    if len(place) == TOWN_DIGITS:
        return child.c.town_code == place
    return child.c.hukou_code.startswith(place, autoescape=True)


def _through_cases(actor: Actor, at_least: Sight) -> Sequence[ColumnElement[bool]]:
    """Children of whom the actor sees a case otherwise than by the area: as its applicant, or as a department that has
    an item of it. A child registered elsewhere whose case an office of the area handles is reached from the case."""
    return [
        child.c.id.in_(
            select(case_file.c.child_id).where(
                case_file.c.child_id.is_not(None), case_file.c.kind.not_in(OBJECTION_KINDS), way
            )
        )
        for way in ways_to_see(_beyond_area(actor, at_least), at_least)
    ]


def _beyond_area(actor: Actor, at_least: Sight) -> Actor:
    """The actor without the grants for which the area alone decides."""
    kept = tuple(grant for grant in actor.grants if not _area(grant, at_least))
    return Actor(id=actor.id, name=actor.name, grants=kept)
