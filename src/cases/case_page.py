"""What a case's page tells beside the summary: its status, time limits, papers and letters, each as far as the reader
sees the case. The program itself reads the rows in their own modules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping

from cases import meetings
from cases.case_files import find_case
from cases.deadlines import deadlines_of
from cases.duplicates import Likeness, likenesses
from cases.identity import Identity, identity
from cases.materials import MATERIALS, listed, title_of
from cases.missing_papers import missing_of
from cases.number_doubts import Doubt, doubts
from cases.roles import Sight
from cases.seeing import read_case, require_sight, sight_of
from engine.access import Actor
from engine.errors import NotFound
from engine.store.instance import instance_of
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Papers:
    """The papers of a case: those that came, the titles of those that were asked for and have not come, and of those
    that the claim lacks although nobody asked yet."""

    present: Sequence[RowMapping]
    missing: Sequence[str]
    lacking: Sequence[str] = ()


def status_of(session: Session, actor: Actor, case_id: str) -> str:
    """Where the case stands, in a word.

    :raises NotFound: there is no such case for this actor.
    """
    require_sight(session, actor, case_id)
    return str(find_case(session, case_id)["status"])


def clocks_of(session: Session, actor: Actor, case_id: str) -> Sequence[RowMapping]:
    """The case's time limits, oldest first.

    :raises NotFound: there is no such case for this actor.
    """
    require_sight(session, actor, case_id)
    return deadlines_of(session, case_id)


def papers_of(session: Session, actor: Actor, case_id: str, *, purpose: str, now: datetime) -> Papers:
    """The case's papers. Their titles tell of custody and illness (L3): whoever sees less gets none.

    :raises Refused: no purpose was given.
    """
    if sight_of(session, actor, case_id) < Sight.SENSITIVE:
        return Papers(present=(), missing=())
    read_case(session, actor, case_id, at_least=Sight.SENSITIVE, purpose=purpose, now=now)
    have = listed(session, case_id)
    codes = {row["code"] for row in have}
    wanted = find_case(session, case_id)["facts"].get("missing_materials", ())
    awaited = [code for code in wanted if code not in codes]
    lacking = [title_of(group) for group in missing_of(session, case_id) if not group & {*awaited}]
    return Papers(present=have, missing=[MATERIALS.get(code, code) for code in awaited], lacking=lacking)


def likenesses_of(session: Session, actor: Actor, case_id: str, *, purpose: str, now: datetime) -> Sequence[Likeness]:
    """The files and applications that may be about the same child, for who sees the file; others get none.

    :raises Refused: no purpose was given.
    """
    reads = _reads_file(session, actor, case_id, purpose=purpose, now=now)
    return likenesses(session, case_id) if reads else ()


def number_doubts_of(session: Session, actor: Actor, case_id: str, *, purpose: str, now: datetime) -> Sequence[Doubt]:
    """The identity numbers whose originals are worth a look, for who sees the file; others get none.

    :raises Refused: no purpose was given.
    """
    reads = _reads_file(session, actor, case_id, purpose=purpose, now=now)
    return doubts(session, case_id) if reads else ()


def _reads_file(session: Session, actor: Actor, case_id: str, *, purpose: str, now: datetime) -> bool:
    """Whether the actor sees the case's file; then the reading is noted."""
    if sight_of(session, actor, case_id) < Sight.FILE:
        return False
    read_case(session, actor, case_id, at_least=Sight.FILE, purpose=purpose, now=now)
    return True


def child_of(session: Session, actor: Actor, case_id: str, *, now: datetime) -> Identity | None:
    """The masked head of the case's child, for who sees names in this case; others get none."""
    if sight_of(session, actor, case_id) < Sight.MASKED:
        return None
    child_id = find_case(session, case_id)["child_id"]
    try:
        return identity(session, actor, child_id, now=now) if child_id else None
    except NotFound:
        return None  # the case and the file stand on different sides of the seal


def source_of(session: Session, actor: Actor, case_id: str) -> str | None:
    """The instance of the case that an item 交办事项 comes from, for who sees that case too; others get none.

    :raises NotFound: there is no such case for this actor.
    """
    require_sight(session, actor, case_id)
    source = meetings.case_of(session, find_case(session, case_id)["facts"].get("item_no"))
    if source is None or sight_of(session, actor, source) < Sight.CODED:
        return None
    return instance_of(session, source)
