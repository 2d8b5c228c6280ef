"""Whatever a diagram or its data hold, a step ends soon, and only with the errors that its caller knows."""

from __future__ import annotations

import contextlib
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError, NoReceiver, Refused, StateUnreadable, StepFailed
from engine.runtime import advance, compile_bundle
from engine.stimulus import (
    MessageArrived,
    ServiceFinished,
    ServiceRaised,
    SignalArrived,
    Stimulus,
    TaskCompleted,
    TimerDue,
    TokenMoved,
)
from tests.diagrams import Diagram, loop
from tests.unit.runtime.instance import NOW, Instance, line


def deep(levels: int) -> list[object]:
    value: list[object] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", ["\ud800", deep(3_000), 2**70], ids=["surrogate", "deep", "number"])
def test_data_that_cannot_be_kept_fails_the_step(value: object) -> None:
    with pytest.raises(StepFailed):
        Instance(line("a").user("a"), {"x": value})


def test_a_time_keeps_its_named_zone() -> None:
    at = time(9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    case = Instance(line("a", "b").user("a").user("b"), {"at": at})
    case.complete("a")
    assert case.variables["at"] == at and str(case.variables["at"].tzinfo) == "Asia/Shanghai"


def test_instances_of_instances_of_instances_stop_before_the_memory_does() -> None:
    def nested(outer: Diagram, level: int) -> Diagram:
        inner = outer.inside().start(f"s{level}").end(f"e{level}")
        if level:
            nested(inner, level - 1).flow(f"s{level}", f"m{level - 1}", f"e{level}")
        else:
            inner.user("work").flow("s0", "work", "e0")
        return outer.sub(f"m{level}", inner, loop(cardinality="200"))

    process = nested(Diagram().start().end(), 2).flow("start", "m2", "end")
    with pytest.raises(StepFailed, match="令牌"):
        Instance(process)


@pytest.mark.parametrize("kind", ["user", "script", "xor", "par", "inc"])
def test_a_chain_of_400_elements_runs(kind: str) -> None:
    process, names = Diagram().start().end(), [f"n{number}" for number in range(398)]
    for name in names:
        _ = process.script(name, "a = 1") if kind == "script" else getattr(process, kind)(name)
    case = Instance(process.flow("start", *names, "end"))
    assert case.is_over or case.open == ["n0"]


def crowded() -> Diagram:
    """One of each kind of wait, open together."""
    process = Diagram().start().par("fork").user("a", variables="x").service("v", "s").catch("m", "message M")
    process.catch("t", "timer P1D").catch("g", "signal G").user("each", loop(cardinality="3")).end()
    inner = process.inside().start("s").user("deep").end("e").flow("s", "deep", "e")
    process.sub("scope", inner).boundary("late", "scope", "cycle R3/PT1H", False).boundary(
        "out", "scope", "message OUT"
    )
    process.flow("start", "fork").flow("late", "end").flow("out", "end")
    for name in ("a", "v", "m", "t", "g", "each", "scope"):
        process.flow("fork", name, "end")
    return process


CROWDED = compile_bundle(crowded().bundle())
TOKENS = st.integers(0, 40).map(lambda number: f"i-{number}")
NAMES = st.sampled_from(["M", "OUT", "G", "a", "end", "deep", "fork", "each", "each [child]", "late", "", "nobody"])
STIMULI = st.one_of(
    st.builds(TaskCompleted, token_id=TOKENS, variables=st.dictionaries(st.sampled_from(["x", "y"]), st.none())),
    st.builds(TimerDue, token_id=TOKENS, element_id=NAMES, due_at=st.just(NOW), sequence=st.integers(-1, 3)),
    st.builds(ServiceFinished, token_id=TOKENS, result=st.dictionaries(NAMES, st.none(), max_size=2)),
    st.builds(ServiceRaised, token_id=TOKENS, code=NAMES),
    st.builds(MessageArrived, token_id=TOKENS, element_id=NAMES, name=NAMES),
    st.builds(SignalArrived, name=NAMES),
    st.builds(TokenMoved, token_id=TOKENS, to_element=NAMES),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STIMULI, max_size=12))
def test_no_stimulus_breaks_an_instance_and_each_step_is_a_function_of_its_arguments(stimuli: list[Stimulus]) -> None:
    case = Instance(CROWDED)
    for stimulus in stimuli:
        with contextlib.suppress(StepFailed, NoReceiver, Refused):
            before = case.state
            outcome = case.step(stimulus)
            assert advance(CROWDED, before, stimulus, case.context, case.now) == outcome


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_damaged_state_is_unreadable_or_a_state(position: int, byte: int) -> None:
    case = Instance(CROWDED, {"n": Decimal(1)})
    raw = bytearray(case.state or b"")
    raw[position % len(raw)] = byte
    with contextlib.suppress(EngineError):
        advance(CROWDED, bytes(raw), TaskCompleted(token_id="i-99"), case.context, case.now)


def test_an_unknown_element_in_the_state_is_unreadable() -> None:
    case = Instance(CROWDED)
    case.state = (case.state or b"").replace(b"scope", b"spoce")
    with pytest.raises(StateUnreadable):
        case.step(SignalArrived(name="G"))


def test_threads_share_a_spec() -> None:
    process = Diagram().start().inc("fork").user("a", variables="x").user("b").inc("join").user("after").end()
    process.flow("start", "fork").flow("fork", "a", "join", when="n > 0").flow("fork", "b", "join", when="n > 1")
    spec = compile_bundle(process.flow("join", "after", "end").bundle())

    def run(number: int) -> tuple[object, bool]:
        case = Instance(spec, {"n": Decimal(2), "who": number})
        for name in ("a", "b", "after"):
            case.complete(name)
        return case.variables["who"], case.is_over

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(run, range(200))) == list(zip(range(200), itertools.repeat(True), strict=False))
