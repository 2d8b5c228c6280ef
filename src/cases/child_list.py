"""The ledger of children 台账: those that the reader may know of, in the order of the archive, the newest first.

Names and numbers are masked here (domain.md 6.1). A word finds a name, two of its characters, its pinyin or initials,
an archive number, or the last four places of an id number; whoever looks for a number is entered in the audit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, union_all

from cases.children import ID_TAIL, child
from cases.privacy import mask_child_name, mask_idcard
from cases.roles import AREA_SIGHT, DEPARTMENTS, ROLE, Level, Sight
from cases.search import search_terms
from cases.seen_children import LEAST, children_seen, note_listing, within
from engine.access import Actor
from engine.store import audit
from engine.store.session import Session
from engine.store.words import has_word

LARGEST_PAGE = 200
#: More are not counted: a page says “more than a thousand”, and no more are ever given out at once.
MOST_COUNTED = 1_000

_LAST_FOUR = re.compile(r"\d{3}[\dxX]", re.ASCII)
_IDCARD = re.compile(r"\d{17}[\dxX]", re.ASCII)
_ARCHIVE_NO = re.compile(r"\d{6}-\d{4}-\d{5,}", re.ASCII)
_HAN = re.compile(r"[\u3400-\u9fff]+")

_SHOWN = (
    child.c.id,
    child.c.archive_no,
    child.c.name,
    child.c.idcard,
    child.c.sex,
    child.c.birth,
    child.c.hukou_code,
    child.c.categories,
    child.c.primary_category,
    child.c.status,
    child.c.effective_month,
    child.c.stop_month,
    child.c.sealed_hiv,
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the ledger is narrowed to; empty fields narrow nothing."""

    place: str = ""  #: division code; it covers its subtree
    category: str = ""
    status: str = ""
    words: str = ""

    def as_dict(self) -> dict[str, str]:
        """The fields that narrow."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True, kw_only=True)
class ListedChild:
    """A line of the ledger, masked."""

    id: str
    archive_no: str
    name: str
    idcard: str
    sex: str
    birth: date | None
    place: str
    categories: Sequence[str]
    status: str
    effective_month: str
    stop_month: str
    sealed: bool


@dataclass(frozen=True, kw_only=True)
class ChildList:
    """One page, where the next one begins (None: it was the last), and how many there are in all."""

    rows: tuple[ListedChild, ...]
    next: str | None
    count: int  #: at most `MOST_COUNTED` + 1


def child_list(
    session: Session, actor: Actor, asked: Asked, *, limit: int = 50, after: str | None = None, now: datetime
) -> ChildList:
    """One page of the ledger; `after` is the `next` of the page before.

    :raises RuntimeError: a number was asked for in a transaction that keeps no note of it.
    """
    limit = max(1, min(limit, LARGEST_PAGE))
    parts = children_asked(actor, asked)
    found = _page(session, parts, limit, after)
    rows = tuple(_listed(each) for each in found[:limit])
    _note_search(session, actor, asked, rows, now)
    _note_listing(session, actor, asked, rows, now)
    more = rows[-1].archive_no if len(found) > limit else None
    return ChildList(rows=rows, next=more, count=_count(session, parts))


def children_asked(actor: Actor, asked: Asked, at_least: Sight = LEAST) -> list[ColumnElement[bool]]:
    """WHERE clauses on `child`, one per way in which the actor comes to see children, each narrowed to what is
    asked."""
    narrowed = list(_narrowed(asked))
    return [and_(clause, *narrowed) for clause in children_seen(actor, at_least)]


def _narrowed(asked: Asked) -> Sequence[ColumnElement[bool]]:
    conditions = [within(asked.place)] if asked.place else []
    if asked.category:
        # A sealed file has no category on any list, so that none tells of it.
        conditions.append(child.c.primary_category == asked.category)
        conditions.append(child.c.sealed_hiv.is_(False))
    if asked.status:
        conditions.append(child.c.status == asked.status)
    return [*conditions, *(_fits(term) for term in search_terms(asked.words))]


def _fits(term: str) -> ColumnElement[bool]:
    if _IDCARD.fullmatch(term):
        return and_(child.c.idcard == term.upper())
    if _LAST_FOUR.fullmatch(term):
        return and_(ID_TAIL.in_([term.upper()]))
    if _ARCHIVE_NO.fullmatch(term):
        return and_(child.c.archive_no == term)
    return and_(*(has_word(child.c.search_key, word) for word in _words(term)))


def _words(term: str) -> list[str]:
    """The key holds every character, every pair and the whole name; so three characters in a row are two pairs."""
    if not _HAN.fullmatch(term) or len(term) < 3:
        return [term]
    return [term[index : index + 2] for index in range(len(term) - 1)]


def _page(session: Session, parts: Sequence[ColumnElement[bool]], limit: int, after: str | None) -> list[Any]:
    """`limit` + 1 rows in the order of the archive, each child once."""
    beyond = [child.c.archive_no < after] if after else []
    ordered = [
        select(*_SHOWN).where(part, *beyond).order_by(child.c.archive_no.desc()).limit(limit + 1).subquery()
        for part in parts
    ]
    whole = union_all(*(select(part) for part in ordered)).subquery()
    wanted: Select[Any] = select(whole).order_by(whole.c.archive_no.desc()).limit((limit + 1) * len(parts))
    once = {row.id: row for row in session.execute(wanted)}
    return list(once.values())[: limit + 1]


def _count(session: Session, parts: Sequence[ColumnElement[bool]]) -> int:
    bounded = [select(child.c.id).where(part).limit(MOST_COUNTED + 1).subquery() for part in parts]
    ids = union_all(*(select(part.c.id) for part in bounded)).subquery()
    return min(int(session.scalar(select(func.count(ids.c.id.distinct()))) or 0), MOST_COUNTED + 1)


def _listed(row: Any) -> ListedChild:
    return ListedChild(
        id=row.id,
        archive_no=row.archive_no,
        name=mask_child_name(row.name),
        idcard=mask_idcard(row.idcard) if row.idcard else "",
        sex=row.sex or "",
        birth=row.birth,
        place=row.hukou_code,
        categories=() if row.sealed_hiv else tuple(row.categories),
        status=row.status,
        effective_month=row.effective_month or "",
        stop_month=row.stop_month or "",
        sealed=row.sealed_hiv,
    )


def _note_search(session: Session, actor: Actor, asked: Asked, rows: Sequence[ListedChild], now: datetime) -> None:
    """Whoever looks for a number learns whose it is: each file found is entered in the audit."""
    terms = search_terms(asked.words)
    if actor.is_system or not any(_IDCARD.fullmatch(term) or _LAST_FOUR.fullmatch(term) for term in terms):
        return
    if not session.keeps:
        raise RuntimeError("a number is looked for in a transaction that keeps no note of it")
    for row in rows:
        detail: Mapping[str, Any] = {"purpose": "按证件号码查找", "part": "list"}
        audit.record(session, actor=actor, action="child.search", target=row.id, now=now, detail=detail)


def _note_listing(session: Session, actor: Actor, asked: Asked, rows: Sequence[ListedChild], now: datetime) -> None:
    """A category tells of parents, health or income, and a sealed line that there is such a file."""
    for sealed in (False, True):
        telling = sum(1 for row in rows if row.sealed is sealed and (row.sealed or row.categories))
        note_listing(
            session, actor, place=asked.place, purpose="查阅儿童名单", children=telling, sealed=sealed, now=now
        )


def may_list(actor: Actor) -> bool:
    """Whether the ledger may have anything to say to this person: an office that sees more of its area than figures, or
    a body that answers questions about single children."""
    return any(_may_list(grant.role) for grant in actor.grants)


def _may_list(code: str) -> bool:
    role = ROLE.get(code)
    if role is None or role.level in (Level.PUBLIC, Level.PROGRAM):
        return False
    if role.department is not None and DEPARTMENTS[role.department].service_only:
        return False
    return AREA_SIGHT.get(code, LEAST) >= LEAST
