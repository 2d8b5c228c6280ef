"""A sealed file, or a protection case, opened in a danger to life: 紧急查阅 (domain.md 6.1 L4, 6.4; M2 keeps it shut
otherwise).

One person on duty asks, a second one, a signing leader, agrees; then the first reads what saves the child, for some
hours. A third person of the sealed pair reviews it within one working day. The question is put by the child's id number
and answered before anybody learns whether a sealed file exists; each step and each look stands in the audit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from cases import children, people
from cases.dangers_told import placement_of, reports_of
from cases.idcard import idcard_problem, normalise
from cases.jurisdictions import county_of, full_name
from cases.messages import Letter, Words, post
from cases.sealed_identity import open_in_danger
from engine.access import Actor, covers
from engine.calendar import Calendar, due_at
from engine.errors import FieldProblem, NotAllowed, NotFound, Refused, SubmissionInvalid
from engine.store import audit
from engine.store.base import Instant, metadata
from engine.store.identifiers import new_id
from engine.store.seals import Sealed
from engine.store.session import Session

break_glass = sa.Table(
    "break_glass",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("place", sa.String(12), nullable=False),  #: the asker's county
    sa.Column("idcard", Sealed("break_glass.idcard"), nullable=False),
    sa.Column("danger", sa.String(20), nullable=False),
    sa.Column("reason", Sealed("break_glass.reason"), nullable=False),
    sa.Column("asked_by", sa.String(80), nullable=False),
    sa.Column("asked_name", sa.String(80), nullable=False),
    sa.Column("asked_at", Instant, nullable=False, index=True),
    sa.Column("answer", sa.String(10)),
    sa.Column("answered_by", sa.String(80)),
    sa.Column("answered_name", sa.String(80)),
    sa.Column("answered_at", Instant),
    sa.Column("open_until", Instant),
    sa.Column("review_due", Instant),
    sa.Column("finding", sa.String(10)),
    sa.Column("finding_note", Sealed("break_glass.finding_note")),
    sa.Column("reviewed_by", sa.String(80)),
    sa.Column("reviewed_name", sa.String(80)),
    sa.Column("reviewed_at", Instant),
    sa.CheckConstraint("answered_by <> asked_by", name="two_persons"),
    sa.CheckConstraint("reviewed_by <> asked_by AND reviewed_by <> answered_by", name="third_reviews"),
)

#: On duty when a child is in danger; they ask.
ASKERS = frozenset({"mzj_duty", "cpc_staff", "gaj_handler"})
#: Signing leaders of the bureaus that rescue and treat; they agree.
CONFIRMERS = frozenset({"mzj_leader", "gaj_leader", "wjj_leader"})
#: The sealed pair reviews.
REVIEWERS = frozenset({"mzj_sealed"})

DANGERS: Mapping[str, str] = MappingProxyType(
    {
        "MEDICAL": "急救、抢救须知病情",
        "EXPOSURE": "职业暴露或阻断用药",
        "VIOLENCE": "正在遭受伤害",
        "MISSING": "失踪、被拐",
    }
)
AGREED, DECLINED = "同意", "不同意"
FINDINGS = ("正当", "不当")
#: A question that nobody answered lapses, and a file that was opened closes, after so long [D].
ANSWER_WITHIN, OPEN_FOR = timedelta(hours=2), timedelta(hours=4)
LEAST, LONGEST = 10, 500


@dataclass(frozen=True, kw_only=True)
class Extract:
    """What saves the child: who it is, who is with it, what must be known to treat it."""

    archive_no: str = ""
    name: str = ""
    birth: str = ""
    area: str = ""
    address: str = ""
    guardian: str = ""
    guardian_phone: str = ""
    illness: str = ""
    hospital: str = ""
    reports: tuple[str, ...] = ()  #: of this child in danger, the latest first; who reported stands in none
    placement: str = ""  #: where an open protection case put the child


def takes_part(actor: Actor) -> bool:
    """Whether the person has any part in it."""
    return any(grant.role in ASKERS | CONFIRMERS | REVIEWERS for grant in actor.grants)


def ask(session: Session, actor: Actor, *, idcard: str, danger: str, reason: str, now: datetime) -> str:
    """Ask for a sealed file; returns the question's id. Tells nothing of whether there is one.

    :raises NotAllowed: the actor is not on duty for children in danger.
    :raises SubmissionInvalid: no id number, no danger of the list, or fewer than ten characters of reason.
    """
    place = next((county_of(grant.place) for grant in actor.grants if grant.role in ASKERS), None)
    if place is None:
        raise NotAllowed("紧急查阅由值班员、救助保护机构或公安经办人提出")
    number, problems = normalise(idcard), []
    problem = idcard_problem(number)
    if problem is not None:
        problems.append(FieldProblem(field="idcard", rule="idcard", message=problem))
    if danger not in DANGERS:
        problems.append(FieldProblem(field="danger", rule="choice", message="请选择危及生命的情形"))
    problems += _problems_of("reason", reason)
    if problems:
        raise SubmissionInvalid(problems)
    asked = new_id(now)
    session.execute(
        sa.insert(break_glass).values(
            id=asked,
            place=place,
            idcard=number,
            danger=danger,
            reason=reason.strip(),
            asked_by=actor.id,
            asked_name=actor.name,
            asked_at=now,
        )
    )
    _note(session, actor, "break_glass.ask", asked, now, reason=DANGERS[danger])
    _tell(session, CONFIRMERS, place, asked, "ask", "有一件紧急查阅等待您确认", now, but={actor.id})
    return asked


def answer(session: Session, actor: Actor, asked: str, *, agree: bool, calendar: Calendar, now: datetime) -> None:
    """The second person agrees, or does not.

    :raises NotFound: no such question in the actor's county.
    :raises NotAllowed: the actor signs for none of the three bureaus, or asked this question.
    :raises Refused: it was answered already, or has lapsed.
    """
    row = _row(session, actor, asked, CONFIRMERS, "紧急查阅由民政、公安或卫健分管领导确认", locked=True)
    if row["asked_by"] == actor.id:
        raise NotAllowed("提出人不能自己确认,须由另一名领导确认")
    if row["answer"] is not None:
        raise Refused("这件紧急查阅已经答复过")
    if now > row["asked_at"] + ANSWER_WITHIN:
        raise Refused("已超过确认时限,仍有危险的请重新提出")
    values: dict[str, object] = {"answer": AGREED if agree else DECLINED}
    values |= {"answered_by": actor.id, "answered_name": actor.name, "answered_at": now}
    if agree:
        values |= {"open_until": now + OPEN_FOR, "review_due": due_at(calendar.add_workdays(now, 1).end)}
    session.execute(sa.update(break_glass).where(break_glass.c.id == asked).values(**values))
    _note(session, actor, "break_glass.answer", asked, now, reason=values["answer"])
    if agree:
        gone = {row["asked_by"], actor.id}
        _tell(session, REVIEWERS, row["place"], asked, "review", "有一件紧急查阅须在一个工作日内复核", now, but=gone)


def open_file(session: Session, actor: Actor, asked: str, *, now: datetime) -> Extract | None:
    """What the sealed file and the protection cases say, for who asked, while it is open; None: there is neither for
    this number. Each look is entered in the audit.

    :raises NotFound: no such question in the actor's county.
    :raises NotAllowed: somebody else asked, or nobody agreed.
    :raises Refused: its time is over.
    """
    row = _row(session, actor, asked, ASKERS, "只有提出人可以查阅")
    if row["asked_by"] != actor.id:
        raise NotAllowed("只有提出人可以查阅")
    if row["answer"] != AGREED:
        raise NotAllowed("还没有第二人确认,不能查阅")
    if now >= row["open_until"]:
        raise Refused("查阅时限已过,仍有危险的请重新提出")
    if not session.keeps:
        raise RuntimeError("a sealed file is read in a transaction that keeps no note of it")
    found = _found(session, row["idcard"])
    told = reports_of(session, child_id=found["id"] if found else None, idcard=row["idcard"])
    detail = {"purpose": f"{DANGERS[row['danger']]}:{row['reason']}", "request": asked, "sight": "SEALED"}
    target = found["id"] if found else None
    audit.record(session, actor=actor, action="break_glass.open", target=target, now=now, detail=detail)
    if found is None:
        return Extract(reports=tuple(each.in_words for each in told)) if told else None
    if not (found["sealed_hiv"] or told):
        return None
    extract = _extract(session, actor, found, detail, now)
    said = tuple(each.in_words for each in told)
    return replace(extract, reports=said, placement=placement_of(session, found["id"]))


def review(session: Session, actor: Actor, asked: str, *, finding: str, note: str, now: datetime) -> None:
    """A third person finds whether it was right.

    :raises NotFound: no such question in the actor's county.
    :raises NotAllowed: the actor is none of the sealed pair, or took part.
    :raises Refused: nothing was opened, or it was reviewed.
    :raises SubmissionInvalid: no finding of the two, or fewer than ten characters.
    """
    row = _row(session, actor, asked, REVIEWERS, "复核由涉密专办员办理", locked=True)
    if actor.id in (row["asked_by"], row["answered_by"]):
        raise NotAllowed("提出人和确认人不能复核自己的紧急查阅")
    if row["answer"] != AGREED or row["finding"] is not None:
        raise Refused("这件紧急查阅没有待复核的内容")
    problems = _problems_of("note", note)
    if finding not in FINDINGS:
        problems.insert(0, FieldProblem(field="finding", rule="choice", message="请选择复核结论"))
    if problems:
        raise SubmissionInvalid(problems)
    values: dict[str, object] = {"finding": finding, "finding_note": note.strip()}
    values |= {"reviewed_by": actor.id, "reviewed_name": actor.name, "reviewed_at": now}
    session.execute(sa.update(break_glass).where(break_glass.c.id == asked).values(**values))
    _note(session, actor, "break_glass.review", asked, now, reason=finding)


def questions(session: Session, actor: Actor, *, limit: int = 100) -> Sequence[sa.RowMapping]:
    """The questions that concern the actor, the latest first: the own ones; a confirmer's and a reviewer's county.

    :raises NotAllowed: the actor has no part in it.
    """
    if not takes_part(actor):
        raise NotAllowed("紧急查阅由值班、确认和复核人员办理")
    clauses = [break_glass.c.asked_by == actor.id]
    for grant in actor.grants:
        if grant.role in CONFIRMERS:
            clauses.append(break_glass.c.place.startswith(grant.place, autoescape=True))
        if grant.role in REVIEWERS:
            agreed = break_glass.c.answer == AGREED
            clauses.append(sa.and_(agreed, break_glass.c.place.startswith(grant.place, autoescape=True)))
    query = sa.select(break_glass).where(sa.or_(*clauses)).order_by(break_glass.c.asked_at.desc(), break_glass.c.id)
    return session.execute(query.limit(limit)).mappings().all()


def press_for_reviews(session: Session, *, actor: Actor, now: datetime) -> int:
    """Tell the bureau's leaders of reviews that are late, once each; returns how many are late."""
    if not actor.is_system:
        raise NotAllowed("由系统办理")
    late = sa.select(break_glass).where(break_glass.c.finding.is_(None), break_glass.c.review_due < now)
    rows = session.execute(late).mappings().all()
    for row in rows:
        _tell(
            session, REVIEWERS | {"mzj_leader"}, row["place"], row["id"], "late", "紧急查阅的复核已逾期", now, but=set()
        )
    return len(rows)


