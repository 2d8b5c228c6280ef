"""The state's binary form: what went in comes out, what is not state is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import StateUnreadable, StepFailed
from engine.feel import Range, YearsMonths
from engine.runtime import state as codec
from engine.runtime.scripting import Scripting
from engine.stimulus import TaskCompleted
from tests.diagrams import Diagram
from tests.unit.runtime.instance import Instance

PROCESS = Diagram().start().user("a", variables="x").user("b").end().flow("start", "a", "b", "end")
SPEC = Instance(PROCESS).spec

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=20),
    st.integers(-(2**60), 2**60),
    st.decimals(allow_nan=False, allow_infinity=False, places=6),
    st.dates(),
    st.times(),
    st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000)),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(timezones=st.just(timezone(timedelta(hours=8)))),
    st.datetimes(timezones=st.just(ZoneInfo("Asia/Shanghai")), min_value=datetime(2000, 1, 1)),
    st.integers(-500, 500).map(YearsMonths),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_values_come_back_as_they_were(value: object) -> None:
    case = Instance(SPEC, {"kept": value})
    case.complete("a", x=True)
    back = case.variables["kept"]
    assert back == value
    assert type(back) is type(value)


def test_months_stay_months_and_zones_stay_zones() -> None:
    when = datetime(2025, 9, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    case = Instance(SPEC, {"when": when, "n": Decimal("1.50")})
    case.complete("a")
    assert str(case.variables["when"].tzinfo) == "Asia/Shanghai"
    assert str(case.variables["n"]) == "1.50"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xc1",
        b"nonsense",
        msgspec.msgpack.encode([1, "i", 3]),
        msgspec.msgpack.encode([1, "i", 3, [["p", None, {}, []]]]),
        msgspec.msgpack.encode([99, "i", 3, []]),
        msgspec.msgpack.encode({"a": 1}),
    ],
)
def test_what_is_no_state_is_refused(raw: bytes) -> None:
    case = Instance(SPEC)
    case.state = raw
    with pytest.raises(StateUnreadable):
        case.step(TaskCompleted(token_id="i-3"))


@pytest.mark.parametrize("value", [Range(1, 2), object(), {1, 2}])
def test_what_is_no_data_cannot_be_kept(value: object) -> None:
    with pytest.raises(StepFailed):
        Instance(SPEC, {"x": value})


def test_too_much_data_is_refused_with_its_size() -> None:
    with pytest.raises(StepFailed, match="1,000,000"):
        Instance(SPEC, {"x": "x" * 1_000_001})


def test_only_live_tokens_are_kept() -> None:
    case = Instance(SPEC, {"a": 1})
    first = len(case.state or b"")
    case.complete("a")
    assert len(case.state or b"") <= first + 2
    assert (case.state or b"").count(b"i-") == 2  # the root and the open task


def test_data_of_equal_tokens_is_stored_once() -> None:
    process = Diagram().start().par("f").end("e1").end("e2").flow("start", "f")
    for name, end in (("a", "e1"), ("b", "e2")):
        process.user(name).flow("f", name, end)
    case = Instance(process, {"long": "値" * 1000})
    assert len(case.state or b"") < 4000


def test_scripting_is_not_shared_between_instances() -> None:
    one, two = Instance(SPEC, {"who": "one"}), Instance(SPEC, {"who": "two"})
    two.complete("a")
    one.complete("a")
    assert (one.variables["who"], two.variables["who"]) == ("one", "two")
    assert isinstance(
        codec.decode(one.state or b"", SPEC, Scripting(SPEC, one.context, one.now)).script_engine, Scripting
    )
