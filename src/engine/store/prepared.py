"""Statements of the hot path: written once in SQLAlchemy Core, compiled once per database, then given to the driver.

Executing a Core statement costs about ten times what the driver itself takes for it, and a step has seven of them.
Types are kept: the same bind and result processors run as in `Connection.execute`.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

Parameters = Mapping[str, Any]


class Compiled:
    """One statement in one dialect: its text, and how values go in and come out."""

    def __init__(self, statement: sa.Executable, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.text: str = str(compiled)
        names: list[str] = list(compiled.positiontup or ())
        if not compiled.positional:
            self.text, names = _numbered(self.text)
        self._defaults = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        #: In the order of the text: the name of a parameter, and how its value goes in.
        self._slots: list[tuple[str, Callable[[Any], Any] | None]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names
        ]
        columns = list(statement.selected_columns) if isinstance(statement, sa.Select) else []
        if isinstance(statement, sa.sql.dml.UpdateBase):
            columns = list(statement.exported_columns)
        self._make: Callable[[Any], Any] | None = None
        if columns:
            row: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
            self._make = row._make
        processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._results = [(index, processor) for index, processor in enumerate(processors) if processor is not None]

    def bind(self, parameters: Parameters) -> list[Any]:
        """The values in the order of the text. A missing one raises `KeyError` with its name."""
        given = {**self._defaults, **parameters} if self._defaults else parameters
        return [given[name] if processor is None else processor(given[name]) for name, processor in self._slots]

    def rows(self, fetched: list[tuple[Any, ...]]) -> list[Any]:
        """Named tuples of the driver's rows, every value in its Python type."""
        make = self._make
        assert make is not None, "this statement returns no rows"
        if not self._results:
            return [make(row) for row in fetched]
        made = []
        for row in fetched:
            values = list(row)
            for index, processor in self._results:
                values[index] = processor(values[index])
            made.append(make(values))
        return made


def _numbered(text: str) -> tuple[str, list[str]]:
    """From `%(name)s` to `$1`, which the server itself understands; the names in the order of their numbers."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}" if found[1] else "%"

    return re.sub(r"%\((\w+)\)s|%%", number, text), list(names)


class Prepared:
    """A Core statement to be used many times; make it at module level.

    `expect` is the number of rows that each execution must touch; another number raises `Conflict`. As PostgreSQL gets
    the commit in the same pipeline, it may stand only where a constraint refuses the same case in the database itself:
    every change of an instance is paired with its numbered `history` row.
    """

    def __init__(self, statement: sa.Executable, *, expect: int | None = None) -> None:
        self.statement = statement
        self.expect = expect
        self._compiled: dict[tuple[str, Any], Compiled] = {}

    def compiled(self, dialect: Dialect) -> Compiled:
        of = (dialect.name, getattr(dialect, "seal", None))  # the types seal with what is on the dialect
        found = self._compiled.get(of)
        if found is None:
            found = self._compiled[of] = Compiled(self.statement, dialect)
        return found


def insert(table: sa.Table) -> Prepared:
    """An insert that gives every column of the table; parameters are named as the columns."""
    return Prepared(sa.insert(table).values({column.name: sa.bindparam(column.name) for column in table.columns}))
