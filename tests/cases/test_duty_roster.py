"""The duty roster on both databases: who may draw it up, what it refuses, whom the hour ladder then reaches by which
number, what happens where nobody is on duty, and who is warned before that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases.demo_people import enter_people, holder
from cases.duty_desks import DESKS, Span, gaps
from cases.duty_gaps import warn_of_gaps
from cases.duty_keeping import candidates, coming_shifts, end_shift, enter_shifts
from cases.duty_roster import duty_shift, on_duty, own_shift, readable_shifts
from cases.messages import Channel, message_out
from cases.people import add_person, deactivate, take_role
from cases.reminder_log import reminder_log
from cases.reminding import remind
from cases.sending import sent
from cases.stage import Stage, build
from engine.access import Grant
from engine.clock import COUNTY_ZONE
from engine.commands.start_process import start_process
from engine.errors import NotAllowed, NotFound, SubmissionInvalid
from engine.settings import Settings

PROCESSES = Path(__file__).parents[2] / "processes"
COUNTY, TOWN = "519927", "519927101"
#: A Saturday night.
NIGHT = datetime(2026, 3, 7, 23, 0, tzinfo=COUNTY_ZONE)
REPORT = {
    "found_at": "2026-03-07T22:30:00+08:00",
    "division": "519927101001",
    "place": "青山村3组家中",
    "child_name": "张小宝",
    "approx_age": 5,
    "sex": "男",
    "situations": ["遭受意外伤害"],
    "life_threat": True,
    "reported_to_police": False,
    "reporter_name": "许老师",
    "reporter_unit": "青川镇中心幼儿园",
    "reporter_phone": "13812345678",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=COUNTY_ZONE)


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=NIGHT)
    object.__setattr__(made, "reminds", False)
    made.prepare([])
    with made.database.transaction() as session:
        enter_people(session, password_hash="x", now=NIGHT)
        second = {"second_police": ("gaj_handler", "程岗"), "second_leader": ("mzj_leader", "方勤")}
        for name, (role, called) in second.items():
            grants = (Grant(role=role, place=COUNTY),)
            add_person(
                session, person_id=name, user_name=name, name=called, password_hash="x", now=NIGHT, grants=grants
            )
    yield made
    made.database.dispose()


def shift(
    stage: Stage, desk: str, who: str, begin: str, end: str, *, keeper: str, place: str = COUNTY, **more: Any
) -> int:
    given = {"person": who, "phone": "13900000001", "from_at": f"2026-03-{begin}", "to_at": f"2026-03-{end}", **more}
    with stage.database.transaction() as session:
        return enter_shifts(session, desk, place, given, actor=holder(keeper, place).actor, now=stage.clock.now())


def rows(stage: Stage, table: sa.Table) -> list[Any]:
    with stage.database.reading() as session:
        return list(session.execute(sa.select(table).order_by(table.c.id)).mappings())


def report(stage: Stage) -> str:
    """A report of danger at 23:00: triage and dispatch are due at 23:10."""
    stage.prepare([PROCESSES / "report"])
    teacher = holder("reporter", "519927101001").actor
    with stage.database.transaction() as session:
        folder = stage.env.settings.data_folder
        fields = sent(session, REPORT, folder=folder, actor=teacher, now=NIGHT)
        started = start_process(
            session, stage.env, "report", fields=fields, actor=teacher, now=NIGHT, idempotency_key="r"
        )
    stage.run_due()
    return started.instance_id


def rounds(stage: Stage, *minutes: int, **more: Any) -> None:
    for each in minutes:
        stage.clock.instant = NIGHT + timedelta(minutes=each)
        remind(stage.database, calendar=stage.env.calendar, now=stage.clock.now(), **more)


def told(stage: Stage, element: str, rung: str) -> tuple[list[str], list[str]]:
    """Whom the rung of this step reached, and which desks it found empty."""
    found = next(row for row in rows(stage, reminder_log) if (row["element_id"], row["rung"]) == (element, rung))
    return sorted(found["people"]), sorted(found["unmanned"])


def man_everything(stage: Stage) -> None:
    shift(stage, "mzj_duty", "mzj_duty", "07T20:00", "08T08:00", keeper="mzj_duty", phone="0834-6123456")
    shift(stage, "mzj_leader", "second_leader", "07T20:00", "08T08:00", keeper="mzj_leader", phone="13900000002")
    shift(stage, "gaj_duty", "second_police", "07T20:00", "08T08:00", keeper="gaj_leader", phone="13900000003")
    shift(stage, "gaj_leader", "gaj_leader", "07T20:00", "08T08:00", keeper="gaj_leader", phone="13900000004")
    shift(stage, "government", "vice_convener", "07T20:00", "08T08:00", keeper="zfb_handler", phone="13900000005")


def test_the_hour_ladder_reaches_who_is_on_duty_and_names_whom_to_telephone(stage: Stage) -> None:
    man_everything(stage)
    report(stage)
    rounds(stage, 5, 10, 40, 70, offered=frozenset({Channel.SMS}))
    assert told(stage, "h_ut_dispatch", "R1") == (["second_police"], [])
    assert told(stage, "h_ut_dispatch", "R2") == (["gaj_leader", "second_police"], [])
    assert told(stage, "h_ut_dispatch", "R3") == (["mzj_duty", "second_leader", "second_police"], [])
    assert told(stage, "h_ut_dispatch", "R4") == (["vice_convener"], [])
    assert told(stage, "h_ut_triage", "R2") == (["mzj_duty", "second_leader"], [])
    letters = [row for row in rows(stage, message_out) if "【升级】出警处置" in row["subject"]]
    (last,) = letters
    assert last["person_id"] == "vice_convener"
    assert last["body"].endswith("请立即电话联系:程岗(县公安局值班台) 13900000003;朱明(县公安局值班领导) 13900000004。")
    texts = [row for row in rows(stage, message_out) if row["channel"] == Channel.SMS]
    assert {row["person_id"]: row["address"] for row in texts}["vice_convener"] == "13900000005"
    assert "mzj_duty" not in {row["person_id"] for row in texts}  # a land line takes no text
    assert all("张小宝" not in row["body"] and "公安" not in row["body"] for row in texts)
    assert any("程岗 13900000003" in row["body"] for row in texts)


def test_where_nobody_is_on_duty_everybody_is_told_and_the_log_says_so(stage: Stage) -> None:
    shift(stage, "gaj_duty", "second_police", "08T08:00", "08T20:00", keeper="gaj_leader")
    report(stage)
    rounds(stage, 5, 10, 40, 70)
    assert told(stage, "h_ut_dispatch", "R1") == (["gaj_handler", "second_police"], ["gaj_duty"])
    assert told(stage, "h_ut_dispatch", "R3") == (
        ["gaj_handler", "mzj_duty", "mzj_leader", "second_leader", "second_police"],
        ["gaj_duty", "mzj_duty", "mzj_leader"],
    )
    assert told(stage, "h_ut_dispatch", "R4") == (["convener", "vice_convener"], ["government"])
    last = rows(stage, message_out)[-1]["body"]
    assert "县政府值班领导现在无人值班,已通知该岗位全部人员。" in last


@pytest.mark.parametrize("loss", ["left", "lost the post", "ended"])
def test_whoever_has_left_is_not_on_duty(stage: Stage, loss: str) -> None:
    shift(stage, "gaj_duty", "second_police", "07T20:00", "08T08:00", keeper="gaj_leader")
    with stage.database.transaction() as session:
        assert [each.person_id for each in on_duty(session, NIGHT)] == ["second_police"]
        if loss == "left":
            deactivate(session, "second_police")
        elif loss == "lost the post":
            take_role(session, "second_police", "gaj_handler", COUNTY)
        else:
            end_shift(session, rows(stage, duty_shift)[0]["id"], actor=holder("gaj_leader", COUNTY).actor, now=NIGHT)
        assert on_duty(session, NIGHT) == ()


def test_by_working_days_the_roster_changes_nothing(stage: Stage) -> None:
    """LADDER_WD goes to whoever holds the role: the office works by day."""
    man_everything(stage)
    report(stage)
    with stage.database.transaction() as session:
        session.execute(sa.text("UPDATE user_task SET reminders = 'LADDER_WD'"))
    rounds(stage, 60 * 48)
    assert "请立即电话联系" not in "".join(row["body"] for row in rows(stage, message_out))


def test_a_shift_begins_with_its_first_second_and_ends_before_its_last(stage: Stage) -> None:
    shift(stage, "mzj_duty", "mzj_duty", "08T08:00", "08T20:00", keeper="mzj_duty")
    me = holder("mzj_duty", COUNTY).actor
    with stage.database.reading() as session:
        seen = [bool(own_shift(session, me, at(each))) for each in ("08T07:59", "08T08:00", "08T19:59", "08T20:00")]
    assert seen == [False, True, True, False]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("person", ""),
        ("person", "mzj_leader"),  # holds no role of this desk
        ("person", "nobody"),
        ("phone", "12"),
        ("phone", ""),  # and has none of the own
        ("from_at", "明天"),
        ("to_at", ""),
        ("to_at", "2026-03-08T08:00"),  # when it begins
        ("to_at", "2026-03-20T08:00"),  # longer than a week
        ("weeks", "0"),
        ("weeks", "27"),
        ("weeks", "一"),
        ("from_at", "2028-03-08T08:00"),
    ],
)
def test_a_wrong_value_is_refused_and_named(stage: Stage, field: str, value: str) -> None:
    given = {"person": "gaj_handler", "phone": "13900000001", "from_at": "2026-03-08T08:00", "weeks": "1"}
    given |= {"to_at": "2028-03-09T08:00" if value.startswith("2028") else "2026-03-09T08:00", field: value}
    keeper = holder("gaj_leader", COUNTY).actor
    with stage.database.transaction() as session, pytest.raises(SubmissionInvalid) as wrong:
        enter_shifts(session, "gaj_duty", COUNTY, given, actor=keeper, now=NIGHT)
    assert wrong.value.problems[0].field == field
    assert rows(stage, duty_shift) == []


def test_what_is_past_is_not_entered_afterwards(stage: Stage) -> None:
    with pytest.raises(SubmissionInvalid, match="已经过去"):
        shift(stage, "gaj_duty", "gaj_handler", "07T08:00", "07T22:00", keeper="gaj_leader")


@pytest.mark.parametrize(
    ("begin", "end"), [("07T19:00", "07T21:00"), ("08T07:59", "08T20:00"), ("07T21:00", "08T01:00")]
)
def test_shifts_of_a_desk_never_overlap(stage: Stage, begin: str, end: str) -> None:
    shift(stage, "gaj_duty", "second_police", "07T20:00", "08T08:00", keeper="gaj_leader")
    stage.clock.instant = at("07T12:00")
    with pytest.raises(SubmissionInvalid, match="与程岗的班次"):
        shift(stage, "gaj_duty", "gaj_handler", begin, end, keeper="gaj_leader")
    shift(stage, "gaj_duty", "gaj_handler", "08T08:00", "08T20:00", keeper="gaj_leader")
    shift(stage, "gaj_leader", "gaj_leader", begin, end, keeper="gaj_leader")  # another desk


def test_a_weekly_shift_that_overlaps_once_is_not_entered_at_all(stage: Stage) -> None:
    shift(stage, "gaj_duty", "second_police", "22T08:00", "23T08:00", keeper="gaj_leader")
    with pytest.raises(SubmissionInvalid, match="重叠"):
        shift(stage, "gaj_duty", "gaj_handler", "08T08:00", "09T08:00", keeper="gaj_leader", weeks="4")
    assert len(rows(stage, duty_shift)) == 1
    assert shift(stage, "gaj_duty", "gaj_handler", "08T08:00", "09T08:00", keeper="gaj_leader", weeks="2") == 2


def test_two_who_draw_up_one_roster_at_once_do_not_both_succeed(stage: Stage) -> None:
    outcomes, both = [], threading.Barrier(2)

    def enter(who: str) -> None:
        both.wait()
        try:
            shift(stage, "gaj_duty", who, "08T08:00", "09T08:00", keeper="gaj_leader")
            outcomes.append("entered")
        except SubmissionInvalid:
            outcomes.append("overlaps")

    threads = [threading.Thread(target=enter, args=(who,)) for who in ("gaj_handler", "second_police")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["entered", "overlaps"]


@pytest.mark.parametrize(
    ("desk", "place", "keeper", "allowed"),
    [
        ("gaj_duty", COUNTY, "gaj_handler", True),
        ("gaj_duty", COUNTY, "mzj_leader", False),
        ("mzj_leader", COUNTY, "mzj_duty", True),
        ("mzj_leader", COUNTY, "gaj_leader", False),
        ("town_leader", TOWN, "town_officer", True),
        ("town_leader", TOWN, "mzj_leader", False),
        ("town_leader", TOWN, "village_head", False),
        ("government", COUNTY, "zfb_handler", True),
        ("government", COUNTY, "town_head", False),
    ],
)
def test_an_office_keeps_its_own_desks_only(stage: Stage, desk: str, place: str, keeper: str, allowed: bool) -> None:
    actor = holder(keeper, f"{TOWN}001" if keeper.startswith(("town", "village")) else COUNTY).actor
    with stage.database.reading() as session:
        if allowed:
            assert candidates(session, desk, place, actor)
            coming_shifts(session, desk, place, actor, NIGHT)
            return
        for read in (
            lambda: candidates(session, desk, place, actor),
            lambda: coming_shifts(session, desk, place, actor, NIGHT),
        ):
            with pytest.raises(NotAllowed):
                read()


def test_a_township_keeps_no_other_township_s_desk(stage: Stage) -> None:
    with stage.database.transaction() as session:
        mine = holder("town_officer", TOWN).actor
        with pytest.raises(NotAllowed):
            enter_shifts(session, "town_leader", "519927102", {}, actor=mine, now=NIGHT)
        with pytest.raises(NotFound):
            enter_shifts(session, "town_leader", COUNTY, {}, actor=mine, now=NIGHT)
        with pytest.raises(NotAllowed):
            readable_shifts(session, holder("applicant", f"{TOWN}001").actor, NIGHT, NIGHT)


def test_a_gap_is_warned_of_before_and_when_it_comes(stage: Stage) -> None:
    shift(stage, "gaj_duty", "second_police", "07T20:00", "10T08:00", keeper="gaj_leader")
    shift(stage, "gaj_duty", "gaj_handler", "10T20:00", "12T08:00", keeper="gaj_leader")

    def warned(when: str) -> list[tuple[str, str]]:
        before = len(rows(stage, message_out))
        with stage.database.transaction() as session:
            warn_of_gaps(session, now=at(when))
        return sorted((row["person_id"], row["subject"]) for row in rows(stage, message_out)[before:])

    keepers = ("gaj_handler", "gaj_leader", "second_police")
    assert warned("07T23:00") == [(each, "【值班】县公安局值班台即将无人值班") for each in keepers]
    assert warned("07T23:01") == []
    body = rows(stage, message_out)[0]["body"]
    assert "自 2026-03-10 08:00 至 2026-03-10 20:00(沈刚接班)" in body
    assert ("gaj_handler", "【值班】县公安局值班台现在无人值班") in warned("10T08:00")
    assert {subject for _, subject in warned("10T09:00")} <= {"【值班】县公安局值班台即将无人值班"}
    assert warned("12T08:00") == [(each, "【值班】县公安局值班台现在无人值班") for each in keepers]
    assert warned("20T08:00") == []


def test_gaps_are_what_no_shift_covers() -> None:
    def span(begin: int, end: int) -> Span:
        return Span(from_at=NIGHT + timedelta(hours=begin), to_at=NIGHT + timedelta(hours=end))

    since, until = NIGHT, NIGHT + timedelta(hours=24)
    assert gaps([], since, until) == (span(0, 24),)
    assert gaps([span(-5, 30)], since, until) == ()
    assert gaps([span(12, 24), span(-1, 10)], since, until) == (span(10, 12),)
    assert gaps([span(2, 4), span(3, 6)], since, until) == (span(0, 2), span(6, 24))
    assert gaps([span(30, 40)], since, until) == (span(0, 24),)


def test_every_desk_can_be_manned_in_the_demo_county(stage: Stage) -> None:
    with stage.database.reading() as session:
        for desk in DESKS.values():
            place = TOWN if desk.digits == len(TOWN) else COUNTY
            assert candidates(session, desk.code, place, holder(sorted(desk.keepers)[0], place).actor), desk.code
