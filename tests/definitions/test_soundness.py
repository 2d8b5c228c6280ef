"""Soundness: what is refused, with which run, and what must be allowed."""

from __future__ import annotations

import pytest

from engine.definitions.check import check_bundle
from engine.definitions.problem import Problem
from engine.definitions.reading import parse_diagram
from engine.definitions.soundness import RULES, examine
from tests.definitions_builder import ROLES, SERVICES, Builder, definition


def problems(builder: Builder) -> list[Problem]:
    found = check_bundle(builder.bundle(), services=SERVICES, roles=ROLES)
    others = [problem for problem in found if problem.rule not in RULES]
    assert not others, others
    return list(found)


def rules(builder: Builder) -> list[str]:
    return [problem.rule for problem in problems(builder)]


def block(split: str, join: str, *, tasks: int = 2) -> Builder:
    """start, split, tasks, join, end."""
    builder = Builder().start()
    getattr(builder, split)("g1")
    getattr(builder, join)("g2")
    names = [f"t{number}" for number in range(tasks)]
    for name in names:
        builder.user(name)
    builder.end().chain("s", "g1")
    if split == "parallel":
        for name in names:
            builder.flow("g1", name)
    else:
        builder.choice("g1", names[0], **{name: f'x = "{name}"' for name in names[1:]})
    for name in names:
        builder.flow(name, "g2")
    return builder.chain("g2", "e")


@pytest.mark.parametrize(
    ("split", "join", "expected"),
    [
        ("parallel", "parallel", []),
        ("exclusive", "exclusive", []),
        ("inclusive", "inclusive", []),
        ("parallel", "inclusive", []),
        ("exclusive", "inclusive", []),
        ("exclusive", "parallel", ["deadlock"]),
        ("inclusive", "parallel", ["deadlock"]),
    ],
)
def test_matching_and_mismatching_gateways(split: str, join: str, expected: list[str]) -> None:
    assert rules(block(split, join)) == expected


def test_branches_that_merge_without_a_join_double_what_follows() -> None:
    builder = block("parallel", "exclusive")
    builder.flow_ids = [flow for flow in builder.flow_ids if flow[0] != "g2-e"]
    builder.parts["demo"].remove("g2-e")
    builder.user("after").chain("g2", "after", "e")
    (problem,) = problems(builder)
    assert problem.rule == "lack-of-synchronization"
    assert problem.element_id == "after"
    assert problem.path[:2] == ("s", "g1")
    assert problem.path[-1] == "after"


def test_branches_that_end_apart_are_allowed() -> None:
    assert rules(block("parallel", "exclusive")) == []


def test_deadlock_comes_with_a_shortest_run() -> None:
    (problem,) = problems(block("exclusive", "parallel", tasks=3))
    assert problem.path == ("s", "g1", "t0", "g2")
    assert problem.element_id == "g2"
    assert "「" in problem.message


def loop(split: str = "parallel") -> Builder:
    """Two departments review; the case may be sent round again."""
    builder = Builder().start().exclusive("merge")
    getattr(builder, split)("g1")
    getattr(builder, split)("g2")
    builder.user("t0").user("t1").exclusive("again").end()
    builder.chain("s", "merge", "g1")
    if split == "parallel":
        builder.flow("g1", "t0").flow("g1", "t1")
    else:
        builder.choice("g1", "t0", t1="x = 1")
    builder.flow("t0", "g2").flow("t1", "g2").chain("g2", "again")
    return builder.choice("again", "e", merge="back = true")


@pytest.mark.parametrize("split", ["parallel", "inclusive"])
def test_a_review_round_alone_in_its_scope_is_allowed(split: str) -> None:
    assert rules(loop(split)) == []


