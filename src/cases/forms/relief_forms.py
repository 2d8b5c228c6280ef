"""The forms of temporary relief (P_E3, D6), and what opens it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping, select

from cases import bank_accounts, case_files, children, households, payments, relief
from cases.forms import c_ut_post, c_ut_remove
from cases.forms.filing import Apply, Filing, refuse
from cases.forms.opening import Opening
from cases.parameters import parameters
from engine.access import Actor, covers
from engine.domain import CaseRef
from engine.errors import NotAllowed
from engine.store.session import Session

AGREED, REFUSED = "同意", "不同意"


def open_relief(opening: Opening) -> CaseRef:
    """Open a relief for a child with a file.

    :raises SubmissionInvalid: no such archive for this actor.
    :raises NotAllowed: staff act in their own area; a guardian for the own child.
    """
    session = opening.session
    found = _child(session, str(opening.fields["archive_no"]), opening.actor)
    means = households.household_of(session, found["id"])
    opened = opening.open_for(
        found,
        facts={"final_categories": list(found["categories"]), "dibao_linked": bool(means and means["dibao"])},
        owner_id=opening.actor.id if _is_guardian(opening.actor) else None,
    )
    relief.enter(session, opened.case_id, child_id=found["id"], event=str(opening.fields["event"]))
    return opened


def _is_guardian(actor: Actor) -> bool:
    return any(grant.role == "applicant" for grant in actor.grants)


def _child(session: Session, archive_no: str, actor: Actor) -> RowMapping:
    found = children.find_by_archive(session, archive_no)
    in_pair = actor.is_system or any(grant.role == "mzj_sealed" for grant in actor.grants)
    if found is None or (found["sealed_hiv"] and not in_pair):
        raise refuse("archive_no", "unknown", "没有这个档案编号,请核对")
    if _is_guardian(actor):
        own = select(case_files.case_file.c.id).where(
            case_files.case_file.c.child_id == found["id"], case_files.case_file.c.owner_id == actor.id
        )
        if session.execute(own.limit(1)).first() is None:
            raise NotAllowed("监护人只能为自己的孩子提出")
    elif not actor.is_system and not any(covers(grant, found["hukou_code"]) for grant in actor.grants):
        raise NotAllowed("只能为本辖区的儿童提出")
    if found["status"] in (children.ChildStatus.DECEASED, children.ChildStatus.MOVED):
        raise refuse("archive_no", "status", f"该儿童现为“{found['status']}”,不能提出临时救助")
    return found


def verify(filing: Filing) -> Mapping[str, Any]:
    """What the township found; the inputs of table D6 are written here.

    :raises SubmissionInvalid: the hardship is not temporary, or neither sudden nor pressing, or needs no money.
    """
    real, traits = filing.text("verified") == "属实", frozenset(filing.chosen("traits"))
    cents = payments.cents(filing.value("need_amount") or 0)
    if real and not relief.is_acute(traits):
        raise refuse("traits", "acute", "临时救助至少具备临时性,并具备突发性或紧迫性;不具备的请选择“不属实”并说明理由")
    if real and cents <= 0:
        raise refuse("need_amount", "positive", "需要的金额应大于0,请填写")
    emergency = real and filing.flag("emergency")
    relief.change(
        filing.session,
        filing.case_id,
        event=filing.text("event"),
        traits=sorted(traits),
        need_amount=cents or None,
        emergency=emergency,
        reason=filing.text("reason"),
    )
    small = cents <= parameters(filing.session).relief_small_yuan * 100
    facts = {"acute_hardship": real, "emergency": emergency, "amount_small": real and small}
    case_files.add_facts(filing.session, filing.case_id, facts)
    return {}


def _decide(filing: Filing) -> str:
    """Enter a decision; the amount never passes what is needed."""
    decision, needed = filing.text("decision"), relief.find(filing.session, filing.case_id)["need_amount"]
    values: dict[str, Any] = {"decision": decision}
    if filing.text("reason"):
        values["reason"] = filing.text("reason")
    if filing.value("granted_amount") is not None:
        cents = payments.cents(filing.value("granted_amount"))
        if not 0 < cents <= (needed or 0):
            raise refuse("granted_amount", "range", "救助金额应大于0且不超过需要的金额,请修改")
        values["granted"] = cents
        case_files.add_facts(filing.session, filing.case_id, {"pay_by": filing.text("pay_by")})
    relief.change(filing.session, filing.case_id, **values)
    return decision


def decide_first(filing: Filing) -> Mapping[str, Any]:
    """An emergency is paid on the signature of the township's leader."""
    return {"granted_first": _decide(filing)}


