"""The counting rules of domain.md 0.4, their edges, and what the calendar refuses."""

from __future__ import annotations

import json
import time as wall
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.calendar import (
    Calendar,
    DayMark,
    Derivation,
    Roll,
    Suspension,
    Unit,
    age_on,
    count_again,
    county_day,
    days_before,
    default_calendar,
    due_at,
    end_of_day,
    ladder_h,
    ladder_wd,
    suspended_clock,
)
from engine.calendar.derivation import circled

calendar = default_calendar()

#: domain.md 0.4: {year: {month: days}}
HOLIDAYS = {
    2025: {1: (1, 28, 29, 30, 31), 2: (3, 4), 4: (4,), 5: (1, 2, 5), 6: (2,), 10: (1, 2, 3, 6, 7, 8)},
    2026: {1: (1, 2), 2: (16, 17, 18, 19, 20, 23), 4: (6,), 5: (1, 4, 5), 6: (19,), 9: (25,), 10: (1, 2, 5, 6, 7)},
}
MADE_UP = {
    2025: {1: (26,), 2: (8,), 4: (27,), 9: (28,), 10: (11,)},
    2026: {1: (4,), 2: (14, 28), 5: (9,), 9: (20,), 10: (10,)},
}


def listed(table: dict[int, dict[int, tuple[int, ...]]], day: date) -> bool:
    return day.day in table[day.year].get(day.month, ())


def test_every_day_of_2025_and_2026() -> None:
    day = date(2025, 1, 1)
    while day.year < 2027:
        plain = day.weekday() < 5
        expected = (plain and not listed(HOLIDAYS, day)) or listed(MADE_UP, day)
        assert calendar.is_workday(day) is expected, day
        assert not calendar.day(day).provisional
        day += timedelta(days=1)
    for year in (2025, 2026):
        assert calendar.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == 248


def test_days_say_why() -> None:
    notes = {
        d: calendar.day(date.fromisoformat(d)).note for d in ("2025-10-06", "2025-10-11", "2025-10-12", "2025-10-13")
    }
    assert notes == {"2025-10-06": "中秋", "2025-10-11": "调休", "2025-10-12": "周日", "2025-10-13": ""}


def test_a_count_lists_the_days_that_do_not_count_with_their_reason() -> None:
    derivation = calendar.add_workdays(date(2025, 9, 30), 1)
    assert derivation.days[0] == DayMark(date(2025, 10, 1), None, "国庆节")
    assert derivation.days[-1] == DayMark(date(2025, 10, 9), 1, "")
    assert len(derivation.days) == 9
    assert derivation.skipped_text() == "10/1–10/5 国庆节, 10/6 中秋, 10/7–10/8 国庆节"


@pytest.mark.parametrize("start", ["2025-10-04", "2025-10-09", "2027-01-01"])
def test_zero_days_end_on_the_start_itself(start: str) -> None:
    derivation = calendar.add_workdays(date.fromisoformat(start), 0)
    assert (derivation.end, derivation.days, derivation.provisional) == (date.fromisoformat(start), (), False)


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (-1, "a period cannot be negative: -1"),
        (Decimal("-2"), "a period cannot be negative: -2"),
        (1.0, "a period is a whole number, not 1.0"),
        (Decimal("2.5"), "a period is a whole number, not 2.5"),
        (Decimal("NaN"), "a period is a whole number, not NaN"),
        (Decimal("Infinity"), "a period is a whole number, not Infinity"),
        (True, "a period is a whole number, not True"),
        ("3", "a period is a whole number, not 3"),
        (None, "a period is a whole number, not None"),
        (10_000_000, "a period of 10000000 workdays is longer than ten years"),
    ],
)
def test_counts_that_are_refused(count: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        calendar.add_workdays(date(2025, 9, 24), count)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["add_workdays", "add_calendar_days", "add_months", "add_minutes", "add_hours"])
def test_every_period_refuses_a_negative_count(method: str) -> None:
    start = datetime(2025, 9, 24, tzinfo=UTC)
    with pytest.raises(ValueError, match="cannot be negative"):
        getattr(calendar, method)(start, -1)


