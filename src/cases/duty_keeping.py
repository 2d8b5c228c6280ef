"""The office in charge draws up its roster: enters shifts, takes one back, or lets one end now.

Two people at one desk at one time would each think that the other goes to the telephone: a desk's shifts never overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from cases.duty_desks import DESKS, Desk, Span, may_keep
from cases.duty_roster import Shift, duty_shift, shifts_between
from cases.forms.filing import refuse
from cases.identifiers import phone_problem
from cases.jurisdictions import division
from cases.people import Person, holders
from engine.access import Actor
from engine.calendar import county_minute
from engine.clock import COUNTY_ZONE
from engine.errors import NotAllowed, NotFound
from engine.store import audit
from engine.store.session import Session

#: Nobody is on duty for longer at a stretch; a longer one is a slip of the pen.
LONGEST = timedelta(days=7)
#: How far ahead a roster is drawn up.
FURTHEST = timedelta(days=366)
MOST_WEEKS = 26
_WEEK = timedelta(weeks=1)


def require_keeper(session: Session, desk_code: str, place: str, actor: Actor) -> Desk:
    """The desk of the place.

    :raises NotFound: there is no such desk.
    :raises NotAllowed: another office draws up its roster.
    """
    desk = DESKS.get(desk_code)
    known = session.execute(select(division.c.code).where(division.c.code == place)).first()
    if desk is None or known is None or len(place) != desk.digits:
        raise NotFound("没有这个值班岗位")
    if not may_keep(actor, desk, place):
        raise NotAllowed(f"{desk.name}的值班表由本单位编排")
    return desk


def candidates(session: Session, desk_code: str, place: str, actor: Actor) -> Sequence[Person]:
    """Whom the keeper may put on this desk's roster.

    :raises NotFound, NotAllowed: as `require_keeper`.
    """
    desk = require_keeper(session, desk_code, place, actor)
    found = {each.id: each for role in desk.roles for each in holders(session, role=role, place=place)}
    return tuple(found.values())


def coming_shifts(session: Session, desk_code: str, place: str, actor: Actor, now: datetime) -> Sequence[Shift]:
    """The present shift of the desk and all that come.

    :raises NotFound, NotAllowed: as `require_keeper`.
    """
    require_keeper(session, desk_code, place, actor)
    return shifts_between(session, now, now + 2 * FURTHEST, desk=desk_code, place=place)


def enter_shifts(
    session: Session, desk_code: str, place: str, given: Mapping[str, Any], *, actor: Actor, now: datetime
) -> int:
    """Put a person on the roster, once or every week at the same hours; returns how many shifts were entered. All of
    them or none.

    :param given: person (id), phone (empty: the person's own), from_at, to_at (county time), weeks (1 to 26).
    :raises SubmissionInvalid: a field is missing or wrong, or a shift overlaps another one; its message names it.
    :raises NotFound, NotAllowed: as `require_keeper`.
    """
    desk = require_keeper(session, desk_code, place, actor)
    chosen = _person(session, desk, place, given)
    phone = _phone(given, chosen)
    first = _span(given, now)
    weeks = _weeks(given)
    # Whoever draws up the same roster at this moment waits here, and then finds these shifts.
    session.execute(select(division.c.code).where(division.c.code == place).with_for_update(key_share=True))
    spans = [Span(from_at=first.from_at + _WEEK * n, to_at=first.to_at + _WEEK * n) for n in range(weeks)]
    _refuse_overlap(session, desk, place, spans)
    row = {"desk": desk.code, "place": place, "person_id": chosen.id, "phone": phone}
    entered = {"entered_by": actor.id, "entered_at": now}
    session.execute(
        insert(duty_shift), [{**row, **entered, "from_at": each.from_at, "to_at": each.to_at} for each in spans]
    )
    detail = {"place": place, "person": chosen.id, "from": first.from_at.isoformat(), "weeks": weeks}
    audit.record(session, actor=actor, action="duty.enter", target=desk.code, now=now, detail=detail)
    return weeks


def end_shift(session: Session, shift_id: int, *, actor: Actor, now: datetime) -> tuple[str, str]:
    """Take a coming shift back, or let the present one end now; a past one stays as it was. Returns its desk and place.

    :raises NotFound: no such shift, or it is over.
    :raises NotAllowed: another office draws up its roster.
    """
    row = session.execute(select(duty_shift).where(duty_shift.c.id == shift_id)).mappings().first()
    if row is None:
        raise NotFound("没有这个班次,可能已被同事撤下")
    desk = require_keeper(session, row["desk"], row["place"], actor)
    if row["to_at"] <= now:
        raise NotFound("这个班次已经结束")
    if row["from_at"] >= now:
        session.execute(delete(duty_shift).where(duty_shift.c.id == shift_id))
    else:
        session.execute(update(duty_shift).where(duty_shift.c.id == shift_id).values(to_at=now))
    detail = {"place": row["place"], "person": row["person_id"], "from": row["from_at"].isoformat()}
    audit.record(session, actor=actor, action="duty.end", target=desk.code, now=now, detail=detail)
    return desk.code, row["place"]


def _person(session: Session, desk: Desk, place: str, given: Mapping[str, Any]) -> Person:
    wanted = str(given.get("person") or "")
    for role in desk.roles:
        for each in holders(session, role=role, place=place):
            if each.id == wanted:
                return each
    raise refuse("person", "choice", f"请选择值班人员;可选的是现任{desk.name.replace('值班', '')}岗位的在职人员")


def _phone(given: Mapping[str, Any], chosen: Person) -> str:
    phone = str(given.get("phone") or "").strip() or chosen.phone
    problem = phone_problem(phone) if phone else f"{chosen.name}没有登记电话,请填写值班期间能打通的电话"
    if problem:
        raise refuse("phone", "phone", problem)
    return phone


def _instant(given: Mapping[str, Any], field: str, what: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(given.get(field) or ""))
    except ValueError:
        raise refuse(field, "datetime", f"请填写{what}的日期和时间,例如 2026-03-01 08:00") from None
    return found if found.tzinfo else found.replace(tzinfo=COUNTY_ZONE)


def _span(given: Mapping[str, Any], now: datetime) -> Span:
    from_at, to_at = _instant(given, "from_at", "接班"), _instant(given, "to_at", "交班")
    if to_at <= from_at:
        raise refuse("to_at", "after", "交班时间应晚于接班时间")
    if to_at - from_at > LONGEST:
        raise refuse("to_at", "max", f"一个班次最长{LONGEST.days}天,请分开填写")
    if to_at <= now:
        raise refuse("to_at", "past", "这个班次已经过去,不能补排")
    if from_at > now + FURTHEST:
        raise refuse("from_at", "max", "最多提前一年排班,请核对年份")
    return Span(from_at=from_at, to_at=to_at)


def _weeks(given: Mapping[str, Any]) -> int:
    text = str(given.get("weeks") or "1")
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_WEEKS):
        raise refuse("weeks", "range", f"每周重复的次数应为1至{MOST_WEEKS}")
    return int(text)


def _refuse_overlap(session: Session, desk: Desk, place: str, spans: Sequence[Span]) -> None:
    known = shifts_between(session, spans[0].from_at, spans[-1].to_at, desk=desk.code, place=place)
    for span in spans:
        for other in known:
            if other.from_at < span.to_at and span.from_at < other.to_at:
                between = f"{county_minute(other.from_at)} 至 {county_minute(other.to_at)}"
                raise refuse("from_at", "overlap", f"与{other.name}的班次({between})重叠,请调整时间,或先撤下该班次")
