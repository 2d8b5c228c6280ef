"""Exits 退出: why a child's protection may end, what was found and decided, and from which month it stops (P_F)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Integer,
    RowMapping,
    Select,
    String,
    Table,
    insert,
    select,
    update,
)

from cases import case_files, children, letters, sealed_identity
from cases.benefits import benefit_item
from cases.jurisdictions import full_name
from cases.veils import veil
from engine.errors import NotFound
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session
from engine.store.veils import Veiled

exit_case = Table(
    "exit_case",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False, index=True),
    Column("cause", String(20), nullable=False),
    Column("ground", String(2), nullable=False),
    Column("source", String(20), nullable=False),
    Column("fact_on", Date, nullable=True),
    Column("conclusion", String(12), nullable=True),
    Column("reason", Veiled("exit_case.reason"), nullable=False, server_default=""),
    Column("statement", Veiled("exit_case.statement"), nullable=True),
    Column("decision", String(8), nullable=True),
    Column("decided_reason", Veiled("exit_case.decided_reason"), nullable=False, server_default=""),
    Column("new_categories", Json, nullable=False),
    Column("overpaid_months", Integer, nullable=True),
    Column("stop_month", String(7), nullable=True),
)

#: What a visit or another body told that may end a protection; the agenda opens a case for each (MSG_EXIT_FACT).
exit_fact = Table(
    "exit_fact",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False, index=True),
    Column("ground", String(2), nullable=False),
    Column("fact_on", Date, nullable=True),
    Column("source", String(20), nullable=False),
    Column("noted_at", Instant, nullable=False),
)

#: Benefits of which only one is paid at a time (domain.md part 3, 就高不就低).
LIVING_SCHEMES = frozenset(
    {"ORPHAN", "ORPHAN_INST", "HIV", "DEFACTO", "TEKUN", "DIBAO", "DIBAO_SINGLE", "OTHER_CASE", "TOP_UP"}
)

#: What was paid after the end, to be paid back.
RECOVERY = "RECOVERY"

#: How the child's file reads after an exit, by the answer of table EXIT_GROUND.
LEFT_STATUS: Mapping[str, children.ChildStatus] = {
    "退出": children.ChildStatus.LEFT,
    "转出": children.ChildStatus.MOVED,
    "死亡": children.ChildStatus.DECEASED,
}

#: The fact of an application that follows an exit: the month in which the former protection stops and this one begins.
TRANSFER_MONTH = "transfer_month"

COVERED = frozenset({children.ChildStatus.PENDING, children.ChildStatus.PROTECTED})


def enter(session: Session, case_id: str, **values: object) -> None:
    """Enter the exit of a case that was just opened."""
    told = veil(session, exit_case, values, case_id=case_id)
    session.execute(insert(exit_case).values(case_id=case_id, new_categories=[], **told))


def find(session: Session, case_id: str) -> RowMapping:
    """The exit of a case.

    :raises NotFound: the case is no exit.
    """
    row = session.execute(select(exit_case).where(exit_case.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 不是退出核查")
    return row


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the exit."""
    told = veil(session, exit_case, values, case_id=case_id)
    session.execute(update(exit_case).where(exit_case.c.case_id == case_id).values(**told))


def note_fact(
    session: Session, child_id: str, *, ground: str, fact_on: date | None, source: str, now: datetime
) -> None:
    """Note a fact that may end a protection; the agenda opens the exit."""
    session.execute(
        insert(exit_fact).values(
            id=new_id(now), child_id=child_id, ground=ground, fact_on=fact_on, source=source, noted_at=now
        )
    )


def open_exits() -> Select[tuple[str]]:
    """The cases of exits that are still open."""
    return (
        select(case_files.case_file.c.id)
        .join(exit_case, exit_case.c.case_id == case_files.case_file.c.id)
        .where(case_files.case_file.c.closed_at.is_(None))
    )


def open_exit_of(session: Session, child_id: str) -> str | None:
    """The child's exit that is still open: a second one is not begun beside it."""
    return session.execute(open_exits().where(exit_case.c.child_id == child_id).limit(1)).scalar()