def test_feel_s_decimals_are_counts() -> None:
    assert calendar.add_workdays(date(2025, 9, 24), Decimal("5.0")).count == 5


NAIVE = datetime(2025, 9, 24, 10, 0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: calendar.is_workday(NAIVE),
        lambda: calendar.add_workdays(NAIVE, 1),
        lambda: calendar.workdays_between(NAIVE, date(2025, 9, 30)),
        lambda: calendar.workdays_between(date(2025, 9, 1), NAIVE),
        lambda: calendar.remaining_workdays(date(2025, 9, 1), 5, NAIVE),
        lambda: calendar.roll_forward(NAIVE),
        lambda: calendar.roll_back(NAIVE),
        lambda: calendar.add_calendar_days(NAIVE, 1),
        lambda: calendar.add_months(NAIVE, 1),
        lambda: calendar.add_hours(NAIVE, 1),
        lambda: county_day(NAIVE),
        lambda: due_at(NAIVE),
        lambda: end_of_day(NAIVE),
        lambda: ladder_wd(calendar, NAIVE),
        lambda: ladder_h(NAIVE, datetime(2025, 9, 30, tzinfo=UTC)),
        lambda: age_on(date(2010, 1, 1), NAIVE),
        lambda: days_before(NAIVE, 1),
    ],
)
def test_a_naive_time_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match="naive"):
        call()  # type: ignore[operator]


@pytest.mark.parametrize("value", ["2025-09-24", None, 20250924, date(1899, 12, 31), date(2200, 1, 1), date.max])
def test_what_is_no_usable_date_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"a date is needed|the calendar runs from"):
        calendar.is_workday(value)  # type: ignore[arg-type]


def test_periods_that_leave_the_calendar_are_refused() -> None:
    for end in (
        lambda: calendar.add_months(date(2199, 12, 1), 1),
        lambda: calendar.add_calendar_days(date(2199, 12, 31), 1),
    ):
        with pytest.raises(ValueError, match="lies outside"):
            end()


def test_an_instant_belongs_to_the_county_s_day() -> None:
    assert county_day(datetime(2025, 9, 30, 16, 30, tzinfo=UTC)) == date(2025, 10, 1)
    assert county_day(datetime(2025, 9, 30, 23, 30, tzinfo=ZoneInfo("America/New_York"))) == date(2025, 10, 1)
    assert calendar.add_workdays(datetime(2025, 9, 30, 16, 30, tzinfo=UTC), 1).start == date(2025, 10, 1)


def test_due_times() -> None:
    assert due_at(date(2025, 9, 30)) == datetime(2025, 9, 30, 9, 30, tzinfo=UTC)
    assert due_at(date(2025, 9, 30), time(18, 0)) == datetime(2025, 9, 30, 10, 0, tzinfo=UTC)
    instant = datetime(2025, 9, 30, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert due_at(instant) == instant
    assert due_at(instant).tzinfo is UTC
    assert end_of_day(date(2025, 12, 31)).isoformat() == "2026-01-01T00:00:00+08:00"


# --- rolling (0.4-6) ---


def test_rolling() -> None:
    start = date(2025, 9, 30)
    assert calendar.add_calendar_days(start, 7).end == date(2025, 10, 7)
    forward = calendar.add_calendar_days(start, 7, Roll.FORWARD)
    assert forward.end == date(2025, 10, 9)
    assert forward.text() == "10/7(国庆节) ⑦, 10/9(顺延)"
    back = calendar.add_calendar_days(start, 7, Roll.BACK)
    assert back.end == date(2025, 9, 30)
    assert back.days[-1].note == "提前"
    assert calendar.roll_forward(date(2025, 10, 11)) == date(2025, 10, 11)
    assert calendar.roll_back(date(2025, 10, 11)) == date(2025, 10, 11)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-08-31", 1, "2025-09-30"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2025-12-15", 0, "2025-12-15"),
        ("2025-03-31", 12, "2026-03-31"),
    ],
)
def test_months_end_on_the_corresponding_date_or_the_month_s_last(start: str, n: int, end: str) -> None:
    assert calendar.add_months(date.fromisoformat(start), n).end == date.fromisoformat(end)


