"""In which post a person works who holds several: the choice narrows the person's grants, and never widens them.

The browser remembers it until it is closed; a choice that the person does not hold (any more) chooses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import g, request

from cases.jurisdictions import full_name
from cases.roles import role_name
from engine.access import Actor, Grant
from engine.store.session import Session

COOKIE = "post"


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post to choose, in words."""

    code: str
    words: str
    is_present: bool


def code_of(grant: Grant) -> str:
    """The grant as the cookie and the form have it."""
    return "@".join((grant.role, grant.place, grant.department or ""))


def at_work(actor: Actor) -> Actor:
    """The actor in the post that was chosen; in all of them where none was."""
    g.grants = actor.grants
    chosen = request.cookies.get(COOKIE, "")
    kept = tuple(grant for grant in actor.grants if code_of(grant) == chosen)
    return replace(actor, grants=kept) if kept else actor


def posts_of(session: Session, actor: Actor) -> Sequence[Post]:
    """The posts that the person of this request may choose; none where there is nothing to choose."""
    grants: tuple[Grant, ...] = g.get("grants", ())
    if len(grants) < 2:
        return ()
    return [
        Post(code=code_of(grant), words=words_of(session, grant), is_present=actor.grants == (grant,))
        for grant in grants
    ]


def words_of(session: Session, grant: Grant) -> str:
    """The grant in words, e.g. 青川镇 儿童督导员(乡镇经办)."""
    place = full_name(session, grant.place) if grant.place else ""
    return f"{place} {role_name(grant.role)}".strip()
