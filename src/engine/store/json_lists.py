"""A JSON list in a column as rows of its own, in the words of either database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.store.session import Session


@dataclass(frozen=True)
class Entries:
    """The entries of a list, to be joined to the row that it stands in."""

    source: sa.FromClause
    number: sa.ColumnElement[int]  #: an entry's place in the list, from 0 on
    text: Callable[..., sa.ColumnElement[str]]  #: what stands in an entry at these keys, as text; NULL: nothing


def entries(session: Session, column: sa.Column[Any], *, name: str = "entry") -> Entries:
    """The entries of the JSON list in this column; each is an object."""
    if session.locks_rows:  # PostgreSQL
        unfolded = (
            sa.func.jsonb_array_elements(column, type_=sa.JSON())
            .table_valued("value", with_ordinality="number", name=name)
            .render_derived()
        )
        return Entries(
            unfolded,
            sa.cast(unfolded.c.number - 1, sa.Integer),
            lambda *keys: sa.func.jsonb_extract_path_text(unfolded.c.value, *keys),
        )
    listed = sa.func.json_each(column).table_valued("key", "value", name=name)
    return Entries(
        listed,
        sa.cast(listed.c.key, sa.Integer),
        lambda *keys: sa.func.json_extract(listed.c.value, "$." + ".".join(keys)),
    )
