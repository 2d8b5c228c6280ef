"""Every date of the acceptance scenarios AC-01…AC-12 (domain.md part 8, with M14) that the calendar alone computes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.calendar import (
    Calendar,
    Roll,
    RungCode,
    Suspension,
    age_on,
    county_instant,
    days_before,
    default_calendar,
    end_of_day,
    ladder_h,
    ladder_wd,
    latest,
    month_after,
    reaches_age_on,
    suspended_clock,
)

calendar = default_calendar()


def day(text: str) -> date:
    return date.fromisoformat(text)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00")


WORKDAYS = [
    # scenario, what, start, n, end
    ("AC-01", "verify_due", "2025-09-24", 5, "2025-09-30"),
    ("AC-01", "notice end, working days", "2025-09-30", 5, "2025-10-14"),
    ("AC-01", "forwarding", "2025-10-14", 1, "2025-10-15"),
    ("AC-01", "departments' target", "2025-10-15", 3, "2025-10-20"),
    ("AC-01", "county due", "2025-10-15", 5, "2025-10-22"),
    ("AC-01", "service", "2025-10-22", 3, "2025-10-27"),
    ("AC-01", "department items", "2025-10-22", 10, "2025-11-05"),
    ("AC-02", "village task from a holiday", "2025-10-04", 2, "2025-10-10"),
    ("AC-02", "formal check", "2025-10-09", 1, "2025-10-10"),
    ("AC-02", "verify_due", "2025-10-09", 5, "2025-10-15"),
    ("AC-02", "verify_due, filed online in the holiday", "2025-10-04", 5, "2025-10-14"),
    ("AC-03", "formal check", "2025-12-29", 1, "2025-12-30"),
    ("AC-03", "verify_due", "2026-01-04", 5, "2026-01-09"),
    ("AC-04", "county due", "2026-02-10", 5, "2026-02-24"),
    ("AC-05", "notice end", "2025-09-26", 5, "2025-10-10"),
    ("AC-05", "objection", "2025-09-29", 5, "2025-10-13"),
    ("AC-05", "objection, extended", "2025-10-13", 5, "2025-10-20"),
    ("AC-05", "forward after the last objection closed", "2025-10-13", 1, "2025-10-14"),
    ("AC-05", "notice posted again", "2025-10-14", 5, "2025-10-21"),
    ("AC-06", "target", "2026-04-28", 3, "2026-05-06"),
    ("AC-06", "due", "2026-04-28", 5, "2026-05-08"),
    ("AC-07", "convene", "2025-11-14", 5, "2025-11-21"),
    ("AC-07", "conclude", "2025-11-14", 10, "2025-11-28"),
    ("AC-07", "service", "2025-11-26", 3, "2025-12-01"),
    ("AC-08", "review task, SEED_LITERAL", "2026-02-14", 5, "2026-02-28"),
    ("AC-09", "exit verification", "2025-10-08", 5, "2025-10-14"),
    ("AC-11", "police statement", "2025-10-04", 5, "2025-10-14"),
    ("AC-11", "assessment", "2025-10-04", 10, "2025-10-21"),
    ("AC-11", "meeting", "2025-10-21", 10, "2025-11-04"),
    ("AC-12", "verify_due", "2026-02-13", 5, "2026-02-27"),
    ("AC-12", "county due", "2026-02-27", 5, "2026-03-05"),
    ("AC-12", "ground-4 review", "2026-09-27", 5, "2026-10-09"),
]


@pytest.mark.parametrize(("scenario", "what", "start", "n", "end"), WORKDAYS, ids=[f"{w[0]} {w[1]}" for w in WORKDAYS])
def test_working_days(scenario: str, what: str, start: str, n: int, end: str) -> None:
    derivation = calendar.add_workdays(day(start), n)
    assert derivation.end == day(end)
    assert not derivation.provisional
    assert calendar.workdays_between(day(start), day(end)) == n


@pytest.mark.parametrize(
    ("start", "n", "text"),
    [
        ("2025-09-24", 5, "9/25 ①, 9/26 ②, 9/28(调休) ③, 9/29 ④, 9/30 ⑤"),
        ("2025-09-30", 5, "10/9 ①, 10/10 ②, 10/11(调休) ③, 10/13 ④, 10/14 ⑤"),
        ("2026-02-10", 5, "2/11 ①, 2/12 ②, 2/13 ③, 2/14(调休) ④, 2/24 ⑤"),
        ("2025-09-26", 5, "9/28(调休) ①, 9/29 ②, 9/30 ③, 10/9 ④, 10/10 ⑤"),
        ("2025-09-29", 5, "9/30 ①, 10/9 ②, 10/10 ③, 10/11(调休) ④, 10/13 ⑤"),
        ("2026-04-28", 5, "4/29 ①, 4/30 ②, 5/6 ③, 5/7 ④, 5/8 ⑤"),
        ("2026-02-14", 5, "2/24 ①, 2/25 ②, 2/26 ③, 2/27 ④, 2/28(调休) ⑤"),
        ("2026-02-13", 5, "2/14(调休) ①, 2/24 ②, 2/25 ③, 2/26 ④, 2/27 ⑤"),
        ("2026-02-27", 5, "2/28(调休) ①, 3/2 ②, 3/3 ③, 3/4 ④, 3/5 ⑤"),
        ("2026-09-27", 5, "9/28 ①, 9/29 ②, 9/30 ③, 10/8 ④, 10/9 ⑤"),
        ("2025-12-31", 1, "2026/1/4(调休) ①"),
    ],
)
def test_how_the_screen_shows_the_count(start: str, n: int, text: str) -> None:
    assert calendar.add_workdays(day(start), n).text() == text


PERIODS = [
    ("AC-01 notice, 7 CD", calendar.add_calendar_days(day("2025-09-30"), 7, Roll.FORWARD), "2025-10-09"),
    ("AC-03 supplement", calendar.add_calendar_days(day("2025-12-30"), 30, Roll.FORWARD), "2026-01-29"),
    ("AC-07 review 60 CD", calendar.add_calendar_days(day("2025-11-28"), 60, Roll.FORWARD), "2026-01-27"),
    ("AC-07 lawsuit 6 months", calendar.add_months(day("2025-11-28"), 6, Roll.FORWARD), "2026-05-28"),
    ("AC-11 temporary guardianship limit", calendar.add_months(day("2025-10-04"), 12), "2026-10-04"),
    ("AC-11 decided by", calendar.add_months(day("2025-10-04"), 12, Roll.BACK), "2026-09-30"),
    ("AC-11 protection order valid until", calendar.add_months(day("2025-10-05"), 6), "2026-04-05"),
    ("AC-11 expected judgment", calendar.add_calendar_days(day("2025-11-10"), 30), "2025-12-10"),
    ("AC-11 window opens", calendar.add_months(day("2025-12-10"), 3), "2026-03-10"),
    ("AC-11 window closes", calendar.add_months(day("2025-12-10"), 12), "2026-12-10"),
    ("M14 nobody files", calendar.add_calendar_days(day("2025-11-04"), 30, Roll.FORWARD), "2025-12-04"),
    ("M14 filed 12-08", calendar.add_calendar_days(day("2025-12-08"), 30), "2026-01-07"),
    ("M14 window opens", calendar.add_months(day("2026-01-07"), 3), "2026-04-07"),
    ("M14 window closes", calendar.add_months(day("2026-01-07"), 12), "2027-01-07"),
]


@pytest.mark.parametrize(("derivation", "end"), [p[1:] for p in PERIODS], ids=[p[0] for p in PERIODS])
def test_days_and_months(derivation: object, end: str) -> None:
    assert derivation.end == day(end)  # type: ignore[attr-defined]


def test_ac01_the_notice_lasts_until_the_later_of_its_two_ends() -> None:
    end = latest([calendar.add_workdays(day("2025-09-30"), 5), calendar.add_calendar_days(day("2025-09-30"), 7)]).end
    assert end_of_day(end) == local("2025-10-15T00:00")


def test_ac05_an_objection_five_minutes_after_the_end_is_late() -> None:
    ends = end_of_day(calendar.add_workdays(day("2025-09-26"), 5).end)
    assert ends == local("2025-10-11T00:00")
    assert local("2025-10-11T00:05") > ends


def test_ac03_the_supplement_lapses_at_midnight() -> None:
    assert end_of_day(calendar.add_calendar_days(day("2025-12-30"), 30).end) == local("2026-01-30T00:00")


def test_ac01_effective_month() -> None:
    assert month_after(day("2025-10-22")) == day("2025-11-01")
    assert month_after(day("2025-12-31")) == day("2026-01-01")


def rungs(due: str, start: str | None = None) -> dict[RungCode, datetime]:
    ladder = ladder_wd(calendar, day(due), start=day(start) if start else None)
    return {rung.code: rung.at for rung in ladder}


def test_ac06_ladder_over_may_day() -> None:
    assert rungs("2026-05-08", "2026-04-28") == {
        RungCode.R1: local("2026-05-07T09:00"),
        RungCode.R2: local("2026-05-08T17:30"),
        RungCode.R3: local("2026-05-09T09:00"),
        RungCode.R4: local("2026-05-12T09:00"),
    }


def test_ac06_suspension_with_the_date_of_m14() -> None:
    waiting = suspended_clock(calendar, day("2026-04-28"), 5, [Suspension(suspended_on=day("2026-04-30"))])
    assert (waiting.remaining, waiting.due) == (3, None)
    resumed = suspended_clock(
        calendar,
        day("2026-04-28"),
        5,
        [Suspension(suspended_on=day("2026-04-30"), resumed_on=day("2026-05-08"))],
    )
    assert resumed.due is not None
    assert resumed.due.end == day("2026-05-12")
    assert resumed.due.text() == "5/9(调休) ①, 5/11 ②, 5/12 ③"


def test_ac09_school_task_reminder_and_ages() -> None:
    birthday = reaches_age_on(day("2007-10-08"), 18)
    assert birthday == day("2025-10-08")
    assert days_before(birthday, 90) == day("2025-07-10")
    assert days_before(birthday, 30) == day("2025-09-08")
    assert reaches_age_on(day("2008-02-29"), 18) == day("2026-02-28")
    assert age_on(day("2008-02-29"), day("2026-02-28")) == 18
    assert age_on(day("2010-02-14"), day("2026-02-14")) == 16  # AC-08
    stops = {rule: month_after(reaches_age_on(day("2007-10-31"), 18, rule)) for rule in ("ON_BIRTHDAY", "DAY_AFTER")}
    assert stops == {"ON_BIRTHDAY": day("2025-11-01"), "DAY_AFTER": day("2025-12-01")}


def test_ac10_quarters() -> None:
    assert [calendar.last_workday_of_month(2025, 9), calendar.last_workday_of_month(2026, 3)] == [
        day("2025-09-30"),
        day("2026-03-31"),
    ]
    assert rungs("2025-09-30")[RungCode.R2] == local("2025-09-30T17:30")
    assert rungs("2025-09-30")[RungCode.R3] == local("2025-10-09T09:00")
    assert rungs("2025-09-30")[RungCode.R4] == local("2025-10-11T09:00")
    assert calendar.roll_forward(day("2026-03-01")) == day("2026-03-02")
    assert calendar.roll_back(day("2026-03-15")) == day("2026-03-13")
    assert calendar.roll_back(day("2026-03-25")) == day("2026-03-25")
    assert calendar.roll_back(day("2026-09-25")) == day("2026-09-24")
    assert calendar.last_workday_of_month(2026, 9) == day("2026-09-30")
    assert rungs("2026-09-30")[RungCode.R3] == local("2026-10-08T09:00")
    assert rungs("2026-09-30")[RungCode.R4] == local("2026-10-10T09:00")


def test_ac10_the_ladder_runs_past_the_published_calendar_and_is_counted_again() -> None:
    due = calendar.last_workday_of_month(2026, 12)
    assert due == day("2026-12-31")
    ladder = {rung.code: rung for rung in ladder_wd(calendar, due)}
    assert (ladder[RungCode.R3].at, ladder[RungCode.R3].provisional) == (local("2027-01-04T09:00"), True)
    assert (ladder[RungCode.R4].at, ladder[RungCode.R4].provisional) == (local("2027-01-06T09:00"), True)
    assert not ladder[RungCode.R2].provisional

    reloaded = Calendar({day("2027-01-02"): True, day("2027-01-04"): False}, loaded_through=day("2027-12-31"))
    ladder = {rung.code: rung for rung in ladder_wd(reloaded, due)}
    assert (ladder[RungCode.R3].at, ladder[RungCode.R3].provisional) == (local("2027-01-02T09:00"), False)
    assert (ladder[RungCode.R4].at, ladder[RungCode.R4].provisional) == (local("2027-01-06T09:00"), False)


def test_ac11_hours_run_through_the_holiday() -> None:
    reported = local("2025-10-03T21:40")
    assert calendar.add_minutes(reported, 10).end == local("2025-10-03T21:50")
    assert calendar.add_hours(local("2025-10-04T02:10"), 24).end == local("2025-10-05T02:10")
    assert calendar.add_hours(local("2025-10-04T10:00"), 24).end == local("2025-10-05T10:00")
    assert calendar.add_hours(local("2025-10-04T10:00"), 72).end == local("2025-10-07T10:00")
    assert days_before(day("2026-10-04"), 60) == day("2026-08-05")
    assert days_before(day("2026-10-04"), 30) == day("2026-09-04")
    assert age_on(day("2019-12-24"), day("2025-10-03")) == 5
    assert end_of_day(day("2025-12-04")) == local("2025-12-05T00:00")


def test_ladder_of_hours() -> None:
    start = local("2025-10-03T21:40")
    assert [(r.code.value, r.at - start) for r in ladder_h(start, start + timedelta(minutes=10))] == [
        ("R1", timedelta(minutes=5)),
        ("R2", timedelta(minutes=10)),
        ("R3", timedelta(minutes=40)),
        ("R4", timedelta(minutes=70)),
    ]
    assert all(rung.at.tzinfo is UTC for rung in ladder_h(start, start + timedelta(minutes=10)))


def test_ac12_mother_s_term_ends_on_a_sunday() -> None:
    assert calendar.add_months(day("2026-01-27"), 8).end == day("2026-09-27")
    assert day("2026-09-27").weekday() == 6
    assert age_on(day("2010-11-11"), day("2026-01-28")) == 15
    assert calendar.add_hours(county_instant(day("2026-01-28"), datetime.min.time()), 24).end == local(
        "2026-01-29T00:00"
    )
