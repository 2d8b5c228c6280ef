"""A person's messages and addresses: one's own only, read one by one or all, and addresses that can be ones."""

from __future__ import annotations

import re

import sqlalchemy as sa

from cases import contacts
from cases.messages import Channel, Letter, Words, message_out, post, unread
from engine.access import Actor
from engine.store.audit import audit
from tests.web.conftest import START


def told(edge, *people: str, cause: str = "x") -> None:
    words = Words(subject="待办将到期", body="CASE-0001 核查", outside_subject="提醒", outside_body="CASE-0001")
    letters = [Letter(person_id=f"p-{each}", kind="reminder", cause=f"{cause}:{each}", words=words) for each in people]
    with edge.database.transaction() as session:
        post(session, letters, now=START)


def count(edge, user_name: str) -> int:
    with edge.database.reading() as session:
        return unread(session, Actor(id=f"p-{user_name}", name=""))


def test_the_bell_counts_and_the_page_shows_ones_own_messages(edge, as_person):
    told(edge, "officer", "otherofficer")
    told(edge, "officer", cause="y")
    officer = as_person("officer")
    assert '<span class="badge text-bg-danger">2' in officer.get("/inbox").get_data(as_text=True)
    page = officer.get("/messages").get_data(as_text=True)
    assert page.count("CASE-0001 核查") == 2
    assert "badge text-bg-danger" not in as_person("window").get("/inbox").get_data(as_text=True)


def test_messages_are_narrowed_to_the_unread_and_to_a_topic(edge, as_person):
    for kind in ("reminder", "digest", "task_handed", "task_copied", "duty", "something_new"):
        words = Words(subject=f"S-{kind}", body="", outside_subject="", outside_body="")
        with edge.database.transaction() as session:
            post(session, [Letter(person_id="p-officer", kind=kind, cause=kind, words=words)], now=START)
    officer = as_person("officer")

    def shown(asked: str) -> set[str]:
        return set(re.findall(r"S-([a-z_]+)</strong>", officer.get(f"/messages{asked}").get_data(as_text=True)))

    assert shown("") == shown("?topic=nonsense")
    assert len(shown("")) == 6
    assert shown("?topic=due") == {"reminder", "digest"}
    assert shown("?topic=handed") == {"task_handed"}
    assert shown("?topic=opinions") == {"task_copied"}
    assert shown("?topic=other") == {"duty", "something_new"}
    with edge.database.reading() as session:
        one = session.scalar(sa.select(message_out.c.id).where(message_out.c.kind == "digest"))
    answer = officer.post("/messages/read", message=one, back="/messages?show=unread&topic=due")
    assert answer.headers["Location"].endswith("/messages?show=unread&topic=due")
    assert shown("?show=unread&topic=due") == {"reminder"}
    assert officer.post("/messages/read", back="//elsewhere.example").headers["Location"].endswith("/messages")
    assert "没有这样的消息" in officer.get("/messages?show=unread").get_data(as_text=True)


def test_one_message_is_read_then_all_and_nobody_elses(edge, as_person):
    for cause in "abc":
        told(edge, "officer", "otherofficer", cause=cause)
    officer = as_person("officer")
    with edge.database.reading() as session:
        mine, other = (
            session.scalar(sa.select(message_out.c.id).where(message_out.c.person_id == f"p-{each}").limit(1))
            for each in ("officer", "otherofficer")
        )
    officer.post("/messages/read", message=mine)
    officer.post("/messages/read", message=other)
    assert (count(edge, "officer"), count(edge, "otherofficer")) == (2, 3)
    officer.post("/messages/read")
    assert (count(edge, "officer"), count(edge, "otherofficer")) == (0, 3)


def test_a_long_list_goes_on_where_it_stopped(edge, as_person):
    for number in range(35):
        told(edge, "officer", cause=str(number))
    officer = as_person("officer")
    first = officer.get("/messages").get_data(as_text=True)
    following = first.split('href="/messages?before=', 1)[1].split('"', 1)[0]
    second = officer.get(f"/messages?before={following}").get_data(as_text=True)
    assert (first.count("CASE-0001"), second.count("CASE-0001")) == (30, 5)
    assert officer.get("/messages?before=nonsense").status_code == 200


def test_addresses_are_entered_changed_and_taken_away(edge, as_person):
    officer = as_person("officer")
    assert officer.post("/messages/contacts", email="li@example.gov.cn", sms="13800001111").status_code == 303
    officer.post("/messages/contacts", email="", sms="13800001111", wecom="liqiang")
    with edge.database.reading() as session:
        known = {each: contacts.address_of(session, "p-officer", each) for each in Channel if each != Channel.IN_APP}
        lines = session.execute(sa.select(audit.c.detail).where(audit.c.action == "contact.change")).scalars().all()
    assert known == {"email": "", "sms": "13800001111", "wecom": "liqiang", "dingtalk": ""}
    assert [line["ways"] for line in lines] == [["email", "sms"], ["email", "wecom"]], "no address stands in the audit"


def test_what_cannot_be_an_address_is_refused_by_name(edge, as_person):
    officer = as_person("officer")
    answer = officer.post("/messages/contacts", email="li at home", sms="12", accept="application/json")
    assert answer.status_code == 422
    said = answer.get_data(as_text=True)
    assert "email" in said and "sms" in said
    with edge.database.reading() as session:
        assert contacts.address_of(session, "p-officer", Channel.EMAIL) == ""
