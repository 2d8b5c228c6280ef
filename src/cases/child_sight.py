"""How much of a child's file a person sees: as much as of the area, or of the best case of the child (domain.md 6.1).

An ordinary file and a sealed one of the same child are two files; neither opens the other (M2).
"""

from __future__ import annotations

from sqlalchemy import RowMapping, select

from cases import sealed
from cases.case_files import case_file
from cases.children import find_child
from cases.roles import CaseScope, Sight, sight
from cases.seeing import sight_of
from engine.access import Actor
from engine.errors import NotFound
from engine.store.session import Session

#: The kind under which the area opens the file itself; the kinds apart (protection, objection …) have their own.
FILE_KIND = "child"


def sight_of_child(session: Session, actor: Actor, child_id: str) -> Sight:
    """How much of the file the actor sees; NONE also where there is no such file."""
    found = find_child(session, child_id)
    if found is None:
        return Sight.NONE
    scope = CaseScope(
        place=sealed.place_of_file(found), kind=FILE_KIND, sealed_hiv=found["sealed_hiv"], archived=found["archived"]
    )
    best = sight(actor, scope)
    for case_id in cases_of_child(session, found):
        if best >= Sight.SENSITIVE:
            break
        best = max(best, sight_of(session, actor, case_id))
    return best


def cases_of_child(session: Session, found: RowMapping) -> tuple[str, ...]:
    """The ids of the child's cases on the same side of the seal as the file."""
    query = select(case_file.c.id).where(
        case_file.c.child_id == found["id"], case_file.c.sealed_hiv.is_(found["sealed_hiv"])
    )
    return tuple(session.execute(query.order_by(case_file.c.id)).scalars())


def require_child(session: Session, actor: Actor, child_id: str, at_least: Sight) -> tuple[RowMapping, Sight]:
    """The file and how much of it the actor sees.

    :raises NotFound: there is no such file, or the actor sees less of it than asked; both look alike.
    """
    seen = sight_of_child(session, actor, child_id)
    found = find_child(session, child_id)
    if found is None or seen < max(at_least, Sight.CODED):
        raise NotFound("没有这份档案")
    return found, seen
