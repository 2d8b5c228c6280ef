"""The demonstration's clock: moved forward by hand, so that a case of three weeks can be shown in ten minutes."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from cases import demo_clock
from engine.clock import COUNTY_ZONE
from engine.queries.upcoming import Upcoming, upcoming
from web import formats
from web.element_names import ElementNames
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("demo", __name__)
MORNING = time(9, 0)


def _demo_only(visit: Visit) -> None:
    if not visit.edge.settings.demo_clock_allowed:
        raise NotFound


@page(pages, "/demo/clock", access=Access.SIGNED_IN)
def clock(visit: Visit) -> ResponseReturnValue:
    """What time it is in the demonstration, and what comes due next."""
    _demo_only(visit)
    local = visit.now.astimezone(COUNTY_ZONE)
    return render_template(
        "demo.html",
        now=visit.now,
        local_now=f"{local:%Y-%m-%dT%H:%M}",
        workday=visit.env.calendar.is_workday(local.date()),
        upcoming=[
            {"at": each.at, "what": _named(visit, each)}
            for each in upcoming(visit.session, visit.env, actor=visit.person, limit=8)
        ],
    )


@page(pages, "/demo/clock", methods=("POST",), access=Access.SIGNED_IN)
def move(visit: Visit) -> ResponseReturnValue:
    """Move the clock forward."""
    _demo_only(visit)
    target = _target(visit)
    demo_clock.move(visit.session, visit.edge.settings, to=target, actor=visit.person)
    flash(_("时钟已拨到 {moment}。", moment=formats.moment(target)))
    return redirect(url_for("demo.clock"), 303)


def _named(visit: Visit, each: Upcoming) -> str:
    names = ElementNames(visit.env.library.bundle(visit.session, each.version_id))
    return f"{names(each.element_id)}({each.subject})" if each.subject else names(each.element_id)


def _target(visit: Visit) -> datetime:
    step = request.form.get("step")
    if step == "hour":
        return visit.now + timedelta(hours=1)
    if step == "morning":
        return _next_morning(visit)
    if step == "due":
        following = [
            each.at for each in upcoming(visit.session, visit.env, actor=visit.person, limit=50) if each.at > visit.now
        ]
        return following[0] if following else visit.now
    wanted = datetime.fromisoformat(request.form["to"])
    return wanted.replace(tzinfo=COUNTY_ZONE) if wanted.tzinfo is None else wanted


def _next_morning(visit: Visit) -> datetime:
    day = visit.now.astimezone(COUNTY_ZONE).date()
    while True:
        day += timedelta(days=1)
        if visit.env.calendar.is_workday(day):
            return datetime.combine(day, MORNING, COUNTY_ZONE)
