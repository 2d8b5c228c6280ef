"""A person with several posts works in one of them, or in all; no choice gives what the person does not hold."""

from __future__ import annotations

import sqlalchemy as sa

from cases import people
from engine.access import Grant
from tests.web.conftest import START

BOTH = (Grant(role="town_officer", place="519927101"), Grant(role="village_officer", place="519927102001"))


def two_posts(edge) -> None:
    with edge.database.transaction() as session:
        people.add_person(
            session, person_id="p-both", user_name="both", name="江河", unit="青川镇", password_hash="", grants=BOTH,
            demo=True, now=START,
        )  # fmt: skip


def test_a_choice_narrows_what_is_seen(edge, as_person):
    two_posts(edge)
    browser = as_person("both")
    page = browser.get("/inbox").get_data(as_text=True)
    assert "切换岗位" in page
    assert 'value="town_officer@519927101@"' in page
    assert browser.get("/ledger?place=519927101").status_code == 200
    assert browser.post("/post", post="village_officer@519927102001@").status_code == 303
    assert browser.get("/ledger?place=519927101").status_code == 404
    page = browser.get("/inbox").get_data(as_text=True)
    assert 'value="village_officer@519927102001@" aria-current="true"' in page
    assert "town_officer@519927101@" in page  # the way back
    assert browser.post("/post", post="").status_code == 303
    assert browser.get("/ledger?place=519927101").status_code == 200


def test_a_choice_gives_nothing(edge, as_person):
    two_posts(edge)
    browser = as_person("both")
    for wanted in ("mzj_leader@519927@MZJ", "administrator@@", "nonsense"):
        assert browser.post("/post", post=wanted).status_code == 303
        assert browser.get("/ledger?place=519927").status_code == 404
        assert browser.get("/operations/instances").status_code in (403, 404)
        assert browser.get("/ledger?place=519927101").status_code == 200
    assert browser.post("/post", post="town_officer@519927101@").status_code == 303
    with edge.database.transaction() as session:  # the post is taken away: the choice chooses nothing any more
        taken = people.role_grant.c.role == "town_officer"
        session.execute(sa.delete(people.role_grant).where(people.role_grant.c.person_id == "p-both", taken))
    assert browser.get("/ledger?place=519927101").status_code == 404
    assert "切换岗位" not in browser.get("/inbox").get_data(as_text=True)


def test_who_holds_one_post_chooses_none(as_person):
    assert "切换岗位" not in as_person("officer").get("/inbox").get_data(as_text=True)
