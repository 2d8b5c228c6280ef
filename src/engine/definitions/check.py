"""All that is wrong in a bundle, said before it is published.

Order: the XML gate, the manifest, the rules, soundness, then a trial compile. A step is left out only where an earlier
one leaves nothing to look at, so that a process owner sees every problem at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.definitions.bundle import Bundle
from engine.definitions.gate import FileRefused
from engine.definitions.manifest import FILE as MANIFEST_FILE
from engine.definitions.manifest import ManifestInvalid, parse_manifest
from engine.definitions.net import Behaviour
from engine.definitions.problem import Problem, Severity
from engine.definitions.rules import RULES, STRUCTURAL, View
from engine.definitions.soundness import RULES as SOUNDNESS_RULES
from engine.definitions.soundness import examine
from engine.errors import EngineError

#: Problems found before the rules can look at the diagram.
GATE_RULES = (
    "missing-diagram", "too-large", "bad-encoding", "doctype", "malformed-xml", "too-deep", "not-bpmn", "no-process",
    "manifest-missing", "manifest-invalid",
)  # fmt: skip
ALL_RULES = (*GATE_RULES, *(rule.id for rule in RULES), *SOUNDNESS_RULES, "trial-compile")

Compile = Callable[[Bundle], Any]


def check_bundle(
    bundle: Bundle, *, services: frozenset[str], roles: frozenset[str], compile: Compile | None = None
) -> tuple[Problem, ...]:
    """Every problem of a bundle and of the processes it calls, errors first; empty if all is well.

    In: the names of services and roles that exist; `compile` is tried when no error was found, and its `EngineError`
    becomes a problem. Raises nothing for bad bundles.
    """
    known: dict[str, tuple[tuple[Problem, ...], Behaviour]] = {}
    _check(bundle, (), known, services, roles)
    problems = [problem for found, _ in known.values() for problem in found]
    if compile is not None and not any(problem.is_error for problem in problems):
        problems.extend(_try(bundle, compile))
    return tuple(sorted(problems, key=lambda problem: not problem.is_error))


def render(problems: Iterable[Problem], language: str = "zh") -> str:
    """Problems as text, a line each: `error rule file:line element message`, and the failing run if there is one."""
    lines = []
    for problem in problems:
        where = problem.file + (f":{problem.line}" if problem.line else "")
        message = problem.message if language == "zh" else problem.message_en
        lines.append(" ".join((problem.severity.value, problem.rule, where, problem.element_id or "-", message)))
        if problem.path:
            lines.append(f"    {'路径' if language == 'zh' else 'path'}: {' → '.join(problem.path)}")
    return "\n".join(lines)


def _check(
    bundle: Bundle,
    callers: tuple[str, ...],
    known: dict[str, tuple[tuple[Problem, ...], Behaviour]],
    services: frozenset[str],
    roles: frozenset[str],
) -> Behaviour:
    """Problems of this bundle and of those it calls, into `known`; each key once."""
    if bundle.key in known:
        return known[bundle.key][1]
    known[bundle.key] = ((), Behaviour())
    called = {each.key: _check(each, (*callers, bundle.key), known, services, roles) for each in bundle.called}
    manifest = _check_manifest(bundle)
    try:
        diagram = bundle.diagram if bundle.diagram_bytes else None
    except FileRefused as refused:
        known[bundle.key] = ((*manifest, refused.problem), Behaviour())
        return Behaviour()
    if diagram is None or diagram.process is None:
        known[bundle.key] = ((*manifest, _no_diagram(bundle)), Behaviour())
        return Behaviour()
    view = View(
        bundle=bundle, diagram=diagram, process=diagram.process, services=services, roles=roles, callers=callers
    )
    found = [problem for rule in RULES for problem in rule.problems(view)]
    structural = {rule.id for rule in STRUCTURAL}
    behaviour = Behaviour()
    if not any(problem.rule in structural for problem in found):
        unsound, behaviour = examine(view.process, called, diagram.file)
        found.extend(unsound)
    known[bundle.key] = ((*manifest, *found), behaviour)
    return behaviour


def _check_manifest(bundle: Bundle) -> tuple[Problem, ...]:
    name = f"{bundle.key}/{MANIFEST_FILE}"
    if MANIFEST_FILE not in bundle.files:
        return (
            Problem(
                rule="manifest-missing",
                file=name,
                message="缺少 process.toml。请新建该文件并写明 key、title、owner。",
                message_en="process.toml is missing. Add it with key, title and owner.",
            ),
        )
    try:
        parse_manifest(bundle.files[MANIFEST_FILE], name)
    except ManifestInvalid as invalid:
        return invalid.problems
    return ()


def _no_diagram(bundle: Bundle) -> Problem:
    if bundle.diagram_bytes:
        return Problem(
            rule="no-process",
            file=f"{bundle.key}/{bundle.diagram_name}",
            message="文件里没有流程。请在建模工具中画出流程后保存。",
            message_en="The file holds no process. Draw one and save it.",
        )
    return Problem(
        rule="missing-diagram",
        file=f"{bundle.key}/{bundle.diagram_name}",
        message=f"缺少流程图 {bundle.diagram_name}(文件名须与文件夹同名)。请加入该文件。",
        message_en=f"The diagram {bundle.diagram_name} is missing (named like its folder). Add it.",
    )


def _try(bundle: Bundle, compile: Compile) -> tuple[Problem, ...]:
    try:
        compile(bundle)
    except EngineError as error:
        return (
            Problem(
                rule="trial-compile",
                severity=Severity.ERROR,
                file=f"{bundle.key}/{bundle.diagram_name}",
                message=f"流程图通过了检查,但引擎无法装载:{error}。请把此信息交给技术人员。",
                message_en=f"The diagram passed the rules but the engine cannot load it: {error}. Tell the developers.",
            ),
        )
    return ()


def errors_of(problems: Iterable[Problem]) -> Mapping[str, tuple[Problem, ...]]:
    """The errors by element id, for marking them on the diagram; "" holds those of no element."""
    found: dict[str, tuple[Problem, ...]] = {}
    for problem in problems:
        if problem.is_error:
            key = problem.element_id or ""
            found[key] = (*found.get(key, ()), problem)
    return found
