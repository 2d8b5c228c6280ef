"""Who may be the same child 疑似重复 (domain.md part 4, P_B 1 and 4): by the id number, and by name, birth and place.

A number alone is not enough: a child without papers, or one whose number was copied wrongly, comes a second time under
a name that only sounds the same. The officer is shown the likeness and decides. Sealed files are never among the
answers (M2).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import RowMapping, and_, or_, select

from cases.applications import application
from cases.case_files import case_file
from cases.children import child
from cases.privacy import mask_child_name
from cases.search import sounds_like
from engine.store.session import Session

#: Of more files of one township and birthday than this nobody could make sense.
MOST = 50
SAME_FILE, SAME_NAME, SAME_SOUND = "同一档案的其他申请", "姓名、出生日期、乡镇相同", "姓名同音,出生日期、乡镇相同"


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """Another file, or another case of the same file, that may be about the same child."""

    archive_no: str
    name: str  #: masked
    status: str  #: where the child stands
    why: str  #: `SAME_FILE`, `SAME_NAME` or `SAME_SOUND`
    applications: tuple[str, ...] = ()  #: numbers of its applications, open ones first


def likenesses(session: Session, case_id: str) -> tuple[Likeness, ...]:
    """What the officer should compare the case's child with, surest first. Nothing for a sealed case."""
    mine = (
        session.execute(
            select(child)
            .join(case_file, case_file.c.child_id == child.c.id)
            .where(case_file.c.id == case_id, case_file.c.sealed_hiv.is_(False))
        )
        .mappings()
        .first()
    )
    if mine is None:
        return ()
    found = [_likeness(session, row, why, case_id) for row in _candidates(session, mine) if (why := _why(mine, row))]
    order = (SAME_FILE, SAME_NAME, SAME_SOUND)
    return tuple(
        sorted(
            (each for each in found if each.why != SAME_FILE or each.applications),
            key=lambda each: (order.index(each.why), each.archive_no),
        )
    )


def _candidates(session: Session, mine: RowMapping) -> list[RowMapping]:
    alike = and_(child.c.town_code == mine["town_code"], child.c.birth == mine["birth"], child.c.sealed_hiv.is_(False))
    same = child.c.id == mine["id"]
    where = or_(same, alike) if mine["birth"] is not None else same
    return list(session.execute(select(child).where(where).order_by(child.c.archive_no).limit(MOST)).mappings())


def _why(mine: RowMapping, other: RowMapping) -> str | None:
    if other["id"] == mine["id"]:
        return SAME_FILE
    if other["name"] == mine["name"]:
        return SAME_NAME
    return SAME_SOUND if sounds_like(other["name"], mine["name"]) else None


def _likeness(session: Session, row: RowMapping, why: str, case_id: str) -> Likeness:
    numbers = session.execute(
        select(application.c.application_no)
        .join(case_file, case_file.c.id == application.c.case_id)
        .where(case_file.c.child_id == row["id"], case_file.c.id != case_id, case_file.c.sealed_hiv.is_(False))
        .order_by(case_file.c.closed_at.is_not(None), application.c.application_no.desc())
    ).scalars()
    return Likeness(
        archive_no=row["archive_no"],
        name=mask_child_name(row["name"]),
        status=row["status"],
        why=why,
        applications=tuple(numbers),
    )


def is_known_number(session: Session, case_id: str, number: str) -> bool:
    """Whether this is the number of another application, or the file of a child, sealed ones left out."""
    filed = (
        select(application.c.case_id)
        .join(case_file, case_file.c.id == application.c.case_id)
        .where(
            application.c.application_no == number,
            application.c.case_id != case_id,
            case_file.c.sealed_hiv.is_(False),
        )
    )
    kept = select(child.c.id).where(child.c.archive_no == number, child.c.sealed_hiv.is_(False))
    return any(session.execute(query.limit(1)).first() is not None for query in (filed, kept))
