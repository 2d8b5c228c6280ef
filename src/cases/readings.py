"""Who read which file, when and why: the 查阅记录 (domain.md 6.1, 6.4).

A leader sees the readings of the own unit's people, and those of a file in the own area; whoever opens the sensitive
files of an area sees who else did. What concerns a sealed file stands in no list but the sealed pair's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from cases.case_files import case_file
from cases.children import child
from cases.people import role_grant
from cases.reminder_words import CODE_LENGTH
from cases.roles import ROLE, Level, Sight
from cases.seen_children import SeenChild
from engine.access import Actor, Grant, covers
from engine.errors import NotAllowed, Refused
from engine.store.audit import audit
from engine.store.session import Session

#: What counts as a reading, in words.
ACTIONS: Mapping[str, str] = {
    "case.read": "查阅办件",
    "child.read": "查阅儿童档案",
    "child.unmask": "查看完整信息",
    "child.search": "按证件号查找",
    "child.export": "导出台账",
    "child.list": "查阅儿童名单",
    "objector.read": "查看异议人",
    "sealed.open": "打开涉密档案",
    "break_glass.open": "紧急查阅涉密档案",
}
LARGEST_PAGE = 100
SEALED_SUPERVISOR = "mzj_sealed"
#: Whoever signs for a unit answers for its readings; the conveners sign for no unit.
_SUPERVISORS = frozenset(
    code for code, role in ROLE.items() if role.signs and code not in {"convener", "vice_convener", "town_convener"}
)
_OF_COUNTY = frozenset({"mzj_leader"})


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One reading."""

    at: datetime
    who: str
    action: str  #: a code of `ACTIONS`
    what: str  #: archive number, name of the area that was listed, or the coded number of a case without a child
    child_id: str | None
    part: str  #: the part of the file, where the reading has one: a value of `child_page.Part`
    sight: str  #: name of the `Sight`, where the reading has one
    purpose: str
    fields: tuple[str, ...]  #: what was shown in full: keys of `cases.identity.LABELS`
    through: str | None  #: the case by which the reader came to the file, where the area did not let in


@dataclass(frozen=True, kw_only=True)
class ReadingPage:
    """One page, the latest first, and where the next one begins (None: it was the last)."""

    rows: tuple[Reading, ...]
    next: str | None


def may_review(actor: Actor) -> bool:
    """Whether this person answers for the readings of a unit, or of the sealed files."""
    return any(grant.role in _SUPERVISORS or grant.role == SEALED_SUPERVISOR for grant in actor.grants)


def may_read_of_child(actor: Actor, found: SeenChild) -> bool:
    """Whether this person sees who read the file: whoever opens the sensitive files of its area, or leads there."""
    return found.by_area >= Sight.SENSITIVE or _supervises(actor, found.row)


def readings_of_child(session: Session, found: SeenChild, *, after: str | None = None) -> ReadingPage:
    """Who read this file and those of its cases that this reader knows of. A reading that came through a case of which
    this reader does not know tells of that case, and is left out (M1). Whoever calls asks `may_read_of_child`.

    :raises Refused: `after` is the `next` of no page.
    """
    page = _page(session, audit.c.target.in_([found.row["id"], *found.cases]), after)
    return replace(page, rows=tuple(each for each in page.rows if each.through in (None, *found.cases)))


def _supervises(actor: Actor, found: sa.RowMapping) -> bool:
    if found["sealed_hiv"]:
        return any(grant.role == SEALED_SUPERVISOR and covers(grant, found["town_code"]) for grant in actor.grants)
    return any(_of_area(grant) and covers(grant, found["hukou_code"]) for grant in actor.grants)


def _of_area(grant: Grant) -> bool:
    """A leader of a township or village, or of the bureau that leads in the county; no other department's."""
    return grant.role in _OF_COUNTY or (
        grant.role in _SUPERVISORS and ROLE[grant.role].level in (Level.TOWN, Level.VILLAGE)
    )


