"""Warns the office in charge before its desk stands empty, and again when it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from cases.addressees import holders_of
from cases.contacts import ways_of
from cases.duty_desks import DESKS, Desk, Span, gaps
from cases.duty_roster import Shift, duty_shift, shifts_between
from cases.messages import Channel, Letter, Words, post
from engine.access import covers
from engine.calendar import county_minute
from engine.store.session import Session

#: How long before a gap its desk's keepers are told: over a weekend, somebody still reads it on Friday.
AHEAD = timedelta(hours=72)
#: A roster that was given up so long ago is not a gap of today.
FORGOTTEN = timedelta(days=30)
NO_WAYS: frozenset[Channel] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A desk that nobody mans for a while."""

    desk: Desk
    place: str
    span: Span
    next_name: str  #: whoever comes after it; empty: nobody is on the roster


def gaps_of(shifts: Iterable[Shift], desk: Desk, place: str, since: datetime, until: datetime) -> tuple[Gap, ...]:
    """The gaps of one desk in [since, until), the earliest first. Pure."""
    mine = [each for each in shifts if each.desk is desk and each.place == place and each.counts]
    after = {each.from_at: each.name for each in mine}
    found = gaps((Span(from_at=each.from_at, to_at=each.to_at) for each in mine), since, until)
    return tuple(Gap(desk=desk, place=place, span=each, next_name=after.get(each.to_at, "")) for each in found)


def warn_of_gaps(session: Session, *, now: datetime, offered: frozenset[Channel] = NO_WAYS) -> int:
    """Tell the keepers of every desk with a roster of the gap that begins within `AHEAD`, and once more when the desk
    stands empty; each of them once. Returns how many messages are new."""
    ends = func.max(duty_shift.c.to_at)
    kept = session.execute(
        select(duty_shift.c.desk, duty_shift.c.place)
        .group_by(duty_shift.c.desk, duty_shift.c.place)
        .having(ends > now - FORGOTTEN)
        .order_by(duty_shift.c.desk, duty_shift.c.place)
    ).all()
    if not kept:
        return 0
    shifts = shifts_between(session, now - FORGOTTEN, now + AHEAD)
    found: list[Gap] = []
    for row in kept:
        desk = DESKS.get(row.desk)
        if desk is not None:
            begun = [each.from_at for each in shifts if each.desk is desk and each.place == row.place]
            found += gaps_of(shifts, desk, row.place, min([now, *begun]), now + AHEAD)
    return post(session, _letters(session, [each for each in found if each.span.to_at > now], now, offered), now=now)


def _letters(session: Session, found: list[Gap], now: datetime, offered: frozenset[Channel]) -> list[Letter]:
    keepers = holders_of(session, {role for gap in found for role in gap.desk.keepers}) if found else ()
    ways = ways_of(session, {each.person_id for each in keepers}, offered)
    letters = []
    for gap in found:
        told = {
            each.person_id for each in keepers if each.grant.role in gap.desk.keepers and covers(each.grant, gap.place)
        }
        open_now = gap.span.from_at <= now
        cause = f"gap:{gap.desk.code}:{gap.place}:{gap.span.from_at:%Y%m%d%H%M}:{'now' if open_now else 'soon'}"
        words = _words(gap, open_now=open_now)
        letters += [
            Letter(person_id=each, kind="duty", cause=cause, words=words, outside=ways.get(each, NO_WAYS))
            for each in sorted(told)
        ]
    return letters


def _words(gap: Gap, *, open_now: bool) -> Words:
    since = county_minute(gap.span.from_at)
    until = county_minute(gap.span.to_at)
    subject = f"【值班】{gap.desk.name}{'现在无人值班' if open_now else '即将无人值班'}"
    upto = f"至 {until}({gap.next_name}接班)" if gap.next_name else "起没有排班"
    body = f"{gap.desk.name}自 {since} {upto}。在排班之前,紧急事项将发给该岗位的全部人员。请在“值班”页面排班。"
    return Words(subject=subject, body=body, outside_subject=subject, outside_body=body)
