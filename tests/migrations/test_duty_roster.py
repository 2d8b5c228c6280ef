"""Migration 0020 makes the roster, and the new columns of reminders and messages, as the program declares them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from cases.duty_roster import duty_shift
from cases.messages import message_out
from cases.reminder_log import reminder_log
from engine.store import Database


@pytest.mark.parametrize("table", [duty_shift, reminder_log, message_out], ids=lambda table: table.name)
def test_the_table_is_as_declared(database: Database, table: sa.Table) -> None:
    with database.engine.connect() as connection:
        found = sa.inspect(connection)
        columns = {each["name"]: each["nullable"] for each in found.get_columns(table.name)}
        indexes = {each["name"] for each in found.get_indexes(table.name)}
    assert columns == {each.name: each.nullable for each in table.columns}
    assert {str(each.name) for each in table.indexes} <= indexes
