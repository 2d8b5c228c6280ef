"""Absences and handovers: who does the work while somebody is away, and who from now on."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import absences, accounts, eligibility, office_handovers, people
from cases.roles import role_name
from engine.access import Permission
from engine.calendar import county_day
from engine.errors import FieldProblem, SubmissionInvalid
from web.answers import sent_on
from web.language import translate as _
from web.places import PlaceNames
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("absences", __name__)


@page(pages, "/absences", access=Access.SIGNED_IN)
def own(visit: Visit) -> ResponseReturnValue:
    """The person's own absences."""
    return _absences_page(visit, visit.person.id, visit.person.name)


@page(pages, "/people/<person_id>/absences", access=Permission.PEOPLE_MANAGE)
def of_person(visit: Visit, person_id: str) -> ResponseReturnValue:
    """Somebody's absences."""
    return _absences_page(visit, person_id, accounts.account(visit.session, visit.person, person_id).person.name)


@page(pages, "/absences", methods=("POST",), access=Access.SIGNED_IN)
def enter(visit: Visit) -> ResponseReturnValue:
    """Enter an absence; where a post would have nobody, that is said first and must be confirmed."""
    person_id = request.form.get("person") or visit.person.id
    first_day, last_day = _day("first_day"), _day("last_day")
    gaps = _gaps(visit, person_id, first_day, last_day)
    if gaps and request.form.get("understood") != "yes":
        return _absences_page(visit, person_id, request.form.get("name", ""), gaps=gaps, typed=request.form.to_dict())
    absences.enter_absence(
        visit.session,
        person_id,
        substitute_id=request.form.get("substitute", ""),
        first_day=first_day,
        last_day=last_day,
        note=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
        today=county_day(visit.now),
    )
    flash(_("外出已登记,期间由代办人领取您名下的事项。"))
    return _back(visit, person_id)


@page(pages, "/absences/<absence_id>/end", methods=("POST",), access=Access.SIGNED_IN)
def end(visit: Visit, absence_id: str) -> ResponseReturnValue:
    """Back again."""
    absences.end_absence(visit.session, absence_id, actor=visit.person, now=visit.now)
    flash(_("外出登记已结束。"))
    return _back(visit, request.form.get("person") or visit.person.id)


@page(pages, "/people/<person_id>/handover", access=Permission.PEOPLE_MANAGE)
def prepare(visit: Visit, person_id: str) -> ResponseReturnValue:
    """Before a post is handed over: to whom, and what would be left without anybody."""
    leaving = accounts.account(visit.session, visit.person, person_id).person
    today = county_day(visit.now)
    return render_template(
        "handover_form.html",
        account=leaving,
        successors=office_handovers.successors(visit.session, visit.person, person_id),
        gaps=_shown(visit, eligibility_of(visit, person_id, today, today)),
    )


@page(pages, "/people/<person_id>/handover", methods=("POST",), access=Permission.PEOPLE_MANAGE)
def hand_over(visit: Visit, person_id: str) -> ResponseReturnValue:
    """Move everything, and show the list to be signed."""
    made = office_handovers.hand_over(
        visit.session,
        visit.env,
        person_id,
        to_person=request.form.get("to_person", ""),
        with_posts=request.form.get("with_posts") == "yes",
        reason=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("已移交。请打印清单,由双方签字。"))
    return sent_on(url_for("absences.handover_list", handover_id=made))


@page(pages, "/handovers/<handover_id>", access=Access.SIGNED_IN)
def handover_list(visit: Visit, handover_id: str) -> ResponseReturnValue:
    """The list, printable, with lines for the signatures."""
    found = office_handovers.handover_of(visit.session, visit.person, handover_id)
    places = PlaceNames(visit.session)
    by_kind: dict[str, list[Any]] = {"post": [], "task": [], "file": [], "signature": []}
    for item in found.items:
        by_kind[item["kind"]].append(_item(item, places))
    return render_template(
        "handover_list.html",
        handover=found,
        from_person=people.find_person(visit.session, found.from_person),
        to_person=people.find_person(visit.session, found.to_person),
        items=by_kind,
    )


def eligibility_of(visit: Visit, person_id: str, first_day: date, last_day: date) -> tuple[eligibility.Gap, ...]:
    """Which of the person's posts would have nobody on these days."""
    found = eligibility.gaps_without(
        visit.session, visit.env, visit.person, person_id, first_day=first_day, last_day=last_day
    )
    return eligibility.most_urgent(found)


def _gaps(visit: Visit, person_id: str, first_day: date, last_day: date) -> list[dict[str, Any]]:
    return _shown(visit, eligibility_of(visit, person_id, first_day, last_day))


def _shown(visit: Visit, gaps: tuple[eligibility.Gap, ...]) -> list[dict[str, Any]]:
    places = PlaceNames(visit.session)
    return [
        {
            "role": gap.role_name,
            "area": places(gap.place),
            "open": gap.open_tasks,
            "processes": "、".join(gap.processes[:5]),
        }
        for gap in gaps
    ]


def _absences_page(
    visit: Visit, person_id: str, name: str, *, gaps: Any = (), typed: dict[str, str] | None = None
) -> ResponseReturnValue:
    today = county_day(visit.now)
    return render_template(
        "absences.html",
        person_id=person_id,
        person_name=name,
        own=person_id == visit.person.id,
        rows=absences.absences_of(visit.session, visit.person, person_id, today=today),
        substitutes=absences.possible_substitutes(visit.session, visit.person, person_id),
        today=today,
        gaps=gaps,
        typed=typed or {},
    )


def _item(item: dict[str, Any], places: PlaceNames) -> dict[str, Any]:
    if item["kind"] != "post":
        return item
    role, _separator, place = item["what"].partition("|")
    return {**item, "what": f"{role_name(role)} · {places(place)}"}


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        problem = FieldProblem(field=name, rule="date", message="请填写起止日期")
        raise SubmissionInvalid([problem]) from None


def _back(visit: Visit, person_id: str) -> ResponseReturnValue:
    if person_id == visit.person.id:
        return sent_on(url_for("absences.own"))
    return sent_on(url_for("absences.of_person", person_id=person_id))
