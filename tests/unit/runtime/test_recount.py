"""Dates for which timers wait, counted again by another calendar: only those that the old one explains."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from engine.calendar import Calendar, default_calendar
from engine.clock import COUNTY_ZONE
from engine.runtime.inspection import live_variables
from engine.runtime.recount import Recount, recount
from tests.diagrams import Diagram
from tests.unit.runtime.instance import Instance

#: 2025-09-26, a Friday in the published calendar, is free by the county's word.
AFTER = Calendar(overrides={date(2025, 9, 26): False}, reasons={date(2025, 9, 26): "县庆"})


def at(day: int) -> datetime:
    """The first moment of this day of September 2025 in the county; 09-28 is a Sunday that is worked."""
    return datetime(2025, 9, day, tzinfo=COUNTY_ZONE)


def waits(script: str, timer: str, **variables: Any) -> Instance:
    process = (
        Diagram()
        .start()
        .script("count", script)
        .catch("wait", f"{'timer' if timer.startswith('PT') else 'date'} {timer}")
        .user("after")
        .end()
    )
    return Instance(process.flow("start", "count", "wait", "after", "end"), variables)


def again(case: Instance, after: Calendar = AFTER) -> Recount:
    assert case.state is not None
    return recount(case.spec, case.state, replace(case.context, calendar=after), before=default_calendar())


def test_a_date_of_a_script_moves_with_its_timer() -> None:
    case = waits("until = add workdays(today(), 3)", "end of day(until)")
    counted = again(case)
    assert [(each.element_id, each.before, each.after) for each in counted.moved] == [("wait", at(29), at(30))]
    assert live_variables(case.spec, counted.state)["until"] == date(2025, 9, 29)


def test_a_timer_that_counts_itself_moves() -> None:
    case = waits("x = 1", "end of day(add workdays(today(), 3))")
    assert [each.after for each in again(case).moved] == [at(30)]


def test_what_the_old_calendar_does_not_explain_stays() -> None:
    process = Diagram().start().script("count", "until = add workdays(today(), 3)").user("change", variables="until")
    process.catch("wait", "date end of day(until)").end().flow("start", "count", "change", "wait", "end")
    case = Instance(process)
    case.complete("change", until=date(2025, 9, 30))
    counted = again(case)
    assert counted.moved == () and counted.state == case.state


def test_the_same_calendar_and_calendar_days_move_nothing() -> None:
    case = waits("until = add workdays(today(), 3)", "end of day(until)")
    assert again(case, Calendar()).moved == ()
    assert again(waits('until = today() + duration("P3D")', "end of day(until)")).moved == ()
    assert again(waits("x = 1", "PT5H")).moved == ()


def test_a_date_that_was_counted_again_can_be_counted_once_more() -> None:
    case = waits("until = add workdays(today(), 3)", "end of day(until)")
    first = again(case)
    back = recount(case.spec, first.state, case.context, before=AFTER)
    assert [each.after for each in back.moved] == [at(29)]
