"""销毁清单 on its page: who finds it there, the second person, and that the bytes leave the disk after the commit."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cases import case_files, files, people
from cases.children import ChildStatus, child
from cases.disposals import disposal, disposal_file
from engine.access import Actor, Grant
from tests.child_files import open_child
from tests.web.conftest import START, Browser

NUMBER, ENDED = "519927201503110016", START - timedelta(days=1200)
POSTS = {"archivist": "mzj_archivist", "boss": "mzj_leader"}
LI = Actor.system("li")


@pytest.fixture
def county(edge):
    """An application that was refused more than three years ago, with an attachment; and the two people."""
    with edge.database.transaction() as session:
        child_id = open_child(session, now=ENDED, idcard=NUMBER)
        begun = {"process_key": "application", "kind": "application", "policy_profile": "CURRENT", "owner_id": "li"}
        of = {"place": "519927101001", "facts": {}, "child_id": child_id}
        case_id = case_files.open_case(session, **begun, **of, actor=LI, now=ENDED)
        case_files.change(session, case_id, closed_at=ENDED, status="未获认定")
        kept = files.store(session, edge.settings.data_folder, name="a.pdf", content=b"%PDF-1.7 x", actor=LI, now=ENDED)
        files.attach(session, [kept.id], case_id=case_id, actor=LI)
        session.execute(sa.update(child).values(status=ChildStatus.SURVEYED, archived=True))
        for name, role in POSTS.items():
            named = {"person_id": f"p-{name}", "user_name": name, "name": name, "password_hash": ""}
            people.add_person(session, **named, grants=(Grant(role=role, place="519927"),), demo=True, now=START)
    return edge


def page(browser: Browser) -> str:
    return browser.get("/disposals").get_data(as_text=True)


def address(browser: Browser, verb: str) -> str:
    (found,) = re.findall(rf'action="(/disposals/[^"]+/{verb})"', page(browser))
    return found


def attachments(edge) -> int:
    return sum(path.is_file() for path in (edge.settings.data_folder / "files").rglob("*"))


def test_from_the_list_to_the_empty_disk(county, as_person):
    archivist, boss = as_person("archivist"), as_person("boss")
    assert "今天有 1 件保存期满" in page(archivist) and "王小明" not in page(archivist)
    assert archivist.post("/disposals", place="519927", sealed="no").status_code == 303
    assert "/decide" not in page(archivist) and "/carry-out" not in page(archivist)
    assert boss.post(address(boss, "decide"), decision="refuse", reason="").status_code == 422
    assert boss.post(address(boss, "decide"), decision="approve").status_code == 303
    out = address(archivist, "carry-out")
    assert archivist.post(out).status_code == 422
    assert attachments(county) == 1
    assert boss.post(out, sure="yes").status_code == 404
    assert archivist.post(out, sure="yes").status_code == 303
    assert attachments(county) == 0
    with county.database.reading() as session:
        assert NUMBER not in str(session.execute(sa.select(child)).mappings().all())
        assert session.scalar(sa.select(disposal_file.c.bytes_left)) == []
    assert archivist.post(out, sure="yes").status_code == 409
    assert "已销毁" in page(archivist)


def test_what_an_interruption_left_is_removed_later(county, as_person, monkeypatch):
    archivist, boss = as_person("archivist"), as_person("boss")
    archivist.post("/disposals", place="519927", sealed="no")
    boss.post(address(boss, "decide"), decision="approve")
    with monkeypatch.context() as broken:
        broken.setattr("cases.disposals.clear_bytes", lambda *_args, **_more: 0)
        archivist.post(address(archivist, "carry-out"), sure="yes")
    assert attachments(county) == 1
    assert archivist.post(address(archivist, "clear")).status_code == 303
    assert attachments(county) == 0 and "/clear" not in page(archivist)


def test_nobody_else_finds_it(county, as_person):
    for who in ("officer", "leader", "guardian", "admin", "auditor"):
        browser = as_person(who)
        assert browser.get("/disposals").status_code == 403, who
        assert browser.post("/disposals", place="519927", sealed="no").status_code == 403, who
    assert as_person("archivist").post("/disposals", place="519927", sealed="yes").status_code == 403
    with county.database.reading() as session:
        assert session.execute(sa.select(disposal)).all() == []
