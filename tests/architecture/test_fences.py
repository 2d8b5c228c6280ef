"""The fences of docs/architecture.md that an import contract cannot express, each checked on the syntax tree of every
source file, and each shown to be able to fail by a sample that breaks it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("engine", "cases", "tasks", "web")
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "services", "managers", "manager", "misc", "base_test"}

#: A migration is a list of columns, written once and never changed; length says nothing about it.
TABLES = "migrations/versions/"

Finding = tuple[int, str]
Check = Callable[[ast.Module], Iterator[Finding]]


@dataclass(frozen=True)
class Fence:
    """One rule: what it finds, where it does not hold, a sample that breaks it and one that keeps it."""

    name: str
    check: Check
    bad: str
    good: str
    allowed: tuple[str, ...] = ()


def dotted(node: ast.AST) -> str:
    """The dotted text of a name or attribute, e.g. `datetime.now`; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else f"?.{node.attr}"
    return ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def commits(tree: ast.Module) -> Iterator[Finding]:
    for call in calls(tree):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit":
            yield call.lineno, "commits"


def wall_clock(tree: ast.Module) -> Iterator[Finding]:
    forbidden = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted(node).endswith(forbidden):
            yield node.lineno, f"reads the wall clock: {dotted(node)}"
        if isinstance(node, ast.ImportFrom) and node.module == "time" and any(n.name == "time" for n in node.names):
            yield node.lineno, "imports time.time"


def foreign_day(tree: ast.Module) -> Iterator[Finding]:
    """The clock speaks UTC: its day is yesterday's in the county until eight in the morning."""
    for call in calls(tree):
        if dotted(call.func).endswith("now.date"):
            yield call.lineno, "takes the day of an instant in UTC: use county_day"


