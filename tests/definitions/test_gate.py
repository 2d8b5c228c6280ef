"""The XML gate against hostile files, and against honest files of other tools."""

from __future__ import annotations

import pytest

from engine.definitions.gate import MAX_BYTES, FileRefused, parse_xml
from engine.definitions.reading import parse_diagram
from tests.definitions_builder import straight

BOMB = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><l>&c;</l>'
)

HOSTILE = {
    "doctype": [
        BOMB.encode(),
        b'<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd"><x/>',
        b"<! doctype x><x/>",
        b'<x>&lt;</x><!ENTITY e "1">',
        ("\ufeff" + BOMB).encode(),
    ],
    "bad-encoding": [
        BOMB.encode("utf-16"),
        BOMB.encode("utf-16-le"),
        BOMB.encode("utf-32"),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-<x/>',
        b"<?xml version='1.0' encoding = 'IBM037'?><x/>",
    ],
    "malformed-xml": [b"", b"   ", b"\x00", b"<x>", b"<x></y>", b"<x>&unknown;</x>", b"no xml at all", b"<x/><y/>"],
    "too-large": [b"<x>" + b"a" * MAX_BYTES + b"</x>"],
    "too-deep": [b"<x>" * 150 + b"</x>" * 150],
}


@pytest.mark.parametrize(
    ("rule", "raw"), [(rule, raw) for rule, many in HOSTILE.items() for raw in many], ids=lambda value: str(value)[:24]
)
def test_hostile_files_are_refused(rule: str, raw: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        parse_xml(raw, "x.bpmn")
    assert refused.value.problem.rule == rule
    assert refused.value.problem.file == "x.bpmn"


def test_very_deep_nesting_is_refused_without_recursion() -> None:
    with pytest.raises(FileRefused):
        parse_xml(b"<x>" * 50_000 + b"</x>" * 50_000)


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "GB18030"])
def test_honest_encodings_are_read(encoding: str) -> None:
    text = straight().xml().decode().replace("UTF-8", encoding, 1)
    process = parse_diagram(text.encode(encoding)).process
    assert process is not None
    assert process.name == "样例"


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert parse_diagram(b"\xef\xbb\xbf" + straight().xml()).process is not None


def test_lines_are_kept_for_messages() -> None:
    process = parse_diagram(straight().xml()).process
    assert process is not None
    assert process.by_id["a"].line == process.by_id["s"].line + 1
