"""Writes that wait to be sent, and those of them that become one statement.

What is done for a statement, here and in the server, costs more than what a single row of it costs; see
docs/performance-notes.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple


class Queued(NamedTuple):
    """One statement of PostgreSQL or SQLite with its values, or with several rows of them."""

    text: str
    bound: Any
    many: bool
    expect: int | None  #: rows that must be touched
    alone: bool = True  #: may not be merged with others into one statement
    expects: tuple[int | None, ...] = ()  #: of a merged statement: rows that each part must touch


def merged(queue: list[Queued]) -> list[Queued]:
    """The queue with those writes that need not be alone in one statement, at the first one's place."""
    together = [entry for entry in queue if not entry.alone]
    if len(together) < 2 or len({entry.text for entry in together}) < len(together):
        return queue  # one statement twice may mean one row twice, which a single statement changes only once
    bound = [value for entry in together for value in entry.bound]
    text = _merged_text(tuple(entry.text for entry in together), tuple(len(entry.bound) for entry in together))
    one = Queued(text, bound, False, None, True, tuple(entry.expect for entry in together))
    first = queue.index(together[0])
    return [*queue[:first], one, *(entry for entry in queue[first:] if entry.alone)]


@lru_cache(maxsize=256)
def _merged_text(texts: tuple[str, ...], sizes: tuple[int, ...]) -> str:
    """One statement of several; each one's parameters are numbered behind those of the ones before it."""
    parts, before = [], 0
    for number, (text, size) in enumerate(zip(texts, sizes, strict=True)):
        parts.append(f"w{number} AS ({_renumbered(text, before)} RETURNING 1)")
        before += size
    counts = ", ".join(f"(SELECT count(*) FROM w{number})" for number in range(len(texts)))  # noqa: S608 - our own text
    return f"WITH {', '.join(parts)} SELECT {counts}"


def _renumbered(text: str, by: int) -> str:
    return re.sub(r"\$(\d+)", lambda found: f"${int(found[1]) + by}", text)


def as_expected(counts: Sequence[int], expects: Sequence[int | None]) -> bool:
    """Whether each part of a merged statement touched as many rows as it must."""
    return all(expect is None or count == expect for count, expect in zip(counts, expects, strict=True))
