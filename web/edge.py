"""What every request needs, made once at start and passed on: database, environment, clock, doorbell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from cases.composition import compose
from engine.clock import Clock
from engine.environment import Environment
from engine.settings import Settings
from engine.store.session import Database
from web.doorbell import Doorbell, sender
from web.knocks import Knocks

_KEY = "tongan"


@dataclass(frozen=True, kw_only=True)
class Edge:
    """The web edge's collaborators."""

    settings: Settings
    database: Database
    public_database: Database  #: what the pages without a log-in read; may be one that holds no case
    env: Environment
    clock: Clock  #: the wall clock; log-ins and lockouts go by it, cases by the demo clock over it
    bell: Doorbell
    knocks: Knocks

    def ring(self) -> None:
        """Wake a worker after a commit; silence harms nothing."""
        self.bell.ring()


def attach(app: Flask, settings: Settings, clock: Clock) -> None:
    """Make the collaborators and lay them into the application."""
    database, env = compose(settings)
    app.extensions[_KEY] = Edge(
        settings=settings,
        database=database,
        public_database=_public(settings, database),
        env=env,
        clock=clock,
        bell=Doorbell(sender(settings)),
        knocks=Knocks(),
    )


def _public(settings: Settings, database: Database) -> Database:
    if not settings.public_database_url:
        return database
    return Database.open(
        settings.public_database_url,
        statement_timeout_seconds=settings.statement_timeout_seconds,
        lock_timeout_seconds=settings.lock_timeout_seconds,
    )


def edge_of(app: Flask) -> Edge:
    """The application's collaborators."""
    return cast(Edge, app.extensions[_KEY])


def edge_of_request() -> Edge:
    """The collaborators of the application that answers this request."""
    return edge_of(current_app)
