"""The calendar of due dates: whose it is, what stands in it and in what form, and how it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import sqlalchemy as sa

from cases import due_feeds, people
from cases.due_feeds import Due, as_calendar
from engine.store.audit import audit
from tests.web.conftest import START

DUE = datetime(2025, 9, 30, 9, 30, tzinfo=UTC)


def made(words: str = "办件QC-2025-0001 入户核查 到期") -> bytes:
    dates = [Due(task_id="t1", words=words, opened_at=START, due_at=DUE)]
    return as_calendar(dates, lambda task_id: f"https://county.example/tasks/{task_id}")


def address_of(browser) -> str:
    browser.post("/calendar")
    page = browser.get("/messages/contacts").get_data(as_text=True)
    return "/calendar/" + page.split("/calendar/", 1)[1].split('"', 1)[0]


def test_a_due_date_is_an_event_of_the_countys_time() -> None:
    read = icalendar.Calendar.from_ical(made())
    (event,) = read.walk("VEVENT")
    (zone,) = read.walk("VTIMEZONE")
    assert str(zone["tzid"]) == "Asia/Shanghai"
    assert b"DTEND;TZID=Asia/Shanghai:20250930T173000" in made()
    assert (event["uid"], event["summary"]) == ("t1@tongan", "办件QC-2025-0001 入户核查 到期")
    assert event["dtstart"].dt == DUE - timedelta(minutes=30)
    assert event["dtstamp"].dt == START
    assert {str(read["version"]), str(event["class"])} == {"2.0", "PRIVATE"}


def test_lines_are_folded_and_signs_escaped() -> None:
    words = "核查,补正;说明\\备注\n第二行 " + "很长的环节名称" * 12
    text = made(words)
    lines = text.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75, "octets, not characters"
    assert b"\n" not in text.replace(b"\r\n", b"")
    for line in lines:
        line.decode()  # no character is cut in two
    assert "核查\\,补正\\;说明\\\\备注\\n第二行" in text.replace(b"\r\n ", b"").decode()
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event["summary"] == words


def test_the_same_dates_make_the_same_bytes_and_are_not_sent_twice(as_person, browser) -> None:
    address = address_of(as_person("officer"))
    first = browser.get(address)
    assert first.status_code == 200 and first.content_type == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "noindex" in first.headers["X-Robots-Tag"]
    again = browser.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert browser.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_address_is_shown_once_and_not_kept(edge, as_person) -> None:
    officer = as_person("officer")
    secret = address_of(officer).removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) >= 43
    assert secret not in officer.get("/messages/contacts").get_data(as_text=True)
    with edge.database.reading() as session:
        kept = session.execute(sa.select(due_feeds.due_feed)).one()
        told = str(session.execute(sa.select(audit.c.detail)).scalars().all())
    assert secret not in str(kept) and secret not in told


def test_wrong_replaced_and_revoked_addresses_are_not_found(as_person, browser) -> None:
    officer = as_person("officer")
    first, second = address_of(officer), address_of(officer)
    assert [browser.get(each).status_code for each in (first, second)] == [404, 200]
    assert browser.get("/calendar/nobodys-secret.ics").status_code == 404
    as_person("window").post("/calendar/revoke")
    assert browser.get(second).status_code == 200, "another person's is left alone"
    officer.post("/calendar/revoke")
    assert browser.get(second).status_code == 404


def test_the_calendar_of_somebody_who_left_is_not_found(edge, as_person, browser) -> None:
    address = address_of(as_person("officer"))
    with edge.database.transaction() as session:
        people.deactivate(session, "p-officer")
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("wanted", [True, False])
def test_the_digest_is_chosen_beside_the_addresses(as_person, wanted: bool) -> None:
    officer = as_person("officer")
    officer.post("/messages/digest", **({"digest": "1"} if wanted else {}))
    page = officer.get("/messages/contacts").get_data(as_text=True)
    assert ('name="digest" value="1" checked' in page) is wanted
