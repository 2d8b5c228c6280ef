"""The front door, the language switch, and a fresh CSRF token for a page that outlived its log-in."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from web import posts
from web.edge import edge_of_request
from web.language import COOKIE, LANGUAGES
from web.menu import home_of
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("home", __name__)


def own_address(address: str | None, otherwise: str) -> str:
    """The address if it is a path on this host, else the other one: a link may not send people elsewhere."""
    parts = urlsplit(address or "")
    unsafe = parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//")
    return otherwise if unsafe or "\\" in (address or "") else str(address)


@page(pages, "/", access=Access.PUBLIC)
def index(visit: Visit) -> ResponseReturnValue:
    """To the person's own first page, or to the log-in."""
    if visit.actor is None:
        return redirect(url_for("login.form"))
    return redirect(url_for(home_of(visit.actor)))


@page(pages, "/language", methods=("POST",), access=Access.PUBLIC)
def language(visit: Visit) -> ResponseReturnValue:  # noqa: ARG001
    """Remember the reader's language for a year."""
    response = redirect(own_address(request.form.get("back"), url_for("home.index")), 303)
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        response.set_cookie(
            COOKIE,
            chosen,
            max_age=365 * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=edge_of_request().settings.is_production,
        )
    return response


@page(pages, "/post", methods=("POST",), access=Access.SIGNED_IN)
def post(visit: Visit) -> ResponseReturnValue:  # noqa: ARG001
    """Work in one of the own posts, or in all; the first page again, for this one may be none of the new post's."""
    response = redirect(url_for("home.index"), 303)
    secure = edge_of_request().settings.is_production
    response.set_cookie(
        posts.COOKIE, request.form.get("post", "")[:100], httponly=True, samesite="Lax", secure=secure, path="/"
    )
    return response


@page(pages, "/session/token", access=Access.SIGNED_IN)
def token(visit: Visit) -> ResponseReturnValue:  # noqa: ARG001
    """The CSRF token of the present log-in, for a form that was drawn under an earlier one."""
    return jsonify(token=generate_csrf())
