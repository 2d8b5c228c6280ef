"""Every refusal has a fixture that a modeler can open, and each fixture is refused for that reason alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.definitions.bundle import Bundle, read_folder
from engine.definitions.check import ALL_RULES, check_bundle, errors_of, render
from engine.definitions.problem import Problem, Severity
from engine.definitions.rules import RULES
from engine.definitions.rules.expressions import KNOWN_NAMES
from engine.errors import EngineError
from engine.runtime import compile_bundle
from engine.runtime.scripting import FUNCTION_NAMES
from tests.definitions_builder import ROLES, SERVICES, Builder, straight

DATA = Path(__file__).parents[1] / "data" / "definitions"
INVALID = sorted(path for path in (DATA / "invalid").iterdir() if path.is_dir())
VALID = sorted(path for path in (DATA / "valid").iterdir() if path.is_dir())


def check(bundle: Bundle, compile: Callable[[Bundle], object] | None = None) -> tuple[Problem, ...]:
    return check_bundle(bundle, services=SERVICES, roles=ROLES, compile=compile)


def too_large() -> Bundle:
    builder = straight()
    builder.documentation = f"<bpmn:documentation>{'长' * 700_000}</bpmn:documentation>"
    return builder.bundle()


def too_many_elements() -> Bundle:
    builder = Builder().start()
    names = [f"t{number}" for number in range(399)]
    for name in names:
        builder.user(name)
    return builder.end().chain("s", *names, "e").bundle()


def too_large_to_prove() -> Bundle:
    builder = Builder().start().inclusive("g").end().chain("s", "g")
    names = [f"t{number}" for number in range(10)]
    for name in names:
        builder.user(name).chain(name, "e")
    return builder.choice("g", names[0], **{name: f'x = "{name}"' for name in names[1:]}).bundle()


#: Fixtures that would be a burden as files.
MADE = {"too-large": too_large, "too-many-elements": too_many_elements, "too-large-to-prove": too_large_to_prove}


@pytest.mark.parametrize("folder", INVALID, ids=lambda folder: folder.name)
def test_each_invalid_fixture_breaks_its_rule_and_no_other(folder: Path) -> None:
    problems = check(read_folder(folder / "demo"))
    assert {problem.rule for problem in problems} == {folder.name}, render(problems, "en")
    severities = {rule.id: rule.severity for rule in RULES}
    assert {problem.severity for problem in problems} == {severities.get(folder.name, Severity.ERROR)}
    for problem in problems:
        assert problem.file.startswith(("demo/", "second/"))
        assert "请" in problem.message, "says the remedy"
        assert problem.message_en


@pytest.mark.parametrize("rule", sorted(MADE))
def test_made_fixtures_break_their_rule_and_no_other(rule: str) -> None:
    assert {problem.rule for problem in check(MADE[rule]())} == {rule}


def test_every_rule_has_a_fixture() -> None:
    assert {folder.name for folder in INVALID} | set(MADE) | {"trial-compile"} == set(ALL_RULES)
    assert len(ALL_RULES) == len(set(ALL_RULES))


@pytest.mark.parametrize("folder", VALID, ids=lambda folder: folder.name)
def test_valid_fixtures_have_no_problem(folder: Path) -> None:
    problems = check(read_folder(folder / "demo"))
    assert problems == (), render(problems)


def test_a_trial_compile_that_fails_is_a_problem() -> None:
    def fails(_bundle: Bundle) -> None:
        raise EngineError("no such thing")

    (problem,) = check(straight().bundle(), compile=fails)
    assert problem.rule == "trial-compile"
    assert "no such thing" in problem.message


def test_the_trial_compile_is_left_out_where_an_error_stands() -> None:
    called: list[Bundle] = []
    check(read_folder(DATA / "invalid" / "deadlock" / "demo"), compile=called.append)
    assert not called
    check(straight().bundle(), compile=called.append)
    assert len(called) == 1


def test_render_gives_a_line_to_jump_to_and_the_failing_run() -> None:
    problems = check(read_folder(DATA / "invalid" / "deadlock" / "demo"))
    zh, en = render(problems).splitlines(), render(problems, "en").splitlines()
    assert zh[0].startswith("error deadlock demo/demo.bpmn:")
    assert zh[1] == "    路径: s → g1 → t0 → g2"
    assert "stuck" in en[0]


def test_errors_by_element_mark_the_diagram() -> None:
    problems = check(read_folder(DATA / "invalid" / "deadlock" / "demo"))
    assert set(errors_of(problems)) == {"g2"}


def test_problems_of_called_processes_are_found_too() -> None:
    second = Builder("second").start().user("a", role="mayor").end().chain("s", "a", "e").bundle()
    demo = Builder().start().node("callActivity", "c", attributes='calledElement="second"').end().chain("s", "c", "e")
    problems = check(demo.bundle({"second": second}))
    assert [(problem.rule, problem.file) for problem in problems] == [("unknown-role", "second/second.bpmn")]


def test_the_check_knows_the_same_functions_as_the_runtime() -> None:
    assert KNOWN_NAMES == FUNCTION_NAMES


@pytest.mark.parametrize("folder", VALID, ids=lambda folder: folder.name)
def test_what_the_check_accepts_compiles(folder: Path) -> None:
    assert check(read_folder(folder / "demo"), compile=compile_bundle) == ()
