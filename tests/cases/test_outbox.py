"""What leaves the house, against a real mail server and a real web server on this machine, on both databases."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cases import outbox
from cases.case_files import open_case
from cases.contacts import set_contact
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import holder
from cases.messages import EMERGENCIES, Channel, Letter, Words, message_out, post
from cases.people import add_person
from cases.reminding import remind
from engine.access import Actor
from engine.clock import FixedClock
from engine.errors import SettingsInvalid
from engine.settings import Settings, load_settings
from engine.store import Database
from tests.cases.conftest import PROCESSES, Flow
from tests.cases.post_offices import MailServer, WebServer, mail_server, web_server

WORDS = Words(subject="里", body="里面", outside_subject="【催办】办件1号", outside_body="请登录查看。")


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as office:
        yield office


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as office:
        yield office


@pytest.fixture
def settings(mails: MailServer, web: WebServer, tmp_path: Path) -> Settings:
    return Settings(
        data_folder=tmp_path,
        smtp_host="127.0.0.1",
        smtp_port=mails.port,
        smtp_security="none",
        smtp_from="tongan@county.example",
        sms_url=f"{web.origin}/sms",
        wecom_url=f"{web.origin}/wecom?key=secret",
        dingtalk_url=f"{web.origin}/dingtalk?token=secret",
        webhook_origins=f"https://other.example {web.origin}",
    )


def ready(database: Database, now: datetime, *channels: Channel, address: str = "a@county.example") -> None:
    """One person with these ways, and one message by each."""
    with database.transaction() as session:
        add_person(session, person_id="p", user_name="p", name="甲", password_hash="x", now=now, phone="13800000000")
        for channel in channels:
            if channel is not Channel.SMS:
                set_contact(session, "p", channel, address)
        letter = Letter(person_id="p", kind="reminder", cause="t:R2", words=WORDS, outside=frozenset(channels))
        post(session, [letter], now=now)
        assert post(session, [letter], now=now) == 0


def rows(database: Database) -> dict[str, Any]:
    with database.reading() as session:
        found = session.execute(message_out.select().where(message_out.c.channel != Channel.IN_APP)).all()
    return {row.channel: row for row in found}


def test_a_mail_arrives_once_with_its_id(
    database: Database, settings: Settings, mails: MailServer, clock: FixedClock
) -> None:
    ready(database, clock.now(), Channel.EMAIL)
    assert outbox.send_due(database, settings, wall=clock) == outbox.Sent(sent=1)
    assert outbox.send_due(database, settings, wall=clock) == outbox.Sent()
    (mail,) = mails.mails
    row = rows(database)["email"]
    assert mail["Message-ID"] == f"<{row.id}@county.example>"
    assert (mail["Subject"], mail["To"]) == ("【催办】办件1号", "a@county.example")
    assert mail.get_payload(decode=True).decode().strip() == "请登录查看。"
    assert (row.status, row.sent_at) == ("sent", clock.now())


def test_a_lost_answer_sends_the_same_mail_again(
    database: Database, settings: Settings, mails: MailServer, clock: FixedClock
) -> None:
    """At least once: the server took it, the program did not hear so."""
    ready(database, clock.now(), Channel.EMAIL)
    (taken,) = outbox._take(database, now=clock.now(), urgent=False)  # and the sender dies after the mail went out
    outbox._hand_over(settings, taken, "a@county.example")
    assert outbox.send_due(database, settings, wall=clock) == outbox.Sent()
    clock.instant += outbox.LEASE
    assert outbox.send_due(database, settings, wall=clock).sent == 1
    assert len(mails.mails) == 2 and len({mail["Message-ID"] for mail in mails.mails}) == 1


def test_a_busy_server_is_tried_again_later(
    database: Database, settings: Settings, mails: MailServer, clock: FixedClock
) -> None:
    ready(database, clock.now(), Channel.EMAIL)
    mails.answers += ["451 try later", "451 try later"]
    delays = []
    for _ in range(2):
        assert outbox.send_due(database, settings, wall=clock).put_off == 1
        row = rows(database)["email"]
        assert "451" in row.last_error
        delays.append(row.next_at - clock.now())
        clock.instant = row.next_at
    assert timedelta(seconds=20) < delays[0] < delays[1] < timedelta(minutes=2)
    assert outbox.send_due(database, settings, wall=clock).sent == 1


def test_a_refusal_is_final_and_visible(
    database: Database, settings: Settings, mails: MailServer, clock: FixedClock
) -> None:
    ready(database, clock.now(), Channel.EMAIL)
    mails.answers.append("554 no such mailbox")
    assert outbox.send_due(database, settings, wall=clock).given_up == 1
    row = rows(database)["email"]
    assert row.status == "failed" and "554" in row.last_error


def test_no_server_at_all_is_trouble_that_passes(database: Database, tmp_path: Path, clock: FixedClock) -> None:
    closed = Settings(
        data_folder=tmp_path, smtp_host="127.0.0.1", smtp_port=9, smtp_security="none", smtp_from="a@b.example"
    )
    ready(database, clock.now(), Channel.EMAIL)
    assert outbox.send_due(database, closed, wall=clock).put_off == 1


def test_a_newline_in_an_address_makes_no_header(database: Database, settings: Settings, clock: FixedClock) -> None:
    ready(database, clock.now(), Channel.EMAIL, address="a@county.example\nBcc: b@evil.example")
    assert outbox.send_due(database, settings, wall=clock).given_up == 1


def test_each_messenger_gets_its_own_payload(
    database: Database, settings: Settings, web: WebServer, clock: FixedClock
) -> None:
    ready(database, clock.now(), Channel.SMS, Channel.WECOM, Channel.DINGTALK, address="u1")
    assert outbox.send_due(database, settings, wall=clock).sent == 3
    said = {post["path"].split("?")[0]: post["said"] for post in web.posts}
    text = "【催办】办件1号请登录查看。"
    assert (said["/sms"]["phone"], said["/sms"]["text"]) == ("13800000000", text)
    assert (said["/wecom"]["touser"], said["/wecom"]["text"]) == ("u1", {"content": text})
    assert said["/dingtalk"]["at"]["atUserIds"] == ["u1"]
    assert {post["key"] for post in web.posts} == {row.id for row in rows(database).values()}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((500, ""), outbox.Sent(put_off=1)),
        ((200, '{"errcode": 45009}'), outbox.Sent(put_off=1)),
        ((403, ""), outbox.Sent(given_up=1)),
        ((302, ""), outbox.Sent(given_up=1)),
    ],
)
def test_what_a_messenger_answers_decides(
    database: Database,
    settings: Settings,
    web: WebServer,
    clock: FixedClock,
    answer: tuple[int, str],
    expected: outbox.Sent,
) -> None:
    ready(database, clock.now(), Channel.WECOM, address="u1")
    web.answers.append(answer)
    assert outbox.send_due(database, settings, wall=clock) == expected
    assert len(web.posts) == 1  # a redirect is not followed


@pytest.mark.parametrize("origins", ["", "https://other.example", "http://127.0.0.1", "127.0.0.1"])
def test_only_listed_origins_are_posted_to(
    database: Database, settings: Settings, web: WebServer, clock: FixedClock, origins: str
) -> None:
    ready(database, clock.now(), Channel.SMS)
    strict = settings.model_copy(update={"webhook_origins": origins})
    assert outbox.send_due(database, strict, wall=clock).given_up == 1
    assert web.posts == []


def test_without_settings_nothing_leaves(database: Database, tmp_path: Path, clock: FixedClock) -> None:
    assert outbox.offered(Settings(data_folder=tmp_path)) == frozenset()


def test_a_mail_server_without_a_sender_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="TONGAN_SMTP_FROM"):
        load_settings(smtp_host="mail.example")


def test_a_reminder_goes_out_by_number_alone(
    flow: Callable[..., Flow], settings: Settings, mails: MailServer, web: WebServer
) -> None:
    """From the due rung to the wire; the canaries of the file are nowhere in what went over it."""
    child = next(each for each in DEMO_CHILDREN if each.name == "张小明")
    case = flow(child)
    database, begin = case.stage.database, case.stage.clock.now()
    with database.transaction() as session:
        add_person(
            session,
            person_id="o",
            user_name="o",
            name="赵敏",
            password_hash="x",
            now=begin,
            phone="13800000000",
            grants=holder("town_officer", child.place).grants,
        )
        set_contact(session, "o", Channel.EMAIL, "zhao@county.example")
        set_contact(session, "o", Channel.WECOM, "zhaomin")
    case.do(Deed.CHECK)
    now = begin + timedelta(days=7)
    remind(database, calendar=case.stage.env.calendar, now=now, offered=outbox.offered(settings))
    assert outbox.send_due(database, settings, wall=FixedClock(now)).sent == 3
    (mail,) = mails.mails
    wire = mail["Subject"] + mail.get_payload(decode=True).decode() + str(web.posts)
    assert "办件519927101-20250924-0001" in wire
    canaries = (child.name, "张某", "王建国", "519927201503110016", "13812345678", "3组", "小学", "低保", "入户")
    assert not [each for each in canaries if each in wire]


def test_an_emergencys_message_is_found_among_all_that_waits(
    database: Database, settings: Settings, mails: MailServer, clock: FixedClock
) -> None:
    """Its round sends it and leaves the rest to the ordinary one (tests/faults/test_flood.py measures both)."""
    ready(database, clock.now(), Channel.EMAIL)
    cases = {}
    with database.transaction() as session:
        for kind in ("report", "custody", "application"):
            cases[kind] = open_case(
                session, kind=kind, process_key=kind, child_id=None, place="519927101", policy_profile="CURRENT",
                facts={}, actor=Actor.system("test"), now=clock.now(),
            )  # fmt: skip
            ways = frozenset({Channel.EMAIL})
            letter = Letter(
                person_id="p", kind="reminder", cause=kind, words=WORDS, case_id=cases[kind], outside=ways
            )  # fmt: skip
            post(session, [letter], now=clock.now())
    assert outbox.send_due(database, settings, wall=clock, urgent=True).sent == 2
    with database.reading() as session:
        left = message_out.select().where(message_out.c.status == "pending")
        assert {row.case_id for row in session.execute(left)} == {None, cases["application"]}
    assert outbox.send_due(database, settings, wall=clock).sent == 2


def test_the_kinds_of_emergencies_are_those_whose_processes_have_its_queue() -> None:
    manifests = [tomllib.loads(path.read_text(encoding="utf-8")) for path in PROCESSES.glob("*/process.toml")]
    urgent = {
        each["case_kind"]
        for each in manifests
        if each.get("queue", {}).get("default") == "urgent" and "case_kind" in each
    }
    assert urgent == EMERGENCIES
