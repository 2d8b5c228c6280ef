"""What parallel branches write survives their meeting, and scopes that are cut short leave nothing behind."""

from __future__ import annotations

import pytest

from engine.errors import NoReceiver, Refused
from engine.stimulus import MessageArrived, TimerDue, TokenMoved
from tests.diagrams import Diagram, loop
from tests.unit.runtime.instance import Instance, boundary, line


def two_branches(kind: str) -> Diagram:
    """Tasks a (writes x) and b (writes y) side by side, meeting at a gateway or at the end of a scope."""
    process = Diagram().start().user("after", variables="x").end()
    scope = process.inside().start("s").end("e1").end("e2") if kind == "scope" else process
    scope.user("a", variables="x").user("b", variables="y")
    getattr(scope, "par" if kind == "scope" else kind)("fork")
    when = "true" if kind == "inc" else ""
    scope.flow("fork", "a", when=when).flow("fork", "b", when=when)
    if kind == "scope":
        scope.flow("s", "fork").flow("a", "e1").flow("b", "e2")
        return process.sub("scope", scope).flow("start", "scope", "after", "end")
    getattr(process, kind)("join")
    return process.flow("start", "fork").flow("a", "join").flow("b", "join").flow("join", "after", "end")


@pytest.mark.parametrize("kind", ["par", "inc", "scope"])
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_no_branch_overwrites_the_others_result_with_the_value_from_before(kind: str, order: str) -> None:
    """In a second round both flags are already there; each branch carries the other's stale one."""
    case = Instance(two_branches(kind), {"x": "old", "y": "old"})
    for name in order:
        case.complete(name, **{"x" if name == "a" else "y": "new"})
    assert case.variables == {"x": "new", "y": "new"}


@pytest.mark.parametrize("kind", ["par", "inc"])
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_later_of_two_writers_of_one_name_wins(kind: str, order: str) -> None:
    process = two_branches(kind)
    process.parts = [part.replace('value="y"', 'value="x"') for part in process.parts]
    case = Instance(process, {"x": "old"})
    for name in order:
        case.complete(name, x=name)
    assert case.variables["x"] == order[-1]


def test_a_reminder_that_ends_last_does_not_bring_old_values_back() -> None:
    process = line("work").user("work", variables="x").boundary("late", "work", "timer P1D", False).user("remind")
    process.end("reminded").flow("late", "remind", "reminded")
    case = Instance(process, {"x": "old"})
    case.fire("late")
    case.complete("work", x="new")
    case.complete("remind")
    assert case.is_over and case.variables == {"x": "new"}


def test_an_older_write_inside_a_scope_does_not_beat_a_newer_one_beside_it() -> None:
    process = Diagram().start().par("fork").par("join").user("b", variables="x").user("after").end()
    inner = process.inside().start("s").user("a", variables="x").user("c").end("e").flow("s", "a", "c", "e")
    process.sub("scope", inner).flow("start", "fork").flow("fork", "scope", "join").flow("fork", "b", "join")
    case = Instance(process.flow("join", "after", "end"), {"x": 0})
    case.complete("a", x="older")
    case.complete("b", x="newer")
    case.complete("c")
    assert case.variables == {"x": "newer"}


def test_an_escalation_that_interrupts_its_own_scope_stops_there() -> None:
    """The throwing element went on, opened a scope inside the dead one, and the state could not be read again."""
    process = Diagram().start().end()
    inner = process.inside().start("s").throw("up", "escalation L").end("e")
    deeper = inner.inside().start("s2").user("ghost").end("e2").flow("s2", "ghost", "e2")
    inner.sub("deep", deeper).flow("s", "up", "deep", "e")
    process.sub("scope", inner).boundary("caught", "scope", "escalation L").user("handle").end("handled")
    case = Instance(process.flow("start", "scope", "end").flow("caught", "handle", "handled"))
    assert case.open == ["handle"]
    case.complete("handle")
    assert case.is_over


@pytest.mark.parametrize("sequential", [False, True])
def test_service_error_in_one_instance_is_caught_at_the_frame(sequential: bool) -> None:
    process = line("pay").node("serviceTask", "pay", loop(sequential, "3"), service="pay")
    process.boundary("failed", "pay", "error NO_ACCOUNT").user("fix").flow("failed", "fix", "end")
    case = Instance(process)
    case.raise_error("pay", "NO_ACCOUNT")
    assert case.open == ["fix"] and not case.jobs


def test_error_from_a_called_process_goes_through_two_levels() -> None:
    low = Diagram("low").start("ls").par("lf").user("la").user("lb").end("bad", "error E").end("le")
    low.flow("ls", "lf").flow("lf", "la", "bad").flow("lf", "lb", "le")
    middle = Diagram("middle").start("ms").call("call_low", "low").end("me").flow("ms", "call_low", "me")
    middle.boundary("other", "call_low", "error F").end("never").flow("other", "never")
    low_bundle = low.bundle()
    process = line("call").call("call", "middle").boundary("caught", "call", "error E").user("fix")
    process.flow("caught", "fix", "end")
    case = Instance(process, library={"middle": middle.bundle({"low": low_bundle}), "low": low_bundle})
    case.complete("la")
    assert case.open == ["fix"]