def decide(filing: Filing) -> Mapping[str, Any]:
    """The township, or the county's handler, says yes or no and how much."""
    return {"granted": _decide(filing)}


def county_sign(filing: Filing) -> Mapping[str, Any]:
    """The leader signs what the handler proposed; a refusal of either stands."""
    proposed, said = relief.find(filing.session, filing.case_id)["decision"], filing.text("decision")
    if proposed == REFUSED and said == AGREED:
        return {"granted": REFUSED}
    relief.change(filing.session, filing.case_id, decision=said, **_reason(filing))
    return {"granted": said}


def _reason(filing: Filing) -> Mapping[str, str]:
    return {"reason": filing.text("reason")} if filing.text("reason") else {}


def papers(filing: Filing) -> Mapping[str, Any]:
    """The papers of an emergency are in, and whether the money arrived.

    :raises SubmissionInvalid: the money did not arrive.
    """
    if filing.text("received") != "已收到":
        raise refuse("received", "received", "救助款物尚未收到,请先与发放方核实,收到后再补办手续")
    relief.change(filing.session, filing.case_id, papers_on=filing.day)
    _received(filing)
    return {}


def check_papers(filing: Filing) -> Mapping[str, Any]:
    """The head of the township looks at the papers of a relief that was paid first."""
    if filing.text("reason"):
        relief.change(filing.session, filing.case_id, reason=filing.text("reason"))
    return {"papers": filing.text("papers")}


def paid(filing: Filing) -> Mapping[str, Any]:
    """Whether the money arrived; if not, another account is named and it is sent again.

    :raises SubmissionInvalid: the holder cannot be.
    """
    received = filing.text("received")
    if received == "已收到":
        _received(filing)
        return {"received": received}
    child_id, owner = relief.find(filing.session, filing.case_id)["child_id"], filing.text("account_owner")
    problem = bank_accounts.holder_problem(filing.session, child_id, owner=owner, holder=filing.text("account_holder"))
    if problem:
        raise refuse("account_holder", "holder", problem)
    bank_accounts.set_account(
        filing.session,
        child_id,
        account=filing.text("bank_account"),
        holder=filing.text("account_holder"),
        owner=owner,
        by=filing.actor.name,
        now=filing.now,
    )
    made = relief.payment_of(filing.session, filing.case_id)
    if made is not None:
        payments.change(filing.session, made["id"], bank_result=payments.FAILED, bank_reason="未收到")
    return {"received": received}


def _received(filing: Filing) -> None:
    made = relief.payment_of(filing.session, filing.case_id)
    if made is not None:
        payments.change(filing.session, made["id"], bank_result=payments.PAID)


RELIEF_FORMS: Mapping[str, Apply] = MappingProxyType(
    {
        "e3_ut_apply": verify,
        "e3_ut_emergency_sign": decide_first,
        "e3_ut_papers": papers,
        "e3_ut_papers_check": check_papers,
        "e3_ut_town_approve": decide,
        "e3_ut_post": c_ut_post.apply,
        "e3_ut_remove": c_ut_remove.apply,
        "e3_ut_county": decide,
        "e3_ut_county_sign": county_sign,
        "e3_ut_paid": paid,
    }
)
