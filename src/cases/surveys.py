"""The survey 调查摸底: a campaign, its townships and villages, and the households that were visited (P_A, DL-01)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    false,
    func,
    insert,
    select,
    update,
)

from cases.jurisdictions import TOWN_DIGITS, VILLAGE_DIGITS, town_of
from engine.calendar import Calendar
from engine.errors import NotFound
from engine.store.base import Instant, Tagged, metadata
from engine.store.session import Session

OPEN, SIGNED, RETURNED = "走访中", "已签章", "退回"
#: A child that the officer listed without finding a difficulty.
NO_DIFFICULTY = "NONE"
#: What a family answers that wants to apply and cannot by itself.
NEEDS_HELP = "需协助"
VILLAGE_DAYS, TOWN_DAYS = 10, 3

survey_campaign = Table(
    "survey_campaign",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("year", Integer, nullable=False),
    Column("deadline", Date, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("completed_at", Instant, nullable=True),
)

survey_place = Table(
    "survey_place",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("place", String(12), primary_key=True),
    Column("status", String(12), nullable=False),
    Column("zero_report", Boolean, nullable=True),
    Column("return_reason", String(500), nullable=False, server_default=""),
    Column("signed_at", Instant, nullable=True),
    Column("signed_by", String(60), nullable=True),
)

survey_household = Table(
    "survey_household",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("place", String(12), nullable=False),
    Column("household_no", String(30), nullable=False),
    Column("head_name", String(20), nullable=False),
    Column("address", String(100), nullable=False),
    Column("found", Tagged, nullable=False),
    Column("children", Tagged, nullable=False),
    Column("by_name", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("asks_help", Boolean, nullable=False, server_default=false()),  #: somebody in it wants help with applying
    UniqueConstraint("case_id", "place", "household_no"),
    Index("ix_survey_household_place_asks_help_at", "place", "asks_help", "at"),
)


@dataclass(frozen=True, kw_only=True)
class Dates:
    """When the steps of a campaign are due: rolled back, never forward (0.4-6)."""

    survey_deadline: date
    village_due: date
    town_due: date


def dates_of(deadline: date, calendar: Calendar) -> Dates:
    """Villages ten days, townships three days before the campaign's own deadline [D]."""
    return Dates(
        survey_deadline=deadline,
        village_due=calendar.roll_back(deadline - timedelta(days=VILLAGE_DAYS)),
        town_due=calendar.roll_back(deadline - timedelta(days=TOWN_DAYS)),
    )


def enter_campaign(
    session: Session, case_id: str, *, name: str, year: int, deadline: date, note: str, places: Sequence[str]
) -> None:
    """Enter a campaign with its townships and villages."""
    session.execute(insert(survey_campaign).values(case_id=case_id, name=name, year=year, deadline=deadline, note=note))
    for place in places:
        session.execute(insert(survey_place).values(case_id=case_id, place=place, status=OPEN))


def complete(session: Session, case_id: str, *, now: datetime) -> None:
    """The county has added everything up."""
    session.execute(update(survey_campaign).where(survey_campaign.c.case_id == case_id).values(completed_at=now))


def places(session: Session, case_id: str) -> Sequence[RowMapping]:
    """The campaign's townships and villages, by code."""
    query = select(survey_place).where(survey_place.c.case_id == case_id).order_by(survey_place.c.place)
    return tuple(session.execute(query).mappings())


def set_place(session: Session, case_id: str, place: str, **values: object) -> None:
    """Set columns of a township or village of the campaign.

    :raises NotFound: it is none of the campaign's.
    """
    mine = (survey_place.c.case_id == case_id) & (survey_place.c.place == place)
    if not session.execute(update(survey_place).where(mine).values(**values)).rowcount:
        raise NotFound(f"{place} 不在本次摸底范围内")


def facts(session: Session, case_id: str) -> Mapping[str, Any]:
    """Which townships and villages are still at work: what the diagram's multi-instances run over."""
    open_places = [row["place"] for row in places(session, case_id) if row["status"] != SIGNED]
    return {
        "survey_towns": [{"place": place} for place in open_places if len(place) == TOWN_DIGITS],
        "survey_villages": [
            {"of_town": town_of(place), "place": place} for place in open_places if len(place) == VILLAGE_DIGITS
        ],
    }


def replace_households(
    session: Session, case_id: str, place: str, listed: Sequence[Mapping[str, Any]], *, by_name: str, now: datetime
) -> None:
    """Enter a village's households; an earlier list of the same village is replaced."""
    mine = (survey_household.c.case_id == case_id) & (survey_household.c.place == place)
    session.execute(delete(survey_household).where(mine))
    for values in listed:
        asks = any(one.get("wish_apply") == NEEDS_HELP for one in values["children"])
        where = {"case_id": case_id, "place": place, "by_name": by_name, "at": now, "asks_help": asks}
        session.execute(insert(survey_household).values(**where, **values))


def households(session: Session, case_id: str, place: str | None = None) -> Sequence[RowMapping]:
    """The households of a campaign, or of one village."""
    query = select(survey_household).where(survey_household.c.case_id == case_id).order_by(survey_household.c.id)
    if place is not None:
        query = query.where(survey_household.c.place == place)
    return tuple(session.execute(query).mappings())


def listed_elsewhere(session: Session, case_id: str, place: str) -> Mapping[str, str]:
    """The id numbers that other villages of the campaign listed, each with its village."""
    return {
        child["idcard"]: row["place"]
        for row in households(session, case_id)
        if row["place"] != place
        for child in row["children"]
        if child.get("idcard")
    }


def numbers(session: Session, case_id: str, place: str) -> tuple[int, int]:
    """How many households and children a village listed."""
    rows = households(session, case_id, place)
    return len(rows), sum(len(row["children"]) for row in rows)


def villages_open(session: Session, case_id: str, town: str) -> int:
    """How many villages of a township have not signed."""
    return int(
        session.scalar(
            select(func.count())
            .select_from(survey_place)
            .where(
                survey_place.c.case_id == case_id,
                survey_place.c.place.startswith(town, autoescape=True),
                survey_place.c.place != town,
                survey_place.c.status != SIGNED,
            )
        )
        or 0
    )
