"""docs/traceability.md: what each sentence of the plan, each amendment and each deadline is implemented by is there."""

from __future__ import annotations

import tomllib

import pytest

from tests.traceability import DATA, PAGE, entries, render

TOLD = tomllib.loads(DATA.read_text(encoding="utf-8"))
FOUND = entries(TOLD)


def test_all_are_listed() -> None:
    assert [each.id for each in FOUND["sentence"]] == [f"S-{number:02}" for number in range(1, 76)]
    assert [each.id for each in FOUND["amendment"]] == [f"M{number}" for number in range(1, 17)]
    assert [each.id for each in FOUND["deadline"]] == [f"DL-{number:02}" for number in range(1, 41)]
    assert all(each.clause and each.text for each in FOUND["sentence"])


def test_no_target_dangles() -> None:
    assert {each.id: each.dangling for rows in FOUND.values() for each in rows if each.dangling} == {}


def test_nothing_is_implemented_by_nothing() -> None:
    """What is still being drawn may be awaited; as soon as it is there, its elements must be there too."""
    gaps = {each.id for rows in FOUND.values() for each in rows if each.is_gap and not each.awaited}
    assert gaps == set()


def test_the_page_is_what_the_command_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(FOUND), "run `make traceability`"


@pytest.mark.parametrize(
    "target",
    [
        "element:application/b_ut_nothing",
        "element:nothing/b_ut_visit",
        "rule:D1_AGE_GATE/D1_AGE_GATE_r99",
        "table:D99_NOTHING",
        "field:application/b_ut_visit.nothing",
        "code:cases.deadlines.DeadlineCode.NOTHING",
        "code:cases.nothing",
        "story:application/nothing",
    ],
)
def test_a_target_that_is_gone_is_found(target: str) -> None:
    spoiled = {"sentence": [{"id": "S-01", "clause": "三", "text": "…", "by": [target]}]}
    [entry] = entries(spoiled)["sentence"]
    assert entry.dangling == (target,)
    assert entry.is_gap


def test_what_is_awaited_is_not_awaited_once_its_process_is_there() -> None:
    told = {"awaited": ["application"], "deadline": [{"id": "DL-1", "text": "…", "by": ["element:application/x"]}]}
    [entry] = entries(told)["deadline"]
    assert entry.dangling == ("element:application/x",)
