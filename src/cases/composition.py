"""Puts the county on the engine: what both edges open at their start."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import inspect

from cases import demo_people
from cases.calendars import CountyCalendars
from cases.county import County
from cases.county_seal import seal_of
from engine.clock import SystemClock
from engine.definitions.bundle import Bundle
from engine.environment import Environment
from engine.errors import SettingsInvalid
from engine.runtime import SpecCache
from engine.settings import Settings
from engine.store.bundles import Library
from engine.store.session import Database


def compose(settings: Settings, county: County | None = None) -> tuple[Database, Environment]:
    """The database and the environment that these settings describe; connects at first use, in production at once. A
    told story brings its own county.

    :raises SettingsInvalid: production was given the database of a demonstration.
    """
    database = Database.open(
        settings.database_url,
        statement_timeout_seconds=settings.statement_timeout_seconds,
        lock_timeout_seconds=settings.lock_timeout_seconds,
        seal=seal_of(settings),
    )
    if settings.is_production:
        _refuse_demo_people(database)
    library = Library()

    def load(version_id: str) -> Bundle:
        with database.reading() as session:
            return library.bundle(session, version_id)

    calendars = CountyCalendars(database=database, clock=SystemClock())
    environment = Environment(
        specs=SpecCache(load),
        domain=replace(county or County(), calendars=calendars),
        settings=settings,
        calendars=calendars,
        library=library,
    )
    return database, environment


def _refuse_demo_people(database: Database) -> None:
    """Everybody knows the demo people's password. A database without tables holds nobody yet."""
    try:
        with database.reading() as session:
            if inspect(session.connection).has_table("person") and demo_people.is_there(session):
                raise SettingsInvalid(
                    "TONGAN_DATABASE_URL: this database holds the demonstration's people, whose password is known; "
                    "give production a database of its own"
                )
    finally:
        database.dispose()  # no connection may be older than a fork
