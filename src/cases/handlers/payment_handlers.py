"""What the diagram of the monthly payment calls: the bank's file, the bank's answer, the end (P_E2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping

from cases import account_changes, bank_accounts, bank_files, case_files, files, payments
from cases.bank_accounts import Account
from cases.bank_files import AnswerUnfit, Line
from cases.handlers.once import once
from cases.jurisdictions import county_of
from cases.privacy import mask_idcard
from cases.sealed_identity import told
from engine.access import Actor
from engine.calendar import county_day
from engine.domain import Handler, ServiceCall, Tools
from engine.store.session import Session

#: Who files what the program made.
BANK_CLERK = Actor.system("bank-file")
NO_ACCOUNT = "未登记账户"
#: The list's letter in the batch's number; it says nothing of who is on it.
_LETTER: Mapping[str, str] = {payments.ORDINARY: "A", payments.SEALED: "B"}


def payment_file(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Write the bank's file of the next attempt: at first all of the list, later those that failed. A child without an
    account fails at once. A second call writes nothing."""

    def write(session: Session, case_id: str) -> None:
        batch, place = payments.find_batch(session, case_id), case_files.find_case(session, case_id)["place"]
        attempt = batch["attempt"] + 1
        number = f"YKT-{county_of(place)}-{batch['month'].replace('-', '')}-{_LETTER[batch['track']]}{attempt}"
        rows = payments.payments_of(session, case_id, results=[payments.LISTED, payments.FAILED])
        content = bank_files.write(number, _lines(session, rows, number, call.now))
        file_id = keep(session, tools.settings.data_folder, f"{number}.csv", content, case_id, call.now)
        payments.change_batch(session, case_id, attempt=attempt, batch_no=number, file_id=file_id)

    return once(call, tools, write)


def keep(session: Session, folder: Path, name: str, content: bytes, case_id: str, now: datetime) -> str:
    """Keep a file that the program made as the case's; returns its id."""
    stored = files.store(session, folder, name=name, content=content, actor=BANK_CLERK, now=now)
    files.attach(session, [stored.id], case_id=case_id, actor=BANK_CLERK)
    return stored.id


def _lines(session: Session, rows: Sequence[RowMapping], batch_no: str, now: datetime) -> Sequence[Line]:
    lines: list[Line] = []
    for row in rows:
        account = _account(session, row)
        if account is None:
            payments.change(session, row["id"], bank_result=payments.FAILED, bank_reason=NO_ACCOUNT)
            continue
        who = told(session, {**row, "id": row["child_id"]}, purpose="代发银行文件", now=now)
        lines.append(
            Line(
                number=len(lines) + 1,
                name=who["name"],
                idcard_masked=mask_idcard(who["idcard"]) if who["idcard"] else "",
                holder=account.holder,
                account=account.number,
                cents=row["amount"],
                purpose=payments.purpose_of(row["scheme"]),
            )
        )
        payments.change(
            session,
            row["id"],
            bank_result=payments.SENT,
            bank_reason="",
            batch_no=batch_no,
            line=len(lines),
            account_masked=account.masked,
        )
    return lines


def _account(session: Session, row: RowMapping) -> Account | None:
    """The one that the signed list names; for what failed with it, the one that stands now."""
    if row["bank_result"] == payments.LISTED:
        return account_changes.account_at(session, row["child_id"], row["created_at"])
    return bank_accounts.account_of(session, row["child_id"])


def payment_result(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Enter what the bank said. Returns `failed_towns` (a place per township with a failed payment; the county's own
    for sealed files) and `result_problem`, why the bank's answer could not be read; empty if it could."""
    case_id = call.case_for("银行回盘")

    def enter(session: Session, case_id: str) -> None:
        try:
            answers = _answers(session, case_id, tools.settings.data_folder, now=call.now)
        except AnswerUnfit as error:
            case_files.add_facts(session, case_id, {"bank_problem": str(error)})
            return
        case_files.add_facts(session, case_id, {"bank_problem": ""})
        for row in _sent(session, case_id):
            reason = answers[row["line"]]
            payments.change(
                session,
                row["id"],
                bank_result=payments.FAILED if reason else payments.PAID,
                bank_reason=reason or "",
                paid_on=None if reason else county_day(call.now),
                attempts=[*row["attempts"], {"batch_no": row["batch_no"], "reason": reason or ""}],
            )

    once(call, tools, enter)
    with tools.database.transaction() as session:
        problem = case_files.find_case(session, case_id)["facts"].get("bank_problem", "")
        return {"failed_towns": _failed(session, case_id), "result_problem": problem}


def _sent(session: Session, case_id: str) -> Sequence[RowMapping]:
    """What is with the bank, by its line in the file."""
    batch = payments.find_batch(session, case_id)
    rows = payments.payments_of(session, case_id, results=[payments.SENT])
    return tuple(row for row in rows if row["batch_no"] == batch["batch_no"])


def _answers(session: Session, case_id: str, folder: Path, *, now: datetime) -> Mapping[int, str | None]:
    facts, rows = case_files.find_case(session, case_id)["facts"], _sent(session, case_id)
    if facts.get("bank_answer_file"):
        found = files.find_file(session, facts["bank_answer_file"], BANK_CLERK, now=now)
        batch_no = payments.find_batch(session, case_id)["batch_no"]
        expected = {row["line"]: row["amount"] for row in rows}
        return bank_files.read_answer(files.read(folder, found), batch_no, expected)
    told = facts.get("bank_answer_failed", {})
    return {row["line"]: told.get(str(row["line"])) for row in rows}


def _failed(session: Session, case_id: str) -> list[dict[str, str]]:
    case = case_files.find_case(session, case_id)
    rows = payments.payments_of(session, case_id, results=[payments.FAILED])
    places = {case["place"] if case["sealed_hiv"] else row["town_code"] for row in rows}
    return [{"place": place} for place in sorted(places)]


def payment_close(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """The list is paid: note when."""
    return once(call, tools, lambda session, case_id: payments.change_batch(session, case_id, closed_at=call.now))


PAYMENT_HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {"payment_file": payment_file, "payment_result": payment_result, "payment_close": payment_close}
)
