"""What is kept of a ledger that was loaded: the file once, and what became of each of its lines."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from engine.store.base import Instant, Json, metadata
from engine.store.seals import SealedJson


class Outcome(StrEnum):
    """What became of a line."""

    ENTERED = "已导入"
    KNOWN = "重复"  #: the child is on file, or stands twice in the sheet
    RETURNED = "退回"  #: something in the line is wrong


child_import = Table(
    "child_import",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("headings", Json, nullable=False),
    Column("left_out", Json, nullable=False),  #: columns that held something and are not read
    Column("entered", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
    Column("loaded_by", String(40), nullable=False),
    Column("loaded_at", Instant, nullable=False),
    UniqueConstraint("sha256", "loaded_by"),
)

child_import_row = Table(
    "child_import_row",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("import_id", String(26), ForeignKey("child_import.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=True),
    #: What the line said, of one that was not entered: it may hold what may not stand readable.
    Column("cells", SealedJson("child_import_row.cells"), nullable=True),
    UniqueConstraint("import_id", "line"),
)
Index("ix_child_import_loaded_by_loaded_at", child_import.c.loaded_by, child_import.c.loaded_at)
