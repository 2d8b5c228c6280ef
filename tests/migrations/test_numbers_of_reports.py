"""Migration 0057: a report's number with a small x is found by the child's number afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command

from cases import case_files, reports
from cases.dangers_told import reports_of
from engine.store import Database, migrate
from engine.store.migrating import alembic_config
from tests.opened_cases import opened_case

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
NUMBERS = {"R1": "51992720150311018x", "R2": "51992720150311018X", "R3": "519927201503110016", "R4": None}


@pytest.fixture
def reported(database: Database, database_url: str) -> Iterator[Database]:
    with database.transaction() as session:
        cases = {number: opened_case(session, "report", now=NOW) for number in NUMBERS}
        told = {"found_at": NOW, "reported_at": NOW, "location": "青山村", "situations": [], "flags": {}}
        told |= {"mandatory": False, "reported_to_police": False, "reporter": {}}
        rows = [{"case_id": cases[each], "report_no": each, "child_idcard": NUMBERS[each], **told} for each in NUMBERS]
        session.execute(sa.insert(reports.report), rows)
    yield database
    with database.transaction() as session:
        session.execute(sa.delete(reports.report).where(reports.report.c.case_id.in_(cases.values())))
        session.execute(sa.delete(case_files.case_file).where(case_files.case_file.c.id.in_(cases.values())))
    migrate(database_url)  # the next test has the same database


def test_a_small_x_is_written_large(reported: Database, database_url: str) -> None:
    command.downgrade(alembic_config(database_url), "0056")
    migrate(database_url)
    with reported.reading() as session:
        rows = session.execute(sa.select(reports.report.c.report_no, reports.report.c.child_idcard))
        found = {number: idcard for number, idcard in rows if number in NUMBERS}
        assert len(reports_of(session, child_id=None, idcard="51992720150311018X")) == 2
    assert found == {**NUMBERS, "R1": "51992720150311018X"}