def to_transfer(session: Session) -> Sequence[str]:
    """The exits that ended in another category, for an application to verify, unless one of the child is open."""
    other = case_files.case_file.alias("open_application")
    is_open = select(other.c.id).where(
        other.c.child_id == exit_case.c.child_id, other.c.kind == "application", other.c.closed_at.is_(None)
    )
    query = (
        select(exit_case.c.case_id)
        .join(case_files.case_file, case_files.case_file.c.id == exit_case.c.case_id)
        .where(case_files.case_file.c.status == case_files.CaseStatus.CHANGED, ~is_open.exists())
        .order_by(exit_case.c.case_id)
    )
    return tuple(session.execute(query).scalars())


def end_transfer(session: Session, case_id: str, *, now: datetime) -> None:
    """The application that was to verify another category ended without it: the child leaves with the month in which
    the former protection stopped. An application of another kind is left alone."""
    row = case_files.find_case(session, case_id)
    month = row["facts"].get(TRANSFER_MONTH)
    if month is not None:
        children.change(
            session, row["child_id"], now=now, status=children.ChildStatus.LEFT, stop_month=month, next_review_on=None
        )


def living_scheme(session: Session, child_id: str) -> str:
    """The living allowance that runs now; NONE if there is none."""
    found = session.execute(
        select(benefit_item.c.benefit)
        .where(
            benefit_item.c.child_id == child_id,
            benefit_item.c.benefit.in_(sorted(LIVING_SCHEMES - {"TOP_UP"})),
            benefit_item.c.stop_month.is_(None),
        )
        .order_by(benefit_item.c.id.desc())
        .limit(1)
    ).scalar()
    return str(found) if found else "NONE"


def stop_items(session: Session, child_id: str, stop_month: str, *, living_only: bool = False) -> None:
    """End the running benefits; the month is the first one that is not paid."""
    query = update(benefit_item).where(benefit_item.c.child_id == child_id, benefit_item.c.stop_month.is_(None))
    if living_only:
        query = query.where(benefit_item.c.benefit.in_(sorted(LIVING_SCHEMES)))
    session.execute(query.values(stop_month=stop_month))


def topped_up(former: Decimal | None, new: Decimal | None, *, floor: bool) -> Decimal | None:
    """What is paid on top so that the former amount stays (parameter `sixteen_floor`, domain.md 9-2); None: nothing."""
    if not floor or former is None or new is None or former <= new:
        return None
    return former - new


def letter_head(session: Session, case_id: str, *, now: datetime) -> letters.Head:
    """The head of a letter about the exit: to the guardian, under the archive's number."""
    row = case_files.find_case(session, case_id)
    found = children.find_child(session, row["child_id"])
    if found is None:
        raise NotFound(f"办件 {case_id} 没有儿童档案")
    told = sealed_identity.told(session, found, purpose="出具致监护人的文书", now=now)
    guardian = children.current_guardian(session, found["id"])
    return letters.Head(
        number=found["archive_no"],
        applicant=guardian["name"] if guardian else told["name"],
        child=told["name"],
        area=full_name(session, row["place"]),
        issuer="县民政局" if row["sealed_hiv"] else letters.issuer_of(session, row["place"]),
        sealed=row["sealed_hiv"],
    )


def reinstate(session: Session, case_id: str, *, now: datetime) -> bool:
    """A stop was set aside (P_K): what it ended runs on from the month in which it was to end, so that no month stays
    unpaid, and nothing is claimed back. Whether there was a stop to undo: death and a move away are not undone."""
    row = session.execute(select(exit_case).where(exit_case.c.case_id == case_id)).mappings().first()
    found = children.find_child(session, row["child_id"]) if row is not None else None
    if row is None or row["stop_month"] is None or found is None or found["status"] != children.ChildStatus.LEFT:
        return False
    stopped = benefit_item.c.child_id == row["child_id"], benefit_item.c.stop_month == row["stop_month"]
    session.execute(update(benefit_item).where(*stopped).values(stop_month=None))
    claimed = benefit_item.c.case_id == case_id, benefit_item.c.benefit == RECOVERY, benefit_item.c.result.is_(None)
    session.execute(update(benefit_item).where(*claimed).values(stop_month=benefit_item.c.start_month))
    change(session, case_id, stop_month=None)
    children.change(session, row["child_id"], now=now, status=children.ChildStatus.PROTECTED, stop_month=None)
    return True
