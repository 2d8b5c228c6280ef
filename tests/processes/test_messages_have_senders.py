"""M13: whatever a diagram waits for, somebody sends: another diagram, a service, or a person from the case's page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from cases.handlers.child_at_risk import TAKE_DOWN
from web.wishes import SUPPLEMENT, TELLINGS, WITHDRAW

PROCESSES = Path(__file__).parents[2] / "processes"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
THROWING = {f"{BPMN}intermediateThrowEvent", f"{BPMN}endEvent", f"{BPMN}sendTask"}
BY_HAND = {SUPPLEMENT, WITHDRAW, TAKE_DOWN, *(each.message for each in TELLINGS.values())}


def events(*, throwing: bool) -> Iterator[str]:
    """The names of the messages and signals that the diagrams throw, or catch."""
    for path in sorted(PROCESSES.glob("*/*.bpmn")):
        root = etree.parse(path).getroot()
        names = {each.get("id"): each.get("name") for each in root if each.tag in (f"{BPMN}message", f"{BPMN}signal")}
        for node in root.iter(f"{BPMN}*"):
            owner = node if node.get("messageRef") and "EventDefinition" not in node.tag else node.getparent()
            reference = node.get("messageRef") or node.get("signalRef")
            if reference and (owner.tag in THROWING) is throwing:
                yield names[reference]


def test_every_awaited_message_has_a_sender() -> None:
    awaited = set(events(throwing=False))
    assert awaited >= {"MSG_WITHDRAW", "MSG_OBJECTIONS_CLEARED", "MSG_JCY_RECOMMENDATION"}
    assert awaited - set(events(throwing=True)) - BY_HAND == set()


def test_nobody_is_told_what_no_case_awaits() -> None:
    assert set(events(throwing=False)) >= BY_HAND


def test_both_finders_of_a_death_send_the_signal() -> None:
    throwers = {
        path.parent.name for path in PROCESSES.glob("*/*.bpmn") if 'signalRef="SIG_CHILD_DECEASED"' in path.read_text()
    }
    assert throwers == {"report", "visit"}
