"""Ages (domain.md 0.4-9) and reminder ladders (0.6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from engine.calendar import RungCode, age_on, days_before, default_calendar, ladder_h, ladder_wd, reaches_age_on

calendar = default_calendar()

# --- ages (0.4-9) ---


@pytest.mark.parametrize(
    ("birth", "day", "rule", "age"),
    [
        ("2008-02-29", "2026-02-27", "ON_BIRTHDAY", 17),
        ("2008-02-29", "2026-02-28", "ON_BIRTHDAY", 18),
        ("2008-02-29", "2026-02-28", "DAY_AFTER", 17),
        ("2008-02-29", "2026-03-01", "DAY_AFTER", 18),
        ("2008-02-29", "2024-02-28", "ON_BIRTHDAY", 15),
        ("2008-02-29", "2024-02-29", "ON_BIRTHDAY", 16),
        ("2007-10-08", "2025-10-08", "ON_BIRTHDAY", 18),
        ("2007-10-08", "2025-10-08", "DAY_AFTER", 17),
        ("2007-10-08", "2025-10-09", "DAY_AFTER", 18),
        ("2007-12-31", "2025-12-31", "DAY_AFTER", 17),
        ("2007-12-31", "2026-01-01", "DAY_AFTER", 18),
        ("2025-10-08", "2025-10-08", "ON_BIRTHDAY", 0),
        ("2025-10-08", "2025-10-08", "DAY_AFTER", 0),
    ],
)
def test_ages(birth: str, day: str, rule: str, age: int) -> None:
    assert age_on(date.fromisoformat(birth), date.fromisoformat(day), rule) == age


def test_ages_that_are_refused() -> None:
    with pytest.raises(ValueError, match="nobody has an age"):
        age_on(date(2025, 10, 9), date(2025, 10, 8))
    with pytest.raises(ValueError, match="age cannot be negative"):
        reaches_age_on(date(2025, 10, 9), -1)
    with pytest.raises(ValueError, match="SOMEDAY"):
        age_on(date(2007, 10, 9), date(2025, 10, 8), "SOMEDAY")
    with pytest.raises(ValueError, match="cannot be negative"):
        days_before(date(2025, 10, 9), -1)


# --- ladders (0.6) ---


def test_no_reminder_on_the_start_day_and_no_fourth_rung_where_it_is_not_wanted() -> None:
    codes = [rung.code for rung in ladder_wd(calendar, date(2025, 10, 10), start=date(2025, 10, 9))]
    assert codes == [RungCode.R2, RungCode.R3, RungCode.R4]
    codes = [rung.code for rung in ladder_wd(calendar, date(2025, 10, 10), start=date(2025, 10, 4), escalate=False)]
    assert codes == [RungCode.R1, RungCode.R2, RungCode.R3]
    assert [rung.name for rung in ladder_wd(calendar, date(2025, 10, 10))] == ["提醒", "催办", "督办", "升级"]


def test_the_ladder_takes_another_closing_time() -> None:
    ladder = ladder_wd(calendar, date(2025, 10, 10), closing=time(18, 0))
    assert ladder[1].at == datetime(2025, 10, 10, 10, 0, tzinfo=UTC)


def test_a_ladder_of_hours_needs_time_to_run() -> None:
    now = datetime(2025, 10, 10, tzinfo=UTC)
    with pytest.raises(ValueError, match="not after the start"):
        ladder_h(now, now)
