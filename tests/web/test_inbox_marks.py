"""The inbox by category, by whom a task came from, and by what its reader noted beside it."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from cases import inbox_marks, people
from cases.case_files import case_file
from cases.children import child, coded
from cases.inbox_marks import MOST_MARKED, inbox_mark
from engine.access import Actor, Grant
from engine.store import user_task
from tests.web.test_inbox_deeds import county as county
from tests.web.test_inbox_deeds import enter, send
from tests.web.test_inbox_deeds import tasks as tasks

TABLE = user_task.user_task


def listed(browser, address: str) -> list[str]:
    page = browser.get(address).get_data(as_text=True)
    return [part.split('"', 1)[0] for part in page.split('name="task" value="')[1:]]


def be_of(county, category: str, *, sealed: bool = False) -> None:
    """The child of the tasks' case is of this category."""
    with county.edge.database.transaction() as session:
        row = session.execute(sa.select(child).join(case_file, case_file.c.child_id == child.c.id)).mappings().one()
        values: dict[str, object] = {"primary_category": category, "sealed_hiv": sealed}
        if sealed:
            unsaid = dict.fromkeys(("idcard", "no_id_reason", "ethnic", "live_address", "phone"))
            values |= {**coded(row["id"], row["hukou_code"]), **unsaid}
        session.execute(sa.update(child).where(child.c.id == row["id"]).values(**values))


def test_the_inbox_is_narrowed_to_a_category_by_whoever_reads_it(county, tasks):
    be_of(county, "C4")
    officer = enter(county, "officer")
    assert set(listed(officer, "/inbox?category=C4")) == set(tasks[:3])
    assert listed(officer, "/inbox?category=C1") == []
    assert 'name="category"' in officer.get("/inbox").get_data(as_text=True)
    with county.edge.database.transaction() as session:  # at the window nobody reads categories
        own = people.role_grant.c.person_id == "colleague"
        session.execute(sa.update(people.role_grant).where(own).values(role="town_window"))
        session.execute(sa.update(TABLE).values(role="town_window"))
    window = enter(county, "colleague")
    assert set(listed(window, "/inbox")) == set(tasks[:3])
    assert listed(window, "/inbox?category=C4") == []
    assert 'name="category"' not in window.get("/inbox").get_data(as_text=True)


def test_no_category_tells_of_a_sealed_file(county, tasks):
    be_of(county, "C4", sealed=True)
    assert listed(enter(county, "officer"), "/inbox?category=C4") == []


def test_a_shared_filter_by_category_counts_what_its_reader_may_know(county, tasks):
    be_of(county, "C4")
    officer = enter(county, "officer")
    asked = {"tab": "todo", "category": "C4", "name": "贫困家庭", "share": "town_officer@519927101"}
    assert officer.post("/inbox/filters", **asked).status_code == 303
    page = enter(county, "colleague").get("/inbox").get_data(as_text=True)
    address = page.split('hx-get="/inbox/filters/', 1)[1].split('"', 1)[0]
    assert "category=C4" in page
    for person, count in (("officer", "3"), ("colleague", "3")):
        assert enter(county, person).get(f"/inbox/filters/{address}").get_data(as_text=True) == count
    be_of(county, "C1")
    assert officer.get(f"/inbox/filters/{address}").get_data(as_text=True) == "0"


def senders(browser) -> list[str]:
    page = browser.get("/inbox").get_data(as_text=True)
    cells = [part.split("</td>", 1)[0] for part in page.split('data-label="来自">')[1:]]
    return [cell.strip() for cell in cells]


def test_a_row_says_who_sent_it(county, tasks):
    """Who began, until somebody hands over or entrusts: of the public nobody by name, for a list names no citizen."""
    officer = enter(county, "officer")
    assert senders(officer) == ["办事群众"] * 3
    asked = {"to_user": "colleague", "reason": "请协助核对"}
    assert officer.post(f"/tasks/{tasks[0]}/claim").status_code == 303
    assert officer.post(f"/tasks/{tasks[0]}/entrust", **asked).status_code == 303
    with county.edge.database.reading() as session:
        name = people.actor_of(session, "officer").name
    assert sorted(senders(enter(county, "colleague"))) == sorted([name, "办事群众", "办事群众"])


def test_the_step_before_says_who_sent_it(county, tasks):
    with county.edge.database.transaction() as session:
        done = {"status": "done", "closed_by": "colleague", "closed_by_name": "钱进", "closed_at": TABLE.c.opened_at}
        session.execute(sa.update(TABLE).where(TABLE.c.id == tasks[1]).values(**done))
    assert senders(enter(county, "officer")) == ["钱进"] * 2


def test_marks_are_ones_own_and_move_nothing(county, tasks):
    officer = enter(county, "officer")
    before = listed(officer, "/inbox")
    answer = send(officer, "/inbox/mark", tasks[:2], mark_priority="特急", mark_follow="2025-09-29")
    assert answer.status_code == 303
    page = officer.get("/inbox").get_data(as_text=True)
    assert page.count("暂缓到") == 2
    assert "2025年9月29日" in page
    assert listed(officer, "/inbox") == before  # a time limit hides for nobody
    assert set(listed(officer, "/inbox?priority=特急")) == set(tasks[:2])
    assert set(listed(officer, "/inbox?follow=later")) == set(tasks[:2])
    assert listed(officer, "/inbox?follow=due") == []
    assert listed(officer, "/inbox?priority=优先") == []
    colleague = enter(county, "colleague")
    assert "暂缓到" not in colleague.get("/inbox").get_data(as_text=True)
    assert listed(colleague, "/inbox?priority=特急") == []
    assert send(officer, "/inbox/mark", tasks[:1], mark_priority="普通").status_code == 303
    assert listed(officer, "/inbox?priority=特急") == tasks[1:2]


def test_what_is_no_mark(county, tasks):
    officer = enter(county, "officer")
    assert send(officer, "/inbox/mark", tasks[:1], mark_follow="morgen").status_code == 422
    past = send(officer, "/inbox/mark", tasks[:1], mark_follow="2025-09-01").get_data(as_text=True)
    assert "跟进日期不能早于今天" in past
    foreign = send(officer, "/inbox/mark", tasks[3:], mark_priority="优先").get_data(as_text=True)
    assert "不可见" not in foreign
    with county.edge.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(inbox_mark)) == 0


def test_no_more_than_a_person_can_look_at(county, tasks, monkeypatch):
    assert MOST_MARKED == 500
    monkeypatch.setattr(inbox_marks, "MOST_MARKED", 1)
    actor = Actor(id="officer", name="", grants=(Grant(role="town_officer", place="519927101"),))
    day = date(2025, 9, 29)
    marked = {"priority": inbox_marks.Priority.HIGH, "follow_on": None, "actor": actor, "today": day}
    with county.edge.database.transaction() as session:
        inbox_marks.mark_task(session, tasks[0], **marked)
        inbox_marks.mark_task(session, tasks[0], **marked)  # the same one again is no second
        with pytest.raises(inbox_marks.SubmissionInvalid):
            inbox_marks.mark_task(session, tasks[1], **marked)
