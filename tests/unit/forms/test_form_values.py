"""Each kind of field: the typed value that comes back, and every wrong value refused in words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.forms.one_form import COUNTY, HOUSEHOLD, check, field, problems, rule

# --- typed values ---


@pytest.mark.parametrize(
    ("component", "given_value", "typed"),
    [
        (field("textfield"), "  张三 ", "张三"),
        (field("textarea"), "第一行\n第二行", "第一行\n第二行"),
        (field("number"), 3, Decimal(3)),
        (field("number"), "3.50", Decimal("3.50")),
        (field("number"), 0.1, Decimal("0.1")),
        (field("number", decimalDigits=0), "12", 12),
        (field("number", decimalDigits=0), 12.0, 12),
        (field("number", properties={"type": "money"}), "1234.56", Decimal("1234.56")),
        (field("checkbox"), True, True),
        (field("checkbox"), "on", True),
        (field("checkbox"), None, False),
        (field("datetime", subtype="date"), "2025-09-24", date(2025, 9, 24)),
        (field("datetime", subtype="date"), date(2025, 9, 24), date(2025, 9, 24)),
        (field("datetime", subtype="datetime"), "2025-09-24T10:00", datetime(2025, 9, 24, 10, 0, tzinfo=COUNTY)),
        (field("datetime", subtype="datetime"), "2025-09-24T02:00Z", datetime(2025, 9, 24, 10, 0, tzinfo=COUNTY)),
        (
            field("datetime", subtype="datetime"),
            datetime(2025, 9, 24, 10, 0),
            datetime(2025, 9, 24, 10, 0, tzinfo=COUNTY),
        ),
        (field("datetime", subtype="time"), "17:30", time(17, 30)),
        (field("datetime", subtype="time"), "09:30Z", time(17, 30)),
        (field("filepicker"), "f1", ["f1"]),
        (field("filepicker", multiple=True), ["f1", "f2", "f1"], ["f1", "f2"]),
        ({**HOUSEHOLD, "key": "f"}, "yes", "yes"),
        ({**HOUSEHOLD, "key": "f", "type": "radio"}, "no", "no"),
        ({**HOUSEHOLD, "key": "f", "type": "checklist"}, ["yes", "yes"], ["yes"]),
        ({**HOUSEHOLD, "key": "f", "type": "taglist"}, None, []),
        (field("select", values=[{"label": "1", "value": 1}]), 1.0, 1),
        (field("textfield"), "", None),
        (field("number"), None, None),
        (field("filepicker"), None, []),
    ],
)
def test_values_come_back_typed(component: dict[str, Any], given_value: Any, typed: Any) -> None:
    value = check([component], {"f": given_value})["f"]
    assert value == typed
    assert type(value) is type(typed)
    if isinstance(value, datetime):
        assert value.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("component", "wrong", "broken"),
    [
        (field("textfield"), 3, "type"),
        (field("textfield"), ["a"], "type"),
        (field("textfield"), "a\nb", "characters"),
        (field("textfield"), "a\x00b", "characters"),
        (field("textarea"), "a\x1bb", "characters"),
        (field("textarea"), "\ud800", "characters"),
        (field("number"), "abc", "type"),
        (field("number"), True, "type"),
        (field("number"), "NaN", "range"),
        (field("number"), float("inf"), "range"),
        (field("number"), "1e400", "range"),
        (field("number"), 1e16, "range"),
        (field("number"), "0.1234567890123456", "range"),
        (field("number", decimalDigits=0), "1.5", "decimals"),
        (field("number", decimalDigits=1), "1.25", "decimals"),
        (field("number", properties={"type": "money"}), "1.234", "decimals"),
        (field("number", properties={"type": "money"}), "-1", "money"),
        (field("number", validate={"min": 1}), 0, "min"),
        (field("number", validate={"max": 10}), "10.01", "max"),
        (field("number", validate={"min": "=1 + 1"}), 1, "min"),
        (field("checkbox"), "yes", "type"),
        (field("checkbox", validate={"required": True}), False, "required"),
        (field("checkbox", validate={"required": True}), None, "required"),
        (field("datetime", subtype="date"), "2025-02-29", "date"),
        (field("datetime", subtype="date"), "20250924", "date"),
        (field("datetime", subtype="date"), "1899-12-31", "range"),
        (field("datetime", subtype="date"), "9999-12-31", "range"),
        (field("datetime", subtype="datetime"), "2025-09-24", "datetime"),
        (field("datetime", subtype="datetime"), "2025-13-01T10:00", "datetime"),
        (field("datetime", subtype="datetime"), "0001-01-01T00:00+14:00", "range"),
        (field("datetime", subtype="time"), "25:00", "time"),
        (field("datetime", subtype="time"), 1730, "time"),
        (field("datetime", properties={"not_after": "now"}), "2025-09-25", "not_after"),
        (field("datetime", subtype="datetime", properties={"not_after": "now"}), "2025-09-24T10:01", "not_after"),
        (field("datetime", properties={"not_before": "now"}), "2025-09-23", "not_before"),
        (field("datetime", subtype="datetime", disallowPassedDates=True), "2025-09-24T09:59", "not_before"),
        (field("filepicker"), ["a", "b"], "file"),
        (field("filepicker"), ["../etc"], "file"),
        (field("filepicker"), [{"id": "a"}], "file"),
        (field("filepicker", validate={"required": True}), [], "required"),
        (field("filepicker", multiple=True, properties={"min_items": 2}), ["a"], "min_items"),
        (field("filepicker", multiple=True, properties={"min_items": 2}), None, "min_items"),
        ({**HOUSEHOLD, "key": "f", "label": "字段"}, "maybe", "option"),
        ({**HOUSEHOLD, "key": "f", "label": "字段"}, True, "option"),
        ({**HOUSEHOLD, "key": "f", "label": "字段"}, {"a": 1}, "option"),
        ({**HOUSEHOLD, "key": "f", "label": "字段", "type": "checklist"}, "yes", "type"),
        ({**HOUSEHOLD, "key": "f", "label": "字段", "type": "checklist"}, ["yes", "maybe"], "option"),
        (
            {**HOUSEHOLD, "key": "f", "label": "字段", "type": "taglist", "properties": {"min_items": 2}},
            ["yes"],
            "min_items",
        ),
        (field("select", values=[{"label": "1", "value": 1}]), True, "option"),
        (field("textfield", validate={"required": True}), "   ", "required"),
        (field("textfield", validate={"minLength": 2}), "张", "min_length"),
        (field("textfield", validate={"maxLength": 2}), "张三丰", "max_length"),
        (field("textfield", validate={"pattern": r"^\d{6}$"}), "12345a", "pattern"),
        (field("textfield", validate={"pattern": r"^\d{6}$"}), "１２３４５６", "pattern"),
        (field("textarea", validate={"pattern": r"a$"}), "a" * 3000, "pattern"),
        (field("textfield", validate={"validationType": "email"}), "a@b", "email"),
        (field("textfield", validate={"validationType": "phone"}), "12345", "phone"),
        (field("textarea"), "长" * 30_000, "size"),
    ],
)
def test_wrong_values_are_refused(component: dict[str, Any], wrong: Any, broken: str) -> None:
    assert rule(component, wrong) == broken


@pytest.mark.parametrize(
    ("component", "right"),
    [
        (
            field("textfield", validate={"pattern": r"^\d{6}$", "minLength": 6, "maxLength": 6, "required": True}),
            "519927",
        ),
        (field("textfield", validate={"validationType": "email"}), "name@example.cn"),
        (field("textfield", validate={"validationType": "phone"}), "13812345678"),
        (field("textfield", validate={"validationType": "phone"}), "+8613812345678"),
        (field("textfield", validate={"validationType": "phone"}), "028-85551234"),
        (field("number", validate={"min": 1, "max": 10}), 10),
        (field("number", validate={"min": 1}), 1),
        (field("datetime", properties={"not_after": "now"}), "2025-09-24"),
        (field("datetime", subtype="datetime", properties={"not_after": "now"}), "2025-09-24T10:00"),
        (field("datetime", subtype="datetime", properties={"not_before": "now"}), "2025-09-24T10:00"),
        (field("filepicker", multiple=True, properties={"min_items": 2}), ["a", "b"]),
        (field("textarea"), "长" * 20_000),
        (field("checkbox", validate={"required": True}), True),
    ],
)
def test_right_values_pass(component: dict[str, Any], right: Any) -> None:
    assert check([component], {"f": right})["f"] not in (None, [])


def test_messages_name_the_field_the_rule_and_the_remedy() -> None:
    name = field("textfield", "name", validate={"required": True}) | {"label": "儿童姓名"}
    assert problems([name], {}) == [("name", "required", "「儿童姓名」必须填写,请补充")]
    born = {
        "type": "datetime",
        "key": "born",
        "subtype": "date",
        "dateLabel": "出生日期",
        "properties": {"not_after": "now"},
    }
    assert problems([born], {"born": "2026-01-01"}) == [("born", "not_after", "「出生日期」不能晚于现在,请核对日期")]


def test_all_problems_are_told_at_once() -> None:
    found = problems([field("textfield", "a", validate={"required": True}), field("number", "b")], {"b": "x", "c": 1})
    assert [problem[:2] for problem in found] == [("c", "undeclared"), ("a", "required"), ("b", "type")]
