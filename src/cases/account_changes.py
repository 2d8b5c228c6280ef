"""Changes of an account 账户变更 while a child is protected: asked for, looked at by a second person, in force (P_E 4).

What was on a list when the account changed is still paid to the former account: its leader signed that list, and the
new account is paid from the next list on.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, RowMapping, String, Table, insert, select, update

from cases import bank_accounts
from cases.bank_accounts import Account
from cases.veils import veil
from engine.errors import NotFound
from engine.store.base import Instant, metadata
from engine.store.seals import Sealed
from engine.store.session import Session
from engine.store.veils import Veiled

account_change = Table(
    "account_change",
    metadata,
    Column("case_id", String(40), ForeignKey("case_file.id"), primary_key=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False, index=True),
    Column("account", Sealed("account_change.account"), nullable=False),
    Column("holder", Veiled("account_change.holder"), nullable=False),
    Column("owner", String(12), nullable=False),
    Column("former_account", Sealed("account_change.former_account"), nullable=True),
    Column("former_holder", Veiled("account_change.former_holder"), nullable=True),
    Column("reason", Veiled("account_change.reason"), nullable=False),
    Column("decision", String(8), nullable=True),
    Column("decided_by", String(60), nullable=True),
    Column("entered_at", Instant, nullable=True),
)

AGREED, REFUSED = "同意", "不同意"


def propose(session: Session, case_id: str, child_id: str, *, account: str, **values: object) -> None:
    """Enter what is asked for; `values` are holder, owner and reason."""
    number = account.replace(" ", "")
    told = veil(session, account_change, values, child_id=child_id)
    session.execute(insert(account_change).values(case_id=case_id, child_id=child_id, account=number, **told))


def find(session: Session, case_id: str) -> RowMapping:
    """The change of a case.

    :raises NotFound: the case changes no account.
    """
    row = session.execute(select(account_change).where(account_change.c.case_id == case_id)).mappings().first()
    if row is None:
        raise NotFound(f"办件 {case_id} 不是账户变更")
    return row


def is_open(session: Session, child_id: str) -> bool:
    """Whether a change of this child's account waits for the second person, or for its entry."""
    query = select(account_change.c.case_id).where(
        account_change.c.child_id == child_id,
        account_change.c.entered_at.is_(None),
        account_change.c.decision.is_distinct_from(REFUSED),
    )
    return session.execute(query.limit(1)).first() is not None


def decide(session: Session, case_id: str, *, decision: str, by: str) -> None:
    """Note what the second person said."""
    _change(session, case_id, decision=decision, decided_by=by)


def enter(session: Session, case_id: str, *, now: datetime) -> None:
    """Make the new account the child's, and keep the former one for the lists that were made before."""
    row = find(session, case_id)
    former = bank_accounts.account_of(session, row["child_id"])
    if former is not None:
        _change(session, case_id, former_account=former.number, former_holder=former.holder)
    bank_accounts.set_account(
        session,
        row["child_id"],
        account=row["account"],
        holder=row["holder"],
        owner=row["owner"],
        by=row["decided_by"] or "",
        now=now,
    )
    _change(session, case_id, entered_at=now)


def account_at(session: Session, child_id: str, at: datetime) -> Account | None:
    """The account that was the child's when a list was made; one that was named later stands in where none was."""
    row = session.execute(
        select(account_change.c.former_account, account_change.c.former_holder)
        .where(
            account_change.c.child_id == child_id,
            account_change.c.entered_at > at,
            account_change.c.former_account.is_not(None),
        )
        .order_by(account_change.c.entered_at)
        .limit(1)
    ).first()
    if row is not None:
        return Account(number=row.former_account, holder=row.former_holder or "")
    return bank_accounts.account_of(session, child_id)


def _change(session: Session, case_id: str, **values: object) -> None:
    told = veil(session, account_change, values, case_id=case_id)
    session.execute(update(account_change).where(account_change.c.case_id == case_id).values(**told))
