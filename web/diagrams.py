"""A diagram with what happened on it, as `frontend/src/viewer.ts` draws it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any


def marks(
    xml: bytes,
    *,
    process_key: str,
    tokens: Iterable[tuple[str, str]] = (),
    done: Iterable[tuple[str, str]] = (),
    flows: Iterable[tuple[str, str]] = (),
    incidents: Iterable[str] = (),
    problems: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The diagram of one process and what belongs to it.

    `tokens`, `done` and `flows` are pairs of process key and element id; those of other (called) processes are left
    out, their call activity carries the token.
    """

    def own(pairs: Iterable[tuple[str, str]]) -> list[str]:
        return [element for key, element in pairs if key == process_key]

    return {
        "xml": xml.decode("utf-8"),
        "tokens": dict(Counter(own(tokens))),
        "done": sorted(set(own(done))),
        "flows": sorted(set(own(flows))),
        "incidents": sorted(set(incidents)),
        "problems": dict(problems or {}),
    }
