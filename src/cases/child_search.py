"""Looking for a child by the exact id number (domain.md 6.1): only whoever sees the child's file finds it.

A sealed file is found by the sealed pair alone; to everybody else the answer is the same as for a child that nobody
knows. Every search is entered in the audit with its purpose, also one that finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, or_, select

from cases import sealed_records
from cases.children import child
from cases.idcard import idcard_problem, normalise
from cases.privacy import mask_idcard
from cases.roles import EXCLUSIVE, ROLE, Level, Sight
from cases.seen_children import sight_of_child
from engine.access import Actor
from engine.errors import FieldProblem, NotAllowed, Refused, SubmissionInvalid
from engine.store import audit
from engine.store.session import Session

ACTION = "child.search"


def may_search(actor: Actor) -> bool:
    """Whether looking for children is any part of this person's office."""
    levels = {ROLE[grant.role].level for grant in actor.grants if grant.role in ROLE and grant.role not in EXCLUSIVE}
    return actor.is_system or bool(levels & {Level.VILLAGE, Level.TOWN, Level.COUNTY})


def require_office(actor: Actor) -> None:
    """:raises NotAllowed: looking for children is no part of this person's office."""
    if not may_search(actor):
        raise NotAllowed("您的角色不能查找儿童")


def by_idcard(session: Session, idcard: str, *, actor: Actor, purpose: str, now: datetime) -> Sequence[RowMapping]:
    """The files with this id number that the actor may know of: none, one, or for the sealed officer the sealed one.

    :raises NotAllowed: the actor holds no office of the county.
    :raises Refused: no purpose was given.
    :raises SubmissionInvalid: that is no id number.
    """
    require_office(actor)
    if not purpose.strip():
        raise Refused("查找儿童须说明目的,请填写查阅目的")
    number = normalise(idcard)
    problem = idcard_problem(number)
    if problem is not None:
        raise SubmissionInvalid([FieldProblem(field="idcard", rule="idcard", message=problem)])
    if not session.keeps:
        raise RuntimeError("a child is searched in a transaction that keeps no note of it")
    sealed = sealed_records.children_with(session, number)
    wanted = select(child).where(or_(child.c.idcard == number, child.c.id.in_(sealed)))
    rows = session.execute(wanted.order_by(child.c.id)).mappings().all()
    found = [row for row in rows if sight_of_child(session, actor, row).seen >= Sight.MASKED]
    for target in [row["id"] for row in found] or [None]:
        detail = {"purpose": purpose, "number": mask_idcard(number)}
        audit.record(session, actor=actor, action=ACTION, target=target, now=now, detail=detail)
    return found
