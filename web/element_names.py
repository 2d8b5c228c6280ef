"""Names of a version's elements, as its diagram and those it calls write them."""

from __future__ import annotations

from engine.definitions.bundle import Bundle


class ElementNames:
    """Element id to its name on the diagram; ids are unique over a process and those it calls (step codes)."""

    def __init__(self, bundle: Bundle) -> None:
        self._names: dict[str, str] = {}
        for each in bundle.closure():
            for process in each.diagram.processes:
                for node in process.nodes:
                    if node.name:
                        self._names.setdefault(node.id, node.name)

    def __call__(self, element_id: str) -> str:
        return self._names.get(element_id, element_id)
