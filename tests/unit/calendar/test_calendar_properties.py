"""What holds for every date and count."""

from __future__ import annotations

import json
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import Calendar, Derivation, Roll, Suspension, age_on, ladder_wd, reaches_age_on, suspended_clock

days = st.dates(date(2003, 1, 1), date(2030, 12, 31))
counts = st.integers(0, 60)
calendars = st.builds(
    Calendar,
    st.dictionaries(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.booleans(), max_size=8),
    st.sampled_from([None, date(2024, 12, 31), date(2027, 12, 31)]),
)


@given(calendars, days, counts)
def test_counting_forth_and_back_agree(calendar: Calendar, start: date, n: int) -> None:
    derivation = calendar.add_workdays(start, n)
    assert calendar.workdays_between(start, derivation.end) == n
    assert [mark.number for mark in derivation.days if mark.number is not None] == list(range(1, n + 1))
    assert [mark.day for mark in derivation.days] == [
        start + timedelta(days=i + 1) for i in range((derivation.end - start).days)
    ]
    assert n == 0 or calendar.is_workday(derivation.end)
    assert Derivation.from_dict(json.loads(json.dumps(derivation.as_dict()))) == derivation


@given(calendars, days, days)
def test_days_between_are_those_that_one_counts_on_fingers(calendar: Calendar, a: date, b: date) -> None:
    b = min(b, a + timedelta(days=800))
    expected = sum(calendar.is_workday(a + timedelta(days=i)) for i in range(1, (b - a).days + 1))
    assert calendar.workdays_between(a, b) == expected


@given(calendars, days, counts, st.integers(0, 40), counts)
def test_later_starts_and_longer_periods_never_end_earlier(
    calendar: Calendar, start: date, n: int, later: int, more: int
) -> None:
    end = calendar.add_workdays(start, n).end
    assert calendar.add_workdays(start, n + more).end >= end
    assert calendar.add_workdays(start + timedelta(days=later), n).end >= end


@given(calendars, days, st.integers(1, 60), st.integers(0, 90), st.integers(0, 90))
def test_a_suspension_leaves_a_day_and_never_takes_time_away(
    calendar: Calendar, start: date, n: int, used: int, stood: int
) -> None:
    suspended_on = start + timedelta(days=used)
    remaining = calendar.remaining_workdays(start, n, suspended_on)
    assert 1 <= remaining <= n
    clock = suspended_clock(
        calendar, start, n, [Suspension(suspended_on=suspended_on, resumed_on=suspended_on + timedelta(days=stood))]
    )
    assert clock.due is not None
    assert clock.due.end >= calendar.add_workdays(start, n).end or remaining == 1


@given(calendars, days)
def test_rolling_finds_the_nearest_working_day(calendar: Calendar, day: date) -> None:
    forward, back = calendar.roll_forward(day), calendar.roll_back(day)
    assert back <= day <= forward
    assert calendar.is_workday(forward)
    assert calendar.is_workday(back)
    assert calendar.workdays_between(day, forward) <= 1
    assert (forward == day) == (back == day) == calendar.is_workday(day)


@given(calendars, days, st.integers(0, 48), st.sampled_from(Roll))
def test_months_keep_the_day_or_take_the_last(calendar: Calendar, start: date, n: int, roll: Roll) -> None:
    plain = calendar.add_months(start, n)
    assert (plain.end.year * 12 + plain.end.month) - (start.year * 12 + start.month) == n
    assert plain.end.day == start.day or (plain.end + timedelta(days=1)).day == 1
    rolled = calendar.add_months(start, n, roll)
    assert roll is Roll.NONE or calendar.is_workday(rolled.end)


@given(days, st.integers(0, 30), st.sampled_from(["ON_BIRTHDAY", "DAY_AFTER"]))
def test_an_age_begins_on_its_day(birth: date, age: int, rule: str) -> None:
    day = reaches_age_on(birth, age, rule)
    assert age_on(birth, day, rule) == age
    assert age == 0 or age_on(birth, day - timedelta(days=1), rule) == age - 1


@given(calendars, days, st.integers(0, 30))
def test_ladders_go_up(calendar: Calendar, start: date, n: int) -> None:
    due = calendar.add_workdays(start, n).end
    times = [rung.at for rung in ladder_wd(calendar, due, start=start)]
    assert times == sorted(set(times))
