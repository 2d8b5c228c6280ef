"""Log-in and log-out. A refused log-in says the same whatever the reason: nobody learns which accounts exist."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from cases import demo_logins, logins
from web import auth
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit
from web.views.home import own_address

pages = Blueprint("login", __name__)

TOO_MANY = "这个网络地址登录失败次数过多,请 10 分钟后再试;着急时请联系系统管理员"


@page(pages, "/login", access=Access.PUBLIC)
def form(visit: Visit) -> ResponseReturnValue:
    """The log-in page; in a demonstration also the people one may be."""
    return _shown(visit)


@page(pages, "/login", methods=("POST",), access=Access.PUBLIC)
def enter(visit: Visit) -> ResponseReturnValue:
    """Check name and password. The answer is committed either way, because a failure counts."""
    now, address = visit.edge.clock.now(), request.remote_addr or ""
    if visit.edge.knocks.too_many(address, now):
        return _shown(visit, refusal=_(TOO_MANY)), HTTPStatus.TOO_MANY_REQUESTS
    answer = logins.log_in(
        visit.session,
        user_name=request.form.get("user_name", "").strip(),
        password=request.form.get("password", ""),
        now=now,
    )
    if answer.person is None:
        visit.edge.knocks.failed(address, now)
        return _shown(visit, refusal=_(logins.REFUSED_MESSAGE)), HTTPStatus.UNPROCESSABLE_ENTITY
    return _in(visit, answer.person.id)


@page(pages, "/login/demo", methods=("POST",), access=Access.PUBLIC)
def enter_demo(visit: Visit) -> ResponseReturnValue:
    """Be one of the demo county's people, without a password. Production has no such door."""
    if not visit.edge.settings.demo_logins_allowed:
        raise NotFound
    person = demo_logins.demo_person(visit.session, request.form.get("person", ""))
    return _in(visit, person.id)


@page(pages, "/logout", methods=("POST",), access=Access.PUBLIC)
def leave(visit: Visit) -> ResponseReturnValue:
    """End the log-in."""
    response = redirect(url_for("login.form"), 303)
    auth.let_out(visit.edge, visit.session, response)
    # What pages kept on the device (households registered without network) goes with the log-in.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _in(visit: Visit, person_id: str) -> ResponseReturnValue:
    response = redirect(own_address(request.form.get("next"), url_for("home.index")), 303)
    auth.let_in(visit.edge, visit.session, response, person_id)
    return response


def _shown(visit: Visit, *, refusal: str = "") -> str:
    people = demo_logins.demo_people(visit.session) if visit.edge.settings.demo_logins_allowed else ()
    return render_template(
        "login.html",
        refused=refusal,
        user_name=request.form.get("user_name", ""),
        next=request.values.get("next", ""),
        expired=request.args.get("expired"),
        levels=_by_level(people),
    )


_LEVELS = (
    ("申请人", ("applicant",)),
    ("村(社区)", ("village_",)),
    ("乡镇", ("town_",)),
    ("程序管理", ("process_owner", "administrator", "security_admin", "auditor")),
)


def _by_level(people: tuple[demo_logins.DemoPerson, ...]) -> list[tuple[str, list[demo_logins.DemoPerson]]]:
    """The demo people by the level at which they work; whoever is left works for the county."""
    groups: dict[str, list[demo_logins.DemoPerson]] = {
        name: [] for name in ("申请人", "村(社区)", "乡镇", "县级部门", "程序管理")
    }
    for each in people:
        level = next(
            (name for name, prefixes in _LEVELS if any(code.startswith(prefixes) for code in each.codes)), "县级部门"
        )
        groups[level].append(each)
    return [(name, members) for name, members in groups.items() if members]
