"""The decision about reminders is a function of its arguments: AC-06, AC-10 and the rules of M16."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cases.addressees import Holder, Late, address
from cases.reminders import LADDER_H, LADDER_WD, OpenTask, due_rungs, ladder_of
from engine.access import Grant
from engine.calendar import RungCode, default_calendar
from engine.clock import COUNTY_ZONE

CALENDAR = default_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COUNTY_ZONE)


def task(element: str, opened: str, due: str, ladder: str = LADDER_WD, **more: object) -> OpenTask:
    fields: dict[str, object] = {"id": "t", "element_id": element, "department": None, "ladder": ladder}
    return OpenTask(**{**fields, "opened_at": at(opened), "due_at": at(due), **more})  # type: ignore[arg-type]


def shown(element: OpenTask) -> list[tuple[str, str, bool]]:
    rungs = ladder_of(element, CALENDAR)
    return [(rung.code, f"{rung.at.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}", rung.provisional) for rung in rungs]


def test_ac_06() -> None:
    assert shown(task("d_ut_opinion", "2026-04-28 10:00", "2026-05-08 17:30")) == [
        ("R1", "2026-05-07 09:00", False),
        ("R2", "2026-05-08 17:30", False),
        ("R3", "2026-05-09 09:00", False),
        ("R4", "2026-05-12 09:00", False),
    ]


@pytest.mark.parametrize(
    ("due", "pressed", "escalated", "provisional"),
    [
        ("2025-09-30 17:30", "2025-10-09 09:00", "2025-10-11 09:00", False),
        ("2026-09-30 17:30", "2026-10-08 09:00", "2026-10-10 09:00", False),
        ("2026-12-31 17:30", "2027-01-04 09:00", "2027-01-06 09:00", True),
    ],
)
def test_ac_10_a_silent_township(due: str, pressed: str, escalated: str, provisional: bool) -> None:
    rungs = shown(task("g_ut_report", "2025-09-01 09:00", due))
    assert rungs[1] == ("R2", due, False)
    assert rungs[2:] == [("R3", pressed, provisional), ("R4", escalated, provisional)]


def test_courts_are_never_pressed() -> None:
    asked = task("d_ut_check", "2026-04-28 10:00", "2026-05-08 17:30", department="FY")
    assert [code for code, _, _ in shown(asked)] == ["R1", "R2"]


@pytest.mark.parametrize(
    ("element", "codes"),
    [("h_ut_triage", "R1 R2 R3 R4"), ("h5_ut_identity", "R1 R2 R3 R4"), ("c_ut_remove", "R1 R2 R3")],
)
def test_hours(element: str, codes: str) -> None:
    rungs = shown(task(element, "2025-10-03 21:40", "2025-10-03 21:50", LADDER_H))
    assert " ".join(code for code, _, _ in rungs) == codes
    assert rungs[0][1] == "2025-10-03 21:45" and rungs[2][1] == "2025-10-03 22:20"


def test_midnight_belongs_to_the_day_that_ends() -> None:
    rungs = shown(task("a_ut_county_sum", "2026-07-01 09:00", "2026-08-25 00:00"))
    assert [moment[:10] for _, moment, _ in rungs] == ["2026-08-21", "2026-08-24", "2026-08-25", "2026-08-27"]


def test_a_task_that_opens_late_is_reminded_at_once() -> None:
    late = task("d_ut_sign", "2026-05-09 10:00", "2026-05-08 17:30")
    (due,) = due_rungs([late], at("2026-05-09 10:01"), CALENDAR)
    assert due.send is not None and due.send.code == "R3"
    assert [rung.code for rung in due.skipped] == ["R2"]
    assert due.look_at == at("2026-05-12 09:00")


def test_nothing_is_sent_early_and_every_instant_is_looked_at() -> None:
    """Whoever looks when told to sends the whole ladder, each rung at its instant."""
    open_task, now, sent = task("b_ut_visit", "2025-09-24 15:00", "2025-09-30 17:30"), at("2025-09-24 15:00"), []
    while True:
        (due,) = due_rungs([open_task], now, CALENDAR)
        if due.send is not None:
            assert due.send.at == now
            sent.append(due.send.code)
            open_task = task("b_ut_visit", "2025-09-24 15:00", "2025-09-30 17:30", logged=frozenset(sent))
        if due.look_at is None:
            break
        assert due.look_at > now
        assert due_rungs([open_task], due.look_at - timedelta(seconds=1), CALENDAR)[0].send is None
        now = due.look_at
    assert sent == ["R1", "R2", "R3", "R4"]


def test_a_due_date_that_moved_away_repeats_nothing() -> None:
    moved = task("b_ut_visit", "2025-09-24 15:00", "2025-10-14 17:30", logged=frozenset({"R1", "R2"}))
    (due,) = due_rungs([moved], at("2025-10-13 10:00"), CALENDAR)
    assert due.send is None and due.look_at == at("2025-10-15 09:00")


def test_rungs_over_unpublished_days_are_counted_again_daily() -> None:
    waiting = task("g_ut_report", "2026-12-01 09:00", "2026-12-31 17:30")
    now = at("2026-12-10 09:00")
    assert due_rungs([waiting], now, CALENDAR)[0].look_at == now + timedelta(days=1)


def late(role: str, **more: object) -> Late:
    fields: dict[str, object] = {"role": role, "place": "519927101001", "department": None, "assignee": None}
    return Late(**{**fields, "ladder": LADDER_WD, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("task_of", "rung", "roles"),
    [
        (late("town_officer"), "R3", ["town_leader", "mzj_handler"]),
        (late("village_officer"), "R3", ["village_head", "mzj_handler"]),
        (late("rsj_handler"), "R4", ["convener", "vice_convener", "inspector"]),
        (late("mzj_sealed", sealed=True), "R2", ["mzj_sealed"]),
        (late("mzj_sealed", sealed=True), "R4", ["mzj_sealed", "mzj_leader"]),
        (late("wjj_sealed", sealed=True), "R3", ["wjj_sealed", "mzj_sealed", "mzj_leader"]),
        (late("gaj_handler", protected=True), "R3", ["gaj_leader", "mzj_leader"]),
        (late("mzj_duty", protected=True, ladder=LADDER_H), "R2", ["mzj_duty", "mzj_leader"]),
        (late("mzj_duty", protected=True, ladder=LADDER_H), "R3", ["mzj_leader", "mzj_duty", "gaj_handler"]),
        (late("mzj_duty", protected=True, ladder=LADDER_H), "R4", ["convener", "vice_convener"]),
        (late("applicant"), "R3", []),
    ],
)
def test_who_is_reached_at_which_rung(task_of: Late, rung: str, roles: list[str]) -> None:
    """Nobody holds anything here: the first role of each group is named."""
    assert list(address(task_of, RungCode(rung), ()).roles) == roles


def test_the_next_of_a_group_stands_in_for_a_role_that_nobody_holds() -> None:
    leader = Holder(person_id="leader", grant=Grant(role="town_leader", place="519927101"))
    elsewhere = Holder(person_id="elsewhere", grant=Grant(role="village_head", place="519927102001"))
    reached = address(late("village_officer"), RungCode.R3, [leader, elsewhere])
    assert reached.roles == ("town_leader", "mzj_handler") and reached.people == ("leader",)