def readings_of_unit(
    session: Session,
    actor: Actor,
    *,
    who: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    after: str | None = None,
) -> ReadingPage:
    """What the people of the actor's unit read. `who`: part of a name; `since` included, `until` not.

    :raises NotAllowed: the actor leads no unit.
    :raises Refused: `after` is the `next` of no page.
    """
    if not may_review(actor):
        raise NotAllowed("查阅记录由单位负责人核查")
    wanted = sa.or_(*(_of_grant(grant) for grant in actor.grants if grant.role in (_SUPERVISORS | {SEALED_SUPERVISOR})))
    # An export is one line here; on each child's page it stands as the child's.
    wanted = sa.and_(wanted, sa.or_(audit.c.action != "child.export", child.c.id.is_(None)))
    if who:
        wanted = sa.and_(wanted, audit.c.actor_name.contains(who, autoescape=True))
    if since is not None:
        wanted = sa.and_(wanted, audit.c.at >= since)
    if until is not None:
        wanted = sa.and_(wanted, audit.c.at < until)
    return _page(session, wanted, after)


def _people_of(grant: Grant) -> sa.Select[tuple[str]]:
    """The officials of the leader's unit: of a department the whole department, of a township its villages too."""
    query = sa.select(role_grant.c.person_id).where(
        role_grant.c.place.startswith(grant.place, autoescape=True), role_grant.c.role.not_in(["applicant", "reporter"])
    )
    department = ROLE[grant.role].department
    return query.where(role_grant.c.department == department) if department else query


#: Of the rows that `_page` joins: whether the reading concerns a sealed file.
_OF_SEALED = sa.func.coalesce(case_file.c.sealed_hiv, sa.false()) | sa.func.coalesce(child.c.sealed_hiv, sa.false())


def _of_grant(grant: Grant) -> sa.ColumnElement[bool]:
    if grant.role == SEALED_SUPERVISOR:
        place = sa.func.coalesce(case_file.c.place, child.c.town_code)
        return sa.and_(_OF_SEALED, place.startswith(grant.place, autoescape=True))
    return sa.and_(audit.c.actor_id.in_(_people_of(grant)), sa.not_(_OF_SEALED))


def _page(session: Session, wanted: sa.ColumnElement[bool], after: str | None) -> ReadingPage:
    query = (
        sa.select(audit, child.c.archive_no, child.c.id.label("child_id"))
        .select_from(
            audit.outerjoin(case_file, case_file.c.id == audit.c.target).outerjoin(
                child, child.c.id == sa.func.coalesce(case_file.c.child_id, audit.c.target)
            )
        )
        .where(audit.c.action.in_(list(ACTIONS)), wanted)
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(LARGEST_PAGE + 1)
    )
    if after:
        query = query.where(sa.tuple_(audit.c.at, audit.c.id) < _bound(after))
    found = session.execute(query).all()
    rows = found[:LARGEST_PAGE]
    more = len(found) > LARGEST_PAGE
    return ReadingPage(
        rows=tuple(_reading(row) for row in rows),
        next=f"{rows[-1].at.isoformat()}|{rows[-1].id}" if more else None,
    )


def _bound(after: str) -> sa.Tuple:
    moment, _, identifier = after.partition("|")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise Refused("页码不对,请从第一页重新查看") from error
    return sa.tuple_(sa.literal(at, audit.c.at.type), sa.literal(identifier))


def _reading(row: sa.Row[tuple[object, ...]]) -> Reading:
    detail = row.detail or {}
    return Reading(
        at=row.at,
        who=row.actor_name,
        action=row.action,
        what=row.archive_no or detail.get("area") or (row.target or "")[-CODE_LENGTH:].upper(),
        child_id=row.child_id,
        part=detail.get("part", ""),
        sight=detail.get("sight", ""),
        purpose=detail.get("purpose", ""),
        fields=tuple(detail.get("fields", ())),
        through=detail.get("through"),
    )
