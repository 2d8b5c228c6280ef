"""Cases begun in any earlier release finish in this one (promise P10)."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.definitions.bundle import Bundle, from_files
from engine.outcome import InstanceStatus, JobAdded, JobKind, TaskOpened, WaitAdded
from engine.runtime import compile_bundle
from tests.unit.runtime.instance import Instance
from tests.unit.runtime.keep_states import FOLDER, stopped
from tests.unit.runtime.shapes import SHAPES, _values

KEPT = sorted(FOLDER.glob("*/*.json"))


def restored(kept: dict[str, Any]) -> Instance:
    """A case from its file: its state was written by that release, its open work stood in the tables."""
    *called, key = reversed(kept["diagrams"])
    library: dict[str, Bundle] = {}
    for each in called:
        library[each] = from_files(each, {f"{each}.bpmn": kept["diagrams"][each].encode()}, library)
    bundle = from_files(key, {f"{key}.bpmn": kept["diagrams"][key].encode()}, library)
    case = Instance(compile_bundle(bundle))
    case.status = InstanceStatus.RUNNING
    case.state, case.now = base64.b64decode(kept["state"]), datetime.fromisoformat(kept["now"])
    case.tasks = {
        token: TaskOpened(
            token_id=token,
            element_id=element,
            process_key=key,
            name=element,
            form=element,
            role="clerk",
            place=None,
            department=None,
            due_at=None,
            due_derivation=None,
        )
        for token, element in kept["tasks"].items()
    }
    case.jobs = {
        (token, JobKind(kind), sequence): JobAdded(
            token_id=token,
            element_id=element,
            kind=JobKind(kind),
            due_at=datetime.fromisoformat(due),
            sequence=sequence,
        )
        for token, element, kind, due, sequence in kept["jobs"]
    }
    case.waits = {
        token: WaitAdded(token_id=token, element_id=element, name=name, key=wait_key, signal=signal)
        for token, element, name, wait_key, signal in kept["waits"]
    }
    return case


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_case_of_an_earlier_release_finishes(path: Path) -> None:
    kept = json.loads(path.read_text(encoding="utf-8"))
    case = restored(kept)
    for verb, name in kept["after"]:
        assert not case.is_over
        getattr(case, verb)(name)
    assert case.is_over
    assert not case.tasks


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_kept_and_finishes_today(name: str) -> None:
    assert [path for path in KEPT if path.stem == name]
    case = stopped(SHAPES[name])
    for verb, argument in SHAPES[name].after:
        getattr(case, verb)(argument)
    assert case.is_over


def test_values_kept_by_an_earlier_release_come_back_as_they_were() -> None:
    for path in (path for path in KEPT if path.stem == "values"):
        case = restored(json.loads(path.read_text(encoding="utf-8")))
        case.complete("b")
        assert case.variables == _values()
