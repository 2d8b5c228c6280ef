"""Questions to the inbox that somebody gave a name, for himself or for a post, and the columns each person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint, delete, insert, or_, select

from cases.people import person
from cases.roles import role_name
from engine.access import Actor, Grant
from engine.errors import FieldProblem, NotAllowed, NotFound, SubmissionInvalid
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session

LONGEST_NAME = 20
MOST_OF_ONE = 20
#: What a filter may ask; the values are those of the page's address.
QUESTIONS = ("tab", "q", "process", "step", "place", "category", "due", "priority", "follow")
#: The columns that a reader may choose; the matter and its time limit always stand.
COLUMNS = ("process", "child", "place", "from", "role", "opened", "number", "state")
FIRST_COLUMNS = ("process", "child", "place", "from", "state")

inbox_filter = Table(
    "inbox_filter",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("owner", String(40), ForeignKey("person.id"), nullable=False),
    Column("name", String(40), nullable=False),
    Column("asked", Json, nullable=False),
    Column("role", String(40), nullable=True),  #: the post it is shared with; None: the owner's alone
    Column("place", String(12), nullable=True),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("owner", "name"),
    Index("ix_inbox_filter_role", "role", "place"),
)

inbox_columns = Table(
    "inbox_columns",
    metadata,
    Column("person_id", String(40), ForeignKey("person.id"), primary_key=True),
    Column("columns", Json, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class InboxFilter:
    """A question to the inbox with a name. It holds no task: who uses it sees what he may see himself."""

    id: str
    name: str
    asked: Mapping[str, str]
    is_own: bool
    owner_name: str
    shared_with: str  #: the post in words; empty: with nobody


def filters_for(session: Session, actor: Actor) -> tuple[InboxFilter, ...]:
    """The actor's own filters and those shared with a post that he holds, his own first, each sort by name."""
    posts = {(grant.role, place) for grant in actor.grants for place in _above(grant.place)}
    roles = {role for role, _place in posts}
    rows = session.execute(
        select(inbox_filter, person.c.name.label("owner_name"))
        .join(person, person.c.id == inbox_filter.c.owner)
        .where(or_(inbox_filter.c.owner == actor.id, inbox_filter.c.role.in_(roles)))
        .order_by(inbox_filter.c.name, inbox_filter.c.id)
    )
    seen = [
        InboxFilter(
            id=row.id,
            name=row.name,
            asked=row.asked,
            is_own=row.owner == actor.id,
            owner_name=row.owner_name,
            shared_with=role_name(row.role) if row.role else "",
        )
        for row in rows
        if row.owner == actor.id or (row.role, row.place) in posts
    ]
    return tuple(sorted(seen, key=lambda each: not each.is_own))


def filter_for(session: Session, filter_id: str, *, actor: Actor) -> InboxFilter:
    """One of `filters_for`.

    :raises NotFound: there is none, or it is not for this person.
    """
    found = next((each for each in filters_for(session, actor) if each.id == filter_id), None)
    if found is None:
        raise NotFound("没有这个筛选")
    return found


def save_filter(
    session: Session, name: str, asked: Mapping[str, str], *, share_with: Grant | None, actor: Actor, now: datetime
) -> str:
    """Give a question a name, or ask something new under a name that the actor used before; returns the filter's id.

    :param share_with: a post that the actor holds himself; None keeps the filter private.
    :raises SubmissionInvalid: no name, one that is too long, nothing asked, or too many filters.
    :raises NotAllowed: a post that the actor does not hold.
    """
    name = " ".join(name.split())
    kept = {key: value for key in QUESTIONS if (value := asked.get(key, "").strip())}
    if share_with is not None and not any(
        (grant.role, grant.place) == (share_with.role, share_with.place) for grant in actor.grants
    ):
        raise NotAllowed("只能与自己所在的岗位共享筛选")
    own = [each for each in filters_for(session, actor) if each.is_own and each.name != name]
    _require_sound(name, kept, len(own))
    session.execute(delete(inbox_filter).where(inbox_filter.c.owner == actor.id, inbox_filter.c.name == name))
    identifier = new_id(now)
    session.execute(
        insert(inbox_filter).values(
            id=identifier,
            owner=actor.id,
            name=name,
            asked=kept,
            role=share_with.role if share_with else None,
            place=share_with.place if share_with else None,
            created_at=now,
        )
    )
    return identifier


def remove_filter(session: Session, filter_id: str, *, actor: Actor) -> None:
    """Take one of the actor's own filters away.

    :raises NotFound: he has none such.
    """
    if not filter_for(session, filter_id, actor=actor).is_own:
        raise NotFound("只能删除自己保存的筛选")
    session.execute(delete(inbox_filter).where(inbox_filter.c.id == filter_id))


def columns_for(session: Session, actor: Actor) -> tuple[str, ...]:
    """The columns that the actor reads, in the order of `COLUMNS`."""
    chosen = session.scalar(select(inbox_columns.c.columns).where(inbox_columns.c.person_id == actor.id))
    return FIRST_COLUMNS if chosen is None else tuple(each for each in COLUMNS if each in chosen)


def choose_columns(session: Session, columns: Sequence[str], *, actor: Actor) -> None:
    """Remember which columns the actor reads; names that are none are left out."""
    session.execute(delete(inbox_columns).where(inbox_columns.c.person_id == actor.id))
    chosen = [each for each in COLUMNS if each in columns]
    session.execute(insert(inbox_columns).values(person_id=actor.id, columns=chosen))


def _above(place: str) -> tuple[str, ...]:
    """The place and those that contain it: a county's filter serves its townships' people of the same role."""
    return tuple({place[:digits] for digits in (0, 6, 9, 12)})


def _require_sound(name: str, asked: Mapping[str, str], others: int) -> None:
    problem = ""
    if not name:
        problem = "请给筛选起一个名字"
    elif len(name) > LONGEST_NAME:
        problem = f"名字最多 {LONGEST_NAME} 个字"
    elif not set(asked) - {"tab"}:
        problem = "请先选好筛选条件再保存"
    elif others >= MOST_OF_ONE:
        problem = f"最多保存 {MOST_OF_ONE} 个筛选,请先删除不用的"
    if problem:
        raise SubmissionInvalid([FieldProblem(field="name", rule="filter", message=problem)])
