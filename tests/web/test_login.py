"""Logging in: what a refusal tells, how long a log-in lasts, that each gets a new token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from cases.people import person
from engine.clock import FixedClock
from engine.sealing import new_key
from engine.settings import load_settings
from tests.web.conftest import PASSWORD, Browser
from web import create_app
from web.knocks import MOST_FAILURES, WINDOW, Knocks

REFUSED = "用户名或密码不正确"


@pytest.fixture
def timed(app, edge):
    """The same database under a clock that the test sets."""
    clock = FixedClock(datetime(2025, 9, 24, 1, 0, tzinfo=UTC))
    return create_app(edge.settings, clock), clock


def test_the_right_password_lets_in(browser):
    answer = browser.post("/login", user_name="officer", password=PASSWORD)
    assert answer.status_code == 303
    assert browser.get("/inbox").status_code == 200


def test_a_refusal_says_the_same_for_known_and_unknown_names(browser):
    known = browser.post("/login", user_name="officer", password="wrong")
    unknown = browser.post("/login", user_name="nobody", password="wrong")
    assert known.status_code == unknown.status_code == 422
    assert REFUSED in known.get_data(as_text=True)
    assert known.get_data(as_text=True).replace("officer", "nobody").count(REFUSED) == 1
    assert REFUSED in unknown.get_data(as_text=True)


def test_five_failures_lock_the_account_and_say_nothing_more(timed):
    app, clock = timed
    browser = Browser(app)
    for _ in range(5):
        browser.post("/login", user_name="officer", password="wrong")
    locked = browser.post("/login", user_name="officer", password=PASSWORD)
    assert locked.status_code == 422
    assert REFUSED in locked.get_data(as_text=True)
    clock.instant += timedelta(minutes=31)
    assert browser.post("/login", user_name="officer", password=PASSWORD).status_code == 303


def test_a_login_ends_after_thirty_idle_minutes(timed):
    app, clock = timed
    browser = Browser(app).log_in("officer")
    clock.instant += timedelta(minutes=29)
    assert browser.get("/inbox").status_code == 200
    clock.instant += timedelta(minutes=29)
    assert browser.get("/inbox").status_code == 200
    clock.instant += timedelta(minutes=31)
    assert browser.get("/inbox").status_code == 303


def test_a_login_ends_after_twelve_hours_whatever_happens(timed):
    app, clock = timed
    browser = Browser(app).log_in("officer")
    for _ in range(35):
        clock.instant += timedelta(minutes=20)
        assert browser.get("/inbox").status_code == 200
    clock.instant += timedelta(minutes=25)
    assert browser.get("/inbox").status_code == 303


def test_every_login_gets_a_new_token_and_ends_the_old_one(app):
    browser = Browser(app)
    browser.log_in("officer")
    first = browser.client.get_cookie("login").value
    browser.log_in("officer")
    assert browser.client.get_cookie("login").value != first
    thief = app.test_client()
    thief.set_cookie("login", first)
    assert thief.get("/inbox").status_code == 303


def test_logging_out_ends_the_session_on_the_server(app, as_person):
    inside = as_person("officer")
    token = inside.client.get_cookie("login").value
    inside.post("/logout")
    thief = app.test_client()
    thief.set_cookie("login", token)
    assert thief.get("/inbox").status_code == 303


def test_a_link_cannot_send_people_elsewhere_after_the_login(browser):
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = browser.post("/login/demo", person="p-officer", next=elsewhere)
        assert answer.headers["Location"] == "/"
    assert browser.post("/login/demo", person="p-officer", next="/inbox").headers["Location"] == "/inbox"


def test_production_has_no_demo_door_and_a_host_cookie(edge):
    with edge.database.transaction() as session:
        session.execute(update(person).values(demo=False))
    settings = load_settings(
        mode="production",
        database_url=edge.settings.database_url,
        data_folder=edge.settings.data_folder,
        secret_key="k" * 48,
        sealing_keys=f"2026:{new_key()}",
        sealed_keys=f"apart:{new_key()}",
    )
    browser = Browser(create_app(settings))
    client = browser.client
    page = client.get("/login", base_url="https://county.example")
    assert "演示登录" not in page.get_data(as_text=True)
    token = page.get_data(as_text=True).split('name="csrf-token" content="', 1)[1].split('"', 1)[0]
    headers = {"Referer": "https://county.example/login"}
    door = client.post(
        "/login/demo",
        data={"csrf_token": token, "person": "p-officer"},
        base_url="https://county.example",
        headers=headers,
    )
    assert door.status_code == 404
    entered = client.post(
        "/login",
        data={"csrf_token": token, "user_name": "officer", "password": PASSWORD},
        base_url="https://county.example",
        headers=headers,
    )
    cookie = next(line for line in entered.headers.getlist("Set-Cookie") if "__Host-login" in line)
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "max-age" in entered.headers["Strict-Transport-Security"]


def test_an_address_that_guesses_at_many_doors_is_told_to_wait(timed):
    app, clock = timed
    browser = Browser(app)
    for number in range(MOST_FAILURES):
        assert browser.post("/login", user_name=f"nobody-{number}", password="wrong").status_code == 422
    waiting = browser.post("/login", user_name="officer", password=PASSWORD)
    assert waiting.status_code == 429
    assert "10 分钟后再试" in waiting.get_data(as_text=True)
    clock.instant += WINDOW
    assert browser.post("/login", user_name="officer", password=PASSWORD).status_code == 303


def test_another_address_is_not_kept_waiting():
    knocks, now = Knocks(), datetime(2025, 9, 24, tzinfo=UTC)
    for _ in range(MOST_FAILURES):
        knocks.failed("192.0.2.1", now)
    assert knocks.too_many("192.0.2.1", now)
    assert not knocks.too_many("192.0.2.2", now)


def test_no_more_addresses_are_remembered_than_memory_allows(monkeypatch):
    monkeypatch.setattr("web.knocks.MOST_ADDRESSES", 2)
    knocks, now = Knocks(), datetime(2025, 9, 24, tzinfo=UTC)
    for _ in range(MOST_FAILURES):
        knocks.failed("192.0.2.1", now)
    knocks.failed("192.0.2.2", now)
    knocks.failed("192.0.2.3", now)
    assert not knocks.too_many("192.0.2.1", now)
