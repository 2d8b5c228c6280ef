"""Passwords, the lock after five failures, and log-in sessions; time is an argument."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cases import logins, people, sessions
from engine.access import Grant
from engine.errors import NotFound, Refused, SubmissionInvalid
from engine.store import Database, Session, audit

PASSWORD = "a long enough phrase"
#: Hashing costs time by intention; once is enough.
HASH = logins.hash_password(PASSWORD)


def add(session: Session, now: datetime, *grants: Grant, user_name: str = "zhao") -> people.Person:
    return people.add_person(
        session, person_id=user_name, user_name=user_name, name="赵敏", password_hash=HASH, now=now, grants=grants
    )


def try_in(database: Database, password: str, now: datetime, user_name: str = "zhao") -> logins.LoginAnswer:
    with database.transaction() as session:
        return logins.log_in(session, user_name=user_name, password=password, now=now)


def test_the_right_password_lets_in(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
    answer = try_in(database, PASSWORD, now)
    assert answer.person is not None and answer.person.id == "zhao"


def test_five_failures_lock_for_thirty_minutes_even_for_the_right_password(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
    for _ in range(4):
        assert try_in(database, "wrong", now).locked_until is None
    until = now + timedelta(minutes=30)
    assert try_in(database, "wrong", now).locked_until == until
    assert try_in(database, PASSWORD, until - timedelta(seconds=1)).person is None
    assert try_in(database, PASSWORD, until).person is not None


def test_guessing_while_locked_does_not_prolong_the_lock(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
    for _ in range(5):
        try_in(database, "wrong", now)
    for minute in range(1, 30):
        try_in(database, "wrong", now + timedelta(minutes=minute))
    assert try_in(database, PASSWORD, now + timedelta(minutes=30)).person is not None


def test_a_success_forgets_earlier_failures(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
    for _ in range(3):
        for _ in range(4):
            try_in(database, "wrong", now)
        assert try_in(database, PASSWORD, now).person is not None


def test_an_unknown_name_and_a_wrong_password_answer_alike(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
    assert try_in(database, "wrong", now, "nobody") == try_in(database, "wrong", now)


def test_a_deactivated_person_is_refused(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
        people.deactivate(session, "zhao")
    assert try_in(database, PASSWORD, now).person is None
    with database.reading() as session, pytest.raises(NotFound):
        people.actor_of(session, "zhao")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "1qaz2wsx3edc", "zhao-and-twelve"])
def test_weak_passwords_are_not_taken(database: Database, now: datetime, password: str) -> None:
    with database.transaction() as session:
        add(session, now)
        with pytest.raises(SubmissionInvalid):
            logins.change_password(session, "zhao", password=password, user_name="zhao")


def test_the_hash_is_argon2id() -> None:
    assert HASH.startswith("$argon2id$")
    assert PASSWORD not in HASH


def test_a_session_ends_after_thirty_idle_minutes(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
        token = sessions.open_session(session, "zhao", now=now)
        assert sessions.find_session(session, token, now=now + timedelta(minutes=29, seconds=59)) is not None
        assert sessions.find_session(session, token, now=now + timedelta(minutes=30)) is None


def test_a_busy_session_ends_after_twelve_hours(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
        token = sessions.open_session(session, "zhao", now=now)
        for quarter in range(1, 48):
            at = now + timedelta(minutes=15 * quarter)
            found = sessions.find_session(session, token, now=at)
            assert found is not None
            assert sessions.touch(session, token, found, now=at)
        assert sessions.find_session(session, token, now=now + timedelta(hours=12)) is None


def test_touching_twice_in_a_minute_writes_once(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
        token = sessions.open_session(session, "zhao", now=now)
        found = sessions.find_session(session, token, now=now)
        assert found is not None
        assert not sessions.touch(session, token, found, now=now + timedelta(seconds=59))


def test_ending_all_sessions_of_a_person(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
        first, second = (sessions.open_session(session, "zhao", now=now) for _ in range(2))
        assert first != second
        sessions.end_all(session, "zhao")
        assert sessions.find_session(session, first, now=now) is None
        assert sessions.find_session(session, second, now=now) is None


def test_a_deactivated_person_has_no_session(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
        token = sessions.open_session(session, "zhao", now=now)
        people.deactivate(session, "zhao")
        assert sessions.find_session(session, token, now=now) is None


def test_the_table_does_not_hold_the_token(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
        token = sessions.open_session(session, "zhao", now=now)
        rows = session.execute(sessions.login_session.select()).all()
        assert token not in str(rows)


def test_swept_sessions_are_gone(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
        sessions.open_session(session, "zhao", now=now)
        assert sessions.sweep(session, now=now + timedelta(minutes=29)) == 0
        assert sessions.sweep(session, now=now + timedelta(minutes=30)) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [("auditor", "mzj_handler"), ("administrator", "security_admin"), ("town_officer", "administrator")],
)
def test_some_roles_are_held_alone(database: Database, now: datetime, first: str, second: str) -> None:
    with database.transaction() as session:
        add(session, now, Grant(role=first, place="519927"))
        with pytest.raises(Refused):
            people.give_role(session, "zhao", Grant(role=second, place="519927"))


def test_a_department_role_brings_its_department(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now, Grant(role="jkt_handler", place="519927"))
        assert people.grants_of(session, "zhao") == (Grant(role="jkt_handler", place="519927", department="JKT"),)


def test_holders_of_a_role_cover_the_place(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now, Grant(role="town_officer", place="519927101"))
        add(session, now, Grant(role="town_officer", place="519927102"), user_name="qian")
        found = people.holders(session, role="town_officer", place="519927101003")
        assert [each.user_name for each in found] == ["zhao"]


def test_every_attempt_is_a_line_of_the_audit(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        add(session, now)
    try_in(database, PASSWORD, now)
    for _ in range(5):
        try_in(database, "wrong", now)
    try_in(database, "wrong", now, "nobody")
    with database.reading() as session:
        rows = session.execute(audit.audit.select().order_by(audit.audit.c.id)).all()
    assert sorted((row.action, row.target) for row in rows) == sorted(
        [("login", "zhao"), *[("login.refused", "zhao")] * 4, ("login.locked", "zhao"), ("login.refused", "nobody")]
    )
    assert "wrong" not in str(rows)
