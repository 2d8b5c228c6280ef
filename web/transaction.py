"""One request, one transaction: committed when the view returned, rolled back when anything was raised.

GET only reads; a page that shows a case also enters in the audit who read it, and is not shown if that fails. A step
that failed changes nothing: its transaction is rolled back, and a second one keeps the incident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from flask import g, make_response, request
from flask.wrappers import Response

from cases import absences, demo_clock
from engine.access import Actor, Permission, require
from engine.calendar import county_day
from engine.commands.open_incident import open_incident
from engine.environment import Environment
from engine.errors import EngineError, StepFailed
from engine.store.session import Session
from web import auth
from web.edge import Edge, edge_of_request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a view works with: who asks, when, and the transaction."""

    edge: Edge
    session: Session
    actor: Actor | None  #: None on a public page without a log-in
    now: datetime  #: the county's time: the demo clock's, where there is one

    @property
    def env(self) -> Environment:
        return self.edge.env

    @property
    def person(self) -> Actor:
        """The actor of a page that demands a log-in."""
        if self.actor is None:
            raise auth.LoginNeeded
        return self.actor


class StepStopped(EngineError):
    """The step could not be computed; it was noted and nothing was changed."""

    def __init__(self, failure: StepFailed, incident_id: str | None) -> None:
        super().__init__(str(failure))
        self.incident_id = incident_id


def serve(view: Callable[..., Any], access: Any, *, notes_reading: bool = False) -> Callable[..., Response]:
    """The view as Flask calls it: inside a transaction, after the actor was admitted."""

    @wraps(view)
    def answer(**arguments: Any) -> Response:
        edge = edge_of_request()
        auth.keep_alive(edge)
        only_reads = request.method in SAFE_METHODS and not notes_reading
        try:
            response = _answer(edge, view, access, arguments, only_reads=only_reads)
        except StepFailed as failure:
            raise StepStopped(failure, _keep_incident(edge, failure)) from failure
        if request.method not in SAFE_METHODS:
            edge.ring()
        return response

    return answer


def _answer(
    edge: Edge, view: Callable[..., Any], access: Any, arguments: dict[str, Any], *, only_reads: bool
) -> Response:
    database = edge.public_database if access == "outside" else edge.database
    opened = database.reading if only_reads else database.transaction
    with opened() as session, _lent():
        # The public database has no log-ins to ask.
        actor = auth.actor_of_request(edge, session) if database is edge.database else None
        if isinstance(access, Permission):
            require(auth.required(actor), access)
        elif access not in ("public", "outside"):
            auth.required(actor)
        now = demo_clock.load_clock(session, edge.settings).now()
        actor = actor and absences.standing_in(session, actor, on=county_day(now))
        # For what the frame of a page counts; a page that is made outside of it counts nothing.
        g.reading, g.now = session, now
        return make_response(view(Visit(edge=edge, session=session, actor=actor, now=now), **arguments))


@contextmanager
def _lent() -> Iterator[None]:
    """The session is lent to the page's frame for as long as it is open."""
    try:
        yield
    finally:
        g.pop("reading", None)


def _keep_incident(edge: Edge, failure: StepFailed) -> str | None:
    with edge.database.transaction() as session:
        actor = auth.actor_of_request(edge, session)
        now = demo_clock.load_clock(session, edge.settings).now()
        return open_incident(session, failure, actor=auth.required(actor), now=now)
