"""The migrations make the tables of the domain as the program declares them: those of reports, protection and meetings
(0006), of the roster, reminders and messages (0020), of exports and of the marks in the inbox (0035, 0036),
of disposal lists (0038), of requests for restoration (0049)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from cases import disposals, exports, inbox_marks, meetings, protection, reports, restorations
from cases.duty_roster import duty_shift
from cases.messages import message_out
from cases.reminder_log import reminder_log
from engine.store import Database

TABLES = (
    reports.report,
    protection.intervention_case,
    protection.handover,
    protection.assessment,
    protection.protection_order,
    protection.court_matter,
    protection.custody_inquiry,
    restorations.restoration_request,
    meetings.meeting,
    meetings.action_item,
    duty_shift,
    reminder_log,
    message_out,
    exports.export,
    inbox_marks.inbox_mark,
    disposals.disposal,
    disposals.disposal_file,
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_table_is_as_declared(database: Database, table: sa.Table) -> None:
    with database.engine.connect() as connection:
        found = sa.inspect(connection)
        columns = {each["name"]: each["nullable"] for each in found.get_columns(table.name)}
        unique = {tuple(each["column_names"]) for each in found.get_unique_constraints(table.name)}
        indexes = {each["name"] for each in found.get_indexes(table.name)}
    assert columns == {each.name: each.nullable for each in table.columns}
    assert {(each.name,) for each in table.columns if each.unique} <= unique
    assert {str(each.name) for each in table.indexes} <= indexes
