"""The forms of a change of a child's account (P_E 4), and what opens it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping

from cases import account_changes, bank_accounts, case_files, children, exits, sealed
from cases.forms.filing import Apply, Filing, refuse
from cases.forms.opening import Opening
from engine.access import covers
from engine.domain import CaseRef
from engine.errors import NotAllowed


def open_account_change(opening: Opening) -> CaseRef:
    """Open the change; nothing is paid to the new account before a second person agreed.

    :raises SubmissionInvalid: no such archive, the child is not under protection, another change is open, the account
        is the present one, or a holder who cannot be.
    :raises NotAllowed: a child of another area.
    """
    session, fields = opening.session, opening.fields
    found = _child(opening)
    account, holder, owner = (str(fields[name]) for name in ("bank_account", "account_holder", "account_owner"))
    present = bank_accounts.account_of(session, found["id"])
    if present is not None and present.number == account.replace(" ", ""):
        raise refuse("bank_account", "same", "与现在发放的账户相同,请核对银行账号")
    problem = bank_accounts.holder_problem(session, found["id"], owner=owner, holder=holder)
    if problem:
        raise refuse("account_holder", "holder", problem)
    opened = opening.open_for(found, facts={})
    if found["no_publicity"]:
        case_files.change(session, opened.case_id, no_publicity=True)
    account_changes.propose(
        session,
        opened.case_id,
        found["id"],
        account=account,
        holder=holder,
        owner=owner,
        reason=str(fields["reason"]),
    )
    return opened


def _child(opening: Opening) -> RowMapping:
    session, actor = opening.session, opening.actor
    found = children.find_by_archive(session, str(opening.fields["archive_no"]))
    if found is None or (found["sealed_hiv"] and not sealed.is_handler(actor)):
        raise refuse("archive_no", "unknown", "没有这个档案编号")
    if not actor.is_system and not any(covers(grant, found["hukou_code"]) for grant in actor.grants):
        raise NotAllowed("只能变更本辖区儿童的账户")
    if found["status"] not in exits.COVERED:
        raise refuse("archive_no", "status", f"该儿童现为“{found['status']}”,不在保障中")
    if account_changes.is_open(session, found["id"]):
        raise refuse("archive_no", "open_change", "该儿童的账户变更正在办理,请在办件中查找")
    return found


def check(filing: Filing) -> Mapping[str, Any]:
    """The second person looks at the papers, and at the holder once more: the guardian may have changed meanwhile.

    :raises NotAllowed: who asked for the change looks at it.
    :raises SubmissionInvalid: agreed, with a holder who cannot be.
    """
    if case_files.find_case(filing.session, filing.case_id)["opened_by"] == filing.actor.id:
        raise NotAllowed("您登记了这次账户变更,须由另一人复核")
    row, said = account_changes.find(filing.session, filing.case_id), filing.text("checked")
    if said == account_changes.AGREED:
        problem = bank_accounts.holder_problem(
            filing.session, row["child_id"], owner=row["owner"], holder=row["holder"]
        )
        if problem:
            raise refuse("checked", "holder", problem)
    account_changes.decide(filing.session, filing.case_id, decision=said, by=filing.actor.name)
    return {"checked": said}


ACCOUNT_FORMS: Mapping[str, Apply] = MappingProxyType({"acc_ut_check": check})
