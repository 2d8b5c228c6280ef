"""Absences with a substitute, posts handed over, and the warning before nobody is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from cases import absences, people
from cases.messages import message_out
from engine.access import Actor, Grant
from engine.commands.claim_task import claim_task
from engine.errors import NotAllowed, Refused, SubmissionInvalid
from engine.store.history import history
from engine.store.user_task import user_task
from tests.browser.county import County, open_county
from tests.web.test_tasks import STORY, enter

OFFICER = STORY.steps[1].actor
assert OFFICER is not None
COLLEAGUE = Actor(id="colleague", name="钱进", unit="青川镇", grants=OFFICER.grants)
NEWCOMER = Actor(id="newcomer", name="沈新", unit="青川镇", grants=(Grant(role="town_window", place="519927101"),))
SECURITY = Actor(id="security", name="安稳", grants=(Grant(role="security_admin"),))
DAYS = {"first_day": "2025-09-24", "last_day": "2025-10-10"}


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[County]:
    opened = open_county(sqlite_url, tmp_path / "data", datetime.fromisoformat("2025-09-24T09:00:00+08:00"))
    yield opened
    opened.close()


@pytest.fixture
def task(county: County) -> str:
    """形式审查, held by the officer."""
    found = county.tell(STORY, "b_ut_formal_check")
    county.people([SECURITY, NEWCOMER])
    with county.edge.database.transaction() as session:
        claim_task(session, found, actor=OFFICER, now=county.now())
    return found


def read(county: County, task_id: str):
    with county.edge.database.reading() as session:
        return session.execute(select(user_task).where(user_task.c.id == task_id)).one()


def absent(county: County, **changed: str):
    fields = {**DAYS, "substitute": "colleague", "reason": "参加培训", **changed}
    return enter(county, "officer").post("/absences", **fields)


def test_the_substitute_sees_and_claims_in_the_absent_persons_stead(county, task):
    county.people([COLLEAGUE])
    colleague = enter(county, "colleague")
    assert task not in colleague.get("/inbox").text
    assert colleague.post(f"/tasks/{task}/claim").status_code == 409
    assert absent(county).status_code == 303
    assert task in colleague.get("/inbox").text
    assert "代 赵敏 领取" in colleague.get(f"/tasks/{task}").text
    assert colleague.post(f"/tasks/{task}/claim").status_code == 303
    assert (read(county, task).assignee, read(county, task).for_person_name) == ("colleague", "赵敏")
    assert "代 赵敏" in colleague.get(f"/tasks/{task}").text


def test_the_substitute_is_told_what_the_absent_one_is_told(county, task):
    county.people([COLLEAGUE])
    absent(county)
    assert enter(county, "guardian").post(f"/tasks/{task}/urge", note="").status_code == 303
    with county.edge.database.reading() as session:
        told = set(session.execute(select(message_out.c.person_id)).scalars())
    assert {"officer", "colleague"} <= told


def test_after_the_last_day_and_before_the_first_nobody_stands_in(county, task):
    county.people([COLLEAGUE])
    assert absent(county, first_day="2025-09-25", last_day="2025-09-26").status_code == 303
    colleague = enter(county, "colleague")
    assert colleague.post(f"/tasks/{task}/claim").status_code == 409
    county.set_clock(datetime.fromisoformat("2025-09-26T23:00:00+08:00"))
    assert "代 赵敏 领取" in colleague.get(f"/tasks/{task}").text
    county.set_clock(datetime.fromisoformat("2025-09-27T00:30:00+08:00"))
    assert colleague.post(f"/tasks/{task}/claim").status_code == 409


def test_an_absence_that_was_ended_counts_no_more(county, task):
    county.people([COLLEAGUE])
    absent(county)
    page = enter(county, "officer").get("/absences").text
    end = re.search(r'action="(/absences/\w+/end)"', page)
    assert end
    assert enter(county, "colleague").post(end[1]).status_code == 403
    assert enter(county, "officer").post(end[1]).status_code == 303
    assert enter(county, "colleague").post(f"/tasks/{task}/claim").status_code == 409


def test_before_nobody_is_left_that_is_said_and_must_be_confirmed(county, task):
    """The officer alone holds the post; the colleague holds another one of hers."""
    with county.edge.database.transaction() as session:
        people.give_role(session, "officer", Grant(role="town_window", place="519927101"))
    warned = absent(county, substitute="newcomer")
    assert warned.status_code == 200
    assert "没有人办理" in warned.text and "待办 1 件" in warned.text and "参加培训" in warned.text
    with county.edge.database.reading() as session:
        assert absences.absent_people(session, date(2025, 9, 24), date(2025, 10, 10)) == frozenset()
    assert absent(county, substitute="newcomer", understood="yes").status_code == 303


def test_the_warning_stands_where_an_account_is_closed_and_a_post_handed_over(county, task):
    security = enter(county, "security")
    for address in ("/people/officer", "/people/officer/handover"):
        assert "没有人办理" in security.get(address).text or "没有其他人办理" in security.get(address).text, address
    county.people([COLLEAGUE])
    for address in ("/people/officer", "/people/officer/handover"):
        text = security.get(address).text
        assert "没有人办理" not in text and "没有其他人办理" not in text, address


def enter_absence(county: County, person: str, actor: Actor, **changed: object) -> None:
    given = {
        "substitute_id": "colleague",
        "first_day": date(2025, 9, 24),
        "last_day": date(2025, 9, 26),
        "note": "休假",
        **changed,
    }
    with county.edge.database.transaction() as session:
        absences.enter_absence(session, person, **given, actor=actor, now=county.now(), today=date(2025, 9, 24))


def test_what_no_absence_may_be(county, task):
    county.people([COLLEAGUE, replace(COLLEAGUE, id="third", name="孙三")])
    with pytest.raises(NotAllowed):
        enter_absence(county, "officer", COLLEAGUE)
    with pytest.raises(Refused, match="同岗位"):
        enter_absence(county, "officer", OFFICER, substitute_id="newcomer")
    with pytest.raises(Refused, match="同岗位"):
        enter_absence(county, "officer", OFFICER, substitute_id="officer")
    for days in ({"last_day": date(2025, 9, 23)}, {"last_day": date(2027, 1, 1)}, {"first_day": date(2025, 9, 27)}):
        with pytest.raises(SubmissionInvalid):
            enter_absence(county, "officer", OFFICER, **days)
    enter_absence(county, "officer", SECURITY)
    with pytest.raises(Refused, match="已登记"):
        enter_absence(county, "officer", OFFICER)
    with pytest.raises(Refused, match="也不在岗"):
        enter_absence(county, "third", replace(COLLEAGUE, id="third"), substitute_id="officer")
    with pytest.raises(Refused, match="正代同事"):
        enter_absence(county, "colleague", COLLEAGUE, substitute_id="third", first_day=date(2025, 9, 26))


def test_one_action_hands_everything_over_with_a_list_to_sign(county, task):
    security = enter(county, "security")
    answer = security.post("/people/officer/handover", to_person="newcomer", with_posts="yes", reason="调离本镇")
    assert answer.status_code == 303
    assert (read(county, task).assignee, read(county, task).assignee_name) == ("newcomer", "沈新")
    listed = security.get(answer.headers["Location"]).text
    for words in ("形式审查", "沈新", "赵敏", "接收人(签字)", "青川镇"):
        assert words in listed, words
    assert "张某某" not in listed and "王建国" not in listed
    assert enter(county, "officer").get(answer.headers["Location"]).status_code == 200
    assert enter(county, "leader").get(answer.headers["Location"]).status_code == 404
    with county.edge.database.reading() as session:
        kinds = session.execute(select(history.c.kind, history.c.data)).all()
        assert any(grant.role == "town_officer" for grant in people.grants_of(session, "newcomer"))
    assert [row.data["to_name"] for row in kinds if row.kind == "handover"] == ["沈新"]
    assert enter(county, "newcomer").get(f"/tasks/{task}").status_code == 200


def test_without_the_post_the_work_goes_back_to_be_claimed(county, task):
    security = enter(county, "security")
    answer = security.post("/people/officer/handover", to_person="newcomer", reason="调离本镇")
    assert read(county, task).assignee is None
    assert "退回待领取" in security.get(answer.headers["Location"]).text


def test_nobody_else_hands_over(county, task):
    for person in ("officer", "admin", "leader"):
        answer = enter(county, person).post("/people/officer/handover", to_person="newcomer", reason="调离本镇")
        assert answer.status_code == 403, person
    assert read(county, task).assignee == "officer"


def test_a_substitute_of_no_post_is_let_in_nowhere(county, task):
    """Standing in widens no post: the right to the task is asked as ever."""
    outsider = replace(NEWCOMER, stands_in_for=frozenset({"officer"}))
    with pytest.raises(NotAllowed), county.edge.database.transaction() as session:
        claim_task(session, task, actor=outsider, now=county.now())