def test_a_signal_that_ends_the_inside_and_interrupts_the_scope_interrupts_it() -> None:
    process = Diagram().start().user("next").user("stop").end().end("e2")
    inner = process.inside().start("s").catch("in", "signal S").end("e").flow("s", "in", "e")
    process.sub("scope", inner).boundary("out", "scope", "signal S").flow("start", "scope", "next", "end")
    case = Instance(process.flow("out", "stop", "e2"))
    case.signal("S")
    assert case.open == ["stop"]


def test_two_interrupting_boundary_events_of_one_signal_fire_once() -> None:
    process = line("work").user("work").boundary("one", "work", "signal S").boundary("two", "work", "signal S")
    process.user("a").user("b").end("ea").end("eb").flow("one", "a", "ea").flow("two", "b", "eb")
    case = Instance(process)
    case.signal("S")
    assert case.open == ["a"] and not case.waits


def test_inclusive_join_waits_for_an_activity_that_may_come_through_its_boundary_event() -> None:
    """The soundness check counts so too; else the join fires twice."""
    process = Diagram().start().inc("fork").user("a").user("b").inc("join").user("after").end().end("done")
    process.flow("start", "fork").flow("fork", "a", "join", when="true").flow("fork", "b", "done", when="true")
    process.boundary("late", "b", "timer P1D").flow("late", "join").flow("join", "after", "end")
    case = Instance(process)
    case.complete("a")
    assert case.open == ["b"]
    case.fire("late")
    assert case.open == ["after"]
    through = Instance(process)
    through.complete("a")
    through.complete("b")
    assert through.open == ["after"]


def test_stimuli_for_the_wrong_kind_of_wait_find_nobody() -> None:
    process = line("work").user("work").boundary("m", "work", "message M").boundary("t", "work", "timer P1D")
    process.boundary("s", "work", "signal M").flow("m", "end").flow("t", "end").flow("s", "end")
    case = Instance(process)
    tokens = {wait.element_id: token for token, wait in case.waits.items()}
    with pytest.raises(NoReceiver):
        case.step(TimerDue(token_id=tokens["m"], element_id="m", due_at=case.now))
    with pytest.raises(NoReceiver):
        case.step(MessageArrived(token_id=tokens["s"], element_id="s", name="M"))


def test_moving_away_from_an_event_gateway_ends_all_its_events() -> None:
    process = Diagram().start().events("g").catch("paper", "message M").catch("lapse", "timer P30D").user("check")
    process.end().flow("start", "g").flow("g", "paper", "check").flow("g", "lapse", "check").flow("check", "end")
    case = Instance(process)
    case.step(TokenMoved(token_id=next(iter(case.waits)), to_element="check"))
    assert (case.open, case.waits, case.jobs) == (["check"], {}, {})


@pytest.mark.parametrize("target", ["join", "review [child]", "Start", "work.BoundaryEventSplit", "late"])
def test_a_token_moves_only_to_elements_of_the_diagram_where_it_can_go_on(target: str) -> None:
    process = Diagram().start().user("work").inc("fork").inc("join").user("review", loop(cardinality="2")).user("x")
    process.boundary("late", "work", "timer P1D").user("y").end().flow("late", "y").flow("start", "work", "fork")
    process.flow("fork", "review", "join", when="true").flow("fork", "x", "join", when="true")
    case = Instance(process.flow("join", "y", "end"))
    with pytest.raises(Refused):
        case.move("work", target)
    case.move("work", "y")
    assert case.open == ["y"]


@pytest.mark.parametrize(("text", "stays"), [("1", False), ("true", False), ("0", True), ("false", True)])
def test_booleans_of_a_diagram_are_xml_booleans(text: str, stays: bool) -> None:
    process = boundary("timer P1D", True)
    process.parts = [part.replace('cancelActivity="true"', f'cancelActivity="{text}"') for part in process.parts]
    case = Instance(process)
    case.fire("late")
    assert ("work" in case.open) is stays


@pytest.mark.parametrize("sizes", [(0, 0), (2, 0), (0, 2), (1, 2)])
def test_multi_instances_in_a_row_and_the_step_after_them(sizes: tuple[int, int]) -> None:
    """What follows is no instance: the state could not be saved, and the next task could not be moved."""
    process = line("one", "two", "next", "last").user("next").user("last")
    process.user("one", loop(cardinality=str(sizes[0]))).user("two", loop(cardinality=str(sizes[1])))
    case = Instance(process)
    for name, size in zip(("one", "two"), sizes, strict=True):
        for _ in range(size):
            case.complete(name)
    assert case.open == ["next"]
    case.move("next", "last")
    assert case.open == ["last"]


def test_multi_instances_on_a_cycle_do_not_grow_the_state() -> None:
    process = Diagram().start().xor("enter").user("each", loop(cardinality="2")).user("file", variables="again")
    process.xor("more").end().boundary("late", "each", "cycle R/P1D", False).user("remind")
    process.flow("start", "enter", "each", "file", "more").flow("more", "enter", when="again").flow("late", "remind")
    case = Instance(process.flow("remind", "end").flow("more", "end", default=True), {"again": True})
    sizes = set()
    for number in range(300):
        case.fire("late")
        for name in ("remind", "each", "each"):
            case.complete(name)
        case.complete("file", again=number < 299)
        sizes.add(len(case.state or b""))
    assert case.is_over and max(sizes) < 800
