"""Everything that a person with the database, and without its keys, can read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

#: A sealed text; three letters of a word stand in a long one by chance.
_SEALED = re.compile(r"[vs]1:[A-Za-z0-9_-]{1,20}:[A-Za-z0-9+/]{38,}=*")


def texts(engine: sa.Engine, *, but: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """Place (`table.column`) and text of every value of every table, also of JSON and of bytes; `but`: places left out.

    JSON's escapes are undone, so that no spelling hides a word.
    """
    left_out = frozenset(but)
    with engine.connect() as connection:
        for name in sorted(sa.inspect(connection).get_table_names()):
            rows = connection.execute(sa.text(f'SELECT * FROM "{name}"')).mappings()
            for row in rows:
                for column, value in row.items():
                    place = f"{name}.{column}"
                    if value is not None and place not in left_out:
                        yield from ((place, text) for text in _spellings(value))


def _spellings(value: Any) -> Iterator[str]:
    yield from (_SEALED.sub("", text) for text in _all_spellings(value))


def _all_spellings(value: Any) -> Iterator[str]:
    if isinstance(value, bytes | memoryview):
        yield bytes(value).decode("utf-8", "replace")
        return
    text = value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode()
    yield text
    if text[:1] in ("{", "[", '"'):
        try:
            yield msgspec.json.encode(msgspec.json.decode(text)).decode()
        except msgspec.DecodeError:
            return
