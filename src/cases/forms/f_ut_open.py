"""发起退出核查: opens an exit for a child under protection, by the agenda or by a person (P_F, DL-20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping, select

from cases import ages, case_files, children, exits, households, sealed
from cases.case_files import CaseStatus, case_file
from cases.forms.filing import refuse
from cases.forms.opening import Opening
from engine.access import Actor, covers
from engine.calendar import Calendar, days_before
from engine.domain import CaseRef
from engine.errors import NotAllowed
from engine.store.session import Session

#: The form's cause, as the diagram's first gateway reads it.
FACT = "FACT"
TRIGGERS: Mapping[str, str] = MappingProxyType(
    {
        "退出情形核查": FACT,
        "满18周岁在读核查": "SCHOOL",
        "在读复核": "SCHOOL",
        "特困儿童满16周岁": "SIXTEEN",
    }
)
REVIEW = "在读复核"
ADULT, REMIND_DAYS, STATUS_WORKDAYS = 18, 30, 20
#: A yearly proof that is missing holds the money from November on [D].
HOLD_MONTH = 11


def open_exit(opening: Opening) -> CaseRef:
    """Open the exit and compute its dates: when proof is due, when the guardian is reminded, when it must be in.

    :raises SubmissionInvalid: no such archive, the child is not under protection, or an exit is open already.
    :raises NotAllowed: staff act in their own area; a guardian for the own child.
    """
    fields = opening.fields
    return begin(
        opening,
        _child(opening.session, str(fields["archive_no"]), opening.actor),
        cause=str(fields["cause"]),
        ground=str(fields["ground"]),
        source=fields["source"],
        fact_on=fields.get("fact_on"),
        reason=str(fields.get("note") or ""),
        owner_id=opening.actor.id if _is_guardian(opening.actor) else None,
        trigger=TRIGGERS[str(fields["cause"])],
    )


def begin(
    opening: Opening,
    found: RowMapping,
    *,
    cause: str,
    ground: str,
    owner_id: str | None,
    trigger: str,
    **told: Any,
) -> CaseRef:
    """Open the exit of a child whose file was found; `told`: more of the exit's columns. Whoever calls this has asked
    whether one may be opened."""
    session = opening.session
    opened = opening.open_for(
        found,
        facts={
            **_facts(session, found, cause, opening.day, opening.calendar),
            "trigger": trigger,
            "ground": ground,
            "subcase": "不适用",
            "expected_graduation": None,
        },
        status=CaseStatus.EXIT_CHECK,
        owner_id=owner_id,
    )
    if found["no_publicity"]:
        case_files.change(session, opened.case_id, no_publicity=True)
    exits.enter(session, opened.case_id, child_id=found["id"], cause=cause, ground=ground, **told)
    return opened


def _facts(session: Session, found: RowMapping, cause: str, today: date, calendar: Calendar) -> Mapping[str, Any]:
    adult_on = ages.reached(session)(found["birth"], ADULT) if found["birth"] else None
    return {
        **_known(session, found["id"]),
        **_standing(session, found, adult_on),
        **(dates := _dates(found, adult_on, cause, today, calendar)),
        **_of_yearly_proof(session, found, cause, dates),
    }


def _is_guardian(actor: Actor) -> bool:
    return any(grant.role == "applicant" for grant in actor.grants)


def _child(session: Session, archive_no: str, actor: Actor) -> RowMapping:
    found = children.find_by_archive(session, archive_no)
    if found is None or (found["sealed_hiv"] and not sealed.is_handler(actor)):
        raise refuse("archive_no", "unknown", "没有这个档案编号")
    if _is_guardian(actor) and not _files_for(session, found["id"], actor):
        raise NotAllowed("监护人只能为自己的孩子提出")
    staff = not _is_guardian(actor) and not actor.is_system
    if staff and not any(covers(grant, found["hukou_code"]) for grant in actor.grants):
        raise NotAllowed("只能核查本辖区的儿童")
    if found["status"] not in exits.COVERED:
        raise refuse("archive_no", "status", f"该儿童现为“{found['status']}”,不在保障中")
    if exits.open_exit_of(session, found["id"]) is not None:
        raise refuse("archive_no", "open_exit", "该儿童已有在办的退出核查")
    return found


def _files_for(session: Session, child_id: str, actor: Actor) -> bool:
    query = select(case_file.c.id).where(case_file.c.child_id == child_id, case_file.c.owner_id == actor.id)
    return session.execute(query.limit(1)).first() is not None


def _known(session: Session, child_id: str) -> Mapping[str, Any]:
    """What the last application said: the tables of benefits read it again."""
    facts = session.execute(
        select(case_file.c.facts)
        .where(case_file.c.child_id == child_id, case_file.c.kind == "application")
        .order_by(case_file.c.opened_at.desc())
        .limit(1)
    ).scalar()
    return dict(facts or {})


def _standing(session: Session, found: RowMapping, adult_on: date | None) -> Mapping[str, Any]:
    """How the child stands in the file now; it wins over what an old form said."""
    learns = _learns(session, found["id"])
    means = households.household_of(session, found["id"])
    standing: dict[str, Any] = {
        "final_categories": list(found["categories"]),
        "living_scheme": exits.living_scheme(session, found["id"]),
        "adult_on": adult_on,
        "covered_before_18": bool(adult_on and found["enrolled_on"] and found["enrolled_on"] < adult_on),
    }
    if learns:
        standing["stage"] = learns
    if means is not None and means["dibao"] is not None:
        standing |= {"dibao_ok": bool(means["dibao"]), "bianyuan_ok": bool(means["bianyuan"])}
    return standing


def _of_yearly_proof(session: Session, found: RowMapping, cause: str, dates: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a late yearly proof brings: a warning at the end of 30 September, money held from November on, the check of
    an exit after the end of the year [D]. Who was kept until an admission has no proof to renew: the check comes at
    once, and so it does at eighteen."""
    review_on, until = found["next_review_on"], dates["proof_until"]
    if cause != REVIEW or not is_autumn(review_on) or _learns(session, found["id"]) == "待入学":
        return {"yearly_proof": False, "warn_on": until, "check_on": until}
    return {
        "yearly_proof": True,
        "warn_on": until - timedelta(days=1),
        "check_on": max(date(review_on.year + 1, 1, 1), until),
        "hold_from": f"{review_on.year}-{HOLD_MONTH}",
    }


def is_autumn(review_on: date | None) -> bool:
    """Whether a review is that of the yearly proof, which is due on 30 September."""
    return review_on is not None and (review_on.month, review_on.day) == (9, 30)


def _learns(session: Session, child_id: str) -> str | None:
    stage: str | None = session.scalar(
        select(children.child_education.c.stage).where(children.child_education.c.child_id == child_id)
    )
    return stage


def _dates(found: RowMapping, adult_on: date | None, cause: str, today: date, calendar: Calendar) -> Mapping[str, Any]:
    """DL-20. At 18: 20 working days from the opening, in by the birthday. At a review: by 30 September, rolled back to
    a working day, or 20 working days from the opening; the file closes at the end of that day."""
    due = calendar.add_workdays(today, STATUS_WORKDAYS).end
    until = adult_on or due
    if cause == REVIEW:
        review_on = found["next_review_on"] or today
        due = calendar.roll_back(review_on) if is_autumn(review_on) and review_on >= today else due
        until = max(review_on, due) + timedelta(days=1)
    return {"proof_due": due, "proof_until": until, "remind_on": days_before(until, REMIND_DAYS)}
