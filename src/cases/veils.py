"""Which values of a domain row stand sealed apart: those of a sealed file's child and cases, in the columns whose type
is veiled (`engine.store.veils`). Writers of such tables pass their values through `veil`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.store.session import Session
from engine.store.veils import Hidden, Veiled, VeiledFields

#: By name: the tables themselves are declared in files that write through this one.
_CHILD = sa.table("child", sa.column("id"), sa.column("sealed_hiv", sa.Boolean))
_CASE = sa.table("case_file", sa.column("id"), sa.column("sealed_hiv", sa.Boolean))


def veil(
    session: Session,
    table: sa.Table,
    values: Mapping[str, Any],
    *,
    child_id: str | None = None,
    case_id: str | None = None,
) -> dict[str, Any]:
    """The values of a row of `table` as they go in: of a sealed file's child, or case, what is veiled is hidden."""
    veiled = [name for name in values if isinstance(table.c[name].type, Veiled | VeiledFields)]
    if not veiled or not _is_sealed(session, child_id, case_id):
        return dict(values)
    return hidden(table, values)


def hidden(table: sa.Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a row that is known to belong to a sealed file."""
    return {
        name: Hidden(value) if value is not None and isinstance(table.c[name].type, Veiled | VeiledFields) else value
        for name, value in values.items()
    }


def is_sealed_case(session: Session, case_id: str) -> bool:
    """Whether the case is about a sealed file."""
    return _is_sealed(session, None, case_id)


def _is_sealed(session: Session, child_id: str | None, case_id: str | None) -> bool:
    of, key = (_CHILD, child_id) if child_id is not None else (_CASE, case_id)
    return bool(session.scalar(sa.select(of.c.sealed_hiv).where(of.c.id == key)))