def _problems_of(field: str, text: str) -> list[FieldProblem]:
    if LEAST <= len(text.strip()) <= LONGEST:
        return []
    return [FieldProblem(field=field, rule="length", message=f"请用{LEAST}至{LONGEST}个字说明")]


def _row(
    session: Session, actor: Actor, asked: str, roles: frozenset[str], refusal: str, *, locked: bool = False
) -> sa.RowMapping:
    if not any(grant.role in roles for grant in actor.grants):
        raise NotAllowed(refusal)
    query = sa.select(break_glass).where(break_glass.c.id == asked)
    row = session.execute(query.with_for_update() if locked else query).mappings().first()
    if row is None or not any(grant.role in roles and covers(grant, row["place"]) for grant in actor.grants):
        raise NotFound("没有这件紧急查阅")
    return row


def _found(session: Session, number: str) -> sa.RowMapping | None:
    """The child's file: the sealed one, else the ordinary one."""
    return children.find_by_idcard(session, number, sealed=True) or children.find_by_idcard(session, number)


def _extract(session: Session, actor: Actor, found: sa.RowMapping, detail: Mapping[str, str], now: datetime) -> Extract:
    request, purpose = detail["request"], detail["purpose"]
    who: Mapping[Any, Any] = (
        asdict(open_in_danger(session, actor, found, request=request, purpose=purpose, now=now))
        if found["sealed_hiv"]
        else found
    )
    guardian = children.current_guardian(session, found["id"])
    health = session.execute(
        sa.select(children.child_health.c.illness_name, children.child_health.c.hospital).where(
            children.child_health.c.child_id == found["id"]
        )
    ).first()
    return Extract(
        archive_no=found["archive_no"],
        name=who["name"],
        birth=found["birth"].isoformat() if found["birth"] else "",
        area=full_name(session, who["hukou_code"]),
        address=who["live_address"] or "",
        guardian=guardian["name"] if guardian else "",
        guardian_phone=(guardian["phone"] or "") if guardian else "",
        illness=(health.illness_name or "") if health else "",
        hospital=(health.hospital or "") if health else "",
    )


def _note(session: Session, actor: Actor, action: str, asked: str, now: datetime, *, reason: object) -> None:
    audit.record(session, actor=actor, action=action, target=asked, now=now, detail={"reason": reason})


def _tell(
    session: Session,
    roles: frozenset[str],
    place: str,
    asked: str,
    step: str,
    words: str,
    now: datetime,
    *,
    but: set[str],
) -> None:
    """Nobody is named, and no child: the page tells who may know."""
    body = f"{words}(编号 {asked[-8:].upper()}),请到“紧急查阅”办理。"
    told = Words(subject=words, body=body, outside_subject=words, outside_body=body)
    readers = {one.id for role in roles for one in people.holders(session, role=role, place=place)} - but
    letters = [
        Letter(person_id=one, kind="break_glass", cause=f"break-glass-{step}-{asked}", words=told)
        for one in sorted(readers)
    ]
    post(session, letters, now=now)
