"""Queries on a real database."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.store import Database
from tests.factories import World, environment
from tests.fakes import FakeDomain


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Both databases; nothing published yet."""
    domain = FakeDomain()
    return World(database=database, env=environment(domain), domain=domain, now=now)
