"""`make traceability`: checks docs/traceability.toml against the processes and the code, and writes the page from it.

The page says, for every sentence of the county's plan on which the processes rest, which element, table rule, form
field or rule of the code implements it; then the same for the amendments to the specification and for the deadlines.
"""

from __future__ import annotations

import importlib
import json
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from engine.definitions.bundle import read_folder

ROOT = Path(__file__).parents[1]
DATA = ROOT / "docs" / "traceability.toml"
PAGE = ROOT / "docs" / "traceability.md"
PROCESSES = ROOT / "processes"
KINDS = ("sentence", "amendment", "deadline")


@dataclass(frozen=True, kw_only=True)
class Target:
    """What implements something: where it stands, and what a reader sees there. `label` None: it is not there."""

    written: str
    label: str | None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A sentence, an amendment or a deadline. `there`: targets that resolve; `dangling`: that do not and should."""

    id: str
    clause: str
    text: str
    there: tuple[Target, ...]
    awaited: tuple[str, ...]
    dangling: tuple[str, ...]

    @property
    def is_gap(self) -> bool:
        return not self.there


def entries(told: Mapping[str, Any]) -> dict[str, list[Entry]]:
    """All entries by kind, their targets looked up in the processes and the code as they are now."""
    awaited = frozenset(told.get("awaited", ()))
    return {kind: [_entry(each, awaited) for each in told.get(kind, ())] for kind in KINDS}


def _entry(told: Mapping[str, Any], awaited: frozenset[str]) -> Entry:
    targets = [Target(written=each, label=resolve(each)) for each in told["by"]]
    missing = [each.written for each in targets if each.label is None]
    waits = [each for each in missing if _is_awaited(each, awaited)]
    return Entry(
        id=told["id"],
        clause=told.get("clause", ""),
        text=told["text"],
        there=tuple(each for each in targets if each.label is not None),
        awaited=tuple(waits),
        dangling=tuple(each for each in missing if each not in waits),
    )


def _is_awaited(target: str, awaited: frozenset[str]) -> bool:
    """Whether the target's process, element or table is still being drawn. Once a process is there, all it is to hold
    must be there too."""
    path = target.partition(":")[2]
    owner = path.partition("/")[0]
    return path in awaited or (owner in awaited and not (PROCESSES / owner).is_dir() and not _dmn(owner).exists())


def resolve(target: str) -> str | None:
    """What stands at a target in words, or None when it is not there.

    :param target: `element:process/id`, `rule:table/id`, `table:id`, `field:process/form.key`, `code:module.name` or
        `story:process/name`.
    """
    kind, _, path = target.partition(":")
    return _RESOLVERS[kind](path)


@cache
def _elements(process: str) -> Mapping[str, str]:
    path = PROCESSES / process / f"{process}.bpmn"
    if not path.exists():
        return {}
    return {node.get("id"): node.get("name") or node.get("id") for node in etree.parse(path).iter() if node.get("id")}


def _element(path: str) -> str | None:
    process, _, element = path.partition("/")
    name = _elements(process).get(element)
    return None if name is None else f"{process} `{element}` {name}"


def _dmn(table: str) -> Path:
    found = [*PROCESSES.glob(f"*/{table}.dmn")]
    return found[0] if found else PROCESSES / "decisions" / f"{table}.dmn"


@cache
def _rules(table: str) -> frozenset[str]:
    path = _dmn(table)
    return frozenset(rule.get("id") for rule in etree.parse(path).iter("{*}rule")) if path.exists() else frozenset()


def _rule(path: str) -> str | None:
    table, _, rule = path.partition("/")
    return f"`{table}` 第{rule.rpartition('_r')[2]}行" if rule in _rules(table) else None


def _table(path: str) -> str | None:
    return f"`{path}` 全表" if _rules(path) else None


@cache
def _fields(process: str) -> Mapping[str, frozenset[str]]:
    if not (PROCESSES / process / "process.toml").exists():
        return {}
    forms = read_folder(PROCESSES / process).forms
    return {key: frozenset(_keys(json.loads(content))) for key, content in forms.items()}


def _keys(component: Mapping[str, Any]) -> Iterator[str]:
    """The keys of a form's fields, those of its lists too."""
    if "key" in component:
        yield component["key"]
    for each in component.get("components", ()):
        yield from _keys(each)


def _field(path: str) -> str | None:
    process, _, rest = path.partition("/")
    form, _, key = rest.partition(".")
    return f"{process} `{form}.{key}`" if key in _fields(process).get(form, ()) else None


def _code(path: str) -> str | None:
    """A module, or a name in it, however deep (`cases.deadlines.DeadlineCode.NOTICE`)."""
    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for name in parts[end:]:
            if not hasattr(found, name):
                return None
            found = getattr(found, name)
        return f"`{path}`"
    return None


def _story(path: str) -> str | None:
    process, _, name = path.partition("/")
    return f"`{name}`" if (PROCESSES / process / "scenarios" / f"{name}.toml").exists() else None


_RESOLVERS: Mapping[str, Callable[[str], str | None]] = {
    "element": _element,
    "rule": _rule,
    "table": _table,
    "field": _field,
    "code": _code,
    "story": _story,
}

_HEAD = """# What implements what

Written whole by `make traceability` from [traceability.toml](traceability.toml); a test fails when a target is gone,
when something is implemented by nothing, and when this page is not what the command writes. The sentences are quoted
from the county's plan (关于进一步加强困境儿童保障工作的实施方案). Each diagram says the clause of each element.
"""
_TITLES = {"sentence": "The plan's sentences", "amendment": "Amendments M1–M16", "deadline": "Deadlines DL-01…DL-40"}


def render(found: Mapping[str, list[Entry]]) -> str:
    """The page."""
    return _HEAD + "".join("\n" + "\n".join(_section(kind, found[kind])) + "\n" for kind in KINDS)


def _section(kind: str, rows: list[Entry]) -> Iterator[str]:
    yield f"## {_TITLES[kind]}"
    yield ""
    clause, line = ("clause | ", "---|") if kind == "sentence" else ("", "")
    yield f"| no. | {clause}what | implemented by |"
    yield f"|---|{line}---|---|"
    for each in rows:
        shown = [str(target.label) for target in each.there] + [f"(awaited: {name})" for name in each.awaited]
        said = f"{each.clause} | " if kind == "sentence" else ""
        yield f"| {each.id} | {said}{each.text} | {'<br>'.join(shown)} |"


def main() -> int:
    """Write the page; non-zero, and nothing written, when a target dangles."""
    found = entries(tomllib.loads(DATA.read_text(encoding="utf-8")))
    every = [each for rows in found.values() for each in rows]
    for each in every:
        for target in each.dangling:
            print(f"{each.id}: {target} is not there", file=sys.stderr)
        if each.is_gap:
            print(f"{each.id}: implemented by nothing yet (awaited: {', '.join(each.awaited) or 'nothing'})")
    if any(each.dangling for each in every):
        return 1
    PAGE.write_text(render(found), encoding="utf-8")
    print(f"{len(every)} entries, {sum(len(each.there) for each in every)} targets, written to {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
