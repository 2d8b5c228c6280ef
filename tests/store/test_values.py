"""Stored values come back as they were; identifiers sort by time."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.values import YearsMonths
from engine.stimulus import Stimulus, TaskCompleted, TimerDue
from engine.store.identifiers import new_id
from engine.store.stimuli import _TYPES, from_stored, to_stored
from engine.store.tagged import dumps, loads, pack, unpack

LEAVES = (
    st.none()
    | st.booleans()
    | st.text(max_size=5)
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas()
    | st.integers(-999, 999).map(YearsMonths)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["$", "v", "名", "a"]) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_feel_values_survive(value: Any) -> None:
    assert unpack(loads(dumps(pack(value)))) == value


def test_what_is_no_feel_value_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        pack(object())


def test_shown_json_is_plain() -> None:
    shown = loads(dumps({"d": Decimal("1.50"), "t": time(9), "x": date(2025, 9, 15), "p": timedelta(days=1)}))
    assert shown == {"d": "1.50", "t": "09:00:00", "x": "2025-09-15", "p": "P1D"}


def test_every_stimulus_can_be_stored() -> None:
    assert set(get_args(Stimulus)) == set(_TYPES.values())
    for stimulus in (
        TaskCompleted(token_id="t", variables={"amount": Decimal("1.5"), "on": date(2025, 9, 15)}),
        TimerDue(token_id="t", element_id="e", due_at=datetime(2025, 9, 15, tzinfo=UTC), sequence=2),
    ):
        stored = loads(dumps(pack(to_stored(stimulus))))
        assert set(stored) == {"type", *(each.name for each in fields(stimulus))}
        assert from_stored(unpack(stored)) == stimulus


def test_identifiers_sort_by_time_and_do_not_repeat() -> None:
    start = datetime(2025, 9, 15, tzinfo=UTC)
    made = [new_id(start + timedelta(milliseconds=number)) for number in range(500)]
    assert made == sorted(made)
    assert len({new_id(start) for _ in range(1000)}) == 1000
    assert {len(each) for each in made} == {26}
