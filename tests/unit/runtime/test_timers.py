"""Timer arithmetic against the calendar, and rounds against a naive count."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import YearsMonths
from engine.runtime.timers import (
    TimerValueInvalid,
    cycle_of,
    due_of,
    parse_interval,
    round_after,
    round_due,
)

NOW = datetime(2025, 1, 31, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ("P5D", datetime(2025, 2, 5, 2, tzinfo=UTC)),
        ("PT1H30M", datetime(2025, 1, 31, 3, 30, tzinfo=UTC)),
        ("P1M", datetime(2025, 2, 28, 2, tzinfo=UTC)),
        ("P1Y1M", datetime(2026, 2, 28, 2, tzinfo=UTC)),
        ("P2W", datetime(2025, 2, 14, 2, tzinfo=UTC)),
        (timedelta(days=1), datetime(2025, 2, 1, 2, tzinfo=UTC)),
        (YearsMonths(1), datetime(2025, 2, 28, 2, tzinfo=UTC)),
        (date(2025, 2, 1), datetime(2025, 1, 31, 16, tzinfo=UTC)),  # midnight in the county
        ("2025-02-01", datetime(2025, 1, 31, 16, tzinfo=UTC)),
        ("2025-02-01T00:00:00", datetime(2025, 1, 31, 16, tzinfo=UTC)),  # a naive time is county time
        ("2025-02-01T00:00:00Z", datetime(2025, 2, 1, tzinfo=UTC)),
        (datetime(2025, 2, 1, 8), datetime(2025, 2, 1, 0, tzinfo=UTC)),
    ],
)
def test_due(value: object, due: datetime) -> None:
    assert due_of(value, NOW) == due


@pytest.mark.parametrize("value", [None, 5, True, [], "", "P", "PT", "5 days", "2025-13-01", "PT1H2", "R3/PT1H"])
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(TimerValueInvalid):
        due_of(value, NOW)


@pytest.mark.parametrize("value", [None, 3, "", "PT1H", "R3", "R3/", "R/x", "R-1/PT1H", "R3/PT0S", "R3/-PT1H"])
def test_what_is_no_repetition_is_refused(value: object) -> None:
    with pytest.raises(TimerValueInvalid):
        cycle_of(value, NOW)


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("R3/PT1H", NOW + timedelta(hours=1), NOW + timedelta(hours=3)),
        ("R2/2025-03-01T00:00:00Z/P1D", datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 3, 2, tzinfo=UTC)),
        ("R2/P1D/2025-03-03T00:00:00Z", datetime(2025, 3, 2, tzinfo=UTC), datetime(2025, 3, 3, tzinfo=UTC)),
    ],
)
def test_rounds(value: str, first: datetime, last: datetime) -> None:
    cycle = cycle_of(value, NOW)
    assert round_due(cycle, 1) == first
    assert cycle.count is not None and round_due(cycle, cycle.count) == last
    assert round_due(cycle, cycle.count + 1) is None


def test_quarterly_rounds_do_not_drift() -> None:
    cycle = cycle_of("R/P3M", datetime(2025, 1, 31, 2, tzinfo=UTC))
    days = [(due.month, due.day) for n in range(1, 5) if (due := round_due(cycle, n))]
    assert days == [(4, 30), (7, 31), (10, 31), (1, 31)]


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 50), st.integers(1, 60), st.integers(0, 400), st.one_of(st.none(), st.integers(1, 60)))
def test_round_after_is_the_first_future_round(number: int, minutes: int, late: int, count: int | None) -> None:
    cycle = cycle_of(f"R{'' if count is None else count}/PT{minutes}M", NOW)
    now = NOW + timedelta(minutes=late)
    expected, candidate = None, number + 1
    while (due := round_due(cycle, candidate)) is not None:
        if due > now:
            expected = candidate
            break
        candidate += 1
    assert round_after(cycle, number, now) == expected


def test_a_year_of_missed_minutes_is_found_at_once() -> None:
    cycle = cycle_of("R/PT1M", NOW)
    assert round_after(cycle, 1, NOW + timedelta(days=365)) == 365 * 24 * 60 + 1


@given(st.text(alphabet="PT0123456789YMWDHS.-R/", max_size=15))
def test_no_text_raises_anything_else(text: str) -> None:
    for read in (parse_interval, lambda value: due_of(value, NOW), lambda value: cycle_of(value, NOW)):
        with contextlib.suppress(TimerValueInvalid):
            read(text)
