"""Every address: who gets in, what stands on the answer, what a foreign or forged question gets."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from werkzeug.routing import Rule

from web.routes import Access, RouteUndeclared, page, require_declared

#: Endpoint to who gets through its door; written by hand.
DOORS = tomllib.loads((Path(__file__).parents[1] / "data" / "access" / "routes.toml").read_text(encoding="utf-8"))
EVERYBODY = ("guardian", "window", "officer", "leader", "owner", "admin", "auditor", "security")


def _address(rule: Rule) -> str:
    address = rule.rule
    for name in rule.arguments:
        converter = rule._converters[name]
        value = "1" if type(converter).__name__ == "IntegerConverter" else "no-such-thing"
        for shape in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
            address = address.replace(shape, value)
    return address


def _rules(app: Flask, *, safe: bool) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and ("GET" in (rule.methods or ())) == safe
    ]


def _access(app: Flask, rule: Rule) -> object:
    return app.view_functions[rule.endpoint].__dict__["access"]


def test_every_page_without_a_login_leads_to_the_login(app, browser):
    for rule in _rules(app, safe=True):
        if _access(app, rule) in (Access.PUBLIC, Access.OUTSIDE):
            continue
        answer = browser.get(_address(rule))
        assert answer.status_code == 303, rule.rule
        assert answer.headers["Location"].startswith("/login"), rule.rule


def test_a_script_without_a_login_is_told_so(app, browser):
    answer = browser.post("/files", accept="application/json")
    assert answer.status_code == 401


def test_no_change_without_a_csrf_token(app, as_person):
    inside = as_person("admin")
    for rule in _rules(app, safe=False):
        answer = inside.client.post(_address(rule), data={})
        assert answer.status_code == 400, rule.rule


def test_no_change_for_a_form_of_another_site(app, as_person):
    inside = as_person("admin")
    token = inside.token()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        for rule in _rules(app, safe=False):
            answer = inside.client.post(_address(rule), data={"csrf_token": token}, headers=headers)
            assert answer.status_code == 400, rule.rule


def test_no_change_on_get(app):
    for rule in app.url_map.iter_rules():
        assert not {"GET", "POST"} <= (rule.methods or set()), f"{rule.rule} answers GET and POST with one view"


@pytest.mark.parametrize("user", ["guardian", "officer", "owner", "admin", "auditor", "security"])
def test_no_page_breaks_for_any_role(app, as_person, user):
    inside = as_person(user)
    for rule in _rules(app, safe=True):
        answer = inside.get(_address(rule))
        assert answer.status_code < 500, f"{rule.rule}: {answer.status_code}"


def test_every_address_stands_in_the_table(app):
    assert set(DOORS) == {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}


@pytest.mark.parametrize("user", EVERYBODY)
def test_each_role_gets_through_its_own_doors_only(app, as_person, user):
    """What is refused is refused at the door (403). Behind an open door a thing that is not there, or that the person
    is not to see, is not found: never a 403 that would tell the two apart."""
    inside, wrong = as_person(user), []
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.endpoint):
        if rule.endpoint in ("static", "login.leave", "login.enter", "login.enter_demo"):
            continue  # these change who is logged in
        reads = "GET" in (rule.methods or ())
        answer = inside.get(_address(rule)) if reads else inside.post(_address(rule))
        let_in = DOORS[rule.endpoint] in ("public", "signed_in") or user in DOORS[rule.endpoint]
        if (answer.status_code != 403) != let_in:
            wrong.append((rule.endpoint, answer.status_code))
    assert wrong == []


def test_the_headers_stand_on_every_answer(app, as_person):
    inside = as_person("officer")
    for rule in _rules(app, safe=True):
        headers = inside.get(_address(rule)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src" in policy, rule.rule
        assert "script-src 'self';" in policy or "default-src 'none'" in policy, rule.rule
        assert "unsafe-eval" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store", rule.rule
        assert headers["X-Frame-Options"] == "DENY"


def test_a_route_that_does_not_say_who_may_open_it_stops_the_start(app):
    app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    with pytest.raises(RouteUndeclared, match="/forgotten"):
        require_declared(app)


def test_a_declared_route_is_accepted():
    small = Flask("small")
    pages = Blueprint("pages", __name__)

    @page(pages, "/there", access=Access.SIGNED_IN)
    def there(visit):
        return ""

    small.register_blueprint(pages)
    require_declared(small)


def test_programme_pages_refuse_other_roles(as_person):
    officer = as_person("officer")
    for address in ("/processes", "/admin/instances", "/admin/incidents"):
        assert officer.get(address).status_code == 403


def test_no_inline_script_or_style_on_a_page(app, as_person):
    inside = as_person("officer")
    for address in ("/login", "/inbox", "/start", "/notices", "/demo/clock"):
        text = inside.get(address).get_data(as_text=True)
        assert "<style" not in text
        assert " onclick=" not in text
        for piece in text.split("<script")[1:]:
            assert "src=" in piece.split(">", 1)[0] or "application/json" in piece.split(">", 1)[0]
