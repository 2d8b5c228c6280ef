"""What the day brings: each occasion opens once, also after an outage (DL-20, AC-09, AC-12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cases import agenda, agenda_exits, children, exits
from cases.agenda import AGENDA
from cases.covered_children import enter_world
from cases.occasions import agenda_entry
from cases.quarters import dates_of, quarter_of, quarter_report
from cases.stage import Stage, build
from engine.calendar import AgeRule, default_calendar, month_after, reaches_age_on
from engine.clock import COUNTY_ZONE
from engine.settings import Settings
from engine.store.instance import instance
from engine.store.user_task import user_task

PROCESSES = Path(__file__).parents[2] / "processes"
IDCARDS = {
    "2007-10-08": "519927200710080038",
    "2008-02-29": "519927200802290083",
    "2010-02-14": "519927201002140014",
    "2010-11-11": "519927201011110060",
}


def at(day: str, hour: int = 8) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), COUNTY_ZONE) + timedelta(hours=hour)


@dataclass
class County:
    stage: Stage

    def child(
        self, born: str, *, categories: tuple[str, ...] = ("C1",), enrolled: str = "2019-03-20", **more: Any
    ) -> str:
        told = {
            "name": "刘小海",
            "idcard": IDCARDS[born],
            "village": "519927101001",
            "categories": list(categories),
            "enrolled_on": date.fromisoformat(enrolled),
            **more,
        }
        with self.stage.database.transaction() as session:
            enter_world(session, children=[told], standards=[], now=self.stage.clock.now())
            return str(session.scalar(select(children.child.c.id).where(children.child.c.idcard == IDCARDS[born])))

    def open(self, day: str, hour: int = 8) -> int:
        self.stage.clock.instant = at(day, hour)
        with self.stage.database.transaction() as session:
            return agenda.open_due(session, self.stage.env, at(day, hour), AGENDA)

    def entries(self) -> list[tuple[str, str]]:
        with self.stage.database.reading() as session:
            rows = session.execute(select(agenda_entry.c.name, agenda_entry.c.slot).order_by(agenda_entry.c.name))
            return [(row.name, row.slot) for row in rows]

    def tasks(self) -> list[Mapping[str, Any]]:
        with self.stage.database.reading() as session:
            return list(session.execute(select(user_task).where(user_task.c.status == "open")).mappings())


@pytest.fixture
def county(database_url: str, tmp_path: Path) -> Iterator[County]:
    settings = Settings(mode="demo", data_folder=tmp_path, database_url=database_url)
    stage = build(settings, at=at("2025-07-01"))
    stage.prepare([PROCESSES / "exit"])
    yield County(stage=stage)
    stage.database.dispose()


@pytest.fixture
def visiting(county: County) -> County:
    """The county, with the quarterly update published too."""
    county.stage.prepare([PROCESSES / key for key in ("quarterly", "visit")])
    return county


def test_ninety_days_before_eighteen_and_only_once(county: County) -> None:
    child_id = county.child("2007-10-08")
    assert county.open("2025-07-09", 23) == 0
    assert county.open("2025-07-10") == 1
    assert county.open("2025-07-10", 9) == 0
    assert county.entries() == [("eighteen", child_id)]


def test_two_schedulers_open_one(county: County) -> None:
    county.child("2007-10-08")
    now = at("2025-07-10")
    with county.stage.database.transaction() as session:
        first = agenda_exits.exit_occasions(session, county.stage.env, now)
    assert len(first) == 1
    assert county.open("2025-07-10") == 1
    with county.stage.database.transaction() as session:
        assert agenda_exits.exit_occasions(session, county.stage.env, now) == ()


def test_an_outage_over_the_birthday_is_caught_up_with(county: County) -> None:
    """Nobody looked for four months: the examination opens at once, counted from the day on which it opens."""
    county.child("2007-10-08")
    assert county.open("2025-11-03") == 1
    county.stage.run_due()
    (task,) = county.tasks()
    assert task["element_id"] == "f_ut_verify"
    assert task["due_at"] == at("2025-11-10", 0) + timedelta(hours=17, minutes=30)


def test_who_is_not_covered_is_left_alone(county: County) -> None:
    child_id = county.child("2007-10-08")
    with county.stage.database.transaction() as session:
        children.change(session, child_id, now=at("2025-07-01"), status=children.ChildStatus.LEFT)
    assert county.open("2025-10-09") == 0


def test_sixteen_is_asked_of_extreme_poverty_only(county: County) -> None:
    county.child("2010-02-14", categories=("C5",))
    assert county.open("2026-02-14") == 0


def test_who_came_under_protection_after_sixteen_is_not_asked(county: County) -> None:
    county.child("2010-02-14", categories=("C4",), enrolled="2026-02-20")
    assert county.open("2026-03-01") == 0


def test_a_sentence_that_ends_opens_one_examination_and_a_longer_one_another(county: County) -> None:
    parents = {"母": {"status": "服刑", "end_date": date(2026, 9, 27)}}
    child_id = county.child("2010-11-11", categories=("C2",), enrolled="2026-03-05", parents=parents)
    assert county.open("2026-09-26") == 0
    assert county.open("2026-09-29") == 1
    with county.stage.database.transaction() as session:
        children.set_parent(session, child_id, "母", status="服刑", end_date=date(2026, 9, 29))
    assert county.open("2026-09-30") == 0, "one exit of a child at a time"


def test_a_told_fact_opens_an_exit(county: County) -> None:
    child_id = county.child("2010-11-11", categories=("C5",))
    with county.stage.database.transaction() as session:
        exits.note_fact(
            session, child_id, ground="5", fact_on=date(2025, 9, 1), source="季度更新", now=at("2025-09-10")
        )
    assert county.open("2025-09-11") == 1
    with county.stage.database.reading() as session:
        row = session.execute(select(exits.exit_case)).mappings().one()
    assert (row["ground"], row["source"], row["fact_on"]) == ("5", "季度更新", date(2025, 9, 1))


def test_nothing_opens_while_the_process_is_not_published(database_url: str, tmp_path: Path) -> None:
    stage = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=at("2025-07-01"))
    stage.prepare([])
    county = County(stage=stage)
    county.child("2007-10-08")
    assert county.open("2025-10-08") == 0
    with stage.database.reading() as session:
        assert session.execute(select(instance)).first() is None
    stage.database.dispose()


def test_birthdays_of_ac09() -> None:
    assert reaches_age_on(date(2008, 2, 29), 18) == date(2026, 2, 28)
    last_of_october = date(2007, 10, 31)
    assert month_after(reaches_age_on(last_of_october, 18)) == date(2025, 11, 1)
    assert month_after(reaches_age_on(last_of_october, 18, AgeRule.DAY_AFTER)) == date(2025, 12, 1)


def test_born_on_a_leap_day(county: County) -> None:
    county.child("2008-02-29")
    assert county.open("2025-11-29") == 0
    assert county.open("2025-11-30") == 1


def test_the_former_amount_may_be_kept_at_sixteen() -> None:
    """AC-08: with `sixteen_floor` the county adds what is missing to the former amount."""
    assert exits.topped_up(Decimal(1050), Decimal(720), floor=True) == Decimal(330)
    assert exits.topped_up(Decimal(1050), Decimal(720), floor=False) is None
    assert exits.topped_up(Decimal(720), Decimal(1050), floor=True) is None


def test_a_quarter_opens_once_in_each_township_with_a_visit_per_child(visiting: County) -> None:
    child_id = visiting.child("2010-11-11", categories=("C5",))
    assert visiting.open("2025-08-31") == 0
    assert visiting.open("2025-09-01") == 4
    assert visiting.open("2025-09-02") == 0
    towns = ("519927101", "519927102", "519927201")
    expected = [("quarter", f"{town}:2025Q3") for town in towns] + [("visit", f"2025Q3:{child_id}")]
    assert sorted(visiting.entries()) == expected


def test_a_quarter_that_nobody_opened_in_time_is_opened_in_the_rest_of_its_month(visiting: County) -> None:
    assert visiting.open("2025-09-29") == 3
    assert visiting.open("2025-10-09") == 0


def test_a_quarter_begins_on_a_working_day(visiting: County) -> None:
    assert visiting.open("2026-02-27") == 6, "the two quarters before"
    assert visiting.open("2026-03-01") == 0, "a Sunday"
    assert visiting.open("2026-03-02") == 3


def test_who_was_recognised_after_the_opening_is_visited_in_the_next_quarter(visiting: County) -> None:
    visiting.child("2010-11-11", categories=("C5",), enrolled="2025-09-10")
    assert visiting.open("2025-09-12") == 3
    assert visiting.open("2025-12-01") == 4


@pytest.mark.parametrize(
    ("day", "opens", "village", "town", "last"),
    [
        ("2025-09-20", "2025-09-01", "2025-09-15", "2025-09-25", "2025-09-30"),
        ("2026-03-20", "2026-03-02", "2026-03-13", "2026-03-25", "2026-03-31"),
        ("2026-09-20", "2026-09-01", "2026-09-15", "2026-09-24", "2026-09-30"),
        ("2026-12-20", "2026-12-01", "2026-12-15", "2026-12-25", "2026-12-31"),
    ],
)
def test_the_dates_of_a_quarter_never_move_forward(day: str, opens: str, village: str, town: str, last: str) -> None:
    dates = dates_of(quarter_of(date.fromisoformat(day)), default_calendar())
    found = (dates.opens_on, dates.village_due, dates.merge_due, dates.report_due)
    assert [each.isoformat() for each in found] == [opens, village, town, last]


def due_days(county: County, element: str) -> set[str]:
    return {
        f"{task['due_at'].astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}"
        for task in county.tasks()
        if task["element_id"] == element
    }


TOWNS = ("519927101", "519927102", "519927201")


def test_an_outage_beyond_the_quarter_s_month_opens_it_late_with_its_own_dates(visiting: County) -> None:
    """AC-10: the dates of a quarter never move forward, so that what opens late is late from the start."""
    child_id = visiting.child("2010-11-11", categories=("C5",))
    assert visiting.open("2025-08-31") == 0
    assert visiting.open("2025-10-20") == 4
    visiting.stage.run_due()
    assert visiting.open("2025-10-21") == 0
    expected = [("quarter", f"{town}:2025Q3") for town in TOWNS] + [("visit", f"2025Q3:{child_id}")]
    assert sorted(visiting.entries()) == expected
    assert due_days(visiting, "g_ut_visit") == {"2025-09-15 17:30"}


def test_an_outage_over_two_quarters_opens_each_once_the_oldest_first(visiting: County) -> None:
    child_id = visiting.child("2010-11-11", categories=("C5",))
    assert visiting.open("2026-01-05") == 8
    visiting.stage.run_due()
    assert visiting.open("2026-01-06") == 0
    quarters = [("quarter", f"{town}:2025Q{number}") for town in TOWNS for number in (3, 4)]
    assert sorted(visiting.entries()) == [*quarters, *(("visit", f"2025Q{number}:{child_id}") for number in (3, 4))]
    assert due_days(visiting, "g_ut_visit") == {"2025-09-15 17:30", "2025-12-15 17:30"}


def test_an_outage_between_the_updates_and_their_visits_is_caught_up_with(visiting: County) -> None:
    visiting.child("2010-11-11", categories=("C5",))
    with visiting.stage.database.transaction() as session:
        for each in agenda.quarter_openings(session, visiting.stage.env, at("2025-09-30")):
            agenda.open_one(session, visiting.stage.env, each, at("2025-09-30"), AGENDA)
    assert visiting.open("2025-10-09") == 1


def test_a_township_that_has_put_its_visits_together_gets_no_late_one(visiting: County) -> None:
    assert visiting.open("2025-09-29") == 3
    with visiting.stage.database.transaction() as session:
        session.execute(quarter_report.update().values(merged_at=at("2025-09-30")))
    visiting.child("2010-11-11", categories=("C5",))
    assert visiting.open("2025-10-09") == 0


def test_a_program_that_came_later_owes_no_earlier_quarter(county: County) -> None:
    county.stage.clock.instant = at("2025-10-02")
    county.stage.prepare([PROCESSES / key for key in ("quarterly", "visit")])
    assert county.open("2025-10-20") == 0
    assert county.open("2025-12-01") == 3


def opened_on(stage: Stage, source: Any, day: str) -> list[str]:
    with stage.database.reading() as session:
        return [each.slot for each in source(session, stage.env, at(day))]


@pytest.mark.parametrize(
    ("process", "source", "first", "late", "slot"),
    [
        ("supervision", agenda.half_year, "2026-01-04", "2026-05-06", "2025H2"),
        ("supervision", agenda.half_year, "2026-07-01", "2026-12-31", "2026H1"),
        ("plan_tasks", agenda.year_tasks, "2026-01-04", "2026-11-02", "2026"),
    ],
)
def test_half_years_and_years_are_opened_late_too(
    county: County, process: str, source: Any, first: str, late: str, slot: str
) -> None:
    county.stage.prepare([PROCESSES / process])
    before = date.fromisoformat(first) - timedelta(days=1)
    assert slot not in opened_on(county.stage, source, before.isoformat())
    assert opened_on(county.stage, source, first) == opened_on(county.stage, source, late) == [slot]
    assert county.open(late) == 1
    assert county.open(late, 9) == 0


@pytest.mark.parametrize(("process", "source"), [("supervision", agenda.half_year), ("plan_tasks", agenda.year_tasks)])
def test_nor_are_they_for_a_program_that_came_later(county: County, process: str, source: Any) -> None:
    county.stage.clock.instant = at("2026-02-02")
    county.stage.prepare([PROCESSES / process])
    assert opened_on(county.stage, source, "2026-05-06") == []


def test_months_of_payments_that_were_passed_over_make_one_list(county: County) -> None:
    """The next list pays what is due for them."""
    county.stage.prepare([PROCESSES / "payment"])
    assert opened_on(county.stage, agenda.monthly_payments, "2025-12-20") == ["2025-12:ORDINARY"]
