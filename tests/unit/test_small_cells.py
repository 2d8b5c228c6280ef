"""Small counts are hidden, and whoever adds up the rest learns none of them."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.small_cells import SMALL, hide


def test_small_counts_are_hidden_and_noughts_are_not() -> None:
    shown = hide([[12, 3, 0], [20, 8, 0], [30, 9, 0]])
    assert shown[0][1] is None and [row[2] for row in shown] == [0, 0, 0, 0]


def test_a_single_hidden_count_takes_others_with_it() -> None:
    shown = hide([[12, 3], [20, 8]])
    assert sum(cell is None for row in shown for cell in row) >= 4


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert hide([[5, 0], [7, 9]]) == [[5, 0, 5], [7, 9, 16], [12, 9, 21]]


def test_an_empty_table_has_a_total_of_nought() -> None:
    assert hide([]) == [[0]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=2, max_size=2))
def test_no_hidden_count_can_be_worked_out(counts: list[list[int]]) -> None:
    """Every table that reads the same is written down: a small count has more than one value among them."""
    shown = hide(counts)
    flat = [value for row in counts for value in row]
    small = [at for at, value in enumerate(flat) if 1 <= value <= SMALL]
    assert all(shown[at // 2][at % 2] is None for at in small)
    values: list[set[int]] = [set() for _ in flat]
    for guess in product(*(_possible(shown[at // 2][at % 2]) for at in range(4))):
        if _reads_alike(guess, shown):
            for at, value in enumerate(guess):
                values[at].add(value)
    assert all(len(values[at]) > 1 for at in small), (counts, shown)


def _possible(cell: int | None) -> range:
    return range(1, 25) if cell is None else range(cell, cell + 1)


def _reads_alike(guess: tuple[int, ...], shown: list[list[int | None]]) -> bool:
    a, b, c, d = guess
    totals = ((a + b, shown[0][2]), (c + d, shown[1][2]), (a + c, shown[2][0]), (b + d, shown[2][1]))
    whole = (a + b + c + d, shown[2][2])
    return all(cell is None or cell == total for total, cell in (*totals, whole))
