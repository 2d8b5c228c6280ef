"""Dates are not in the future unless they tell an end or a plan; money is not below zero and has two decimals; what is
called a number of somebody is checked as one (domain.md 5.1). Over every field of every form, those of lists too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.definitions.forms import parse_form
from engine.definitions.forms.model import Field

FORMS = sorted((Path(__file__).parents[2] / "processes").glob("*/forms/*.form"))
#: Ends, deadlines and plans, which may lie ahead, and beginnings that a decision of today may set ahead.
AHEAD = {
    *("custody_to", "sentence_to", "rehab_to", "father_to", "mother_to", "period_to", "valid_to"),
    *("deadline", "defence_due", "redo_due", "due_on", "next_check", "expected_graduation"),
    *("custody_from", "enrolled_on", "valid_from", "not_before"),
}
#: A supervision's period, named as a parent's is.
AHEAD_IN = {"j_ut_open": {"period_from"}}
YUAN = ("元", "金额", "收入", "总额", "低保金", "生活补贴", "月标准", "个人负担", "起付标准")
#: What the end of a field's key says of its check.
NUMBERS = {"idcard": "idcard", "phone": "phone", "bank_account": "bankcard", "student_no": "student_no"}
NUMBERS |= {"cert_no": "disability_cert"}


def fields() -> Iterator[tuple[str, Field]]:
    for path in FORMS:
        yield from ((path.stem, each) for each in parse_form(path.read_bytes(), path.stem).walk())


def test_a_date_that_may_lie_ahead_is_one_of_a_few() -> None:
    loose = {
        f"{form}.{each.key}"
        for form, each in fields()
        if each.kind == "datetime"
        and each.spec.get("subtype") != "time"
        and not {"not_after", "not_before"} & set(each.properties)
        and each.key not in AHEAD | AHEAD_IN.get(form, set())
    }
    assert loose == set()


def test_money_is_read_as_money() -> None:
    numbers = [(form, each) for form, each in fields() if each.kind == "number"]
    loose = {
        f"{form}.{each.key}"
        for form, each in numbers
        if any(word in each.title for word in YUAN) and each.properties.get("type") != "money"
    }
    assert loose == set()
    assert sum(each.properties.get("type") == "money" for _, each in numbers) > 10


@pytest.mark.parametrize("ending", sorted(NUMBERS))
def test_a_number_of_somebody_is_checked_as_one(ending: str) -> None:
    found = [(form, each) for form, each in fields() if each.kind == "textfield" and each.key.endswith(ending)]
    assert found
    assert {f"{form}.{each.key}" for form, each in found if each.properties.get("check") != NUMBERS[ending]} == set()
