"""送达并确认账户: the decision reaches the applicant, the account is confirmed (P_B 16, P_E 4, M16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import applications, bank_accounts, case_files, decisions, sealed
from cases.forms.filing import Filing, refuse


def apply(filing: Filing) -> Mapping[str, Any]:
    """Enter the service (the remedies count from it) and the account.

    :raises SubmissionInvalid: the account's holder cannot be (P_E 4).
    """
    sealed.require_not_the_signer(filing.session, filing.case_id, filing.actor)
    child_id = case_files.find_case(filing.session, filing.case_id)["child_id"]
    owner = filing.text("account_owner") or bank_accounts.GUARDIAN
    if child_id and filing.text("bank_account"):
        _check_holder(filing, child_id, owner)
    served_on = filing.value("served_on") or filing.day
    decisions.serve(
        filing.session,
        filing.case_id,
        served_on=served_on,
        serve_mode=filing.text("service_mode") or None,
        until=decisions.limits(filing.calendar, served_on),
    )
    applications.change(
        filing.session,
        filing.case_id,
        bank_account=filing.text("bank_account") or None,
        account_holder=filing.text("account_holder") or None,
    )
    if child_id and filing.text("bank_account"):
        bank_accounts.set_account(
            filing.session,
            child_id,
            account=filing.text("bank_account"),
            holder=filing.text("account_holder"),
            owner=owner,
            by=filing.actor.name,
            now=filing.now,
        )
    return {}


def _check_holder(filing: Filing, child_id: str, owner: str) -> None:
    problem = bank_accounts.holder_problem(filing.session, child_id, owner=owner, holder=filing.text("account_holder"))
    if problem:
        raise refuse("account_holder", "holder", problem)
