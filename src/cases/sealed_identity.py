"""Opening a sealed record: the one way to learn who the child of a sealed file is (domain.md 6.1, 6.4).

Whoever opens it is of the sealed pair, or the child's applicant, or the program that writes a letter or pays; each
opening is entered in the audit with its purpose, in the same transaction. A sealed file without a record (there is none
in a migrated database) tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cases import children, sealed_records
from cases.case_files import case_file
from cases.roles import Sight
from cases.sealed_records import SealedIdentity
from cases.seen_children import sight_of_child
from engine.access import Actor
from engine.errors import NotAllowed, NotFound, Refused
from engine.store import audit
from engine.store.session import Session

ACTION = "sealed.open"
#: Who writes letters and pays: the program itself.
PROGRAM = Actor.system("sealed")


def open_identity(session: Session, actor: Actor, child_id: str, *, purpose: str, now: datetime) -> SealedIdentity:
    """Who the child of a sealed file is; noted.

    :raises NotFound: there is no such sealed file, or the actor is not to learn of it; both look alike.
    :raises Refused: no purpose was given.
    :raises RuntimeError: the transaction keeps nothing, so that the opening would go unnoted.
    """
    row = children.find_child(session, child_id)
    if row is None or not row["sealed_hiv"] or not _may_open(session, actor, row):
        raise NotFound(f"没有涉密档案 {child_id}")
    return _opened(session, actor, row, purpose, now)


def open_in_danger(
    session: Session, actor: Actor, row: sa.RowMapping, *, request: str, purpose: str, now: datetime
) -> SealedIdentity:
    """The same for whoever a second person let in for a danger to life; `cases.break_glass` has checked it. `request`:
    the question that was agreed to.

    :raises NotAllowed: no question is named.
    """
    if not request:
        raise NotAllowed("没有获准的紧急查阅")
    return _opened(session, actor, row, purpose, now, request=request)


def told(session: Session, row: Mapping[Any, Any], *, purpose: str, now: datetime) -> Mapping[Any, Any]:
    """A child's row as the program needs it for a letter or a payment: of a sealed file with the true name, number and
    address in the place of the code; of any other as it is."""
    if not row["sealed_hiv"]:
        return row
    who = open_identity(session, PROGRAM, row["id"], purpose=purpose, now=now)
    full = {"name": who.name, "idcard": who.idcard, "hukou_code": who.hukou_code, "live_address": who.live_address}
    return {**row, **full}


def is_called(session: Session, row: Mapping[Any, Any], name: str) -> bool:
    """Whether this is the child's name; of a sealed file a comparison, which shows nothing."""
    if not row["sealed_hiv"]:
        return bool(row["name"] == name)
    who = sealed_records.read(session, row["id"])
    return who is not None and who.name == name


def counterpart(session: Session, row: Mapping[Any, Any]) -> tuple[str, ...]:
    """The ids of the same child's file on the other side of the seal. For the program alone: nobody is told of it."""
    if row["sealed_hiv"]:
        who = sealed_records.read(session, row["id"])
        if who is None or who.idcard is None:
            return ()
        other = children.find_by_idcard(session, who.idcard)
        return () if other is None else (str(other["id"]),)
    return sealed_records.children_with(session, row["idcard"]) if row["idcard"] else ()


def _may_open(session: Session, actor: Actor, row: sa.RowMapping) -> bool:
    if actor.is_system:
        return True
    if sight_of_child(session, actor, row).seen >= Sight.SEALED:
        return True
    own = sa.select(case_file.c.id).where(case_file.c.child_id == row["id"], case_file.c.owner_id == actor.id)
    return session.execute(own.limit(1)).first() is not None


def _opened(
    session: Session, actor: Actor, row: sa.RowMapping, purpose: str, now: datetime, **more: str
) -> SealedIdentity:
    if not purpose.strip():
        raise Refused("打开涉密档案须说明目的,请填写查阅目的")
    if not session.keeps:
        raise RuntimeError("a sealed record is opened in a transaction that keeps no note of it")
    who = sealed_records.read(session, row["id"])
    if who is None:
        raise NotFound(f"涉密档案 {row['archive_no']} 没有封存记录")
    detail = {"purpose": purpose, "kind": sealed_records.Kind.HEALTH.value, **more}
    audit.record(session, actor=actor, action=ACTION, target=row["id"], now=now, detail=detail)
    return who
