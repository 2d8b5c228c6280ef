"""The application 申请: the case's row of numbers, dates and claims (domain.md 5)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    RowMapping,
    String,
    Table,
    func,
    insert,
    select,
    update,
)

from cases import case_files
from cases.case_files import CaseStatus, case_file
from cases.jurisdictions import town_of
from cases.veils import veil
from engine.errors import NotFound
from engine.store.base import Instant, Json, metadata
from engine.store.session import Session
from engine.store.veils import Veiled

#: How an application came in.
CHANNELS = ("本人", "委托村居", "村居主动", "县级窗口", "跨省通办", "摸底", "干预转入", "转类别")

application = Table(
    "application",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("application_no", String(32), nullable=False, unique=True),
    Column("status", String(20), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("applicant_name", Veiled("application.applicant_name"), nullable=False),
    Column("applicant_phone", Veiled("application.applicant_phone"), nullable=True),
    Column("relation", String(20), nullable=True),
    Column("categories_claimed", Json, nullable=False),
    Column("entrusted", Boolean, nullable=False),
    Column("statement", Veiled("application.statement"), nullable=False, server_default=""),
    Column("received_at", Instant, nullable=False),
    Column("accepted_on", Date, nullable=True),
    Column("verify_due", Date, nullable=True),
    Column("county_received_on", Date, nullable=True),
    Column("county_due", Date, nullable=True),
    Column("bank_account", Veiled("application.bank_account"), nullable=True),
    Column("account_holder", Veiled("application.account_holder"), nullable=True),
)


def next_number(session: Session, place: str, day: date) -> str:
    """Township (of a sealed file: county), day and a running number, e.g. 519927101-20250924-0001."""
    prefix = f"{town_of(place)}-{day:%Y%m%d}-"
    last = session.execute(
        select(func.max(application.c.application_no)).where(
            application.c.application_no.startswith(prefix, autoescape=True)
        )
    ).scalar()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"


def file_application(session: Session, case_id: str, **values: object) -> None:
    """Enter the application of a case that was just opened."""
    session.execute(insert(application).values(case_id=case_id, **veil(session, application, values, case_id=case_id)))


def find_application(session: Session, case_id: str) -> RowMapping:
    """The application of a case.

    :raises NotFound: the case has none.
    """
    row = session.execute(select(application).where(application.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 没有申请")
    return row


def change(session: Session, case_id: str, **values: object) -> None:
    """Set columns of the application."""
    told = veil(session, application, values, case_id=case_id)
    session.execute(update(application).where(application.c.case_id == case_id).values(**told))


def open_application_of(session: Session, child_id: str, *, sealed: bool) -> str | None:
    """The number of the child's open application of the same kind of track; sealed rows are invisible to others' checks
    (M2)."""
    return session.execute(
        select(application.c.application_no)
        .join(case_file, case_file.c.id == application.c.case_id)
        .where(
            case_file.c.child_id == child_id,
            case_file.c.closed_at.is_(None),
            case_file.c.sealed_hiv.is_(sealed),
            application.c.status != CaseStatus.WITHDRAWN,  # its notice may still have to come off the board
        )
        .limit(1)
    ).scalar()


def taken_back(session: Session, case_id: str) -> bool:
    """Whether the applicant withdrew. Locks the case's row: a service that was on its way when the applicant withdrew
    either finished before, and the withdrawal undoes what it wrote, or finds it here and writes nothing."""
    found = session.scalar(select(case_file.c.status).where(case_file.c.id == case_id).with_for_update())
    return bool(found == CaseStatus.WITHDRAWN)


def set_status(session: Session, case_id: str, status: CaseStatus) -> None:
    """The case's and its application's state in the chain of domain.md 4.0."""
    case_files.change(session, case_id, status=status)
    session.execute(update(application).where(application.c.case_id == case_id).values(status=status))
