"""Accounts 账户: to which account a child's money goes, and whose it is (domain.md P_E 4, M16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table, delete, insert, select

from cases import children
from cases.applications import application
from cases.case_files import case_file
from cases.privacy import mask_account
from cases.sealed_identity import is_called
from cases.veils import veil
from engine.store.base import Instant, metadata
from engine.store.session import Session
from engine.store.veils import Veiled

bank_account = Table(
    "bank_account",
    metadata,
    Column("child_id", String(40), ForeignKey("child.id"), primary_key=True),
    Column("account", Veiled("bank_account.account"), nullable=False),
    Column("holder", Veiled("bank_account.holder"), nullable=False),
    Column("owner", String(12), nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", String(60), nullable=False),
)

CHILD, GUARDIAN, INSTITUTION = "儿童本人", "监护人", "养育机构"


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account and its holder."""

    number: str
    holder: str

    @property
    def masked(self) -> str:
        return mask_account(self.number)


def set_account(
    session: Session, child_id: str, *, account: str, holder: str, owner: str, by: str, now: datetime
) -> None:
    """Make this the child's account."""
    session.execute(delete(bank_account).where(bank_account.c.child_id == child_id))
    told = veil(session, bank_account, {"account": account.replace(" ", ""), "holder": holder}, child_id=child_id)
    session.execute(insert(bank_account).values(child_id=child_id, owner=owner, set_at=now, set_by=by, **told))


def account_of(session: Session, child_id: str) -> Account | None:
    """The child's account: the one set last, else the one that the latest application named; None: nobody named one."""
    row = session.execute(
        select(bank_account.c.account, bank_account.c.holder).where(bank_account.c.child_id == child_id)
    ).first()
    if row is None:
        row = session.execute(
            select(application.c.bank_account.label("account"), application.c.account_holder.label("holder"))
            .join(case_file, case_file.c.id == application.c.case_id)
            .where(case_file.c.child_id == child_id, application.c.bank_account.is_not(None))
            .order_by(application.c.received_at.desc())
            .limit(1)
        ).first()
    return Account(number=str(row.account).replace(" ", ""), holder=row.holder or "") if row else None


def holder_problem(session: Session, child_id: str, *, owner: str, holder: str) -> str | None:
    """Why this holder cannot be: an account is the child's, the guardian's or the institution's (P_E 4)."""
    found, guardian = children.find_child(session, child_id), children.current_guardian(session, child_id)
    theirs = True
    if owner == CHILD and found is not None:
        theirs = is_called(session, found, holder.strip())
    elif owner == GUARDIAN and guardian is not None:
        theirs = guardian["name"] == holder.strip()
    if not theirs:
        return f"开户人应为{owner}本人,与档案中的姓名不一致,请核对"
    return None
