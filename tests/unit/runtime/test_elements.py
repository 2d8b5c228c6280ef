"""What each BPMN element does with a token, step by step, saved and loaded between steps."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.calendar import Derivation
from engine.errors import NoReceiver, Refused, StepFailed
from engine.outcome import JobKind
from engine.stimulus import TaskCompleted
from tests.diagrams import Diagram, loop
from tests.unit.runtime.instance import Instance, boundary, line


def test_user_task_opens_with_its_properties_and_takes_only_declared_variables() -> None:
    process = line("apply").user(
        "apply",
        form="b_ut_apply",
        role='lower case("MZJ") + "_handler"',
        department="MZJ",
        place="town",
        due="add workdays(received_on, 5)",
        variables="result, note",
        separate_from="start",
    )
    case = Instance(process, {"town": "519927101", "received_on": datetime(2025, 9, 24).date()})
    (task,) = case.tasks.values()
    assert (task.form, task.role, task.department, task.place) == ("b_ut_apply", "mzj_handler", "MZJ", "519927101")
    assert task.due_at == datetime(2025, 9, 30, 9, 30, tzinfo=UTC)
    assert task.due_derivation is not None
    assert task.token_id == "i-3"
    with pytest.raises(StepFailed, match="director_approved"):
        case.complete("apply", director_approved=True)
    case.complete("apply", result="齐全")
    assert case.is_over
    assert case.variables["result"] == "齐全"
    assert case.last is not None and case.last.end_event == "end"


@pytest.mark.parametrize(
    ("due", "end", "note"),
    [
        ("roll back(add months(received_on, 3))", datetime(2026, 6, 18).date(), "提前"),
        ("roll forward(add months(received_on, 3))", datetime(2026, 6, 22).date(), "顺延"),
        ("add months(received_on, 3)", datetime(2026, 6, 19).date(), "端午"),
    ],
)
def test_a_limit_of_months_that_was_rolled_says_so(due: str, end: object, note: str) -> None:
    case = Instance(line("a").user("a", due=due), {"received_on": datetime(2026, 3, 19).date()})
    (task,) = case.tasks.values()
    assert task.due_derivation is not None
    derivation = Derivation.from_dict(task.due_derivation)
    assert derivation.end == end
    assert note in derivation.text()


def test_due_without_a_value_fails_the_step_instead_of_losing_the_deadline() -> None:
    with pytest.raises(StepFailed, match="时限"):
        Instance(line("a").user("a", due="add workdays(nothing, 5)"))


def test_completing_a_closed_task_finds_nobody() -> None:
    case = Instance(line("a", "b").user("a").user("b"))
    token = next(iter(case.tasks))
    case.complete("a")
    with pytest.raises(NoReceiver):
        case.step(TaskCompleted(token_id=token))


def test_script_assigns_in_order_and_may_span_lines() -> None:
    case = Instance(line("s").script("s", "a = 1 + 1\nb = a *\n  2\nc = [a, b]"))
    assert case.variables == {"a": Decimal(2), "b": Decimal(4), "c": [Decimal(2), Decimal(4)]}


def test_facts_are_read_and_never_saved() -> None:
    process = line("s", "a").script("s", 'seen = dibao_linked and case.category = "C5"').user("a", variables="x")
    case = Instance(process, facts={"dibao_linked": True, "category": "C5"})
    assert case.variables == {"seen": True}
    assert case.state is not None and b"dibao" not in case.state


@pytest.mark.parametrize(("result", "reached"), [("齐全", "visit"), ("需补正", "supplement"), ("?", "other")])
def test_exclusive_gateway_takes_the_first_true_flow_or_the_default(result: str, reached: str) -> None:
    process = line("check").user("check", variables="result").xor("x").user("visit").user("supplement").user("other")
    process.parts = [part for part in process.parts if 'sourceRef="check"' not in part]
    process.flow("check", "x").flow("x", "visit", "end", when='result = "齐全"')
    process.flow("x", "supplement", "end", when='result = "需补正"').flow("x", "other", "end", default=True)
    case = Instance(process)
    case.complete("check", result=result)
    assert case.open == [reached]


def test_exclusive_gateway_without_a_true_condition_fails_naming_the_gateway() -> None:
    process = Diagram().start().xor("x").user("a").user("b").end()
    process.flow("start", "x").flow("x", "a", "end", when="n > 1").flow("x", "b", "end", when="n < 1")
    with pytest.raises(StepFailed) as caught:
        Instance(process, {"n": Decimal(1)})
    assert caught.value.element_id == "x"


def parallel(kind: str = "par", first: str = "", second: str = "") -> Diagram:
    process = Diagram().start().user("a").user("b").user("after").end()
    getattr(process, kind)("fork")
    getattr(process, kind)("join")
    process.flow("start", "fork").flow("fork", "a", when=first).flow("fork", "b", when=second)
    return process.flow("a", "join").flow("b", "join").flow("join", "after", "end")


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_parallel_join_waits_for_all(order: str) -> None:
    case = Instance(parallel())
    for name in order:
        assert "after" not in case.open
        case.complete(name)
    assert case.open == ["after"]


@pytest.mark.parametrize(("both", "order"), [(True, "ab"), (True, "ba"), (False, "a")])
def test_inclusive_join_waits_for_those_that_were_sent(both: bool, order: str) -> None:
    case = Instance(parallel("inc", "true", "both"), {"both": both})
    for name in order:
        assert "after" not in case.open
        case.complete(name)
    assert case.open == ["after"]


def test_inclusive_join_fires_when_the_last_token_that_could_reach_it_dies() -> None:
    process = Diagram().start().inc("fork").user("a").user("b").xor("x").end("dead").inc("join").user("after").end()
    process.flow("start", "fork").flow("fork", "a", "join", when="true").flow("fork", "b", "x", when="true")
    process.flow("x", "join", when="go").flow("x", "dead", default=True).flow("join", "after", "end")
    case = Instance(process, {"go": False})
    case.complete("a")
    assert case.open == ["b"]
    case.complete("b")
    assert case.open == ["after"]


def test_service_task_leaves_a_job_and_merges_declared_results_only() -> None:
    process = line("call", "a").service("call", "match_records", variables="matched", param__child="upper case(name)")
    case = Instance(process.user("a"), {"name": "x"})
    (job,) = case.jobs.values()
    assert (job.kind, job.service, job.parameters) == (JobKind.SERVICE, "match_records", {"child": "X"})
    case.finish("call", matched=True, secret="no")
    assert case.open == ["a"]
    assert case.variables == {"name": "x", "matched": True}
    assert not case.jobs or all(job.kind is not JobKind.SERVICE for job in case.jobs.values())


def test_service_error_is_caught_by_its_boundary_event() -> None:
    process = line("call").service("call", "pay").boundary("failed", "call", "error NO_ACCOUNT").user("fix")
    process.flow("failed", "fix", "end")
    case = Instance(process)
    case.raise_error("call", "NO_ACCOUNT")
    assert case.open == ["fix"]
    case.complete("fix")
    assert case.is_over
    with pytest.raises(StepFailed, match="OTHER"):
        Instance(process).raise_error("call", "OTHER")


def scoped(event: str, caught: str, interrupting: bool = True) -> Diagram:
    process = Diagram().start().end()
    inner = process.inside().start("s").user("a").par("f").user("b").end("bad", event).end("fine")
    inner.flow("s", "f").flow("f", "a", "bad").flow("f", "b", "fine")
    process.sub("scope", inner).boundary("caught", "scope", caught, interrupting).user("handle").end("handled")
    return process.flow("start", "scope", "end").flow("caught", "handle", "handled")


def test_error_end_ends_the_scope_and_is_caught_outside() -> None:
    case = Instance(scoped("error E1", "error E1"))
    case.complete("a")
    assert case.open == ["handle"]
    with pytest.raises(StepFailed, match="E2"):
        Instance(scoped("error E2", "error E1")).complete("a")


def test_escalation_is_caught_beside_the_running_scope() -> None:
    case = Instance(scoped("escalation L1", "escalation L1", interrupting=False))
    case.complete("a")
    assert case.open == ["b", "handle"]
    case.complete("b")
    case.complete("handle")
    assert case.is_over


def test_terminate_ends_its_scope_only() -> None:
    process = Diagram().start().end()
    inner = process.inside().start("s").user("a").par("f").user("b").end("stop", "terminate").end("fine")
    inner.flow("s", "f").flow("f", "a", "stop").flow("f", "b", "fine")
    process.sub("scope", inner).user("next").flow("start", "scope", "next", "end")
    case = Instance(process)
    case.complete("a")
    assert case.open == ["next"]


def test_embedded_scope_hands_its_data_on_also_from_branches_that_ended_earlier() -> None:
    process = Diagram().start().end()
    inner = process.inside().start("s").user("a", variables="x").par("f").user("b", variables="y").end("e1").end("e2")
    inner.flow("s", "f").flow("f", "a", "e1").flow("f", "b", "e2")
    process.sub("scope", inner).user("next").flow("start", "scope", "next", "end")
    case = Instance(process)
    case.complete("a", x=True)
    case.complete("b", y=False)
    assert (case.open, case.variables) == (["next"], {"x": True, "y": False})


def test_call_activity_runs_the_called_process_in_the_callers_state() -> None:
    called = Diagram("inner").start("is").user("ask", variables="answer").end("ie").flow("is", "ask", "ie")
    process = line("call", "after").call("call", "inner").user("after")
    case = Instance(process, {"q": "?"}, library={"inner": called.bundle()})
    (task,) = case.tasks.values()
    assert (task.process_key, task.element_id) == ("inner", "ask")
    case.complete("ask", answer="!")
    assert (case.open, case.variables) == (["after"], {"q": "?", "answer": "!"})


def reviews(sequential: bool = False, completion: str = "") -> Diagram:
    process = line("review", "after").user("after")
    return process.user(
        "review",
        loop(sequential, completion=completion),
        collection="departments",
        element="review",
        department="review.dept",
        role='lower case(review.dept) + "_handler"',
        variables="opinion",
    )


DEPARTMENTS = [{"dept": "MZJ"}, {"dept": "JKT"}, {"dept": "WJJ"}]


def test_parallel_multi_instance_opens_one_task_for_each_item_and_merges_nothing() -> None:
    case = Instance(reviews(), {"departments": DEPARTMENTS})
    assert sorted(task.role for task in case.tasks.values()) == ["jkt_handler", "mzj_handler", "wjj_handler"]
    assert sorted(str(task.instance_key) for task in case.tasks.values()) == ["JKT", "MZJ", "WJJ"]
    for _ in range(3):
        assert "after" not in case.open
        case.complete("review", opinion="同意")
    assert case.open == ["after"]
    assert "opinion" not in case.variables and "review" not in case.variables


def test_the_item_stands_over_a_variable_of_the_same_name() -> None:
    case = Instance(reviews(), {"departments": DEPARTMENTS, "review": "同意"})
    assert sorted(task.role for task in case.tasks.values()) == ["jkt_handler", "mzj_handler", "wjj_handler"]


def test_sequential_multi_instance_opens_one_after_the_other() -> None:
    case = Instance(reviews(sequential=True), {"departments": DEPARTMENTS})
    seen = []
    while case.open == ["review"]:
        seen += [task.department for task in case.tasks.values()]
        case.complete("review", opinion="同意")
    assert (seen, case.open) == (["MZJ", "JKT", "WJJ"], ["after"])


@pytest.mark.parametrize("sequential", [False, True])
def test_completion_condition_ends_the_others(sequential: bool) -> None:
    case = Instance(
        reviews(sequential, 'opinion = "不同意" or nrOfCompletedInstances >= 2'), {"departments": DEPARTMENTS}
    )
    case.complete("review", opinion="不同意")
    assert case.open == ["after"]
    again = Instance(reviews(sequential, "nrOfCompletedInstances >= 2"), {"departments": DEPARTMENTS})
    again.complete("review")
    assert "review" in again.open
    again.complete("review")
    assert again.open == ["after"]


def test_multi_instance_of_nothing_passes_and_of_too_much_is_refused() -> None:
    assert Instance(reviews(), {"departments": []}).open == ["after"]
    with pytest.raises(StepFailed, match="200"):
        Instance(reviews(), {"departments": [{"dept": "X"}] * 201})


def test_multi_instance_scope_and_its_boundary_event() -> None:
    process = Diagram().start().end()
    inner = process.inside().start("s").user("ask").user("sign").end("e").flow("s", "ask", "sign", "e")
    process.sub("each", inner, loop(), collection="departments", element="d")
    process.boundary("stop", "each", "message STOP").end("stopped").flow("start", "each", "end").flow("stop", "stopped")
    case = Instance(process, {"departments": DEPARTMENTS})
    case.complete("ask")
    assert case.open == ["ask", "ask", "sign"]
    case.message("STOP")
    assert case.is_over and not case.tasks
    through = Instance(process, {"departments": DEPARTMENTS})
    for _ in range(3):
        through.complete("ask")
        through.complete("sign")
    assert through.is_over and not through.waits


def test_loop_cardinality_counts_instances() -> None:
    process = line("n", "after").user("after").user("n", loop(cardinality="2 + 1"))
    assert Instance(process).open == ["n", "n", "n"]


def test_moving_a_token_withdraws_the_task_and_starts_the_other() -> None:
    process = boundary("timer P1D", True)
    process.user("before")
    process.parts = [part for part in process.parts if 'sourceRef="start"' not in part]
    process.flow("start", "before", "work")
    case = Instance(process, {"kept": True})
    case.complete("before")
    case.move("work", "before")
    assert (case.open, case.jobs, case.variables) == (["before"], {}, {"kept": True})
    case.complete("before")
    assert case.open == ["work"] and len(case.jobs) == 1
    with pytest.raises(Refused):
        case.move("work", "nowhere")


def test_machine_loop_stops_at_the_budget() -> None:
    process = Diagram().start().xor("x").script("s", "n = 1").end()
    process.flow("start", "s", "x").flow("x", "s", when="true").flow("x", "end", default=True)
    with pytest.raises(StepFailed, match="死循环"):
        Instance(process)


def test_papers_on_a_diagram_carry_nothing_and_bind_nothing() -> None:
    """They are for its readers: a task is completed, and its data unchanged, whether the paper exists or not."""
    process = line("write", "read")
    process.parts.append('<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="paper" name="x" dataObjectRef="d"/>')
    written = '<bpmn:dataOutputAssociation id="o"><bpmn:targetRef>paper</bpmn:targetRef></bpmn:dataOutputAssociation>'
    asked = '<bpmn:dataInputAssociation id="i"><bpmn:sourceRef>paper</bpmn:sourceRef></bpmn:dataInputAssociation>'
    process.user("write", written).user("read", asked)
    case = Instance(process, {"d": "kept"})
    case.complete("write")
    case.complete("read")
    assert case.is_over
    assert case.variables == {"d": "kept"}