# --- overrides and provisional years (0.4-3, 0.4-10) ---


def test_overrides_stand_over_the_package() -> None:
    flood = date(2025, 9, 25)
    county = Calendar({flood: False, date(2025, 9, 27): True}, reasons={flood: "防汛停工"})
    derivation = county.add_workdays(date(2025, 9, 24), 2)
    assert derivation.end == date(2025, 9, 27)
    assert derivation.skipped_text() == "9/25 防汛停工"
    assert derivation.text() == "9/26 ①, 9/27(调休) ②"


def test_overrides_are_copied() -> None:
    overrides = {date(2025, 9, 25): False}
    county = Calendar(overrides)
    overrides[date(2025, 9, 26)] = False
    assert county.is_workday(date(2025, 9, 26))
    with pytest.raises(TypeError):
        county.overrides[date(2025, 9, 26)] = False  # type: ignore[index]


def test_an_unpublished_year_is_guessed_and_says_so() -> None:
    derivation = calendar.add_workdays(date(2026, 12, 30), 3)
    assert derivation.end == date(2027, 1, 5)
    assert derivation.provisional
    assert derivation.text() == "12/31 ①, 2027/1/4 ②, 1/5 ③(暂定)"
    assert not calendar.add_workdays(date(2026, 12, 30), 1).provisional
    rest = [date(2027, 1, 1), date(2027, 5, 1), date(2027, 5, 2), date(2027, 10, 1), date(2027, 10, 2)]
    assert not any(calendar.is_workday(d) for d in [*rest, date(2027, 10, 3), date(2030, 5, 1), date(2030, 10, 3)])
    assert calendar.is_workday(date(2027, 5, 3))
    assert calendar.is_workday(date(2027, 10, 4))
    assert not calendar.is_workday(date(2027, 10, 9))


def test_years_before_the_package_are_guessed_too() -> None:
    assert calendar.day(date(2003, 5, 1)).provisional
    assert calendar.is_workday(date(2003, 5, 5))


def test_one_overridden_day_of_an_unpublished_year_does_not_make_the_year_certain() -> None:
    county = Calendar({date(2027, 1, 4): True})
    assert not county.add_workdays(date(2027, 1, 3), 1).provisional
    assert county.add_workdays(date(2027, 1, 3), 2).provisional


def test_count_again_when_the_notice_is_loaded() -> None:
    loaded = Calendar({date(2027, 1, 4): False, date(2027, 1, 9): True}, loaded_through=date(2027, 12, 31))
    provisional = calendar.add_workdays(date(2026, 12, 30), 3)
    certain = count_again(loaded, provisional)
    assert (certain.end, certain.provisional) == (date(2027, 1, 6), False)
    for old in (
        calendar.add_calendar_days(date(2026, 12, 3), 32, Roll.FORWARD),
        calendar.add_months(date(2026, 12, 4), 1, Roll.FORWARD),
    ):
        assert (old.end, count_again(loaded, old).end) == (date(2027, 1, 4), date(2027, 1, 5))
    hours = calendar.add_hours(datetime(2026, 12, 31, tzinfo=UTC), 24)
    assert count_again(loaded, hours) is hours


def test_a_calendar_may_be_known_less_far_than_the_package() -> None:
    older = Calendar(loaded_through=date(2025, 12, 31))
    assert older.add_workdays(date(2025, 12, 30), 5).provisional
    assert not older.is_workday(date(2026, 1, 4))
    assert older.add_months(date(2025, 12, 1), 6, Roll.FORWARD).provisional
    assert not older.add_months(date(2025, 12, 1), 6).provisional


