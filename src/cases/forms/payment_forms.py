"""The forms of the monthly payment (P_E2), and what opens it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cases import bank_accounts, case_files, payments
from cases.bank_files import yuan
from cases.exit_letters import chinese_month
from cases.forms.filing import Apply, Filing, refuse
from cases.forms.opening import Opening
from engine.domain import CaseRef
from engine.store.session import Session

BACK = "退回"


def open_payment(opening: Opening) -> CaseRef:
    """Open a month's list, the ordinary one or that of the sealed files.

    :raises SubmissionInvalid: a month to come, or the list was opened already.
    """
    session = opening.session
    month, track = str(opening.fields["month"]), str(opening.fields["track"])
    sealed = track == payments.SEALED
    if sealed and not (opening.actor.is_system or any(grant.role == "mzj_sealed" for grant in opening.actor.grants)):
        raise refuse("track", "access", "民政直管名册只能由涉密专办员发起")
    if month > f"{opening.day:%Y-%m}":
        raise refuse("month", "future", "不能提前发起以后月份的发放,请填写本月或以前的月份")
    if payments.batch_of(session, month, track) is not None:
        raise refuse("month", "open_payment", f"{month}的该名册已经发起,请在办件中查找")
    by_list, by_fund = payments.list_dates(month)
    subject = f"{chinese_month(month)}{'民政直管' if sealed else ''}发放名册"
    opened = opening.open_named(
        subject,
        facts={
            "list_due": opening.calendar.roll_back(by_list),
            "fund_due": opening.calendar.roll_back(by_fund),
            "month": month,
        },
        sealed_hiv=sealed,
    )
    if not sealed:
        case_files.involve(session, opened.case_id, ["CZJ"])
    payments.enter_batch(session, opened.case_id, month=month, track=track)
    payments.make_list(session, opened.case_id, now=opening.now)
    payments.change_batch(session, opened.case_id, withheld=_held(session, month, sealed=sealed))
    return opened


def _held(session: Session, month: str, *, sealed: bool) -> list[dict[str, str]]:
    """The lines of those whose money is held because the yearly proof is missing."""
    held = payments.held_in(session, month, sealed=sealed)
    return [{"archive_no": each.archive_no, "reason": each.reason} for each in held.values()]


def make_list(filing: Filing) -> Mapping[str, Any]:
    """The list is made anew from the items as they stand now; who is held back is paid with a later list.

    :raises SubmissionInvalid: a child that is not on the list, or numbers that the list does not bear out.
    """
    rows = payments.make_list(filing.session, filing.case_id, now=filing.now)
    by_archive = {row["archive_no"]: row["child_id"] for row in rows}
    withheld = list(filing.value("withheld") or ())
    for line in withheld:
        if line["archive_no"] not in by_archive:
            raise refuse("withheld", "unknown", f"档案编号{line['archive_no']}不在本月名册中,请核对")
    without = [by_archive[line["archive_no"]] for line in withheld]
    rows = payments.make_list(filing.session, filing.case_id, now=filing.now, without=without)
    people, total = len({row["child_id"] for row in rows}), sum(row["amount"] for row in rows)
    if int(filing.value("expected_count") or 0) != people:
        raise refuse("expected_count", "count", f"名册现为{people}人,请核对后填写应发人数")
    if payments.cents(filing.value("expected_total") or 0) != total:
        raise refuse("expected_total", "total", f"名册合计{yuan(total)}元,请核对后填写应发总额")
    batch = payments.find_batch(filing.session, filing.case_id)
    held = _held(filing.session, batch["month"], sealed=batch["track"] == payments.SEALED)
    payments.change_batch(filing.session, filing.case_id, withheld=[*held, *(dict(line) for line in withheld)])
    return {"roll": people}


def sign(filing: Filing) -> Mapping[str, Any]:
    """The leader signs the list, or sends it back with a reason."""
    return {"signed": filing.text("signed")}


def fund(filing: Filing) -> Mapping[str, Any]:
    """The treasury passes the list, or sends it back with a reason."""
    return {"funded": filing.text("funded")}


def bank_answer(filing: Filing) -> Mapping[str, Any]:
    """Keep what the bank said, for the service that reads it.

    :raises SubmissionInvalid: a line that the batch has not.
    """
    batch = payments.find_batch(filing.session, filing.case_id)
    lines = {
        row["line"]
        for row in payments.payments_of(filing.session, filing.case_id, results=[payments.SENT])
        if row["batch_no"] == batch["batch_no"]
    }
    failed = list(filing.value("failed") or ())
    for each in failed:
        if int(each["line"]) not in lines:
            raise refuse("failed", "unknown", f"序号{int(each['line'])}不在批次{batch['batch_no']}中,请核对")
    told = {str(int(each["line"])): str(each["reason"]) for each in failed}
    facts = {"bank_answer_file": filing.first_file("result_file"), "bank_answer_failed": told}
    case_files.add_facts(filing.session, filing.case_id, facts)
    return {}


def fix(filing: Filing) -> Mapping[str, Any]:
    """The township corrects the accounts of its children whose payment failed.

    :raises SubmissionInvalid: somebody else's child, one that was left out, or a holder who cannot be.
    """
    town = filing.submitted.place
    failed = payments.payments_of(filing.session, filing.case_id, results=[payments.FAILED])
    wanted = {row["archive_no"]: row["child_id"] for row in failed if row["town_code"] == town or not town[6:]}
    given = {str(line["archive_no"]): line for line in filing.value("accounts") or ()}
    for archive_no, line in given.items():
        if archive_no not in wanted:
            raise refuse("accounts", "unknown", f"档案编号{archive_no}不在本乡镇发放失败的名单中,请核对")
        _set_account(filing, wanted[archive_no], line)
    missing = sorted(set(wanted) - set(given))
    if missing:
        raise refuse("accounts", "missing", f"还有发放失败的儿童未更正:{'、'.join(missing)}")
    return {}


def _set_account(filing: Filing, child_id: str, line: Mapping[str, Any]) -> None:
    owner, holder = str(line["account_owner"]), str(line["account_holder"])
    problem = bank_accounts.holder_problem(filing.session, child_id, owner=owner, holder=holder)
    if problem:
        raise refuse("accounts", "holder", problem)
    bank_accounts.set_account(
        filing.session,
        child_id,
        account=str(line["bank_account"]),
        holder=holder,
        owner=owner,
        by=filing.actor.name,
        now=filing.now,
    )


PAYMENT_FORMS: Mapping[str, Apply] = MappingProxyType(
    {
        "e2_ut_list": make_list,
        "e2_ut_sign": sign,
        "e2_ut_fund": fund,
        "e2_ut_result": bank_answer,
        "e2_ut_fix": fix,
    }
)
