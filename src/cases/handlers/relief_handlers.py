"""What the diagram of temporary relief calls: the route, the notice, the payment, the refusal, the recovery (P_E3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping, insert

from cases import (
    bank_accounts,
    bank_files,
    benefits,
    candidates,
    case_files,
    children,
    documents,
    exits,
    notices,
    payments,
    relief,
    relief_letters,
)
from cases.bank_files import Line
from cases.documents import DocumentKind
from cases.handlers.once import once
from cases.handlers.payment_handlers import NO_ACCOUNT, keep
from cases.jurisdictions import county_of, town_of
from cases.parameters import parameters
from cases.privacy import mask_idcard, notice_problems
from cases.sealed_identity import told
from engine.calendar import county_day
from engine.domain import Handler, ServiceCall, ServiceError, Tools
from engine.store.identifiers import new_id
from engine.store.session import Session

_BY = "系统"


def relief_route(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameter: route. Note what table D6 said."""
    return once(
        call, tools, lambda session, case_id: relief.change(session, case_id, route=str(call.parameters["route"]))
    )


def relief_pay(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Pay the relief, once: in cash by the township, else by a bank file of one line. Returns `paid_on`."""

    def pay(session: Session, case_id: str) -> None:
        case, found = case_files.find_case(session, case_id), relief.find(session, case_id)
        day = county_day(call.now)
        in_cash = case["facts"].get("pay_by") == relief.IN_CASH
        account = None if in_cash else bank_accounts.account_of(session, found["child_id"])
        number = None
        if account is not None:
            known = relief.payment_of(session, case_id)
            number = f"JZ-{county_of(case['place'])}-{case_id[-6:]}-{len(known['attempts']) + 2 if known else 1}"
            content = bank_files.write(number, [_line(session, found, account, call.now)])
            keep(session, tools.settings.data_folder, f"{number}.csv", content, case_id, call.now)
        result = payments.PAID if in_cash else payments.SENT if account else payments.FAILED
        relief.pay(
            session,
            case_id,
            scheme=payments.SEALED_NAME if case["sealed_hiv"] else payments.RELIEF_NAME,
            account_masked=account.masked if account else "",
            result=result,
            batch_no=number,
            day=day,
            now=call.now,
        )
        if result == payments.FAILED:
            made = relief.payment_of(session, case_id)
            assert made is not None
            payments.change(session, made["id"], bank_reason=NO_ACCOUNT)
        due = tools.calendar.add_workdays(day, relief.PAPERS_WORKDAYS).end
        relief.change(session, case_id, papers_due=due if found["emergency"] else None)

    once(call, tools, pay)
    with tools.database.reading() as session:
        return {"paid_on": relief.find(session, call.case_id or "")["paid_on"]}


def _line(session: Session, found: RowMapping, account: bank_accounts.Account, now: datetime) -> Line:
    known = children.find_child(session, found["child_id"])
    assert known is not None
    child = told(session, known, purpose="代发银行文件", now=now)
    return Line(
        number=1,
        name=child["name"],
        idcard_masked=mask_idcard(child["idcard"]) if child["idcard"] else "",
        holder=account.holder,
        account=account.number,
        cents=found["granted"],
        purpose=payments.RELIEF_NAME,
    )


def relief_refuse(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameter: ui, what table D6 says. Write 《不予临时救助告知书》 with the reasons and the remedies."""

    def refuse(session: Session, case_id: str) -> None:
        found = relief.find(session, case_id)
        relief.change(session, case_id, decision="不同意")
        body = relief_letters.refusal(
            exits.letter_head(session, case_id, now=call.now),
            reason=found["reason"].rstrip("。"),
            ui=str(call.parameters["ui"]),
            day=county_day(call.now),
        )
        documents.write(
            session,
            case_id,
            DocumentKind.RELIEF_REFUSED,
            body,
            idempotency_key=call.idempotency_key,
            now=call.now,
        )

    return once(call, tools, refuse)


def relief_recover(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """What was paid first turned out to be unfounded: open the item of its recovery."""

    def recover(session: Session, case_id: str) -> None:
        found = relief.find(session, case_id)
        item = benefits.Item(
            benefit="RECOVERY",
            title="追回先行发放的临时救助",
            department="MZJ",
            mode=benefits.DIRECT,
            amount=Decimal(found["granted"]) / 100,
        )
        month = f"{county_day(call.now):%Y-%m}"
        benefits.open_items(session, case_id, found["child_id"], [item], start_month=month, due_on=None, now=call.now)

    return once(call, tools, recover)


def relief_draft(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Draft the masked notice before the county decides (社会救助暂行办法 48)."""

    def draft(session: Session, case_id: str) -> None:
        row = case_files.find_case(session, case_id)
        head, phone = exits.letter_head(session, case_id, now=call.now), parameters(session).objection_phone
        number = notices.next_number(session, town_of(row["place"]), county_day(call.now).year)
        text = relief_letters.notice(
            number=number,
            area=head.area,
            whom=candidates.named(session, case_id, guardian=head.applicant, child=head.child, number=number),
            issuer=head.issuer,
            phone=phone,
        )
        problems = notice_problems(
            text, child_name=head.child, guardian_name=head.applicant, category="C5", hotline=phone
        )
        if row["sealed_hiv"] or row["no_publicity"] or problems:
            raise ServiceError("该办件不得公示,或公示稿含有不得公示的内容", retry=False)
        session.execute(
            insert(notices.notice).values(
                id=new_id(call.now),
                case_id=case_id,
                notice_no=number,
                masked_text=text,
                places=[],
                online=False,
                status=notices.NoticeStatus.DRAFT,
                created_at=call.now,
                created_by=_BY,
            )
        )

    return once(call, tools, draft)


RELIEF_HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "relief_route": relief_route,
        "relief_pay": relief_pay,
        "relief_refuse": relief_refuse,
        "relief_recover": relief_recover,
        "relief_draft": relief_draft,
    }
)
