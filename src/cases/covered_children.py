"""Children who were recognised before a story begins, and the county's standards: a told world, entered as it stands.

Only stories and tests use it; in operation a child comes under protection through an application alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from cases import bank_accounts, case_files, children, sealed
from cases.benefits import DELIVERED, benefit_item, benefit_standard, month_after
from cases.case_facts import primary_category
from cases.case_files import CaseStatus
from cases.idcard import birth_of, sex_of
from cases.search import search_key
from engine.access import Actor
from engine.calendar import county_day
from engine.store.session import Session

_TELLER = Actor.system("story")


def enter_world(
    session: Session,
    *,
    children: Iterable[Mapping[str, Any]],
    standards: Iterable[Mapping[str, Any]],
    now: datetime,
) -> None:
    """Enter children and standards as a story tells them; a standard that is known stays as it is."""
    known = {tuple(row) for row in session.execute(select(benefit_standard.c.key, benefit_standard.c.valid_from))}
    for told in standards:
        if (told["key"], told["valid_from"]) not in known:
            session.execute(insert(benefit_standard).values(**told))
    for told in children:
        enter_child(session, told, now=now)


def enter_child(session: Session, told: Mapping[str, Any], *, now: datetime) -> str:
    """Enter one child and return its id. Keys: name, idcard, village, categories, enrolled_on; optional guardian,
    stage, scheme, amount, facts, parents (by 父 and 母: status, end_date), next_review_on, account, result,
    next_check, standard_key, pay_mode, sealed."""
    enrolled_on: date = told["enrolled_on"]
    child_id = children.open_file(
        session,
        name=told["name"],
        idcard=told["idcard"],
        birth=birth_of(told["idcard"]),
        sex=sex_of(told["idcard"]),
        hukou_code=told["village"],
        search_key=search_key(told["name"]),
        actor_id=_TELLER.id,
        now=now,
        day=county_day(now),
        sealed=bool(told.get("sealed")),
    )
    children.change(
        session,
        child_id,
        now=now,
        status=children.ChildStatus.PROTECTED,
        categories=list(told["categories"]),
        primary_category=primary_category(told["categories"]),
        enrolled_on=enrolled_on,
        effective_month=month_after(enrolled_on),
        next_review_on=told.get("next_review_on"),
    )
    guardian = told.get("guardian", "王建国")
    children.set_guardian(session, child_id, name=guardian, idcard=None, phone=None, relation="其他监护人")
    for which, given in told.get("parents", {}).items():
        children.set_parent(session, child_id, which, **given)
    if "stage" in told:
        children.set_education(session, child_id, stage=told["stage"])
    if "account" in told:
        bank_accounts.set_account(
            session, child_id, account=told["account"], holder=guardian, owner=bank_accounts.GUARDIAN, by="", now=now
        )
    _enter_case(session, child_id, told, enrolled_on, now)
    return child_id


def _enter_case(session: Session, child_id: str, told: Mapping[str, Any], enrolled_on: date, now: datetime) -> None:
    """The application that was approved then, closed, with the living allowance that runs."""
    case_id = case_files.open_case(
        session,
        kind="application",
        process_key="application",
        child_id=child_id,
        place=sealed.place_of(told["village"]) if told.get("sealed") else told["village"],
        policy_profile="CURRENT",
        facts=told.get("facts", {}),
        actor=_TELLER,
        now=now,
        status=CaseStatus.PROTECTED,
        sealed_hiv=bool(told.get("sealed")),
    )
    case_files.change(session, case_id, closed_at=now, end_state="APPROVED")
    if "scheme" in told:
        session.execute(
            insert(benefit_item).values(
                case_id=case_id,
                child_id=child_id,
                benefit=told["scheme"],
                title=sealed.outside_label(told["scheme"], told["scheme"]) if told.get("sealed") else told["scheme"],
                department="MZJ",
                mode="转办法定程序",
                amount=told.get("amount"),
                start_month=month_after(enrolled_on),
                result=told.get("result", DELIVERED),
                next_check=told.get("next_check"),
                standard_key=told.get("standard_key"),
                pay_mode=told.get("pay_mode"),
                created_at=now,
            )
        )