def beside(inner: Builder) -> Builder:
    """The builder's flow with a user task in parallel to all of it."""
    inner.parallel("outer").user("other").parallel("close").end("last")
    inner.parts["demo"] = [part for part in inner.parts["demo"] if part not in ("s-merge", "e", "again-e")]
    inner.ids.remove("e")
    inner.flow_ids = [flow for flow in inner.flow_ids if flow[0] not in ("s-merge", "again-e")]
    inner.wraps["again"] = (inner.wraps["again"][0].replace("again-e", "again-close"), inner.wraps["again"][1])
    return (
        inner.flow("s", "outer").chain("outer", "merge").chain("outer", "other", "close", "last").flow("again", "close")
    )


def test_a_join_on_a_cycle_beside_a_living_branch_is_refused() -> None:
    (problem,) = problems(beside(loop()))
    assert problem.rule == "join-on-cycle"
    assert problem.element_id == "g2"
    assert problem.path.count("g2") == 2


def test_a_round_inside_a_subprocess_is_the_remedy() -> None:
    builder = Builder().start().parallel("outer").user("other").parallel("close").end().sub("round")
    builder.start("is", scope="round").exclusive("merge", scope="round").parallel("g1", scope="round")
    builder.user("t0", scope="round").user("t1", scope="round").parallel("g2", scope="round")
    builder.exclusive("again", scope="round").end("ie", scope="round")
    builder.chain("is", "merge", "g1", "t0", "g2", "again").chain("g1", "t1", "g2")
    builder.choice("again", "ie", merge="back = true")
    builder.chain("s", "outer", "round", "close", "e").chain("outer", "other", "close")
    assert rules(builder) == []


def test_a_reminder_branch_beside_a_review_round_is_refused_as_it_may_outlive_the_round() -> None:
    builder = loop()
    builder.boundary("late", "t0", interrupting=False).service("remind").end("reminded")
    builder.chain("late", "remind", "reminded")
    assert rules(builder) == ["join-on-cycle"]


def reminder(end: str = "", task: str = "service") -> Builder:
    builder = Builder().start().user("a").user("b").end("e", body=definition(end)).chain("s", "a", "b", "e")
    builder.boundary("late", "a", interrupting=False)
    getattr(builder, task)("remind").end("reminded")
    return builder.chain("late", "remind", "reminded")


def test_a_reminder_to_its_own_end_is_fine() -> None:
    assert rules(reminder()) == []
    assert rules(reminder(task="user")) == []


def test_a_terminate_end_may_cut_a_service_but_not_an_open_task() -> None:
    assert rules(reminder("terminate")) == []
    (problem,) = problems(reminder("terminate", task="user"))
    assert problem.rule == "discarded-task"
    assert problem.path == ("s", "late", "a", "b", "e")


def test_terminate_beside_a_parallel_user_task_is_refused() -> None:
    builder = Builder().start().parallel("g").user("a").user("b").end("e1", body=definition("terminate")).end("e2")
    builder.chain("s", "g", "a", "e1").chain("g", "b", "e2")
    assert rules(builder) == ["discarded-task"]


def test_a_reminder_in_a_loop_without_joins_is_fine() -> None:
    builder = Builder().start().exclusive("merge").user("a").exclusive("again").end().chain("s", "merge", "a", "again")
    builder.choice("again", "e", merge="x = 1").boundary("late", "a", interrupting=False).user("remind").end("re")
    assert rules(builder.chain("late", "remind", "re")) == []


def test_a_side_branch_of_a_split_in_a_loop_is_fine() -> None:
    builder = Builder().start().exclusive("merge").parallel("g").user("a").service("tell").end("told")
    builder.exclusive("again").end().chain("s", "merge", "g", "a", "again").chain("g", "tell", "told")
    assert rules(builder.choice("again", "e", merge="x = 1")) == []


def test_a_non_interrupting_branch_that_comes_back_doubles_the_work() -> None:
    builder = Builder().start().user("a").exclusive("merge").user("b").end().chain("s", "a", "merge", "b", "e")
    builder.boundary("late", "a", interrupting=False).chain("late", "merge")
    assert rules(builder) == ["lack-of-synchronization"]


def test_an_interrupting_branch_may_come_back() -> None:
    builder = Builder().start().user("a").exclusive("merge").user("b").end().chain("s", "a", "merge", "b", "e")
    assert rules(builder.boundary("late", "a").chain("late", "merge")) == []


