"""The security administrator's pages: who may log in and in which role. No case is to be seen here."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import accounts, eligibility, jurisdictions
from cases.roles import ROLE, Level, role_name
from engine.access import Permission
from engine.calendar import county_day
from web.answers import sent_on
from web.language import translate as _
from web.places import PlaceNames
from web.routes import page
from web.transaction import Visit

pages = Blueprint("accounts", __name__, url_prefix="/people")

_LEVELS = {
    Level.PUBLIC: "群众",
    Level.VILLAGE: "村(社区)",
    Level.TOWN: "乡镇",
    Level.COUNTY: "县级部门",
    Level.PROGRAM: "程序管理",
}


@page(pages, "", access=Permission.PEOPLE_MANAGE)
def listing(visit: Visit) -> ResponseReturnValue:
    """The accounts with their roles."""
    keyword = request.args.get("q", "").strip()[:60]
    found = accounts.accounts(visit.session, visit.person, keyword=keyword, after=request.args.get("after", ""))
    shown = found[: accounts.MOST_SHOWN]
    rows = [
        {"person": each.person, "roles": list(dict.fromkeys(role_name(grant.role) for grant in each.grants))}
        for each in shown
    ]
    following = shown[-1].person.user_name if len(found) > len(shown) else None
    return render_template("people.html", rows=rows, keyword=keyword, next=following)


@page(pages, "", methods=("POST",), access=Permission.PEOPLE_MANAGE)
def create(visit: Visit) -> ResponseReturnValue:
    """Enter a person."""
    opened = accounts.open_account(
        visit.session,
        **{name: request.form.get(name, "") for name in ("user_name", "name", "unit", "password", "reason")},
        actor=visit.person,
        now=visit.edge.clock.now(),
    )
    flash(_("账户已开立。请授予角色,否则登录后没有可办的事项。"))
    return _to(opened.id)


@page(pages, "/<person_id>", access=Permission.PEOPLE_MANAGE)
def show(visit: Visit, person_id: str) -> ResponseReturnValue:
    """One account: its roles, and what may be done to it."""
    found = accounts.account(visit.session, visit.person, person_id)
    places = PlaceNames(visit.session)
    grants = [
        {"role": grant.role, "name": role_name(grant.role), "place": grant.place, "area": places(grant.place)}
        for grant in found.grants
    ]
    levels = [
        (label, [role for role in ROLE.values() if role.level is level and role.code != "sys"])
        for level, label in _LEVELS.items()
    ]
    return render_template(
        "person.html",
        account=found.person,
        grants=grants,
        levels=levels,
        divisions=jurisdictions.subtree(visit.session),
        own=found.person.id == visit.person.id,
        gaps=_gaps(visit, person_id),
    )


@page(pages, "/<person_id>/close", methods=("POST",), access=Permission.PEOPLE_MANAGE)
def close(visit: Visit, person_id: str) -> ResponseReturnValue:
    """Take the log-in away."""
    accounts.close_account(visit.session, person_id, reason=_reason(), actor=visit.person, now=visit.edge.clock.now())
    flash(_("账户已停用,已打开的登录同时失效。"))
    return _to(person_id)


@page(pages, "/<person_id>/give", methods=("POST",), access=Permission.PEOPLE_MANAGE)
def give(visit: Visit, person_id: str) -> ResponseReturnValue:
    """Give a role."""
    accounts.give(
        visit.session,
        person_id,
        role=request.form.get("role", ""),
        place=request.form.get("place", ""),
        reason=_reason(),
        actor=visit.person,
        now=visit.edge.clock.now(),
    )
    flash(_("角色已授予,立即生效。"))
    return _to(person_id)


@page(pages, "/<person_id>/take", methods=("POST",), access=Permission.PEOPLE_MANAGE)
def take(visit: Visit, person_id: str) -> ResponseReturnValue:
    """Take a role away."""
    role, _separator, place = request.form.get("grant", "").partition("|")
    accounts.take(
        visit.session,
        person_id,
        role=role,
        place=place,
        reason=_reason(),
        actor=visit.person,
        now=visit.edge.clock.now(),
    )
    flash(_("角色已收回,立即生效。"))
    return _to(person_id)


def _gaps(visit: Visit, person_id: str) -> list[dict[str, object]]:
    """Posts that would have nobody without this person."""
    today, places = county_day(visit.now), PlaceNames(visit.session)
    found = eligibility.gaps_without(visit.session, visit.env, visit.person, person_id, first_day=today, last_day=today)
    return [
        {
            "role": gap.role_name,
            "area": places(gap.place),
            "open": gap.open_tasks,
            "processes": "、".join(gap.processes[:5]),
        }
        for gap in eligibility.most_urgent(found)
    ]


def _reason() -> str:
    return request.form.get("reason", "")


def _to(person_id: str) -> ResponseReturnValue:
    return sent_on(url_for("accounts.show", person_id=person_id))
