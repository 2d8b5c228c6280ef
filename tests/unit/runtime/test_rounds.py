"""Regression: two faults of the library on our core pattern (SpiffWorkflow 3.2).

Parallel reviews sent round again run the step after the join too often or crash, and a case that loops for long
vanishes. Here: all orders, two and three rounds, parallel and inclusive, with a save between steps (each
`advance` saves) and without (whole rounds of scripts in one step), and a loop of 2,000 rounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import permutations, product

import pytest

from engine.runtime import compile_bundle
from tests.diagrams import Diagram
from tests.unit.runtime.instance import Instance


def review_rounds(kind: str) -> Diagram:
    """Fork, reviews a, b and c, join, decide; decide sends the case round again or ends it."""
    process = Diagram().start().user("decide", variables="again").xor("more").xor("enter").end()
    getattr(process, kind)("fork")
    getattr(process, kind)("join")
    process.flow("start", "enter", "fork")
    for name in "abc":
        process.user(name)
        process.flow("fork", name, when="true" if kind == "inc" else "").flow(name, "join")
    process.flow("join", "decide", "more").flow("more", "enter", when="again").flow("more", "end", default=True)
    return process


def orders(rounds: int) -> Iterator[tuple[tuple[str, ...], ...]]:
    return product(permutations("abc"), repeat=rounds)


@pytest.mark.parametrize("kind", ["par", "inc"])
@pytest.mark.parametrize("rounds", [2, 3])
def test_all_orders_of_all_rounds_decide_once_a_round(kind: str, rounds: int) -> None:
    spec = compile_bundle(review_rounds(kind).bundle())
    for order in orders(rounds):
        case = Instance(spec)
        for number, names in enumerate(order, start=1):
            for name in names:
                assert "decide" not in case.open, order
                case.complete(name)
            assert case.open == ["decide"], order
            case.complete("decide", again=number < rounds)
        assert case.is_over, order
        assert case.completed.count("decide") == rounds


@pytest.mark.parametrize("kind", ["par", "inc"])
def test_rounds_without_a_save_between(kind: str) -> None:
    process = Diagram().start().script("decide", "n = n + 1").xor("more").xor("enter").user("after").end()
    getattr(process, kind)("fork")
    getattr(process, kind)("join")
    process.flow("start", "enter", "fork")
    for name in "ab":
        process.script(name, f"{name} = n")
        process.flow("fork", name, when="true" if kind == "inc" else "").flow(name, "join")
    process.flow("join", "decide", "more").flow("more", "enter", when="n < 20")
    process.flow("more", "after", "end", default=True)
    case = Instance(process, {"n": Decimal(0)})
    assert case.open == ["after"]
    assert case.passed.count("decide") == 20
    assert (case.passed.count("a"), case.passed.count("b")) == (20, 20)


def test_a_case_of_2000_rounds_stays_small_and_keeps_its_token() -> None:
    process = Diagram().start().xor("enter").user("visit").user("file", variables="again").xor("more").end()
    process.flow("start", "enter", "visit", "file", "more").flow("more", "enter", when="again")
    process.flow("more", "end", default=True)
    case = Instance(process, {"again": True})
    sizes = set()
    for number in range(2_000):
        case.complete("visit")
        case.complete("file", again=number < 1_999)
        sizes.add(len(case.state or b""))
    assert case.is_over
    assert max(sizes) < 400


def test_excess_tokens_wait_at_the_join_for_their_partners() -> None:
    """Two tokens on one flow and one on the other: the join fires once and keeps the excess token (BPMN 13.4.2)."""
    process = Diagram().start().par("fork").user("a").user("b").user("c").xor("merge").par("join").user("after").end()
    process.flow("start", "fork").flow("fork", "a", "merge").flow("fork", "b", "merge").flow("merge", "join")
    process.flow("fork", "c", "join").flow("join", "after", "end")
    case = Instance(process)
    case.complete("a")
    case.complete("b")
    assert case.open == ["c"]
    case.complete("c")
    assert case.open == ["after"]
    case.complete("after")
    assert case.tasks == {} and not case.is_over  # the excess token waits; soundness refuses such a diagram
