"""How many working days a published diagram gives a step: read from the diagram itself, so that a page that tells the
public of a period says what runs (domain.md 7). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.definitions.diagram import Process

_COUNT = re.compile(r"add workdays\([^,]+,\s*(\w+)\s*\)")


def days_of_step(process: Process, element_id: str) -> int | None:
    """The working days after which the element is due; None where it counts otherwise or does not exist."""
    node = process.by_id.get(element_id)
    return _days_in(process, node.properties.get("due", "")) if node else None


def days_of_name(process: Process, name: str) -> int | None:
    """The working days that a script line of the process gives this name: a plain number, or a date counted with
    `add workdays`. The first line that says a number counts."""
    for text in _assigned(process, name):
        if text.isascii() and text.isdigit():
            return int(text)
        found = _days_in(process, text)
        if found is not None:
            return found
    return None


def _days_in(process: Process, expression: str) -> int | None:
    match = _COUNT.search(expression)
    if match is None:
        return None
    count = match[1]
    return int(count) if count.isascii() and count.isdigit() else days_of_name(process, count)


def _assigned(process: Process, name: str) -> Iterator[str]:
    for node in process.nodes:
        for line in (node.script or "").splitlines():
            target, equals, text = line.partition("=")
            if equals and target.strip() == name:
                yield text.strip()
