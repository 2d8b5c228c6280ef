"""Migration 0035 carries the requests of both old tables into the one, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from cases.exports import ExportKind, ExportState, export, exports_of, exports_to_decide
from engine.access import Actor, Grant
from engine.store import Database, migrate
from engine.store.migrating import alembic_config

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ASKED = {"place": "519927101", "asked_by": "officer", "asked_name": "李强", "asked_at": AT}
NOBODY = {"decided_by": None, "decided_name": None, "decided_at": None}
DECIDED = {"decided_by": "leader", "decided_name": "高山", "decided_at": AT + timedelta(hours=1)}
SHEETS = (
    {"id": "s1", "state": "待批准", **NOBODY, "reason": "", "taken": 0},
    {"id": "s2", "state": "已批准", **DECIDED, "reason": "", "taken": 3},
    {"id": "s3", "state": "未批准", **DECIDED, "reason": "用途不清楚", "taken": 0},
)
LISTS = (
    {"id": "l1", "sealed": False, "granted": None, **NOBODY},
    {"id": "l2", "sealed": True, "granted": True, **DECIDED},
    {"id": "l3", "sealed": False, "granted": False, **DECIDED},
)


def old(name: str) -> sa.Table:
    """A table of migration 0030, to write into as its program did."""
    instants = {"asked_at", "decided_at"}
    names = {
        "child_export": (*ASKED, *DECIDED, "id", "purpose", "children", "asked_unit", "state", "reason", "taken"),
        "ledger_export": (*ASKED, *DECIDED, "id", "scope", "sealed", "reason", "granted"),
    }[name]
    columns = [sa.Column(each, sa.DateTime(timezone=True) if each in instants else None) for each in names]
    kept = [sa.Column("narrowed", export.c.narrowed.type)] if name == "child_export" else []
    return sa.Table(name, sa.MetaData(), *columns, *kept)


@pytest.fixture
def earlier(database: Database, database_url: str) -> Iterator[Database]:
    migrate_down(database_url)
    sheet = {"narrowed": {"category": "C1"}, "purpose": "季度核对", "children": 12, "asked_unit": "青川镇人民政府"}
    with plain(database_url) as connection:
        connection.execute(sa.insert(old("child_export")), [{**ASKED, **sheet, **each} for each in SHEETS])
        listed = {"scope": "已退出", "reason": "年度核对"}
        connection.execute(sa.insert(old("ledger_export")), [{**ASKED, **listed, **each} for each in LISTS])
    yield database
    migrate(database_url)  # the next test has the same database


@contextmanager
def plain(url: str) -> Iterator[sa.Connection]:
    """A connection that knows no prepared statements: tables change under it."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def migrate_down(url: str) -> None:
    command.downgrade(alembic_config(url), "0030")


def told(database: Database) -> dict[str, Any]:
    with database.reading() as session:
        return {row["id"]: dict(row) for row in session.execute(sa.select(export)).mappings()}


def test_every_request_is_carried_over(earlier: Database, database_url: str) -> None:
    migrate(database_url)
    rows = told(earlier)
    assert {key: (row["kind"], row["state"]) for key, row in rows.items()} == {
        "s1": (ExportKind.SHEET, ExportState.ASKED),
        "s2": (ExportKind.SHEET, ExportState.APPROVED),
        "s3": (ExportKind.SHEET, ExportState.REFUSED),
        "l1": (ExportKind.LIST, ExportState.ASKED),
        "l2": (ExportKind.LIST, ExportState.APPROVED),
        "l3": (ExportKind.LIST, ExportState.REFUSED),
    }
    assert rows["s2"]["valid_until"] == AT + timedelta(hours=25)
    assert rows["l2"]["valid_until"] == AT + timedelta(days=7, hours=1)
    assert rows["l1"]["valid_until"] is None and rows["l3"]["valid_until"] is None
    assert rows["s3"]["reason"] == "用途不清楚" and rows["s1"]["narrowed"] == {"category": "C1"}
    assert rows["l1"]["narrowed"] == {"place": "519927101", "scope": "已退出"}
    assert (rows["l1"]["purpose"], rows["l1"]["children"], rows["s1"]["children"]) == ("年度核对", None, 12)
    assert [key for key, row in rows.items() if row["sealed"]] == ["l2"]
    leader = Actor(id="leader", name="高山", grants=(Grant(role="town_leader", place="519927101"),))
    officer = Actor(id="officer", name="李强", grants=(Grant(role="town_officer", place="519927101"),))
    with earlier.reading() as session:
        assert {row["id"] for row in exports_to_decide(session, leader)} == {"s1", "l1"}
        assert len(exports_of(session, officer)) == 6


def test_the_way_back_keeps_them(earlier: Database, database_url: str) -> None:
    migrate(database_url)
    migrate_down(database_url)
    with plain(database_url) as connection:
        sheets = connection.execute(sa.text("SELECT id, state, children FROM child_export ORDER BY id")).all()
        lists = connection.execute(sa.text("SELECT id, scope, granted FROM ledger_export ORDER BY id")).all()
    assert [tuple(row) for row in sheets] == [("s1", "待批准", 12), ("s2", "已批准", 12), ("s3", "未批准", 12)]
    assert [(row[0], row[1], None if row[2] is None else bool(row[2])) for row in lists] == [
        ("l1", "已退出", None), ("l2", "已退出", True), ("l3", "已退出", False),
    ]  # fmt: skip
