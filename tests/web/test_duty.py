"""The duty pages: the telephone list for everybody in office, the roster for the office in charge, the red mark for who
is on duty now."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cases import people
from cases.duty_roster import duty_shift
from engine.access import Grant
from engine.clock import COUNTY_ZONE, SystemClock

DESK = "/duty/town_duty/519927101"


def at(hours: float) -> str:
    """A time of the page's field, so many hours from now."""
    return f"{(SystemClock().now() + timedelta(hours=hours)).astimezone(COUNTY_ZONE):%Y-%m-%dT%H:%M}"


def given(begin: float, end: float, **more: str) -> dict[str, str]:
    shift = {"person": "p-officer", "phone": "13912345678", "from_at": at(begin), "to_at": at(end), "weeks": "1"}
    return {**shift, **more}


def rows(edge):
    with edge.database.reading() as session:
        return session.execute(sa.select(duty_shift).order_by(duty_shift.c.id)).mappings().all()


def test_the_office_draws_up_its_roster_and_everybody_in_office_reads_the_number(edge, as_person):
    officer = as_person("officer")
    assert officer.post(DESK, **given(-1, 12)).status_code == 303
    for who in ("officer", "window", "otherofficer"):
        page = as_person(who).get("/duty").get_data(as_text=True)
        assert 'href="tel:13912345678"' in page and "李强" in page
    assert as_person("guardian").get("/duty").status_code == 403
    assert as_person("auditor").get("/duty").status_code == 403


def test_only_who_is_on_duty_now_has_the_red_mark(as_person):
    officer = as_person("officer")
    officer.post(DESK, **given(-1, 12))
    assert 'class="bar-mark duty-mark"' in officer.get("/inbox").get_data(as_text=True)
    assert 'class="bar-mark duty-mark"' not in as_person("window").get("/inbox").get_data(as_text=True)
    officer.post("/duty/shifts/1/end")
    assert 'class="bar-mark duty-mark"' not in officer.get("/inbox").get_data(as_text=True)


def test_a_coming_shift_gives_no_mark_yet(as_person):
    officer = as_person("officer")
    officer.post(DESK, **given(1, 12))
    assert 'class="bar-mark duty-mark"' not in officer.get("/inbox").get_data(as_text=True)


def test_what_was_typed_stays_and_the_mistake_stands_at_its_field(edge, as_person):
    answer = as_person("officer").post(DESK, **given(1, 12, phone="12345"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="12345" autocomplete="off" aria-invalid="true" aria-describedby="problem-phone"' in page
    assert "不是有效的电话号码" in page and f'value="{at(12)}"' in page
    assert rows(edge) == []


def test_an_overlap_names_the_other_shift(edge, as_person):
    officer = as_person("officer")
    officer.post(DESK, **given(1, 12))
    answer = officer.post(DESK, **given(11, 20))
    assert answer.status_code == 422 and "与李强的班次" in answer.get_data(as_text=True)
    assert len(rows(edge)) == 1


def test_a_coming_shift_is_taken_back_and_the_present_one_ends_now(edge, as_person):
    officer = as_person("officer")
    officer.post(DESK, **given(-2, 3))
    officer.post(DESK, **given(3, 6))
    for number in (1, 2):
        assert officer.post(f"/duty/shifts/{number}/end").status_code == 303
    (left,) = rows(edge)
    assert left["id"] == 1 and left["to_at"] <= SystemClock().now()
    assert officer.post("/duty/shifts/1/end").status_code == 404  # it is over


@pytest.mark.parametrize("who", ["otherofficer", "window", "guardian", "owner", "auditor"])
def test_nobody_else_writes_in_it(edge, as_person, who):
    as_person("officer").post(DESK, **given(1, 12))
    other = as_person(who)
    assert other.get(DESK).status_code == 403
    assert other.post(DESK, **given(13, 20)).status_code == 403
    assert other.post("/duty/shifts/1/end").status_code == 403
    assert len(rows(edge)) == 1


def test_a_gap_stands_on_the_page_before_it_happens(edge, as_person):
    officer = as_person("officer")
    officer.post(DESK, **given(-1, 12))
    officer.post(DESK, **given(14, 60))
    page = officer.get("/duty").get_data(as_text=True)
    assert page.count("无人值班。") == 1
    assert "没有排班" in as_person("otherofficer").get("/duty").get_data(as_text=True)
    assert "无人值班。" in officer.get(DESK).get_data(as_text=True)


def test_a_shift_whose_person_lost_the_post_is_shown_as_void(edge, as_person):
    officer = as_person("officer")
    with edge.database.transaction() as session:
        people.give_role(session, "p-window", Grant(role="town_officer", place="519927101"))
    officer.post(DESK, **given(-1, 12, person="p-window"))
    with edge.database.transaction() as session:
        people.take_role(session, "p-window", "town_officer", "519927101")
    assert "已不在岗,此班次无效" in officer.get(DESK).get_data(as_text=True)
    assert "13912345678" not in officer.get("/duty").get_data(as_text=True)
