"""Many tasks at once, filters and columns through the pages: each right is asked for each item, and nothing leaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from cases import people
from cases.story import read_story
from engine.access import Actor, Grant
from engine.store import history, user_task
from tests.browser.county import PROCESSES, County, open_county
from tests.web.conftest import Browser

STORY = read_story(PROCESSES / "application" / "scenarios" / "ac01_straight_approval.toml")
TABLE = user_task.user_task


def officer(person: str, name: str, place: str) -> Actor:
    return Actor(id=person, name=name, unit="镇政府", grants=(Grant(role="town_officer", place=place),))


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[County]:
    opened = open_county(sqlite_url, tmp_path / "data", datetime.fromisoformat("2025-09-24T09:00:00+08:00"))
    opened.people([officer("colleague", "钱进", "519927101"), officer("stranger", "周平", "519927102")])
    yield opened
    opened.close()


@pytest.fixture
def tasks(county: County) -> list[str]:
    """Four open tasks; the last is another township's."""
    first = county.tell(STORY, "b_ut_formal_check")
    with county.edge.database.transaction() as session:
        pattern = dict(session.execute(sa.select(TABLE).where(TABLE.c.id == first)).one()._asdict())
        more = [pattern | {"id": f"{first}{sign}"} for sign in "ab"]
        foreign = pattern | {"id": f"{first}z", "place": "519927102001", "subject": "不可见"}
        session.write(user_task.INSERT, [*more, foreign])
    return [first, f"{first}a", f"{first}b", f"{first}z"]


def enter(county: County, person: str) -> Browser:
    browser = Browser(county.app)
    assert browser.post("/login/demo", person=person).status_code == 303
    return browser


def send(browser: Browser, address: str, ticked: list[str], **fields: str):
    data = MultiDict([("csrf_token", browser.token()), *(("task", each) for each in ticked), *fields.items()])
    return browser.client.post(address, data=data, headers={"Accept": "text/html"})


def holders(county: County) -> list[str | None]:
    with county.edge.database.reading() as session:
        return list(
            session.execute(sa.select(TABLE.c.assignee).where(TABLE.c.status == "open").order_by(TABLE.c.id)).scalars()
        )


def test_each_item_is_asked_for_its_right_and_the_others_go_on(county, tasks):
    browser = enter(county, "officer")
    told = send(browser, "/inbox/claim", [*tasks, "no-such-task"])
    text = told.get_data(as_text=True)
    assert "3 项已办成,2 项没有办成" in text
    assert text.count("没有这项待办,或者它不在您的职责范围内") == 2
    assert "不可见" not in text, "of a foreign task nothing is told"
    assert holders(county) == ["officer", "officer", "officer", None]
    with county.edge.database.reading() as session:
        claims = sa.select(sa.func.count()).where(history.history.c.kind == "claim")
        assert session.scalar(claims) == 3


def test_when_all_went_well_the_list_comes_back(county, tasks):
    browser = enter(county, "officer")
    back = "/inbox?tab=unclaimed"
    answer = send(browser, "/inbox/claim", tasks[:2], back=back)
    assert (answer.status_code, answer.location) == (303, back)
    assert "已领取 2 项" in browser.get(back).get_data(as_text=True)
    elsewhere = send(browser, "/inbox/claim", tasks[:1], back="https://elsewhere.example/")
    assert elsewhere.location == "/inbox"


def test_nothing_ticked_and_too_much_ticked_are_refused_in_words(county, tasks):
    browser = enter(county, "officer")
    none = send(browser, "/inbox/claim", [])
    assert (none.status_code, "请先勾选事项" in none.get_data(as_text=True)) == (409, True)
    many = send(browser, "/inbox/claim", [f"t{number}" for number in range(201)])
    assert "一次最多处理 200 项" in many.get_data(as_text=True)


def test_tasks_are_handed_to_the_same_post_only(county, tasks):
    browser = enter(county, "officer")
    page = browser.get("/inbox/assign?" + "&".join(f"task={each}" for each in tasks)).get_data(as_text=True)
    assert "钱进" in page
    assert "周平" not in page
    assert "不可见" not in page
    told = send(
        browser, "/inbox/assign", tasks[:2], to_user="stranger", reason="下乡三天", until="2025-09-30"
    ).get_data(as_text=True)
    assert told.count("周平 不在此岗位") == 2
    assert holders(county) == [None] * 4
    answer = send(browser, "/inbox/assign", tasks[:2], to_user="colleague", reason="下乡三天", until="2025-09-30")
    assert answer.status_code == 303
    assert holders(county) == ["colleague", "colleague", None, None]


def test_handing_on_needs_a_reason_and_an_active_person(county, tasks):
    browser = enter(county, "officer")
    assert (
        send(browser, "/inbox/assign", tasks[:1], to_user="colleague", reason=" ", until="2025-09-30").status_code
        == 422
    )
    assert (
        send(browser, "/inbox/assign", tasks[:1], to_user="nobody", reason="下乡三天", until="2025-09-30").status_code
        == 404
    )
    assert holders(county) == [None] * 4


def test_what_a_colleague_took_meanwhile_is_told_by_name(county, tasks):
    with county.edge.database.transaction() as session:
        session.write(user_task.ASSIGN, {"task_id": tasks[1], "new_assignee": "colleague", "new_assignee_name": "钱进"})
    told = send(enter(county, "officer"), "/inbox/claim", tasks[:2]).get_data(as_text=True)
    assert "1 项已办成,1 项没有办成" in told
    assert "此待办已由 钱进 领取" in told


