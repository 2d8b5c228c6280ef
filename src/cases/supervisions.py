"""Supervision 督查: what is inspected, at whom, what was found and set right (P_J, DL-38, DL-39)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import ceil
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from cases.case_files import case_department, case_file
from cases.children import child
from cases.jurisdictions import full_name
from cases.roles import DEPARTMENTS
from engine.errors import NotFound
from engine.store.base import Instant, Json, metadata
from engine.store.session import Session

#: At least so many of a hundred files are looked at [D].
SAMPLE_PERCENT = 5
#: DL-38: a major matter reaches the county government within so many hours [D].
MAJOR_HOURS = 24
#: The kind of case that supervision itself is.
SUPERVISION = "supervision"
SELFCHECK, INSPECTED, RECTIFYING, CLOSED = "自查中", "已检查", "整改中", "已办结"

supervision = Table(
    "supervision",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("cause", String(500), nullable=False, server_default=""),
    Column("period_from", Date, nullable=False),
    Column("period_to", Date, nullable=False),
    Column("lead", String(12), nullable=True),  #: MZJ or FEGW
    Column("scope", Text, nullable=False, server_default=""),
    Column("indicators", Json, nullable=False),
    Column("sample_percent", Integer, nullable=False),
    Column("signed_by", String(60), nullable=True),
    Column("signed_at", Instant, nullable=True),
    Column("report", Text, nullable=False, server_default=""),
    Column("reported_at", Instant, nullable=True),
    Column("instruction", Text, nullable=False, server_default=""),
    Column("instructed_at", Instant, nullable=True),
)

#: A unit is a township (nine digits) or a department (its code).
supervision_unit = Table(
    "supervision_unit",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("unit", String(12), primary_key=True),
    Column("status", String(12), nullable=False),
    Column("selfcheck", Text, nullable=False, server_default=""),
    Column("selfchecked_at", Instant, nullable=True),
    Column("files", Integer, nullable=True),
    Column("sampled", Integer, nullable=True),
    Column("inspected_at", Instant, nullable=True),
    Column("rounds", Integer, nullable=False),  #: how often the unit was asked to set something right
    Column("closed_at", Instant, nullable=True),
)

supervision_finding = Table(
    "supervision_finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("unit", String(12), nullable=False),
    Column("issue", String(500), nullable=False),
    Column("level", String(8), nullable=False),
    Column("rule", String(200), nullable=False),
    Column("evidence", String(500), nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("measure", Text, nullable=False, server_default=""),
    Column("rectified_at", Instant, nullable=True),
)

major_matter = Table(
    "major_matter",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("matter", String(20), nullable=False),
    Column("unit", String(60), nullable=False),
    Column("known_at", Instant, nullable=False),
    Column("report_due", Instant, nullable=False),
    Column("verdict", String(12), nullable=True),
    Column("report", Text, nullable=False, server_default=""),
    Column("reported_at", Instant, nullable=True),
    Column("instruction", Text, nullable=False, server_default=""),
)


def enter(session: Session, case_id: str, *, kind: str, cause: str, period_from: date, period_to: date) -> None:
    """Enter a supervision that was just opened."""
    session.execute(
        insert(supervision).values(
            case_id=case_id,
            kind=kind,
            cause=cause,
            period_from=period_from,
            period_to=period_to,
            indicators=[],
            sample_percent=SAMPLE_PERCENT,
        )
    )


def find(session: Session, case_id: str) -> RowMapping:
    """The supervision that a case is about.

    :raises NotFound: the case is none.
    """
    row = session.execute(select(supervision).where(supervision.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 不是督查")
    return row


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the supervision."""
    session.execute(update(supervision).where(supervision.c.case_id == case_id).values(**values))


def enter_matter(session: Session, case_id: str, **values: object) -> None:
    """Enter a major matter that somebody, or the day's look, found."""
    session.execute(insert(major_matter).values(case_id=case_id, **values))


