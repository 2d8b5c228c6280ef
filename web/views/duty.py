"""The telephone list of who is on duty, and the roster that each office draws up for its own desks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import duty_gaps, duty_keeping, duty_roster
from cases.duty_desks import DESKS, Desk, may_keep
from cases.duty_gaps import AHEAD, Gap
from cases.duty_roster import Shift
from cases.jurisdictions import subtree
from engine.clock import COUNTY_ZONE
from engine.errors import SubmissionInvalid
from web.answers import sent_on
from web.errors import wants_json
from web.language import translate as _
from web.places import PlaceNames
from web.problem_words import problem_in_words
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("duty", __name__, url_prefix="/duty")

_OF_A_SHIFT = ("person", "phone", "from_at", "to_at", "weeks")
#: How far the list of a desk's shifts looks for gaps.
_SHOWN = timedelta(days=31)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One desk of the telephone list."""

    desk: Desk
    place: str
    area: str
    now: Shift | None
    then: Shift | None  #: who relieves, or comes next
    gap: Gap | None  #: the next one within `AHEAD`
    keeps: bool


@page(pages, "", access=Access.SIGNED_IN)
def listing(visit: Visit) -> ResponseReturnValue:
    """Who is on duty now at every desk, with the number to dial; desks that stand or will stand empty."""
    shifts = duty_roster.readable_shifts(visit.session, visit.person, visit.now, visit.now + AHEAD)
    names = PlaceNames(visit.session)
    lines = [
        _line(visit, desk, each.code, names, shifts)
        for desk in DESKS.values()
        for each in subtree(visit.session, digits=desk.digits)
    ]
    return render_template("duty.html", lines=lines, own=[line for line in lines if line.keeps], hours=72)


def _line(visit: Visit, desk: Desk, place: str, names: PlaceNames, shifts: Sequence[Shift]) -> Line:
    mine = [each for each in shifts if each.desk is desk and each.place == place and each.counts]
    gaps = duty_gaps.gaps_of(mine, desk, place, visit.now, visit.now + AHEAD)
    return Line(
        desk=desk,
        place=place,
        area=names(place),
        now=next((each for each in mine if each.holds(visit.now)), None),
        then=next((each for each in mine if each.from_at > visit.now), None),
        gap=gaps[0] if gaps else None,
        keeps=may_keep(visit.person, desk, place),
    )


@page(pages, "/<desk>/<place>", access=Access.SIGNED_IN)
def roster(visit: Visit, desk: str, place: str) -> ResponseReturnValue:
    """The shifts of one desk, and the form for the next one."""
    return _roster(visit, desk, place, {}, ())


@page(pages, "/<desk>/<place>", methods=("POST",), access=Access.SIGNED_IN)
def enter(visit: Visit, desk: str, place: str) -> ResponseReturnValue:
    """Put somebody on the roster; what was typed stays where something was wrong."""
    given = {name: request.form.get(name, "") for name in _OF_A_SHIFT}
    try:
        count = duty_keeping.enter_shifts(visit.session, desk, place, given, actor=visit.person, now=visit.now)
    except SubmissionInvalid as wrong:
        if wants_json():
            raise
        return _roster(
            visit, desk, place, given, [(each.field, problem_in_words(each)) for each in wrong.problems]
        ), 422
    flash(_("已排班,共 {count} 个班次。", count=count))
    return sent_on(url_for("duty.roster", desk=desk, place=place))


@page(pages, "/shifts/<int:shift_id>/end", methods=("POST",), access=Access.SIGNED_IN)
def end(visit: Visit, shift_id: int) -> ResponseReturnValue:
    """Take a coming shift back, or let the present one end now."""
    desk, place = duty_keeping.end_shift(visit.session, shift_id, actor=visit.person, now=visit.now)
    flash(_("班次已撤下。请确认这段时间另有人值班。"))
    return sent_on(url_for("duty.roster", desk=desk, place=place))


def _roster(
    visit: Visit, desk_code: str, place: str, typed: Mapping[str, str], problems: Sequence[tuple[str, str]]
) -> str:
    shifts = duty_keeping.coming_shifts(visit.session, desk_code, place, visit.person, visit.now)
    desk = DESKS[desk_code]
    gaps = duty_gaps.gaps_of(shifts, desk, place, visit.now, visit.now + _SHOWN)
    return render_template(
        "roster.html",
        desk=desk,
        place=place,
        area=PlaceNames(visit.session)(place),
        shifts=shifts,
        people=duty_keeping.candidates(visit.session, desk_code, place, visit.person),
        gaps=[each for each in gaps if each.next_name or each.span.from_at < visit.now + AHEAD],
        now=visit.now,
        typed={"from_at": _next_from(shifts, visit.now), "weeks": "1", **typed},
        problems=problems,
    )


def _next_from(shifts: Sequence[Shift], now: datetime) -> str:
    """Where the roster ends: the next shift most likely begins there."""
    last = max((each.to_at for each in shifts), default=None)
    return f"{last.astimezone(COUNTY_ZONE):%Y-%m-%dT%H:%M}" if last and last > now else ""