def test_an_endless_loop_is_refused() -> None:
    builder = Builder().start().exclusive("merge").user("a").user("b").end().exclusive("g")
    builder.chain("s", "g").choice("g", "e", merge="x = 1").chain("merge", "a", "b", "merge")
    (problem,) = problems(builder)
    assert problem.rule == "cannot-finish"


def withdrawn(inner_end: str, boundary: str) -> Builder:
    """A sub-process with a boundary event on it."""
    builder = Builder().start().sub("sub").start("is", scope="sub").user("a", scope="sub").end().end("out")
    builder.end("ie", scope="sub", body=definition(inner_end)).chain("is", "a", "ie").chain("s", "sub", "e")
    return builder.boundary("b", "sub", event=boundary).chain("b", "out")


def test_a_withdrawal_by_message_on_a_subprocess_is_fine() -> None:
    assert rules(withdrawn("", "message")) == []


def test_an_error_that_nobody_throws_makes_its_branch_dead() -> None:
    (problem,) = problems(withdrawn("", "error"))
    assert (problem.rule, problem.element_id) == ("dead-element", "b")


def test_a_subprocess_that_always_fails_never_goes_on() -> None:
    (problem,) = problems(withdrawn("error", "error"))
    assert (problem.rule, problem.element_id) == ("dead-element", "e")


def test_a_subprocess_that_ends_by_terminate_goes_on() -> None:
    assert rules(withdrawn("terminate", "message")) == []


def test_an_uncaught_error_discards_tasks_of_the_scope_around() -> None:
    builder = Builder().start().parallel("g").user("other").end("e2").sub("sub").end()
    builder.start("is", scope="sub").exclusive("x", scope="sub").end("ok", scope="sub")
    builder.end("bad", scope="sub", body=definition("error")).chain("is", "x").choice("x", "ok", bad="y = 1")
    builder.chain("s", "g", "sub", "e").chain("g", "other", "e2")
    (problem,) = problems(builder)
    assert (problem.rule, problem.element_id) == ("discarded-task", "sub")


def test_an_event_gateway_and_a_race_of_events() -> None:
    builder = Builder().start().node("eventBasedGateway", "g").catch("in_time", "message").catch("late")
    builder.exclusive("m").end().chain("s", "g", "in_time", "m", "e").chain("g", "late", "m")
    assert rules(builder) == []


def test_two_inclusive_joins_that_wait_for_each_other_are_a_deadlock() -> None:
    builder = Builder().start().parallel("p").inclusive("j1").inclusive("j2").user("a").user("b").exclusive("x1")
    builder.exclusive("x2").end("e1").end("e2").chain("s", "p", "j1", "a", "x1").chain("p", "j2", "b", "x2")
    builder.choice("x1", "e1", j2="x = 1").choice("x2", "e2", j1="x = 1")
    assert "deadlock" in rules(builder)


def test_too_much_to_explore_is_a_warning() -> None:
    builder = Builder().start().parallel("g1").parallel("g2").end().chain("s", "g1").chain("g2", "e")
    for branch in range(9):
        names = [f"t{branch}_{step}" for step in range(4)]
        for name in names:
            builder.user(name)
        builder.chain("g1", *names, "g2")
    (problem,) = problems(builder)
    assert problem.rule == "too-large-to-prove"
    assert not problem.is_error


def test_soundness_of_an_event_subprocess_is_examined_apart() -> None:
    builder = (
        loop()
        .sub("es", attributes='triggeredByEvent="true"')
        .start(
            "es_s", scope="es", attributes='isInterrupting="false"', body=definition("message"), message_key="case_id"
        )
    )
    builder.user("es_a", scope="es").end("es_e", scope="es").chain("es_s", "es_a", "es_e")
    process = parse_diagram(builder.xml()).process
    assert process is not None
    found, _ = examine(process, {})
    assert [problem.rule for problem in found] == ["join-on-cycle"], "it may be alive in every round"
