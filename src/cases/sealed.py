"""The sealed track 涉密通道 of a child with HIV (domain.md P_B 3, M2, AC-04): who may enter it, who handles and who
signs, by which number it is called, and what the outside reads instead of the scheme.
"""

from __future__ import annotations

from sqlalchemy import RowMapping, select

from cases import case_files, opinions
from cases.jurisdictions import county_of
from cases.privacy import sealed_code
from engine.access import Actor
from engine.errors import NotAllowed
from engine.store.session import Session
from engine.store.user_task import TaskStatus, user_task

HANDLER = "mzj_sealed"
#: A guardian goes the online channel; the county's counter files for one who comes in person (P_B 1).
MAY_FILE = frozenset({"applicant", HANDLER})

#: HIV, ORPHAN and DEFACTO pay from one fund and carry one label, so that none of them tells which it is (M2).
ONE_LABEL = "儿童福利生活费"
OUTSIDE_CATEGORY = "困境儿童(民政直管)"
_SAME_FUND = frozenset({"HIV", "ORPHAN", "ORPHAN_INST", "DEFACTO"})

MZJ = "MZJ"


def may_file(actor: Actor) -> bool:
    """Whether this person has the field at all: the village and the township do not."""
    return actor.is_system or any(grant.role in MAY_FILE for grant in actor.grants)


def is_handler(actor: Actor) -> bool:
    """Whether sealed files are this person's work."""
    return actor.is_system or any(grant.role == HANDLER for grant in actor.grants)


def place_of(village: str) -> str:
    """Where a sealed file belongs: to the county, so that no list of a village or township can count it."""
    return county_of(village)


def place_of_file(found: RowMapping) -> str:
    """Where a case about this child's file belongs."""
    village = str(found["hukou_code"])
    return place_of(village) if found["sealed_hiv"] else village


def subject_of(case_id: str) -> str:
    """What lists, tasks and reminders call a sealed case: a code, never a name (6.1)."""
    return sealed_code(case_id)


def outside_label(benefit: str, title: str) -> str:
    """A benefit's name for everybody outside the sealed pair."""
    return ONE_LABEL if benefit in _SAME_FUND else title


def require_other_signer(session: Session, case_id: str, actor: Actor) -> None:
    """Handler and signer are two persons over the whole of a sealed file, not only from one step to the next.

    :raises NotAllowed: the actor handled a step of this file.
    """
    if not case_files.find_case(session, case_id)["sealed_hiv"]:
        return
    handled = session.execute(
        select(user_task.c.id)
        .where(
            user_task.c.case_id == case_id,
            user_task.c.role == HANDLER,
            user_task.c.status == TaskStatus.DONE,
            user_task.c.closed_by == actor.id,
        )
        .limit(1)
    ).first()
    if handled is not None:
        raise NotAllowed("您经办过这件涉密件,按职责分离的要求,须由另一名涉密专办员签批")


def require_not_the_signer(session: Session, case_id: str, actor: Actor) -> None:
    """Whoever signed a sealed file does not carry it out.

    :raises NotAllowed: the actor signed the decision.
    """
    if not case_files.find_case(session, case_id)["sealed_hiv"]:
        return
    if any(row["leader_id"] == actor.id for row in opinions.standing(session, case_id)):
        raise NotAllowed("您签批了这件涉密件,按职责分离的要求,须由经办的涉密专办员办理")
