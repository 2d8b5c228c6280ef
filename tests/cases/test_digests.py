"""The daily digest on both databases: once a working day, by message and mail, coded, to whoever wants it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cases import digests, outbox
from cases.case_files import case_file
from cases.contacts import set_contact
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import enter_people, holder
from cases.digests import Group, choose_digest, day_of, group_of, send_digests
from cases.due_feeds import due_dates
from cases.messages import Channel, message_out
from cases.stage import Stage
from engine.calendar import default_calendar
from engine.clock import COUNTY_ZONE, FixedClock
from engine.queries.inbox import InboxRow
from engine.settings import Settings
from tests.cases.conftest import Flow
from tests.cases.post_offices import mail_server

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
OFFICER = "qingchuan_officer"
NAMES = ("张小明", "张某某", "张", "王建国")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=COUNTY_ZONE)


@pytest.fixture
def case(flow: Callable[..., Flow], stage: Stage) -> Flow:
    """An application filed on 09-24 10:00; the visit is due 09-30 17:30."""
    object.__setattr__(stage, "reminds", False)
    with stage.database.transaction() as session:
        enter_people(session, password_hash="x", now=stage.clock.now())
    begun = flow(CHILD)
    begun.do(Deed.CHECK, at("09-24 15:00"))
    return begun


def ring(case: Flow, when: str, **more: Any) -> int:
    case.stage.clock.instant = at(when)
    return send_digests(case.stage.database, calendar=case.stage.env.calendar, now=at(when), **more)


def told(case: Flow, person: str = OFFICER, channel: Channel = Channel.IN_APP) -> list[Any]:
    query = message_out.select().where(
        message_out.c.kind == digests.KIND, message_out.c.person_id == person, message_out.c.channel == channel
    )
    with case.stage.database.reading() as session:
        return list(session.execute(query.order_by(message_out.c.created_at)).all())


def test_every_working_morning_one_message_says_what_is_due(case: Flow) -> None:
    for when in ("09-25 08:00", "09-28 08:00", "09-29 10:00", "09-30 08:05", "10-09 08:00"):
        ring(case, when)
    subjects = [row.subject for row in told(case)]
    assert subjects == [
        "【每日提要】9月25日:新到1件",
        "【每日提要】9月28日:3个工作日内到期1件",  # a Sunday worked before the holidays
        "【每日提要】9月29日:3个工作日内到期1件",
        "【每日提要】9月30日:今天到期1件",
        "【每日提要】10月9日:逾期1件",
    ]
    number = told(case)[-1].body
    assert "入户" in number and "时限09-30 17:30" in number and "办件" in number


@pytest.mark.parametrize("when", ["09-25 07:59", "09-25 17:30", "09-27 10:00", "10-01 08:00"])
def test_not_at_night_nor_on_a_day_off(case: Flow, when: str) -> None:
    assert ring(case, when) == 0
    assert told(case) == []


def test_a_second_ring_and_two_at_once_send_nothing_twice(case: Flow) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: ring(case, "09-29 08:00"), range(2)))
    assert ring(case, "09-29 08:05") == 0
    assert len(told(case)) == 1


def test_a_ring_that_died_half_way_is_finished_by_the_next(case: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "BATCH", 1)
    real, posted = digests.post, []

    def dies_after_the_officer(*given: Any, **named: Any) -> int:
        if posted:
            raise RuntimeError("killed")
        posted.extend(given[1])
        return real(*given, **named)

    monkeypatch.setattr(digests, "post", dies_after_the_officer)
    with pytest.raises(RuntimeError):
        ring(case, "10-09 08:00")
    assert [letter.person_id for letter in posted] == [OFFICER]
    monkeypatch.setattr(digests, "post", real)
    ring(case, "10-09 08:05")
    assert len(told(case)) == 1


def test_what_was_missed_for_days_is_not_caught_up_with(case: Flow) -> None:
    ring(case, "10-09 15:00")
    assert [row.subject for row in told(case)] == ["【每日提要】10月9日:逾期1件"]


def test_whoever_said_no_gets_none_until_he_says_yes(case: Flow) -> None:
    actor = holder("town_officer", CHILD.place).actor
    for wanted, when, count in ((False, "09-29 08:00", 0), (True, "09-30 08:00", 1)):
        with case.stage.database.transaction() as session:
            choose_digest(session, wanted, actor=actor, now=at(when))
        ring(case, when)
        assert len(told(case)) == count


def test_nobody_is_told_of_what_is_not_his(case: Flow) -> None:
    ring(case, "09-29 08:00")
    with case.stage.database.reading() as session:
        people = set(session.execute(sa.select(message_out.c.person_id)).scalars())
    assert people == {OFFICER}


def test_the_mail_names_no_child_and_no_step(case: Flow, tmp_path: Path) -> None:
    with mail_server() as office:
        settings = Settings(
            data_folder=tmp_path,
            smtp_host="127.0.0.1",
            smtp_port=office.port,
            smtp_security="none",
            smtp_from="tongan@county.example",
        )
        with case.stage.database.transaction() as session:
            set_contact(session, OFFICER, Channel.EMAIL, "li@county.example")
        for _ in range(2):
            ring(case, "09-29 08:00", offered=outbox.offered(settings))
            outbox.send_due(case.stage.database, settings, wall=FixedClock(at("09-29 08:01")))
        (mail,) = office.mails
    text = mail.get_payload(decode=True).decode()
    assert mail["To"] == "li@county.example" and "3个工作日内到期1件" in mail["Subject"]
    assert "时限09-30 17:30" in text and "入户" not in text
    assert not any(name in text + mail["Subject"] for name in NAMES)


def test_of_a_sealed_file_stands_the_code_alone(case: Flow) -> None:
    with case.stage.database.transaction() as session:
        session.execute(sa.update(case_file).where(case_file.c.id == case.case_id).values(sealed_hiv=True))
    ring(case, "09-29 08:00")
    (row,) = told(case)
    assert case.case_id[-8:].upper() in row.body
    assert not any(word in row.body for word in ("入户", "QC", *NAMES))


def a_row(due: str | None, opened: str = "09-01 10:00") -> InboxRow:
    return InboxRow(
        task_id="t",
        instance_id="i",
        process_key="application",
        element_id="b_ut_visit",
        name="入户",
        subject="",
        place="",
        department=None,
        role=None,
        assignee=None,
        assignee_name=None,
        status="open",
        opened_at=at(opened),
        due_at=at(due) if due else None,
        closed_at=None,
        case_id=None,
        instance_key=None,
        overdue=False,
    )


@pytest.mark.parametrize(
    ("due", "opened", "group"),
    [
        ("09-29 07:59", "09-01 10:00", Group.LATE),
        ("09-29 17:30", "09-01 10:00", Group.TODAY),
        ("09-30 00:00", "09-01 10:00", Group.TODAY),  # 24:00 of the 29th
        ("09-30 17:30", "09-29 07:00", Group.SOON),
        ("10-10 17:30", "09-01 10:00", Group.SOON),  # the third working day, behind the holidays
        ("10-11 17:30", "09-01 10:00", None),
        ("10-11 17:30", "09-28 08:00", Group.NEW),
        ("10-11 17:30", "09-28 07:59", None),
        (None, "09-28 12:00", Group.NEW),
        (None, "09-01 10:00", None),
    ],
)
def test_each_task_stands_once(due: str | None, opened: str, group: Group | None) -> None:
    day = day_of(default_calendar(), date(2025, 9, 29))
    assert group_of(a_row(due, opened), day, at("09-29 08:00")) == group


def test_the_calendar_of_due_dates_shows_codes_and_steps(case: Flow) -> None:
    actor = holder("town_officer", CHILD.place).actor
    with case.stage.database.reading() as session:
        (due,) = due_dates(session, actor, now=at("09-29 08:00"))
    assert due.due_at == at("09-30 17:30") and due.words.startswith("办件") and "入户" in due.words
    assert not any(name in due.words for name in NAMES)
    with case.stage.database.transaction() as session:
        session.execute(sa.update(case_file).where(case_file.c.id == case.case_id).values(sealed_hiv=True))
    with case.stage.database.reading() as session:
        (sealed,) = due_dates(session, actor, now=at("09-29 08:00"))
    assert sealed.words == f"办件{case.case_id[-8:].upper()} 到期"
