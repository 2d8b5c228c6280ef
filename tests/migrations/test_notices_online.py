"""Migration 0040: what hung on the web page stays there; what hangs on the board alone keeps it from going back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from alembic import command

from cases.notices import find_public_notice, hangs, public_notice
from engine.store import Database, migrate
from engine.store.migrating import alembic_config

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
NUMBER = "GS519927101-2026-0001"
ROW = {
    "notice_no": NUMBER,
    "area": "青川镇青山村",
    "issuer": "青川镇人民政府",
    "body": "困境儿童分类保障公示",
    "posted_on": date(2026, 3, 3),
    "last_day": date(2026, 3, 10),
    "ends_at": datetime(2026, 3, 10, 16, 0, tzinfo=UTC),
    "objection_phone": "0839-5550101",
}


@contextmanager
def plain(url: str) -> Iterator[sa.Connection]:
    """A connection that knows no prepared statements: tables change under it."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def empty(database: Database, database_url: str) -> Iterator[Database]:
    yield database
    with plain(database_url) as connection:
        connection.execute(sa.delete(public_notice))
    migrate(database_url)  # the next test has the same database


def test_a_notice_of_before_stays_on_the_web_page(empty: Database, database_url: str) -> None:
    command.downgrade(alembic_config(database_url), "0039")
    before = sa.Table(
        "public_notice", sa.MetaData(), *(sa.Column(c.name, c.type) for c in public_notice.c if c.name in ROW)
    )
    with plain(database_url) as connection:
        connection.execute(sa.insert(before).values(**ROW))
    migrate(database_url)
    with empty.reading() as session:
        assert find_public_notice(session, NUMBER, now=NOW) is not None


def test_a_notice_on_the_board_alone_never_comes_onto_the_web_page(empty: Database, database_url: str) -> None:
    with empty.transaction() as session:
        session.execute(sa.insert(public_notice).values(**ROW, listed=False))
    with pytest.raises(RuntimeError, match="只在公示栏"):
        command.downgrade(alembic_config(database_url), "0039")
    with empty.reading() as session:
        assert hangs(session, NUMBER, now=NOW) and find_public_notice(session, NUMBER, now=NOW) is None
