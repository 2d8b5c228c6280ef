"""Periods of parents: which stands, and which reach the six months of 事实无人抚养 (domain.md 2 C2, DL-34)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cases.parent_periods import Period, checked, lacks_parent, too_short
from engine.calendar import default_calendar

CALENDAR = default_calendar()


def row(status: str, start: str | None, end: str | None) -> dict[str, Any]:
    days = [date.fromisoformat(each) if each else None for each in (start, end)]
    return {"status": status, "start_date": days[0], "end_date": days[1]}


@pytest.mark.parametrize(
    ("mother", "short"),
    [
        (row("服刑", "2026-01-28", "2026-09-27"), False),  # AC-12: eight months
        (row("服刑", "2026-01-28", "2026-07-27"), False),  # six months, both days counted
        (row("服刑", "2026-01-28", "2026-07-26"), True),
        (row("强制戒毒", "2025-08-31", "2026-02-27"), False),
        (row("强制戒毒", "2025-08-31", "2026-02-26"), True),
        (row("其他限制自由", "2026-01-28", "2026-03-01"), True),
        (row("服刑", "2026-01-28", None), False),  # no end is known: nothing to compare
        (row("服刑", None, "2026-03-01"), False),
        (row("失联", "2025-09-11", None), False),
        (row("失联", "2025-09-12", None), True),
        (row("重残", "2026-01-28", "2026-03-01"), False),
        (row("死亡", "2026-03-01", None), False),
    ],
)
def test_six_months(mother: dict[str, Any], short: bool) -> None:
    found = too_short({"父": row("死亡", "2025-06-01", None), "母": mother}, on=date(2026, 3, 11), calendar=CALENDAR)
    assert len(found) == short
    assert all("母亲" in words for words in found)


def test_a_fact_check_tells_of_the_parent_it_is_about_and_of_the_other_one_in_rows() -> None:
    fields = {
        "about_parent": "母",
        "sentence_from": date(2026, 1, 28),
        "sentence_to": date(2026, 9, 27),
        "rehab_from": None,
        "parent_periods": [{"which": "父", "status": "死亡", "period_from": date(2025, 6, 1), "period_to": None}],
    }
    assert checked(fields) == (
        Period(which="母", status="服刑", start=date(2026, 1, 28), end=date(2026, 9, 27)),
        Period(which="父", status="死亡", start=date(2025, 6, 1), end=None),
    )


def test_dates_of_nobody_are_noticed_where_the_form_asks_whose_they_are() -> None:
    dated = {"death_date": date(2025, 6, 1)}
    assert lacks_parent({**dated, "about_parent": None})
    assert not lacks_parent({**dated, "about_parent": "父"})
    assert not lacks_parent({"about_parent": None})
    assert not lacks_parent(dated)  # a form of an older version
    assert checked(dated) == ()
