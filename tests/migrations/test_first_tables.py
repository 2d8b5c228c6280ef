"""The migrations make exactly the tables that the program believes in, and can be taken back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import cases.county  # noqa: F401 - declares every table that a foreign key points to
from engine.store import Database, metadata, migrate
from engine.store.migrating import alembic_config

ENGINE_TABLES = {
    "process_version",
    "instance",
    "user_task",
    "submission",
    "job",
    "message_wait",
    "incident",
    "history",
    "audit",
    "demo_clock",
}


def _ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return kind != "table" or name in ENGINE_TABLES


def _index_names(connection: sa.Connection, table: str) -> set[str]:
    text = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = :table"
    if connection.dialect.name == "postgresql":
        text = "SELECT indexname FROM pg_indexes WHERE tablename = :table"
    return set(connection.execute(sa.text(text), {"table": table}).scalars())


def _fits(index: sa.Index, database: Database) -> bool:
    """Whether the index is for this database: an index of a kind of its own is PostgreSQL's."""
    return database.is_postgresql or not index.dialect_options["postgresql"]["using"]


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection", "ignore:autogenerate skipping")
def test_migrated_schema_is_the_declared_one(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []
        for table in ENGINE_TABLES:
            declared = {index.name for index in metadata.tables[table].indexes if _fits(index, database)}
            assert declared <= _index_names(connection, table)


def test_migrating_twice_changes_nothing(database: Database, database_url: str) -> None:
    migrate(database_url)
    with database.reading() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM instance")) == 0


def test_the_way_down_and_up_again(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/down.sqlite3"
    migrate(url)
    command.downgrade(alembic_config(url), "base")
    engine = sa.create_engine(url)
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
    migrate(url)
    assert set(sa.inspect(engine).get_table_names()) >= ENGINE_TABLES
    engine.dispose()
