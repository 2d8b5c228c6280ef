"""What a rule sees, and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from engine.definitions.bundle import Bundle
from engine.definitions.diagram import Diagram, Flow, Node, Process
from engine.definitions.problem import Problem, Severity

BARE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


@dataclass(frozen=True, kw_only=True)
class View:
    """One bundle with a readable diagram, and the names that the program offers it."""

    bundle: Bundle
    diagram: Diagram
    process: Process
    services: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    callers: tuple[str, ...] = ()  #: keys of the processes that call this one in the checked bundle

    @property
    def nodes(self) -> tuple[Node, ...]:
        return self.process.nodes

    @property
    def flows(self) -> tuple[Flow, ...]:
        return self.process.flows


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule found: where, and the two sentences."""

    zh: str
    en: str
    element: str | None = None
    line: int | None = None
    file: str | None = None  #: path in the bundle, where it is not the diagram
    path: tuple[str, ...] = field(default=())


Test = Callable[[View], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """A rule is a function; its name is the rule's id."""

    test: Test
    severity: Severity = Severity.ERROR

    @property
    def id(self) -> str:
        return self.test.__name__.replace("_", "-")

    def problems(self, view: View) -> Iterator[Problem]:
        """The rule's findings as problems of the bundle."""
        for finding in self.test(view):
            yield Problem(
                rule=self.id,
                severity=self.severity,
                file=f"{view.bundle.key}/{finding.file or view.bundle.diagram_name}",
                line=finding.line,
                element_id=finding.element,
                message=finding.zh,
                message_en=finding.en,
                path=finding.path,
            )


def label(node: Node) -> str:
    """The element as a Chinese reader knows it."""
    return f"「{node.name}」({node.id})" if node.name else f"「{node.id}」"


def at(node: Node, zh: str, en: str) -> Finding:
    """A finding on an element; both sentences go on after the element's name."""
    return Finding(zh=label(node) + zh, en=f"{node.id} {en}", element=node.id, line=node.line)


def at_flow(flow: Flow, zh: str, en: str) -> Finding:
    """A finding on an arrow."""
    name = f"「{flow.name}」({flow.id})" if flow.name else f"「{flow.id}」"
    return Finding(zh=f"连线{name}{zh}", en=f"The flow {flow.id} {en}", element=flow.id, line=flow.line)