def environment(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.environb", "os.getenv", "os.putenv"}:
            yield node.lineno, f"reads the environment: {dotted(node)}"
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            for name in node.names:
                if name.name in {"environ", "getenv"}:
                    yield node.lineno, f"reads the environment: {name.name}"


def ambient(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flask"):
            for name in node.names:
                if name.name in {"g", "current_app"}:
                    yield node.lineno, f"reads ambient state: {name.name}"
        if isinstance(node, ast.Attribute) and dotted(node) in {"flask.g", "flask.current_app"}:
            yield node.lineno, f"reads ambient state: {dotted(node)}"


def swallows(tree: ast.Module) -> Iterator[Finding]:
    """A handler for everything; one that ends by raising again only cleans up and is fine."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        last = node.body[-1]
        if isinstance(last, ast.Raise) and last.exc is None:
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if any(kind is None or dotted(kind) in {"Exception", "BaseException"} for kind in caught):
            yield node.lineno, "catches everything"


def evaluates(tree: ast.Module) -> Iterator[Finding]:
    modules = {"pickle", "cPickle", "dill", "marshal", "shelve", "cloudpickle"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}:
            yield node.lineno, f"calls {node.func.id}"
        if isinstance(node, ast.Import) and modules & {name.name.split(".")[0] for name in node.names}:
            yield node.lineno, "imports a pickler"
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in modules:
            yield node.lineno, "imports a pickler"


def broker_timers(tree: ast.Module) -> Iterator[Finding]:
    for call in calls(tree):
        for keyword in call.keywords:
            if keyword.arg in {"countdown", "eta"}:
                yield call.lineno, f"leaves a timer to the broker: {keyword.arg}="


def long_functions(tree: ast.Module) -> Iterator[Finding]:
    for function in functions(tree):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > 50:
            yield function.lineno, f"{function.name} has {length} lines, at most 50"


def large_classes(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            methods = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
            if len(methods) > 15:
                yield node.lineno, f"{node.name} has {len(methods)} methods, at most 15"


def namespaces(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef) or node.bases:
            continue
        methods = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
        fields = [item for item in node.body if isinstance(item, ast.AnnAssign)]
        marks = [{dotted(mark) for mark in method.decorator_list} for method in methods]
        if methods and not fields and all(mark & {"staticmethod", "classmethod"} for mark in marks):
            yield node.lineno, f"{node.name} is only a namespace; write plain functions"


def local_imports(tree: ast.Module) -> Iterator[Finding]:
    for function in functions(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""] if not node.level else [OURS[0]]
            elif isinstance(node, ast.Import):
                names = [name.name for name in node.names]
            else:
                continue
            if any(name.split(".")[0] in OURS for name in names):
                yield node.lineno, f"imports our own code inside {function.name}"


def knows_too_much(tree: ast.Module) -> Iterator[Finding]:
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {name.name for name in node.names if name.name.split(".")[0] in OURS}
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
            modules.add(node.module)
    if len(modules) > 15:
        yield 1, f"imports {len(modules)} modules of ours, at most 15"


def body(lines: int) -> str:
    return "def f():\n" + "    x = 1\n" * (lines - 1)


FENCES = (
    Fence("commit", commits, "session.commit()", "database.transaction()", ("src/engine/store/session.py",)),
    Fence(
        "clock", wall_clock, "from datetime import datetime\ndatetime.now()", "clock.now()", ("src/engine/clock.py",)
    ),
    Fence("time", wall_clock, "import time\ntime.time()", "import time\ntime.monotonic()", ("src/engine/clock.py",)),
    Fence("day", foreign_day, "now.date()", "county_day(now)"),
    Fence("environ", environment, "import os\nos.environ['A']", "settings.a", ("src/engine/settings.py",)),
    Fence("ambient", ambient, "from flask import g", "from flask import request", ("web/",)),
    Fence(
        "swallow",
        swallows,
        "try:\n  f()\nexcept Exception:\n  pass",
        "try:\n  f()\nexcept BaseException:\n  undo()\n  raise",
        ("src/tasks/work.py", "web/errors.py", "src/engine/commands/run_job.py"),
    ),
    Fence("eval", evaluates, "eval('1')", "evaluate('1')"),
    Fence("pickle", evaluates, "import pickle", "import json"),
    Fence("broker timer", broker_timers, "task.apply_async(countdown=5)", "task.apply_async(args=(1,))"),
    Fence("function", long_functions, body(51), body(50), (TABLES,)),
    Fence(
        "class",
        large_classes,
        "class A:\n" + "".join(f"  def m{n}(self): ...\n" for n in range(16)),
        "class A:\n" + "".join(f"  def m{n}(self): ...\n" for n in range(15)),
    ),
    Fence(
        "namespace",
        namespaces,
        "class A:\n  @staticmethod\n  def f(): ...",
        "class A:\n  @staticmethod\n  def f(): ...\n  def g(self): ...",
    ),
    Fence("local import", local_imports, "def f():\n  from engine import errors", "from engine import errors"),
    Fence(
        "fan-out",
        knows_too_much,
        "".join(f"import engine.m{n}\n" for n in range(16)),
        "".join(f"import engine.m{n}\n" for n in range(15)),
        ("src/cases/handlers/__init__.py", "src/cases/forms/__init__.py"),  # registries: knowing all is their work
    ),
)


@cache
def sources() -> list[tuple[str, ast.Module]]:
    """Every file of ours with its tree: read once for all the fences."""
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "web").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")]
    ours = sorted(file for file in files if "node_modules" not in file.parts)
    return [(file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))) for file in ours]


def findings(fence: Fence) -> list[str]:
    found = []
    for name, tree in sources():
        if not name.startswith(fence.allowed or ("?",)):
            found += [f"{name}:{line} {message}" for line, message in fence.check(tree)]
    return found


@pytest.mark.parametrize("fence", FENCES, ids=lambda fence: fence.name)
def test_the_house_keeps_the_fence(fence: Fence) -> None:
    assert findings(fence) == []


@pytest.mark.parametrize("fence", FENCES, ids=lambda fence: fence.name)
def test_the_fence_can_fail(fence: Fence) -> None:
    assert list(fence.check(ast.parse(fence.bad)))
    assert not list(fence.check(ast.parse(fence.good)))


def too_long(name: str, text: str) -> list[str]:
    lines = text.count("\n") + 1
    return [f"{name} has {lines} lines, at most 400"] if lines > 400 else []


def vague(name: str) -> list[str]:
    parts = Path(name).with_suffix("").parts
    return [
        f"{name}: {part!r} says nothing"
        for part in parts
        if part in VAGUE or part.endswith(("_utils", "_helpers", "_manager"))
    ]


def test_files_are_short_and_say_what_they_hold() -> None:
    problems = []
    for file in [*(ROOT / name for name, _ in sources()), *(ROOT / "tests").rglob("*.py")]:
        name = file.relative_to(ROOT).as_posix()
        problems += vague(name)
        if not name.startswith(TABLES):
            problems += too_long(name, file.read_text(encoding="utf-8"))
    assert problems == []


def test_length_and_name_can_fail() -> None:
    assert too_long("a.py", "x\n" * 401) and not too_long("a.py", "x\n" * 399)
    assert vague("src/engine/utils/a.py") and vague("web/form_helpers.py") and not vague("src/engine/clock.py")
