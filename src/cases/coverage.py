"""Which elements and sequence flows of the diagrams the told stories reach, and what a story leaves behind.

The history says what each step passed. A flow that only joins is not named there (a join goes on with one token), so
a flow without a choice counts as taken when the element that it leaves was passed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, select

from engine.definitions.gate import parse_xml
from engine.runtime.compile import FLOW_NODES
from engine.runtime.parser import BPMN
from engine.store import metadata
from engine.store.base import Instant
from engine.store.history import history
from engine.store.instance import instance
from engine.store.session import Session

Mark = tuple[str, str]  #: process key, id of an element or a flow
#: Here every way that is opened is taken.
_NO_CHOICE = frozenset({"parallelGateway"})
#: An id that is another one each time.
_MADE_UP = re.compile(r"\b[0-9a-hjkmnp-tv-z]{26}\b")
#: What is drawn anew each time.
_DRAWN = frozenset({"file.key"})
#: What the program notes for itself: how often and when it looked is not what a story tells.
_NOT_TOLD = frozenset(
    {"history", "audit", "audit_log", "job", "submission", "message_wait", "process_version", "division"}
)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A diagram as far as it counts here."""

    process: str
    elements: Mapping[str, str]  #: id → kind
    flows: Mapping[str, tuple[str, str]]  #: id → from, to

    @property
    def end_events(self) -> frozenset[str]:
        return frozenset(each for each, kind in self.elements.items() if kind == "endEvent")

    def without_choice(self, source: str) -> bool:
        """Whether a token that passed this element left by each of its flows."""
        leaving = sum(each[0] == source for each in self.flows.values())
        return leaving == 1 or self.elements[source] in _NO_CHOICE

    def must_have(self, source: str, target: str, passed: Collection[str]) -> bool:
        """Whether what was passed could not be passed without this flow."""
        joined = target in passed and self.elements[target] in _NO_CHOICE
        return source in passed and (joined or self.without_choice(source))


@dataclass(frozen=True, kw_only=True)
class Covered:
    """What of one process was reached, out of what, and what was not."""

    process: str
    elements: int
    flows: int
    missed_elements: tuple[str, ...]
    missed_flows: tuple[str, ...]
    missed_ends: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of elements and flows together, 0 to 1."""
        whole = self.elements + self.flows
        return (whole - len(self.missed_elements) - len(self.missed_flows)) / whole


def drawn(content: bytes, name: str) -> Drawn:
    """The one process of a diagram. Raises `FileRefused`."""
    process = next(parse_xml(content, name).iter(f"{{{BPMN}}}process"))
    elements: dict[str, str] = {}
    flows: dict[str, tuple[str, str]] = {}
    for node in process.iter(f"{{{BPMN}}}*"):
        kind, key = str(node.tag).rpartition("}")[2], str(node.get("id"))
        if kind in FLOW_NODES:
            elements[key] = kind
        elif kind == "sequenceFlow":
            flows[key] = (str(node.get("sourceRef")), str(node.get("targetRef")))
    return Drawn(process=str(process.get("id")), elements=elements, flows=flows)


def marks(session: Session) -> frozenset[Mark]:
    """All elements and flows that any instance in this database passed."""
    found: set[Mark] = set()
    query = select(history.c.data, instance.c.process_key).join(instance, instance.c.id == history.c.instance_id)
    for row in session.execute(query):
        for element_id, called, _name, _kind, flow_id in (row.data or {}).get("passed", ()):
            found |= {(called or row.process_key, each) for each in (element_id, flow_id) if each is not None}
    return frozenset(found)


def cover(diagram: Drawn, reached: Iterable[Mark]) -> Covered:
    """Compare a diagram with what was passed. Of two flows between the same elements the history names one, and of the
    flows into a parallel join the last to arrive: a join that was passed had a token on each."""
    passed = {each for key, each in reached if key == diagram.process}
    ways = {diagram.flows[each] for each in passed if each in diagram.flows}
    missed_flows = [
        flow
        for flow, (source, target) in diagram.flows.items()
        if (source, target) not in ways and not diagram.must_have(source, target, passed)
    ]
    missed = [each for each in diagram.elements if each not in passed]
    return Covered(
        process=diagram.process,
        elements=len(diagram.elements),
        flows=len(diagram.flows),
        missed_elements=tuple(missed),
        missed_flows=tuple(missed_flows),
        missed_ends=tuple(each for each in missed if each in diagram.end_events),
    )


def table(found: Iterable[Covered]) -> str:
    """The coverage of each process and of all, as lines to print."""
    rows = list(found)
    lines = [f"{'流程 process':<18}{'环节 elements':>16}{'连线 flows':>14}{'覆盖 covered':>14}"]
    for each in rows:
        elements, flows = each.elements - len(each.missed_elements), each.flows - len(each.missed_flows)
        lines.append(
            f"{each.process:<18}{f'{elements}/{each.elements}':>16}{f'{flows}/{each.flows}':>14}{each.share:>13.1%}"
        )
    lines.append(f"{'合计 total':<18}{'':>16}{'':>14}{share(rows):>13.1%}")
    return "\n".join(lines)


def share(found: Iterable[Covered]) -> float:
    """Of all elements and flows of all processes, 0 to 1."""
    rows = list(found)
    missed = sum(len(each.missed_elements) + len(each.missed_flows) for each in rows)
    return 1 - missed / max(1, sum(each.elements + each.flows for each in rows))


def left_behind(session: Session) -> frozenset[tuple[str, int]]:
    """What a story left, whatever the order of its steps: all rows without ids and instants, but with due dates.

    Each entry is a row in words and how often it is there.
    """
    counted: dict[str, int] = {}
    for each in metadata.sorted_tables:
        if each.name in _NOT_TOLD:
            continue
        columns = [column for column in each.columns if _tells(column)]
        for row in session.execute(select(*columns)) if columns else ():
            told = ", ".join(f"{column.name}={value}" for column, value in zip(columns, row, strict=True))
            words = f"{each.name}: {_MADE_UP.sub('…', told)}"
            counted[words] = counted.get(words, 0) + 1
    return frozenset(counted.items())


def _tells(column: Any) -> bool:
    if column.name == "due_at":
        return True
    if str(column) in _DRAWN:
        return False
    told = not isinstance(column.type, Instant | JSON) and not column.primary_key and not column.foreign_keys
    return told and not column.name.endswith(("_id", "_by", "_key", "version", "state", "_no", "number"))
