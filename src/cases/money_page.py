"""What a case's page reads of money, as far as the reader sees the case (domain.md 6.1): the comparison and the items
need the sensitive file; a month's list shows a township its own children alone. The program itself reads the rows in
their own modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from cases import account_changes, bank_accounts, benefit_sheets, benefits, payments, relief, standards
from cases.case_files import find_case
from cases.privacy import mask_account
from cases.roles import Sight
from cases.seeing import read_case, sight_of
from engine.access import Actor, covers
from engine.store.session import Session

#: Kinds of cases that are about money, beside the applications.
PAYMENT, RELIEF, STANDARD, FOLLOW, ACCOUNT = "payment", "relief", "standard", "follow", "account"


@dataclass(frozen=True, kw_only=True)
class MoneyRows:
    """The rows that the page may show; what the reader does not see is empty."""

    kind: str
    facts: Mapping[str, Any]  #: of the case
    sees_all: bool  #: schemes and reasons too
    sheet: RowMapping | None = None  #: why an allowance was chosen
    items: Sequence[RowMapping] = ()
    batch: RowMapping | None = None  #: the month's list, with `listed`
    listed: Sequence[RowMapping] = ()
    is_whole: bool = False  #: the reader sees every line of the list
    about: Mapping[str, Any] = field(default_factory=dict)  #: the relief's, the standard's or the account's own row


def money_of(session: Session, actor: Actor, case_id: str, *, purpose: str, now: datetime) -> MoneyRows | None:
    """The case's rows about money; None for who does not see the file.

    :raises Refused: no purpose was given.
    """
    if sight_of(session, actor, case_id) < Sight.FILE:
        return None
    seen = read_case(session, actor, case_id, at_least=Sight.FILE, purpose=purpose, now=now)
    row = find_case(session, case_id)
    kind, sees_all = str(row["kind"]), seen >= Sight.SENSITIVE
    if kind == PAYMENT:
        return _list(session, actor, case_id, row, sees_all=sees_all)
    return MoneyRows(
        kind=kind,
        facts=row["facts"],
        sees_all=sees_all,
        sheet=benefit_sheets.sheet_of(session, case_id) if sees_all else None,
        items=tuple(benefits.items_of(session, case_id)) if sees_all else (),
        about=_about(session, kind, case_id) if kind != ACCOUNT or sees_all else {},
    )


def _about(session: Session, kind: str, case_id: str) -> Mapping[str, Any]:
    if kind == RELIEF:
        return dict(relief.find(session, case_id))
    if kind == ACCOUNT:
        return _account(session, case_id)
    return dict(standards.find(session, case_id)) if kind == STANDARD else {}


def _account(session: Session, case_id: str) -> Mapping[str, Any]:
    """What is asked for beside the account that stands (before it was entered) or stood (after)."""
    change = account_changes.find(session, case_id)
    present = bank_accounts.account_of(session, change["child_id"]) if change["entered_at"] is None else None
    former = mask_account(change["former_account"]) if change["former_account"] else ""
    return {
        **change,
        "former_account": present.masked if present else former,
        "former_holder": present.holder if present else change["former_holder"] or "",
    }


def _list(session: Session, actor: Actor, case_id: str, row: Mapping[str, Any], *, sees_all: bool) -> MoneyRows:
    every = payments.payments_of(session, case_id)
    listed = tuple(each for each in every if any(covers(grant, each["hukou_code"]) for grant in actor.grants))
    return MoneyRows(
        kind=PAYMENT,
        facts=row["facts"],
        sees_all=sees_all,
        batch=payments.find_batch(session, case_id),
        listed=listed,
        is_whole=len(listed) == len(every),
    )
