"""Cases stopped in the middle, one for each shape of state: every later release must finish them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import YearsMonths
from tests.diagrams import Diagram, loop
from tests.unit.runtime.instance import boundary, line

#: A verb of `Instance` with its arguments.
Verb = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A process, how far it went before it was stored, and what finishes it."""

    process: Diagram
    before: tuple[Verb, ...] = ()
    after: tuple[Verb, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    called: tuple[Diagram, ...] = ()


def _values() -> dict[str, Any]:
    return {
        "text": "童安",
        "number": Decimal("1.50"),
        "day": date(2025, 9, 30),
        "instant": datetime(2025, 9, 30, 17, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
        "clock": time(17, 30),
        "length": timedelta(days=5, seconds=1),
        "months": YearsMonths(14),
        "list": [Decimal(1), "a", None, True],
        "context": {"dept": "MZJ", "inner": {"n": Decimal(2)}},
    }


def _fork(kind: str) -> Diagram:
    process = Diagram().start().user("after").end()
    getattr(process, kind)("fork")
    getattr(process, kind)("join")
    process.flow("start", "fork")
    for name in "abc":
        process.user(name)
        process.flow("fork", name, when="true" if kind == "inc" else "").flow(name, "join")
    return process.flow("join", "after", "end")


def _each(sequential: bool) -> Diagram:
    return line("review", "after").user("after").user("review", loop(sequential), collection="items", element="item")


def _scopes() -> Diagram:
    process = Diagram().start().end()
    inner = process.inside().start("s").user("ask").user("sign").end("e").flow("s", "ask", "sign", "e")
    process.sub("each", inner, loop(), collection="items", element="item")
    process.boundary("stop", "each", "message STOP").end("stopped")
    return process.flow("start", "each", "end").flow("stop", "stopped")


def _race() -> Diagram:
    process = Diagram().start().events("g").catch("paper", "message MSG_SUPPLEMENT", message_key="case_id")
    process.catch("lapse", "timer P30D").user("check").end().end("lapsed")
    return process.flow("start", "g").flow("g", "paper", "check", "end").flow("g", "lapse", "lapsed")


CALLED = Diagram("inner").start("is").user("ask").end("ie").flow("is", "ask", "ie")
ITEMS = {"items": [{"dept": "MZJ"}, {"dept": "JKT"}, {"dept": "WJJ"}]}

SHAPES: dict[str, Shape] = {
    "values": Shape(
        process=line("a", "b").user("a").user("b"),
        variables=_values(),
        before=(("complete", "a"),),
        after=(("complete", "b"),),
    ),
    "parallel_join": Shape(
        process=_fork("par"),
        before=(("complete", "b"),),
        after=(("complete", "a"), ("complete", "c"), ("complete", "after")),
    ),
    "inclusive_join": Shape(
        process=_fork("inc"),
        before=(("complete", "c"), ("complete", "a")),
        after=(("complete", "b"), ("complete", "after")),
    ),
    "parallel_instances": Shape(
        process=_each(False),
        variables=ITEMS,
        before=(("complete", "review"),),
        after=(("complete", "review"),) * 2 + (("complete", "after"),),
    ),
    "sequential_instances": Shape(
        process=_each(True),
        variables=ITEMS,
        before=(("complete", "review"),),
        after=(("complete", "review"),) * 2 + (("complete", "after"),),
    ),
    "scopes_in_instances": Shape(
        process=_scopes(),
        variables=ITEMS,
        before=(("complete", "ask"),),
        after=(("complete", "sign"), ("message", "STOP")),
    ),
    "called_process": Shape(
        process=line("call", "after").call("call", "inner").user("after"),
        called=(CALLED,),
        after=(("complete", "ask"), ("complete", "after")),
    ),
    "boundary_timer": Shape(process=boundary("timer P1D", True), after=(("fire", "late"), ("complete", "remind"))),
    "cycle_timer": Shape(
        process=boundary("cycle R3/PT1H", False),
        before=(("fire", "late"),),
        after=(("fire", "late"), ("complete", "work")) + (("complete", "remind"),) * 2,
    ),
    "event_gateway": Shape(process=_race(), after=(("message", "MSG_SUPPLEMENT"), ("complete", "check"))),
    "service": Shape(
        process=line("call", "a").service("call", "match_records", variables="matched").user("a"),
        after=(("finish", "call"), ("complete", "a")),
    ),
    "signal": Shape(process=line("wait").catch("wait", "signal SIG"), after=(("signal", "SIG"),)),
}