def change_matter(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the major matter."""
    session.execute(update(major_matter).where(major_matter.c.case_id == case_id).values(**values))


def set_units(session: Session, case_id: str, chosen: Sequence[str]) -> None:
    """The units of the plan; a plan that came back may name others."""
    session.execute(supervision_unit.delete().where(supervision_unit.c.case_id == case_id))
    for unit in chosen:
        session.execute(insert(supervision_unit).values(case_id=case_id, unit=unit, status=SELFCHECK, rounds=0))


def units(session: Session, case_id: str) -> Sequence[RowMapping]:
    """The supervision's units, by code."""
    query = select(supervision_unit).where(supervision_unit.c.case_id == case_id)
    return tuple(session.execute(query.order_by(supervision_unit.c.unit)).mappings())


def find_unit(session: Session, case_id: str, unit: str) -> RowMapping:
    """One unit of the supervision.

    :raises NotFound: it is none of them.
    """
    found = next((row for row in units(session, case_id) if row["unit"] == unit), None)
    if found is None:
        raise NotFound(f"{unit} 不在本次督查范围内")
    return found


def change_unit(session: Session, case_id: str, unit: str, **values: object) -> None:
    """Set columns of one unit."""
    mine = (supervision_unit.c.case_id == case_id) & (supervision_unit.c.unit == unit)
    session.execute(update(supervision_unit).where(mine).values(**values))


def unit_name(session: Session, unit: str) -> str:
    """A unit's name: the township's, or the department's."""
    return DEPARTMENTS[unit].name if unit in DEPARTMENTS else full_name(session, unit)


def branch_of(unit: str, county: str) -> Mapping[str, str]:
    """What the diagram's branch of a unit needs: where it is, who answers for it."""
    if unit not in DEPARTMENTS:
        return {"unit": unit, "place": unit, "role": "town_officer"}
    staff = f"{unit.lower()}_{'staff' if unit in ('CPC', 'CWI') else 'handler'}"
    return {"unit": unit, "place": county, "role": staff}


def files_of(session: Session, unit: str) -> int:
    """How many files a unit keeps: a township one per child, a department the cases that it has an item of. Sealed
    files are not the inspector's (6.1)."""
    if unit in DEPARTMENTS:
        query = (
            select(func.count())
            .select_from(case_department.join(case_file, case_file.c.id == case_department.c.case_id))
            .where(
                case_department.c.department == unit,
                case_file.c.kind != SUPERVISION,
                case_file.c.sealed_hiv.is_(False),
            )
        )
    else:
        query = select(func.count()).select_from(child).where(child.c.town_code == unit, child.c.sealed_hiv.is_(False))
    return int(session.scalar(query) or 0)


def sample_needed(files: int, percent: int) -> int:
    """So many files are to be looked at; never none of some."""
    return ceil(files * percent / 100)


def add_finding(session: Session, case_id: str, unit: str, *, now: datetime, **values: object) -> None:
    """Enter what was found at a unit."""
    session.execute(insert(supervision_finding).values(case_id=case_id, unit=unit, found_at=now, **values))


def findings(session: Session, case_id: str, unit: str | None = None, *, open_only: bool = False) -> Sequence[Any]:
    """What was found, oldest first."""
    query = select(supervision_finding).where(supervision_finding.c.case_id == case_id)
    if unit is not None:
        query = query.where(supervision_finding.c.unit == unit)
    if open_only:
        query = query.where(supervision_finding.c.rectified_at.is_(None))
    return tuple(session.execute(query.order_by(supervision_finding.c.id)).mappings())


def change_findings(session: Session, case_id: str, unit: str, **values: object) -> None:
    """Set columns of the unit's open findings."""
    mine = (supervision_finding.c.case_id == case_id) & (supervision_finding.c.unit == unit)
    session.execute(
        update(supervision_finding).where(mine, supervision_finding.c.rectified_at.is_(None)).values(**values)
    )


def findings_text(session: Session, case_id: str) -> str:
    """The findings in words, for the forms of the case: one line each."""
    lines = [
        f"{unit_name(session, row['unit'])}:[{row['level']}]{row['issue']}(依据:{row['rule']})"
        + (",已整改" if row["rectified_at"] else ",待整改")
        for row in findings(session, case_id)
    ]
    return "\n\n".join(lines) if lines else "未发现问题"