def test_the_printed_list_holds_what_is_ticked_and_nothing_foreign(county, tasks):
    browser = enter(county, "officer")
    everything = browser.get("/inbox/print").get_data(as_text=True)
    assert everything.count("<tr>") == 4
    ticked = browser.get(f"/inbox/print?task={tasks[1]}&task={tasks[3]}").get_data(as_text=True)
    assert ticked.count("<tr>") == 2
    assert "不可见" not in everything + ticked


def test_the_count_of_a_filter_is_the_readers_own(county, tasks):
    browser = enter(county, "officer")
    answer = browser.post("/inbox/filters", name="形审", step="形式审查", share="town_officer@519927101")
    assert answer.status_code == 303
    with county.edge.database.reading() as session:
        from cases.inbox_filters import inbox_filter

        filter_id = session.scalar(sa.select(inbox_filter.c.id))
    assert browser.get(f"/inbox/filters/{filter_id}/count").get_data(as_text=True) == "3"
    assert enter(county, "stranger").get(f"/inbox/filters/{filter_id}/count").status_code == 404
    assert enter(county, "stranger").post(f"/inbox/filters/{filter_id}/remove").status_code == 404
    assert browser.post("/inbox/filters", name="x", step="形式审查", share="town_leader@519927101").status_code == 403


def test_only_a_page_of_this_site_may_hold_one_of_its_pages(county, tasks):
    browser = enter(county, "officer")
    alone = browser.get(f"/tasks/{tasks[0]}")
    assert alone.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in alone.headers["Content-Security-Policy"]
    assert 'class="topbar"' in alone.get_data(as_text=True)
    inside = browser.client.get(f"/tasks/{tasks[0]}", headers={"Sec-Fetch-Dest": "iframe"})
    assert inside.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in inside.headers["Content-Security-Policy"]
    assert "in-pane" in inside.get_data(as_text=True)


def test_a_long_list_is_read_page_by_page_with_its_question(county, tasks):
    with county.edge.database.transaction() as session:
        pattern = dict(session.execute(sa.select(TABLE).where(TABLE.c.id == tasks[0])).one()._asdict())
        later = [
            pattern | {"id": f"{tasks[0]}m{n:03}", "due_order": county.now() + timedelta(days=30, minutes=n)}
            for n in range(60)
        ]
        session.write(user_task.INSERT, later)
    browser = enter(county, "officer")
    first = browser.get("/inbox?step=形式审查").get_data(as_text=True)
    assert first.count("data-row href=") == 50
    following = first.split('">下一页</a>')[0].rsplit('href="', 1)[1].replace("&amp;", "&")
    assert "step=" in following
    second = browser.get(following).get_data(as_text=True)
    assert second.count("data-row href=") == 13
    assert "回到第一页" in second


def test_copies_are_read_in_the_inbox(county, tasks):
    assert (
        enter(county, "officer").post(f"/tasks/{tasks[0]}/copy", person="colleague", note="请知悉").status_code == 303
    )
    colleague = enter(county, "colleague")
    page = colleague.get("/inbox?tab=copied").get_data(as_text=True)
    assert "请知悉" in page
    assert "抄送" in page
    assert f'formaction="/tasks/{tasks[0]}/copy/read"' in page
    assert 'href="/cases/' in page  # what is read is the case
    assert colleague.post(f"/tasks/{tasks[0]}/copy/read").status_code == 303
    page = colleague.get("/inbox?tab=copied").get_data(as_text=True)
    assert "已阅" in page
    assert "copy/read" not in page
    with (
        county.edge.database.transaction() as session
    ):  # who moved to a township without a task of the case keeps no copy
        session.execute(
            sa.update(people.role_grant).where(people.role_grant.c.person_id == "colleague").values(place="519927103")
        )
    assert "请知悉" not in enter(county, "colleague").get("/inbox?tab=copied").get_data(as_text=True)


def test_opinions_are_asked_for_in_the_inbox(county, tasks):
    colleague = enter(county, "colleague")
    assert colleague.get("/inbox/to-sign/count").get_data(as_text=True) == ""
    asked = {"person": "colleague", "reason": "请核对收入"}
    assert enter(county, "officer").post(f"/tasks/{tasks[0]}/cosigners", **asked).status_code == 303
    assert colleague.get("/tasks/to-sign").headers["Location"] == "/inbox/to-sign"
    assert "请核对收入" in colleague.get("/inbox/to-sign").get_data(as_text=True)
    assert colleague.get("/inbox/to-sign/count").get_data(as_text=True) == "1"
    assert "请核对收入" not in enter(county, "stranger").get("/inbox/to-sign").get_data(as_text=True)


def test_handing_over_and_entrusting_say_how_they_differ(county, tasks):
    """Each dialog says who completes the task and names the other act (ADR 0005)."""
    page = enter(county, "officer").get(f"/tasks/{tasks[0]}").get_data(as_text=True)
    handed, entrusted = (page.split(f'id="{name}"', 1)[1].split("</form>", 1)[0] for name in ("delegate", "entrust"))
    assert "办结,由对方负责" in handed
    assert "请用“委派”" in handed
    assert 'name="until"' in handed
    assert "仍由您核对、办结并负责" in entrusted
    assert "请用“转办”" in entrusted
    assert 'name="until"' not in entrusted
