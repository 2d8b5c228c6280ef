"""The household 家庭: address, size and means. Brothers and sisters share one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Numeric, RowMapping, String, Table, insert, select, update

from cases.veils import veil
from engine.store.base import Instant, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session
from engine.store.veils import Veiled

household = Table(
    "household",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("place", String(12), nullable=False, index=True),
    Column("address", Veiled("household.address"), nullable=False, server_default=""),
    Column("size", Integer, nullable=True),
    Column("year_income", Numeric(12, 2), nullable=True),
    Column("dibao", Boolean, nullable=True),
    Column("dibao_no", String(40), nullable=True),
    Column("bianyuan", Boolean, nullable=True),
    Column("created_at", Instant, nullable=False),
)

household_member = Table(
    "household_member",
    metadata,
    Column("child_id", String(40), ForeignKey("child.id"), primary_key=True),
    Column("household_id", String(40), ForeignKey("household.id"), nullable=False, index=True),
)


def household_of(session: Session, child_id: str) -> RowMapping | None:
    """The child's household, if it was entered."""
    return (
        session.execute(
            select(household)
            .join(household_member, household_member.c.household_id == household.c.id)
            .where(household_member.c.child_id == child_id)
        )
        .mappings()
        .first()
    )


def enter_household(
    session: Session,
    child_id: str,
    *,
    place: str,
    address: str,
    now: datetime,
    year_income: Decimal | None = None,
    size: int | None = None,
) -> str:
    """Enter the child's household, or bring the known one up to date; returns its id."""
    known = household_of(session, child_id)
    if known is not None:
        values: dict[str, object] = {"address": address or known["address"]}
        if year_income is not None:
            values["year_income"] = year_income
        told = veil(session, household, values, child_id=child_id)
        session.execute(update(household).where(household.c.id == known["id"]).values(**told))
        return str(known["id"])
    household_id = new_id(now)
    session.execute(
        insert(household).values(
            id=household_id,
            place=place,
            year_income=year_income,
            size=size,
            created_at=now,
            **veil(session, household, {"address": address}, child_id=child_id),
        )
    )
    session.execute(insert(household_member).values(child_id=child_id, household_id=household_id))
    return household_id


def set_means(session: Session, child_id: str, *, dibao: bool | None = None, bianyuan: bool | None = None) -> None:
    """Note what the township found about 低保 and 低保边缘."""
    known = household_of(session, child_id)
    if known is not None:
        session.execute(update(household).where(household.c.id == known["id"]).values(dibao=dibao, bianyuan=bianyuan))
