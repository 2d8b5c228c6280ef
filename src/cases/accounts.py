"""What the security administrator does to accounts: enter, deactivate, give and take roles. Each with a reason, and
each a line of the audit. Which roles exclude each other is said by `roles.grants_conflict` (三员分立)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from cases import people, sessions
from cases.jurisdictions import require_division
from cases.logins import hash_password, password_problems
from cases.people import Person, person
from cases.roles import ROLE, Level
from engine.access import Actor, Grant, Permission, require
from engine.commands.reasons import require_reason
from engine.errors import FieldProblem, NotFound, Refused, SubmissionInvalid
from engine.store import audit
from engine.store.identifiers import new_id
from engine.store.session import Session

#: How many digits the place of a role has, where there is only one choice. A citizen's place is any division.
DIGITS = {Level.VILLAGE: 12, Level.TOWN: 9, Level.COUNTY: 6}
MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person with the roles held."""

    person: Person
    grants: tuple[Grant, ...]


def accounts(session: Session, actor: Actor, *, keyword: str = "", after: str = "") -> tuple[Account, ...]:
    """Accounts by user name, at most `MOST_SHOWN` + 1 of those after `after`. Raises `NotAllowed`."""
    require(actor, Permission.PEOPLE_MANAGE)
    wanted = select(person.c.id).where(person.c.user_name > after).order_by(person.c.user_name).limit(MOST_SHOWN + 1)
    if keyword:
        fits = (
            column.contains(keyword, autoescape=True) for column in (person.c.user_name, person.c.name, person.c.unit)
        )
        wanted = wanted.where(or_(*fits))
    return tuple(_account(session, row.id) for row in session.execute(wanted).all())


def account(session: Session, actor: Actor, person_id: str) -> Account:
    """One account. Raises `NotAllowed`, `NotFound`."""
    require(actor, Permission.PEOPLE_MANAGE)
    return _account(session, person_id)


def _account(session: Session, person_id: str) -> Account:
    found = people.find_person(session, person_id)
    if found is None:
        raise NotFound(f"没有用户 {person_id}")
    return Account(person=found, grants=people.grants_of(session, person_id))


def open_account(
    session: Session, *, user_name: str, name: str, unit: str, password: str, reason: str, actor: Actor, now: datetime
) -> Person:
    """Enter a person without any role yet.

    Raises `NotAllowed`, `SubmissionInvalid` (a name or the reason is missing, the password is weak), `Refused` (the
    user name is taken).
    """
    require(actor, Permission.PEOPLE_MANAGE)
    reason = require_reason(reason)
    missing = [label for label, value in (("用户名", user_name), ("姓名", name), ("单位", unit)) if not value.strip()]
    problems = [f"请填写{label}" for label in missing] + list(password_problems(password, user_name))
    if problems:
        raise SubmissionInvalid([FieldProblem(field="account", rule="account", message=text) for text in problems])
    added = people.add_person(
        session,
        person_id=new_id(now),
        user_name=user_name.strip()[:60],
        name=name.strip()[:40],
        unit=unit.strip()[:80],
        password_hash=hash_password(password),
        now=now,
    )
    _note(session, "account.open", added, reason, actor, now)
    return added


def close_account(session: Session, person_id: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take the log-in away and end every session. Raises `NotAllowed`, `NotFound`, `Refused`, `SubmissionInvalid`."""
    found, reason = _other(session, person_id, reason, actor)
    people.deactivate(session, person_id)
    sessions.end_all(session, person_id)
    _note(session, "account.close", found, reason, actor, now)


def give(session: Session, person_id: str, *, role: str, place: str, reason: str, actor: Actor, now: datetime) -> None:
    """Give a role for a place (division code; "" for a role of the program).

    Raises `NotAllowed`, `NotFound`, `SubmissionInvalid`, `Refused`: the role is unknown, excludes one that is held, or
    belongs to another level than the place.
    """
    found, reason = _other(session, person_id, reason, actor)
    if not found.active:
        raise Refused("这个账户已停用,不能再授予角色")
    place = _place_of(session, role, place.strip())
    people.give_role(session, person_id, Grant(role=role, place=place))
    _note(session, "role.give", found, reason, actor, now, role=role, place=place)


def take(session: Session, person_id: str, *, role: str, place: str, reason: str, actor: Actor, now: datetime) -> None:
    """Take a role away. Raises `NotAllowed`, `NotFound` (it is not held), `Refused`, `SubmissionInvalid`."""
    found, reason = _other(session, person_id, reason, actor)
    if not any(one.role == role and one.place == place for one in people.grants_of(session, person_id)):
        raise NotFound(f"{found.name}没有这个角色")
    people.take_role(session, person_id, role, place)
    _note(session, "role.take", found, reason, actor, now, role=role, place=place)


def _other(session: Session, person_id: str, reason: str, actor: Actor) -> tuple[Person, str]:
    """The account to be changed, which is never the own one, and the reason."""
    require(actor, Permission.PEOPLE_MANAGE)
    if person_id == actor.id:
        raise Refused("不能变更自己的账户和角色,请由另一位安全管理员办理")
    return _account(session, person_id).person, require_reason(reason)


def _place_of(session: Session, role: str, place: str) -> str:
    known = ROLE.get(role)
    if known is None or role == "sys":
        raise Refused("请选择一个角色")
    if known.level is Level.PROGRAM:
        return ""
    digits = DIGITS.get(known.level)
    if digits is not None and len(place) != digits:
        raise Refused(f"“{known.name}”须选择{ {12: '村(社区)', 9: '乡镇', 6: '县'}[digits] }一级的地区")
    return require_division(session, place).code


def _note(session: Session, action: str, who: Person, reason: str, actor: Actor, now: datetime, **detail: str) -> None:
    audit.record(
        session, actor=actor, action=action, target=who.user_name, now=now, detail={"reason": reason, **detail}
    )
