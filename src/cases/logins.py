"""Logging in with a password: argon2id, five failures lock for thirty minutes, and no hint whether an account exists.

`log_in` returns its answer and never raises, because a refused log-in must still be committed: it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select, update

from cases.people import Person, find_person, person
from engine.access import Actor
from engine.errors import FieldProblem, SubmissionInvalid
from engine.store import audit
from engine.store.session import Session

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=30)
MIN_LENGTH = 12
_SHOWN_NAME = 60

#: What the page says to every refused log-in, whatever the reason.
REFUSED_MESSAGE = "用户名或密码不正确,或该账户因多次失败暂时锁定(30分钟)"

_COMMON = frozenset(
    {
        "password1234",
        "123456789012",
        "qwertyuiop12",
        "administrator",
        "admin1234567",
        "1qaz2wsx3edc",
        "abcdefghijkl",
        "000000000000",
        "111111111111",
        "woaini131452",
    }
)

_hasher = PasswordHasher()
#: Verified when the user name is unknown, so that the answer takes as long as for a known one.
_NOBODYS_HASH = _hasher.hash("nobody has this password")


@dataclass(frozen=True, kw_only=True)
class LoginAnswer:
    """What came of a log-in."""

    person: Person | None  #: who is in; None: refused
    locked_until: datetime | None = None  #: for the audit, never for the page


def password_problems(password: str, user_name: str) -> tuple[str, ...]:
    """Why this password may not be chosen, in words; empty if it may (reliability.md 5, password row)."""
    problems = []
    if len(password) < MIN_LENGTH:
        problems.append(f"密码至少 {MIN_LENGTH} 位")
    if password.lower() in _COMMON or len(set(password)) < 5:
        problems.append("密码过于常见,请换一个")
    if user_name and user_name.lower() in password.lower():
        problems.append("密码不得包含用户名")
    return tuple(problems)


def hash_password(password: str) -> str:
    """The argon2id hash that the `person` row keeps."""
    return _hasher.hash(password)


def change_password(session: Session, person_id: str, *, password: str, user_name: str) -> None:
    """Set a new password and forget earlier failures.

    :raises SubmissionInvalid: the password breaks the policy.
    """
    problems = password_problems(password, user_name)
    if problems:
        raise SubmissionInvalid(
            [FieldProblem(field="password", rule="password", message=message) for message in problems]
        )
    session.execute(
        update(person)
        .where(person.c.id == person_id)
        .values(password_hash=hash_password(password), failed_logins=0, locked_until=None)
    )


def log_in(session: Session, *, user_name: str, password: str, now: datetime) -> LoginAnswer:
    """Check a password and count a failure. The caller commits either answer.

    While locked, even the right password is refused, and the failure does not prolong the lock: nobody can keep an
    officer on duty out for ever by guessing.
    """
    row = session.execute(
        select(person.c.id, person.c.password_hash, person.c.active, person.c.locked_until)
        .where(person.c.user_name == user_name)
        .with_for_update()
    ).first()
    answer = _answer(session, row, password, now)
    _note(session, user_name, answer, now)
    return answer


def _answer(session: Session, row: Any, password: str, now: datetime) -> LoginAnswer:
    right = _is_right(row.password_hash if row else _NOBODYS_HASH, password)
    if row is None:
        return LoginAnswer(person=None)
    if row.locked_until is not None and now < row.locked_until:
        return LoginAnswer(person=None, locked_until=row.locked_until)
    if not right:
        return LoginAnswer(person=None, locked_until=_count_failure(session, row.id, now))
    if not row.active:
        return LoginAnswer(person=None)
    session.execute(update(person).where(person.c.id == row.id).values(failed_logins=0, locked_until=None))
    return LoginAnswer(person=find_person(session, row.id))


def _note(session: Session, user_name: str, answer: LoginAnswer, now: datetime) -> None:
    """Each attempt is a line of the audit: who came in, and at whose door somebody knocked in vain."""
    who = answer.person
    actor = Actor(id=who.id, name=who.name, unit=who.unit) if who else Actor.system("login")
    if who is not None:
        action = "login"
    else:
        action = "login.locked" if answer.locked_until else "login.refused"
    audit.record(session, actor=actor, action=action, target=user_name[:_SHOWN_NAME], now=now)


def _is_right(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False


def _count_failure(session: Session, person_id: str, now: datetime) -> datetime | None:
    session.execute(update(person).where(person.c.id == person_id).values(failed_logins=person.c.failed_logins + 1))
    failures = session.execute(select(person.c.failed_logins).where(person.c.id == person_id)).scalar_one()
    if failures < MAX_FAILURES:
        return None
    until = now + LOCKED_FOR
    session.execute(update(person).where(person.c.id == person_id).values(failed_logins=0, locked_until=until))
    return until
