"""A page's address together with who may open it. There is no other way to add a page: a route that was added past
`page` stops the start."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from flask import Blueprint, Flask

from engine.access import Permission
from web.transaction import serve

View = Callable[..., Any]


class Access(StrEnum):
    """Who may open a page, where no permission of the engine says it."""

    PUBLIC = "public"  #: anybody, without a log-in
    OUTSIDE = "outside"  #: anybody; runs on the public database, which holds no case
    SIGNED_IN = "signed_in"  #: anybody with a log-in; the command or query behind it decides about the rest


class RouteUndeclared(RuntimeError):
    """A route does not say who may open it; add it with `web.routes.page`."""


def page(
    blueprint: Blueprint,
    address: str,
    *,
    access: Access | Permission,
    methods: tuple[str, ...] = ("GET",),
    notes_reading: bool = False,
) -> Callable[[View], View]:
    """Put a view at an address. The view gets a `Visit` first and the address's variables as keywords; it runs inside
    the request's one transaction: read-only for GET, unless the page shows a case and enters that in the audit
    (`notes_reading`)."""

    def decorate(view: View) -> View:
        served = serve(view, access, notes_reading=notes_reading)
        served.__dict__["access"] = access
        blueprint.add_url_rule(address, view.__name__, served, methods=list(methods))
        return view

    return decorate


def require_declared(app: Flask) -> None:
    """Raise `RouteUndeclared` naming the first route without a declared access. Static files are public by nature."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        if "access" not in app.view_functions[rule.endpoint].__dict__:
            raise RouteUndeclared(f"{rule.rule} ({rule.endpoint}) does not declare who may open it")
