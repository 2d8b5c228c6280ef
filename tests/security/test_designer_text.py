"""No text of a designer reaches Python's evaluator, at any call site of the library, today or after an upgrade."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from pathlib import Path

import pytest
import SpiffWorkflow

from engine.errors import EngineError
from tests.diagrams import Diagram, loop
from tests.unit.runtime.instance import Instance

LIBRARY = Path(SpiffWorkflow.__file__).parent
CALL = re.compile(r"script_engine\.(?!environment)\w+\(|environment\.(?:evaluate|execute|call_service)\(")

#: Call sites of the library's script engine in 3.2, by file. Sites marked "never" belong to classes that our parser
#: does not build; the others get `runtime/scripting.py`. A new file or a new call must be looked at first.
KNOWN = {
    "bpmn/script_engine/python_engine.py": 3,  # never: replaced
    "bpmn/specs/bpmn_process_spec.py": 2,  # never: ad-hoc sub-processes
    "bpmn/specs/bpmn_task_spec.py": 1,  # gateway conditions: ours
    "bpmn/specs/event_definitions/conditional.py": 1,  # never: conditional events
    "bpmn/specs/event_definitions/message.py": 1,  # never: events.Definition instead
    "bpmn/specs/event_definitions/timer.py": 3,  # never: events.Definition instead
    "bpmn/specs/mixins/multiinstance_task.py": 4,  # never: loops.MultiInstance overrides their callers
    "bpmn/specs/mixins/script_task.py": 1,  # never: elements.ScriptTask
    "camunda/specs/event_definitions.py": 1,  # never: this dialect is not parsed
    "camunda/specs/multiinstance_task.py": 1,  # never: this dialect is not parsed
    "dmn/engine/DMNEngine.py": 6,  # never: engine.decisions
    "dmn/specs/model.py": 1,  # never: engine.decisions
    "spiff/specs/event_definitions.py": 2,  # never: events.Definition instead
    "spiff/specs/mixins/service_task.py": 2,  # never: elements.ServiceTask
    "spiff/specs/spiff_task.py": 1,  # never: pre- and post-scripts are refused
}


def call_sites() -> dict[str, int]:
    found: Counter[str] = Counter()
    for path in sorted(LIBRARY.rglob("*.py")):
        for line in path.read_text(encoding="utf-8").splitlines():
            code = line.partition("#")[0]
            found[path.relative_to(LIBRARY).as_posix()] += len(CALL.findall(code))
    return {name: number for name, number in found.items() if number}


def test_every_call_site_of_the_library_is_known() -> None:
    assert call_sites() == KNOWN


@pytest.mark.parametrize(
    "banned",
    [
        "SpiffWorkflow.specs.Execute",
        "SpiffWorkflow.specs.Transform",
        "SpiffWorkflow.serializer.dict",
        "SpiffWorkflow.dmn",
        "SpiffWorkflow.spiff",
    ],
)
def test_dangerous_modules_are_not_imported_by_us(banned: str) -> None:
    sources = Path(__file__).parents[2] / "src"
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources.rglob("*.py"))
    assert f"from {banned}" not in text and f"import {banned}" not in text


HOSTILE = [
    '__import__("os").system("touch {mark}")',
    'open("{mark}", "w")',
    "().__class__.__base__.__subclasses__()",
    'eval("1")',
    "(lambda: 1)()",
    "[x for x in range(10**9)]",
]


def _everywhere(text: str) -> dict[str, Diagram]:
    """One diagram for each place in which a designer may write an expression."""

    def line(*names: str) -> Diagram:
        return Diagram().start().end().flow("start", *names, "end")

    choice = line("x").xor("x")
    choice.parts = [part for part in choice.parts if 'sourceRef="x"' not in part]
    choice.user("a").flow("x", "a", "end", when=text).flow("x", "end", default=True)
    return {
        "script": line("s").script("s", f"a = {text}"),
        "condition": choice,
        "timer": line("t").catch("t", f"timer {text}"),
        "date": line("t").catch("t", f"date {text}"),
        "cycle": line("u").user("u").boundary("b", "u", f"cycle {text}", False).end("e").flow("b", "e"),
        "collection": line("m").user("m", loop(), collection=text, element="each"),
        "cardinality": line("m").user("m", loop(cardinality=text)),
        "key": line("c").catch("c", "message M", message_key=text),
        "role": line("u").user("u", role=text),
        "due": line("u").user("u", due=text),
        "place": line("u").user("u", place=text),
        "department": line("u").user("u", department=text),
        "parameter": line("v").service("v", "s", param__a=text),
    }


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", sorted(_everywhere("1")))
def test_hostile_text_does_nothing_in_any_place(place: str, text: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with contextlib.suppress(EngineError):
        Instance(_everywhere(text.replace("{mark}", str(mark)))[place])
    assert not mark.exists()
