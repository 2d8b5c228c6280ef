"""Who asks: the log-in behind a request. The browser holds an opaque token; the session stands in SQL."""

from __future__ import annotations

from flask import Flask, g, request
from flask import session as browser_session
from werkzeug.wrappers import Response as AnyResponse

from cases import people, sessions
from engine.access import Actor
from engine.errors import EngineError, NotFound
from engine.store.session import Session
from web import posts
from web.edge import Edge, edge_of


class LoginNeeded(EngineError):
    """This page needs a log-in."""


def attach(app: Flask) -> None:
    """Set the cookies' rules. Flask's own signed cookie carries nothing but the CSRF secret and the language."""
    secure = edge_of(app).settings.is_production
    app.config.update(
        SESSION_COOKIE_NAME=_named("browser", secure=secure),
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )


def _named(name: str, *, secure: bool) -> str:
    """`__Host-` binds a cookie to this host; browsers accept it over https only, which production demands."""
    return f"__Host-{name}" if secure else name


def cookie_name(edge: Edge) -> str:
    """The name of the cookie that holds the log-in's token."""
    return _named("login", secure=edge.settings.is_production)


def actor_of_request(edge: Edge, session: Session) -> Actor | None:
    """The person who asks, with the grants of this moment; None without a valid log-in."""
    token = request.cookies.get(cookie_name(edge), "")
    found = sessions.find_session(session, token, now=edge.clock.now()) if token else None
    if found is None:
        return None
    try:
        actor = posts.at_work(people.actor_of(session, found.person_id))
    except NotFound:
        return None
    g.actor = actor
    return actor


def required(actor: Actor | None) -> Actor:
    """The actor, or `LoginNeeded`."""
    if actor is None:
        raise LoginNeeded
    return actor


def keep_alive(edge: Edge) -> None:
    """Note that the person is still there, in a small transaction of its own and at most once a minute."""
    token = request.cookies.get(cookie_name(edge), "")
    if not token:
        return
    now = edge.clock.now()
    with edge.database.reading() as session:
        found = sessions.find_session(session, token, now=now)
    if found is not None and now - found.last_seen_at >= sessions.TOUCH_EVERY:
        with edge.database.transaction() as session:
            sessions.touch(session, token, found, now=now)


def let_in(edge: Edge, session: Session, response: AnyResponse, person_id: str) -> None:
    """Open a log-in: always a new token, and a new CSRF secret with it."""
    old = request.cookies.get(cookie_name(edge), "")
    if old:
        sessions.end_session(session, old)
    token = sessions.open_session(session, person_id, now=edge.clock.now(), address=request.remote_addr or "")
    browser_session.pop("csrf_token", None)
    response.set_cookie(
        cookie_name(edge),
        token,
        httponly=True,
        secure=edge.settings.is_production,
        samesite="Lax",
        path="/",
    )


def let_out(edge: Edge, session: Session, response: AnyResponse) -> None:
    """End the log-in of this browser."""
    sessions.end_session(session, request.cookies.get(cookie_name(edge), ""))
    browser_session.pop("csrf_token", None)
    response.delete_cookie(posts.COOKIE, path="/")
    response.delete_cookie(
        cookie_name(edge), path="/", secure=edge.settings.is_production, httponly=True, samesite="Lax"
    )


def known_actor() -> Actor | None:
    """The actor that this request's transaction found, for the page's frame; None before or without one."""
    actor: Actor | None = g.get("actor")
    return actor
