"""Who sees which case, asked of its row: every reading function that a page calls begins here (domain.md 6.1).

The county's rule stands in `roles.sight`. Beside it, whoever may do an open task of a case sees the ordinary file
while the task is open, or less of it (`roles.sight_by_task`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select

from cases.case_files import case_file, find_case, scope_of, visible
from cases.roles import MESSAGE_SENDERS, OWNERS_MESSAGES, Sight, sight, sight_by_task
from engine.access import Actor, Permission, Target, allowed, covers
from engine.domain import Reader
from engine.errors import NotFound
from engine.store.audit import note_read
from engine.store.instance import instance
from engine.store.session import Session
from engine.store.user_task import OPEN, user_task


def sight_of(session: Session, actor: Actor, case_id: str) -> Sight:
    """How much of this case the actor sees; NONE also where there is no such case."""
    seen = sight_by_office(session, actor, case_id)
    return max(seen, working_on(session, actor, [case_id]).get(case_id, seen)) if seen < Sight.FILE else seen


def sight_by_office(session: Session, actor: Actor, case_id: str) -> Sight:
    """The same without what an open task opens."""
    try:
        return sight(actor, scope_of(session, case_id))
    except NotFound:
        return Sight.NONE


def is_owner(session: Session, actor: Actor, case_id: str) -> bool:
    """Whether the actor applied; False also where there is no such case."""
    try:
        return scope_of(session, case_id).owner == actor.id
    except NotFound:
        return False


def cases_seen(session: Session, actor: Actor, case_ids: Collection[str]) -> frozenset[str]:
    """Those of the cases that the actor sees in any degree: `sight_of`, asked once for a whole list."""
    if not case_ids:
        return frozenset()
    by_office = select(case_file.c.id).where(case_file.c.id.in_(case_ids), visible(actor))
    return frozenset(session.execute(by_office).scalars()) | working_on(session, actor, case_ids).keys()


def working_on(session: Session, actor: Actor, case_ids: Collection[str]) -> Mapping[str, Sight]:
    """Those of the cases of which an open task waits for this actor, each with what that opens of its file."""
    rows = session.execute(
        select(
            instance.c.case_id,
            case_file.c.kind,
            user_task.c.role,
            user_task.c.place,
            user_task.c.department,
            user_task.c.assignee,
        )
        .join(instance, instance.c.id == user_task.c.instance_id)
        .join(case_file, case_file.c.id == instance.c.case_id)
        .where(instance.c.case_id.in_(case_ids), user_task.c.status == OPEN)
    )
    found: dict[str, Sight] = {}
    for row in rows:
        target = Target(role=row.role, place=row.place, department=row.department, assignee=row.assignee)
        opened = sight_by_task(row.role, row.department, row.kind)
        if opened > found.get(row.case_id, Sight.NONE) and allowed(actor, Permission.TASK_WORK, target):
            found[row.case_id] = opened
    return found


def require_sight(session: Session, actor: Actor, case_id: str, at_least: Sight = Sight.CODED) -> Sight:
    """How much of the case the actor sees.

    :raises NotFound: there is no such case, or the actor sees less of it than asked; both look alike.
    """
    seen = sight_of(session, actor, case_id)
    if seen < max(at_least, Sight.CODED):
        raise NotFound(f"没有办件 {case_id}")
    return seen


def read_case(
    session: Session, actor: Actor, case_id: str, *, at_least: Sight = Sight.CODED, purpose: str, now: datetime
) -> Sight:
    """The same for a reading of the file, which is noted with its purpose in this transaction (domain.md 6.4).

    :raises NotFound: as `require_sight`.
    :raises Refused: no purpose was given.
    """
    seen = require_sight(session, actor, case_id, at_least)
    note_read(session, case_id, actor=actor, seen=seen, purpose=purpose, now=now)
    return seen


def reader_of(session: Session, actor: Actor, case_id: str) -> Reader:
    """Which forms of others the actor reads: who sees the sensitive file by office, all; a department, its own. An
    applicant does not read what neighbours or officers said; an officer is no officer in the own child's case."""
    scope = scope_of(session, case_id)
    everything = actor.id != scope.owner and sight(actor, scope) >= Sight.SENSITIVE
    departments = {grant.department for grant in actor.grants if grant.department and covers(grant, scope.place)}
    return lambda _person, department: everything or department in departments


def may_send(session: Session, actor: Actor, case_id: str, message: str) -> bool:
    """Whether the person may tell the case this: who filed it, papers and withdrawals; an office that sees the file,
    what `MESSAGE_SENDERS` gives it."""
    try:
        row = find_case(session, case_id)
    except NotFound:
        return False
    if message in OWNERS_MESSAGES and actor.id in (row["owner_id"], row["opened_by"]):
        return True
    senders = MESSAGE_SENDERS.get(message, frozenset())
    grants = tuple(grant for grant in actor.grants if grant.role in senders and covers(grant, row["place"]))
    return bool(grants) and sight_of(session, actor, case_id) >= Sight.FILE
