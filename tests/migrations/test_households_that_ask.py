"""Migration 0056 marks the households whose families asked for help before it, and only those."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import command

from engine.store import Database, migrate
from engine.store.migrating import alembic_config

AT = "2026-03-02T02:00:00+00:00"


def test_families_that_asked_before_are_found(database: Database, database_url: str) -> None:
    command.downgrade(alembic_config(database_url), "0055")
    engine = sa.create_engine(database_url)
    try:
        with engine.begin() as connection:
            if not database.is_postgresql:
                connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            else:
                connection.exec_driver_sql("SET session_replication_role = replica")
            for number, wish in ((1, "需协助"), (2, "否")):
                children = json.dumps([{"name": "甲"}, {"name": "乙", "wish_apply": wish}], ensure_ascii=number == 1)
                connection.execute(
                    sa.text(
                        "INSERT INTO survey_household (id, case_id, place, household_no, head_name, address, found,"
                        " children, by_name, at) VALUES (:id, 'c', 'p', :id, 'h', 'a', '{}', :children, 'b', :at)"
                    ),
                    {"id": number, "children": children, "at": AT},
                )
    finally:
        engine.dispose()
    migrate(database_url)
    with database.reading() as session:
        query = "SELECT id FROM survey_household WHERE asks_help ORDER BY id"
        assert session.execute(sa.text(query)).scalars().all() == [1]
