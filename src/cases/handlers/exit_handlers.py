"""What the diagram of an exit calls: letters, the termination notice, the end or the change of benefits (P_F)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert, select

from cases import (
    benefits,
    candidates,
    case_files,
    children,
    decisions,
    documents,
    exit_letters,
    exits,
    notices,
    payments,
    verifications,
)
from cases.benefits import benefit_item
from cases.case_facts import primary_category
from cases.case_files import CaseStatus
from cases.decisions import DecisionKind
from cases.documents import DocumentKind
from cases.handlers.once import once
from cases.jurisdictions import town_of
from cases.parameters import parameters
from cases.privacy import notice_problems
from engine.calendar import county_day
from engine.domain import Handler, ServiceCall, ServiceError, Tools
from engine.store.identifiers import new_id
from engine.store.session import Session

#: Who notes what no person noted.
_BY = "系统"


def exit_note(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameter: note. Enter in the file that the protection goes on, and why."""
    return once(call, tools, lambda session, case_id: _note(session, case_id, call, str(call.parameters["note"])))


def exit_keep(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: gate, review_on (the day of the next review; without it the one that is known stands). The protection
    goes on, and what was held is paid."""

    def keep(session: Session, case_id: str) -> None:
        review_on = call.parameters.get("review_on")
        row = case_files.find_case(session, case_id)
        review = {"next_review_on": review_on} if "review_on" in call.parameters else {}
        children.change(session, row["child_id"], now=call.now, pay_hold_from=None, **review)
        _note(session, case_id, call, f"继续保障,下次复核 {review_on}" if review_on else "继续保障")

    return once(call, tools, keep)


def exit_reminder(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Remind the guardian of the proof of schooling, thirty days ahead."""

    def remind(session: Session, case_id: str) -> None:
        until = case_files.find_case(session, case_id)["facts"]["proof_until"]
        head = exits.letter_head(session, case_id, now=call.now)
        body = exit_letters.reminder(head, until=until, day=county_day(call.now))
        _write(session, case_id, call, DocumentKind.EXIT_REMINDER, body)

    return once(call, tools, remind)


def exit_intent(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: ground, statement_until. Tell the guardian what is intended and until when to speak."""

    def tell(session: Session, case_id: str) -> None:
        body = exit_letters.intent(
            exits.letter_head(session, case_id, now=call.now),
            ground=str(call.parameters["ground"]),
            reason=exits.find(session, case_id)["reason"],
            until=call.parameters["statement_until"],
            day=county_day(call.now),
        )
        _write(session, case_id, call, DocumentKind.EXIT_INTENT, body)

    return once(call, tools, tell)


def exit_draft(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Draft the masked notice of termination of 特困 support (DL-21)."""

    def draft(session: Session, case_id: str) -> None:
        row = case_files.find_case(session, case_id)
        if row["sealed_hiv"] or row["no_publicity"]:
            raise ServiceError("涉密档案或处于危险中的儿童不得公示", retry=False)
        head, phone = exits.letter_head(session, case_id, now=call.now), parameters(session).objection_phone
        number = notices.next_number(session, town_of(row["place"]), county_day(call.now).year)
        text = exit_letters.termination_notice(
            number=number,
            area=head.area,
            whom=candidates.named(session, case_id, guardian=head.applicant, child=head.child, number=number),
            issuer=head.issuer,
            phone=phone,
        )
        problems = notice_problems(
            text, child_name=head.child, guardian_name=head.applicant, category="C4", hotline=phone
        )
        if problems:
            raise ServiceError("公示稿含有不得公示的内容", retry=False)
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


def exit_stop(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: decided_on, stop_month, ground (its title), leaves, recover. End the benefits, write the letter."""

    def stop(session: Session, case_id: str) -> None:
        row, said = case_files.find_case(session, case_id), call.parameters
        known, month = exits.find(session, case_id), str(said["stop_month"])
        number = _decide(session, case_id, call, DecisionKind.LEFT, known["decided_reason"], said["decided_on"])
        exits.stop_items(session, row["child_id"], month)
        exits.change(session, case_id, stop_month=month)
        overpaid = payments.paid_from(session, row["child_id"], month)
        if said.get("recover") or known["overpaid_months"] or overpaid:
            _recover(session, case_id, row["child_id"], call, known["overpaid_months"], overpaid)
        children.change(
            session,
            row["child_id"],
            now=call.now,
            status=exits.LEFT_STATUS[str(said["leaves"])],
            stop_month=month,
            next_review_on=None,
            pay_hold_from=None,
        )
        case_files.change(session, case_id, status=CaseStatus.LEFT)
        body = exit_letters.stop(
            exits.letter_head(session, case_id, now=call.now),
            ground=str(said["ground"]),
            reason=known["decided_reason"],
            number=number,
            stop_month=month,
            day=said["decided_on"],
        )
        _write(session, case_id, call, DocumentKind.EXIT_STOP, body)

    return once(call, tools, stop)


def exit_change(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: decided_on, stop_month, verified_anew. The old benefits end in the month in which the new ones begin
    (M12). `verified_anew`: an application decides on the new category; diagrams of before decided here."""

    def change(session: Session, case_id: str) -> None:
        row, said = case_files.find_case(session, case_id), call.parameters
        known, month = exits.find(session, case_id), str(said["stop_month"])
        number = _decide(session, case_id, call, DecisionKind.CHANGED, known["decided_reason"], said["decided_on"])
        exits.stop_items(session, row["child_id"], month)
        exits.change(session, case_id, stop_month=month)
        anew = said.get("verified_anew") is True
        if anew:
            case_files.change(session, case_id, status=CaseStatus.CHANGED)
            children.change(session, row["child_id"], now=call.now, pay_hold_from=None)
        else:
            _recategorise(session, case_id, row["child_id"], call, known["new_categories"])
        body = (exit_letters.transferred if anew else exit_letters.changed)(
            exits.letter_head(session, case_id, now=call.now),
            reason=known["decided_reason"],
            number=number,
            month=month,
            day=said["decided_on"],
        )
        _write(session, case_id, call, DocumentKind.EXIT_CHANGE, body)

    return once(call, tools, change)


def _recategorise(
    session: Session, case_id: str, child_id: str, call: ServiceCall, new_categories: Sequence[str]
) -> None:
    categories = list(new_categories)
    case_files.add_facts(session, case_id, {"final_categories": categories})
    children.change(
        session,
        child_id,
        now=call.now,
        categories=categories,
        primary_category=primary_category(categories),
        effective_month=str(call.parameters["stop_month"]),
        pay_hold_from=None,
    )


def switch_scheme(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """Parameters: scheme, standard_key, title, pay_mode. Another living allowance from the next month on; where the
    county wants it (`sixteen_floor`; diagrams of before may say so themselves), a top-up keeps the former amount
    (domain.md 9-2). What a household's own list pays is not on the county's."""

    def switch(session: Session, case_id: str) -> None:
        child_id, said = case_files.find_case(session, case_id)["child_id"], call.parameters
        today = county_day(call.now)
        month = benefits.month_after(today)
        former = session.execute(
            select(benefit_item.c.amount)
            .where(
                benefit_item.c.child_id == child_id, benefit_item.c.benefit == exits.living_scheme(session, child_id)
            )
            .where(benefit_item.c.stop_month.is_(None))
        ).scalar()
        exits.stop_items(session, child_id, month, living_only=True)
        key, pay_mode = str(said["standard_key"]), said.get("pay_mode")
        by_household = pay_mode == benefits.BY_HOUSEHOLD
        amount = None if by_household else benefits.standard(session, key, benefits.first_of(month))
        standard_key = None if by_household else key
        items = [_living(str(said["scheme"]), str(said["title"]), amount, standard_key=standard_key, pay_mode=pay_mode)]
        floor = said.get("sixteen_floor") is True or parameters(session).sixteen_floor == 1
        more = exits.topped_up(former, amount, floor=floor)
        if more is not None:
            items.append(_living("TOP_UP", "补差至原特困标准", more))
        benefits.open_items(session, case_id, child_id, items, start_month=month, due_on=None, now=call.now)
        children.change(session, child_id, now=call.now, effective_month=month)

    return once(call, tools, switch)


def _living(
    benefit: str, title: str, amount: Any, standard_key: str | None = None, pay_mode: str | None = None
) -> benefits.Item:
    """The bureau decides and pays in one: the item is carried out with the decision."""
    return benefits.Item(
        benefit=benefit,
        title=title,
        department="MZJ",
        mode=benefits.DIRECT,
        amount=amount,
        standard_key=standard_key,
        pay_mode=pay_mode,
        result=benefits.DELIVERED,
    )


def _recover(
    session: Session, case_id: str, child_id: str, call: ServiceCall, months: int | None, overpaid: int
) -> None:
    """Open the item of recovery; what the payments themselves show (cents, 0: nothing) is its amount."""
    fraud = not months and call.parameters.get("recover")
    title = "追回骗取的待遇" if fraud else f"追回多发待遇({months}个月)" if months else "追回多发待遇"
    amount = Decimal(overpaid) / 100 if overpaid else None
    item = benefits.Item(benefit=exits.RECOVERY, title=title, department="MZJ", mode=benefits.DIRECT, amount=amount)
    month = str(call.parameters["stop_month"])
    benefits.open_items(session, case_id, child_id, [item], start_month=month, due_on=None, now=call.now)


def _decide(
    session: Session, case_id: str, call: ServiceCall, kind: DecisionKind, reason: str, decided_on: date
) -> str:
    row = case_files.find_case(session, case_id)
    return decisions.decide(
        session,
        case_id,
        kind=kind,
        reason=reason,
        decided_on=decided_on,
        policy_profile=row["policy_profile"],
        now=call.now,
        signed_by=row["facts"].get("final_signer"),
    )


def _note(session: Session, case_id: str, call: ServiceCall, text: str) -> None:
    verifications.note_verification(
        session,
        case_id,
        kind="退出核查",
        found={},
        opinion="继续保障",
        reason=text,
        by_id=call.instance_id,
        by_name=_BY,
        now=call.now,
    )


def _write(session: Session, case_id: str, call: ServiceCall, kind: DocumentKind, body: str) -> None:
    documents.write(session, case_id, kind, body, idempotency_key=call.idempotency_key, now=call.now)


EXIT_HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "exit_note": exit_note,
        "exit_keep": exit_keep,
        "exit_reminder": exit_reminder,
        "exit_intent": exit_intent,
        "exit_draft": exit_draft,
        "exit_stop": exit_stop,
        "exit_change": exit_change,
        "switch_scheme": switch_scheme,
    }
)
