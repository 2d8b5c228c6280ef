"""Stores the states of this release, once and never again: `python -m tests.unit.runtime.keep_states 0.1`.

A stored state holds its diagram too, so that it stays what it was when the shapes here change.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from tests.unit.runtime.instance import Instance
from tests.unit.runtime.shapes import SHAPES, Shape

FOLDER = Path(__file__).parents[2] / "data" / "states"


def stopped(shape: Shape) -> Instance:
    """The case as far as it went."""
    library = {each.key: each.bundle() for each in shape.called}
    case = Instance(shape.process, shape.variables, library=library)
    for verb, name in shape.before:
        getattr(case, verb)(name)
    return case


def stored(shape: Shape) -> dict[str, object]:
    """The case as plain JSON."""
    case = stopped(shape)
    assert case.state is not None
    return {
        "diagrams": {each.key: each.xml().decode() for each in (shape.process, *shape.called)},
        "state": base64.b64encode(case.state).decode(),
        "now": case.now.isoformat(),
        "tasks": {token: task.element_id for token, task in case.tasks.items()},
        "jobs": [
            [job.token_id, job.element_id, job.kind, job.due_at.isoformat(), job.sequence] for job in case.jobs.values()
        ],
        "waits": [[wait.token_id, wait.element_id, wait.name, wait.key, wait.signal] for wait in case.waits.values()],
        "after": [list(verb) for verb in shape.after],
    }


def main(release: str) -> None:
    """Write one file for each shape; refuses to change a release that is there."""
    folder = FOLDER / release
    folder.mkdir(parents=True)
    for name, shape in SHAPES.items():
        text = json.dumps(stored(shape), ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
