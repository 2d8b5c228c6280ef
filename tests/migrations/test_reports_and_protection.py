"""Migration 0006 makes the tables of reports, protection and meetings as the program declares them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from cases import meetings, protection, reports
from engine.store import Database

TABLES = (
    reports.report,
    protection.intervention_case,
    protection.handover,
    protection.assessment,
    protection.protection_order,
    protection.court_matter,
    protection.custody_inquiry,
    meetings.meeting,
    meetings.action_item,
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_table_is_as_declared(database: Database, table: sa.Table) -> None:
    with database.engine.connect() as connection:
        found = sa.inspect(connection)
        columns = {each["name"]: each["nullable"] for each in found.get_columns(table.name)}
        unique = {tuple(each["column_names"]) for each in found.get_unique_constraints(table.name)}
    assert columns == {each.name: each.nullable for each in table.columns}
    assert unique == {(each.name,) for each in table.columns if each.unique}
