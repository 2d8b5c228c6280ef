"""The two tables of exports, of the masked list and of the sheet, become one.

An approval keeps the time that it was given for: a list seven days, a sheet one. How often a sheet was taken stood in a
column beside the audit, which has each taking; the column goes.
Written by hand and kept as it is: a migration knows the schema of its own day, not the models of today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_DECIDED = ("decided_by", "decided_name", "decided_at")
_ASKED = ("id", "place", "asked_by", "asked_name", "asked_at")
_STATES = {None: "待批准", True: "已批准", False: "未批准"}


def _decision() -> list[sa.Column[Any]]:
    return [
        sa.Column("decided_by", sa.String(40), nullable=True),
        sa.Column("decided_name", sa.String(80), nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
    ]


def _export() -> sa.Table:
    return op.create_table(
        "export",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("narrowed", _JSON, nullable=False),
        sa.Column("purpose", sa.String(400), nullable=False),
        sa.Column("children", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_name", sa.String(80), nullable=False),
        sa.Column("asked_unit", sa.String(120), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        *_decision(),
        sa.Column("reason", sa.String(400), nullable=False, server_default=""),
        sa.Column("valid_until", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_export"),
    )


def _sheets() -> sa.Table:
    return op.create_table(
        "child_export",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("narrowed", _JSON, nullable=False),
        sa.Column("purpose", sa.String(400), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_name", sa.String(80), nullable=False),
        sa.Column("asked_unit", sa.String(120), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        *_decision(),
        sa.Column("reason", sa.String(400), nullable=False, server_default=""),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("taken_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_child_export"),
    )


def _lists() -> sa.Table:
    return op.create_table(
        "ledger_export",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("place", sa.String(12), nullable=False),
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_name", sa.String(60), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        *_decision(),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_export"),
    )


def _rows(name: str, **columns: Any) -> Iterator[Mapping[str, Any]]:
    """The rows of a table; only columns whose values the driver does not give back by itself need a type."""
    table = sa.table(name, *(sa.column(each, kind) for each, kind in columns.items()))
    yield from op.get_bind().execute(sa.select(table)).mappings().all()


def _put(table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        op.bulk_insert(table, rows)


_TEXT = sa.String()
_SHEET = {
    **dict.fromkeys(("id", "place", "purpose", "asked_by", "asked_name", "asked_unit", "state", "reason"), _TEXT),
    **dict.fromkeys(("decided_by", "decided_name"), _TEXT),
    **dict.fromkeys(("asked_at", "decided_at"), _INSTANT),
    "narrowed": _JSON,
    "children": sa.Integer(),
}
_LIST = {
    **dict.fromkeys(("id", "place", "scope", "reason", "asked_by", "asked_name", "decided_by", "decided_name"), _TEXT),
    **dict.fromkeys(("asked_at", "decided_at"), _INSTANT),
    **dict.fromkeys(("sealed", "granted"), sa.Boolean()),
}
_ONE = {**_SHEET, "kind": _TEXT, "sealed": sa.Boolean()}


def upgrade() -> None:
    table = _export()
    op.create_index("ix_export_asked_by_asked_at", "export", ["asked_by", "asked_at"])
    op.create_index("ix_export_state_asked_at", "export", ["state", "asked_at"])
    _put(table, [_from_sheet(row) for row in _rows("child_export", **_SHEET)])
    _put(table, [_from_list(row) for row in _rows("ledger_export", **_LIST)])
    op.drop_table("child_export")
    op.drop_table("ledger_export")


def _from_sheet(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "kind": "表格", "sealed": False, "valid_until": _end(row, timedelta(hours=24))}


def _from_list(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in (*_ASKED, *_DECIDED)},
        "kind": "名册",
        "sealed": row["sealed"],
        "narrowed": {"place": row["place"], "scope": row["scope"]},
        "purpose": row["reason"],
        "children": None,
        "asked_unit": "",
        "state": _STATES[row["granted"]],
        "reason": "",
        "valid_until": _end(row, timedelta(days=7)) if row["granted"] else None,
    }


def _end(row: Mapping[str, Any], valid: timedelta) -> Any:
    return row["decided_at"] + valid if row["decided_at"] is not None else None


def downgrade() -> None:
    sheets, lists = _sheets(), _lists()
    op.create_index("ix_child_export_asked_by_asked_at", "child_export", ["asked_by", "asked_at"])
    op.create_index("ix_child_export_state_asked_at", "child_export", ["state", "asked_at"])
    op.create_index("ix_ledger_export_place", "ledger_export", ["place"])
    rows = list(_rows("export", **_ONE))
    _put(sheets, [_to_sheet(row) for row in rows if row["kind"] == "表格"])
    _put(lists, [_to_list(row) for row in rows if row["kind"] == "名册"])
    op.drop_table("export")


def _to_sheet(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in _SHEET}
    return {**kept, "children": row["children"] or 0, "taken": 0, "taken_at": None}


def _to_list(row: Mapping[str, Any]) -> dict[str, Any]:
    granted = {words: value for value, words in _STATES.items()}[row["state"]]
    kept = {name: row[name] for name in (*_ASKED, *_DECIDED, "sealed")}
    return {**kept, "scope": row["narrowed"].get("scope", "在保"), "reason": row["purpose"][:200], "granted": granted}