# --- suspension (0.4-8) ---


def test_suspension() -> None:
    assert calendar.remaining_workdays(date(2026, 4, 28), 5, date(2026, 4, 30)) == 3
    assert calendar.remaining_workdays(date(2026, 4, 28), 5, date(2026, 4, 28)) == 5
    assert calendar.remaining_workdays(date(2026, 4, 28), 5, date(2026, 5, 8)) == 1
    assert calendar.remaining_workdays(date(2026, 4, 28), 5, date(2026, 6, 30)) == 1


def test_a_second_suspension_works_on_what_the_first_left() -> None:
    clock = suspended_clock(
        calendar,
        date(2026, 3, 2),
        5,
        [
            Suspension(suspended_on=date(2026, 3, 4), resumed_on=date(2026, 3, 9)),  # 2 used, 3 left
            Suspension(suspended_on=date(2026, 3, 10), resumed_on=date(2026, 3, 13)),  # 1 used, 2 left
        ],
    )
    assert clock.remaining == 2
    assert clock.due is not None
    assert clock.due.end == date(2026, 3, 17)
    plain = suspended_clock(calendar, date(2026, 3, 2), 5)
    assert (plain.remaining, plain.due) == (5, calendar.add_workdays(date(2026, 3, 2), 5))


@pytest.mark.parametrize(
    ("suspensions", "sentence"),
    [
        ([Suspension(suspended_on=date(2026, 3, 1))], "cannot be suspended on 2026-03-01"),
        ([Suspension(suspended_on=date(2026, 3, 4), resumed_on=date(2026, 3, 3))], "cannot resume on 2026-03-03"),
        ([Suspension(suspended_on=date(2026, 3, 4)), Suspension(suspended_on=date(2026, 3, 5))], "only the last"),
    ],
)
def test_suspensions_out_of_order_are_refused(suspensions: list[Suspension], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        suspended_clock(calendar, date(2026, 3, 2), 5, suspensions)


# --- derivations as data ---


@pytest.mark.parametrize(
    "derivation",
    [
        calendar.add_workdays(date(2025, 9, 30), 5),
        calendar.add_workdays(date(2026, 12, 30), 5),
        calendar.add_calendar_days(date(2025, 9, 30), 7, Roll.FORWARD),
        calendar.add_months(date(2025, 10, 4), 12, Roll.BACK),
        calendar.add_hours(datetime(2025, 10, 4, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai")), 24),
    ],
)
def test_a_derivation_survives_json(derivation: Derivation) -> None:
    stored = json.loads(json.dumps(derivation.as_dict()))
    assert Derivation.from_dict(stored) == derivation
    assert stored["text"] == derivation.text()
    assert stored["kind"] == derivation.kind


def test_hours_as_text() -> None:
    derivation = calendar.add_hours(datetime(2025, 10, 3, 18, 10, tzinfo=UTC), 24)
    assert derivation.unit is Unit.MINUTES
    assert derivation.text() == "2025-10-04 02:10 起连续计算 1440 分钟,至 2025-10-05 02:10"


def test_circled_numbers() -> None:
    assert [circled(n) for n in (1, 20, 21, 35, 36, 50, 51)] == ["①", "⑳", "㉑", "㉟", "㊱", "㊿", "(51)"]


def test_counting_is_fast_enough_for_every_step() -> None:
    start = date(2026, 1, 20)
    calendar.add_workdays(start, 30)
    best = min(_microseconds(start) for _ in range(20))
    assert best < 100, f"{best:.0f} µs; 15 on an idle machine"


def _microseconds(start: date) -> float:
    began = wall.perf_counter()
    for _ in range(50):
        calendar.add_workdays(start, 30)
    return (wall.perf_counter() - began) / 50 * 1e6
