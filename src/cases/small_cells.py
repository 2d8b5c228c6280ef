"""Hides small numbers in a table of counts, so that nobody is told by a number (domain.md 6.1: cells 1–4).

Hiding a cell is not enough where its line's total stands beside it, so that further cells are hidden until no hidden
cell can be told from the others: what a reader can work out about it stays at least as wide as "1 to 4". Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

#: Counts from 1 to this are hidden; nought is shown.
SMALL = 4
#: No count of a county is larger.
_MOST = 10_000_000
_ROUNDS = 200

Cell = tuple[int, int]
Line = tuple[Cell, tuple[Cell, ...]]  #: a total and what it is the sum of
Shown = list[list[int | None]]


def hide(counts: Sequence[Sequence[int]]) -> Shown:
    """The table with a total column and a total row, hidden cells as None.

    :param counts: rows of the same length, no totals.
    """
    whole = _with_totals(counts)
    lines = tuple(_lines(len(whole), len(whole[0])))
    hidden = {cell for cell in _cells(whole) if 1 <= _at(whole, cell) <= SMALL}
    while (cell := _told(whole, hidden, lines)) is not None:
        beside = {each for total, parts in lines if cell in (total, *parts) for each in (total, *parts)} - hidden
        choice = sorted((_at(whole, each), each) for each in beside if _at(whole, each) > 0)
        if not choice:  # nothing is left beside it: then something of the whole table
            choice = sorted((_at(whole, each), each) for each in _cells(whole) if _at(whole, each) > 0)
            choice = [each for each in choice if each[1] not in hidden]
        if not choice:
            break
        hidden.add(choice[0][1])
    return [
        [None if (row, column) in hidden else value for column, value in enumerate(values)]
        for row, values in enumerate(whole)
    ]


def _with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    width = len(rows[0]) if rows else 1
    return [*rows, [sum(row[column] for row in rows) for column in range(width)]]


def _cells(whole: Sequence[Sequence[int]]) -> Iterator[Cell]:
    return ((row, column) for row in range(len(whole)) for column in range(len(whole[0])))


def _at(whole: Sequence[Sequence[int]], cell: Cell) -> int:
    return whole[cell[0]][cell[1]]


def _lines(rows: int, columns: int) -> Iterator[Line]:
    for row in range(rows):
        yield (row, columns - 1), tuple((row, column) for column in range(columns - 1))
    for column in range(columns):
        yield (rows - 1, column), tuple((row, column) for row in range(rows - 1))


def _told(whole: Sequence[Sequence[int]], hidden: set[Cell], lines: Sequence[Line]) -> Cell | None:
    """A hidden cell about which the table tells more than it may; the smallest first."""
    low, high = _bounds(whole, hidden, lines)
    narrow = [cell for cell in hidden if high[cell] - low[cell] < SMALL]
    return min(narrow, key=lambda cell: (_at(whole, cell), cell), default=None)


def _bounds(
    whole: Sequence[Sequence[int]], hidden: set[Cell], lines: Sequence[Line]
) -> tuple[dict[Cell, int], dict[Cell, int]]:
    """What a reader can work out about each cell: a hidden one is at least 1, and each line adds up."""
    low = {cell: 1 if cell in hidden else _at(whole, cell) for cell in _cells(whole)}
    high = {cell: _MOST if cell in hidden else _at(whole, cell) for cell in _cells(whole)}
    for _ in range(_ROUNDS):
        before = (dict(low), dict(high))
        for total, parts in lines:
            least, most = sum(low[each] for each in parts), sum(high[each] for each in parts)
            low[total], high[total] = max(low[total], least), min(high[total], most)
            for each in parts:
                low[each] = max(low[each], low[total] - (most - high[each]))
                high[each] = min(high[each], high[total] - (least - low[each]))
                least, most = sum(low[part] for part in parts), sum(high[part] for part in parts)
        if (low, high) == before:
            break
    return low, high
