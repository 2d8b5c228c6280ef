"""A submission against a form: what is taken, what is refused, and in which words."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definitions.forms import RESERVED, FieldCheck
from engine.errors import SubmissionInvalid
from tests.unit.forms.one_form import HOUSEHOLD, check, field, problems, rule

# --- strangers ---


@pytest.mark.parametrize("key", ["director_approved", "F", "f.g", "f "])
def test_what_the_form_does_not_declare_is_refused_by_name(key: str) -> None:
    found = problems([field("textfield")], {"f": "x", key: True})
    assert found[0][0] == key
    assert key in found[0][2]


@pytest.mark.parametrize(
    "key",
    ["__builtins__", "_x", "len", "case", "case_id", "now", "today", "date", "count", "if", "nrOfInstances", "partial"],
)
def test_reserved_names_are_refused_even_if_a_form_declares_them(key: str) -> None:
    found = problems([field("textfield", key)], {key: "x"})
    assert found[0][:2] == (key, "reserved")


def test_a_key_that_is_no_text_is_refused() -> None:
    assert problems([field("textfield")], {3: "x"})[0][1] == "reserved"  # type: ignore[dict-item]


def test_static_components_give_and_take_nothing() -> None:
    static = [{"type": "text", "text": "请填写"}, {"type": "expression", "key": "total", "expression": "=1"}]
    assert check([*static, field("textfield")], {"f": "x", "total": 99}) == {"f": "x"}


# --- conditions ---


def depends(on: str, **more: Any) -> dict[str, Any]:
    return field("textfield", "reason", conditional={"hide": on}, **more)


def test_a_hidden_field_is_neither_taken_nor_demanded() -> None:
    form = [HOUSEHOLD, depends('=kind != "yes"', validate={"required": True})]
    assert check(form, {"kind": "no", "reason": "smuggled"}) == {"kind": "no"}
    assert problems(form, {"kind": "yes"})[0][:2] == ("reason", "required")
    assert check(form, {"kind": "yes", "reason": "r"}) == {"kind": "yes", "reason": "r"}


def test_a_hidden_field_s_value_hides_and_shows_nothing() -> None:
    third = field("textfield", "third", conditional={"hide": '=reason != "r"'})
    form = [HOUSEHOLD, depends('=kind != "yes"'), third]
    assert set(check(form, {"kind": "no", "reason": "r", "third": "x"})) == {"kind"}
    assert set(check(form, {"kind": "yes", "reason": "r", "third": "x"})) == {"kind", "reason", "third"}


@pytest.mark.parametrize(
    "condition", ["=unknown(1)", "=some x in 1..999999999 satisfies x < 0", "=" + "(" * 400 + "true" + ")" * 400]
)
def test_a_condition_that_cannot_be_computed_shows_the_field(condition: str) -> None:
    assert problems([depends(condition, validate={"required": True})], {})[0][1] == "required"


def test_conditions_read_the_case_and_see_dates_as_the_browser_does() -> None:
    form = [depends('=born < "2010-01-01"')]
    assert check(form, {"reason": "x"}, names={"born": date(2009, 9, 30)}) == {}
    assert check(form, {"reason": "x"}, names={"born": date(2011, 9, 30)}) == {"reason": "x"}
    own = [field("datetime", "born"), depends("=date(born) > today()")]
    assert set(check(own, {"born": "2025-09-25", "reason": "x"})) == {"born"}


def test_the_submission_stands_before_the_case_s_names() -> None:
    form = [HOUSEHOLD, depends('=kind = "no"')]
    assert set(check(form, {"kind": "yes", "reason": "x"}, names={"kind": "no"})) == {"kind", "reason"}


def test_functions_may_be_given() -> None:
    form = [depends("=adult(born)")]
    around = {"names": {"born": "2000-01-01"}, "functions": {"adult": lambda born: True}}
    assert check(form, {"reason": "x"}, **around) == {}


@pytest.mark.parametrize("lock", [{"disabled": True}, {"readonly": True}, {"readonly": "=locked"}])
def test_locked_fields_are_neither_taken_nor_trusted(lock: dict[str, Any]) -> None:
    form = [{**HOUSEHOLD, **lock}, depends('=kind = "no"')]
    names = {"kind": "no", "locked": True}
    assert check(form, {"kind": "yes", "reason": "x"}, names=names) == {}


def test_a_lock_that_depends_on_the_submission_holds_too() -> None:
    form = [HOUSEHOLD, field("textfield", "reason", readonly='=kind = "no"')]
    assert check(form, {"kind": "no", "reason": "x"}) == {"kind": "no"}


def test_hidden_groups_hide_what_they_hold() -> None:
    group = {
        "type": "group",
        "label": "组",
        "conditional": {"hide": '=kind = "no"'},
        "components": [field("number", "n")],
    }
    assert check([HOUSEHOLD, group], {"kind": "no", "n": "junk"}) == {"kind": "no"}
    assert check([HOUSEHOLD, group], {"kind": "yes", "n": 1}) == {"kind": "yes", "n": Decimal(1)}


def test_a_hidden_field_in_an_open_group_is_hidden() -> None:
    group = {"type": "group", "label": "组", "components": [depends('=kind = "no"', validate={"required": True})]}
    assert check([HOUSEHOLD, group], {"kind": "no", "reason": "x"}) == {"kind": "no"}
    assert problems([HOUSEHOLD, group], {"kind": "yes"})[0][:2] == ("reason", "required")


def test_a_lock_opens_with_what_the_person_enters() -> None:
    form = [HOUSEHOLD, field("textfield", "reason", readonly='=kind = "no"')]
    assert check(form, {"kind": "yes", "reason": "x"}, names={"kind": "no"}) == {"kind": "yes", "reason": "x"}


# --- options from elsewhere ---


def test_options_may_come_from_data_or_be_computed() -> None:
    by_key = {"type": "select", "key": "dept", "label": "字段", "valuesKey": "depts"}
    names = {"depts": [{"label": "民政", "value": "MZJ"}, "JKT"]}
    assert check([by_key], {"dept": "JKT"}, names=names) == {"dept": "JKT"}
    assert rule(by_key, "GAJ", names=names) == "option"
    assert rule(by_key, "MZJ") == "option"
    computed = {"type": "checklist", "key": "dept", "label": "字段", "valuesExpression": '=["MZJ", "JKT"]'}
    assert check([computed], {"dept": ["MZJ"]}) == {"dept": ["MZJ"]}
    assert rule(computed, ["GAJ"]) == "option"


# --- lists and groups ---

SIBLINGS = {
    "type": "dynamiclist",
    "path": "siblings",
    "label": "兄弟姐妹",
    "properties": {"min_items": "1"},
    "components": [
        field("textfield", "name", validate={"required": True}) | {"label": "姓名"},
        field("checkbox", "ill") | {"label": "患病"},
        field("textfield", "illness", conditional={"hide": "=not(ill) or nobody_ill"}) | {"label": "病名"},
    ],
}


def test_rows_of_a_dynamic_list() -> None:
    rows = [{"name": "甲", "illness": "x"}, {"name": "乙", "ill": True, "illness": "y"}]
    around = {"names": {"nobody_ill": False}}
    assert check([SIBLINGS], {"siblings": rows}, **around) == {
        "siblings": [{"name": "甲", "ill": False}, {"name": "乙", "ill": True, "illness": "y"}]
    }


@pytest.mark.parametrize(
    ("rows", "where", "broken"),
    [
        ([{"name": "甲"}, {}], "siblings[1].name", "required"),
        ([{"name": "甲", "age": 3}], "siblings[0].age", "undeclared"),
        ([{"name": "甲", "len": 3}], "siblings[0].len", "reserved"),
        ([], "siblings", "min_items"),
        (None, "siblings", "min_items"),
        ("甲", "siblings", "type"),
        (["甲"], "siblings", "type"),
        ([{"name": "甲"}] * 201, "siblings", "rows"),
    ],
)
def test_wrong_rows(rows: Any, where: str, broken: str) -> None:
    assert problems([SIBLINGS], {"siblings": rows})[0][:2] == (where, broken)


def test_a_group_with_a_path_is_a_context() -> None:
    group = {
        "type": "group",
        "path": "home",
        "label": "住处",
        "components": [field("textfield", "street", validate={"required": True})],
    }
    assert check([group], {"home": {"street": "一号"}}) == {"home": {"street": "一号"}}
    assert problems([group], {})[0][:2] == ("home.street", "required")
    assert problems([group], {"home": {"city": 1, "street": "x"}})[0][:2] == ("home.city", "undeclared")
    assert problems([group], {"home": "x"})[0][:2] == ("home", "type")


# --- checks of the domain ---


def test_a_named_check_is_looked_up() -> None:
    idcard = field("textfield", "idcard", properties={"check": "idcard"}) | {"label": "儿童身份证号"}
    checks = {
        "idcard": FieldCheck(problem=lambda value, _today: None if value == "right" else "校验位不正确,请核对最后一位")
    }
    assert check([idcard], {"idcard": "right"}, checks=checks) == {"idcard": "right"}
    assert check([idcard], {}, checks=checks) == {"idcard": None}
    wrong = problems([idcard], {"idcard": "wrong"}, checks=checks)
    assert wrong == [("idcard", "idcard", "「儿童身份证号」校验位不正确,请核对最后一位")]


def test_a_text_is_judged_and_kept_as_its_check_writes_it() -> None:
    number = field("textfield", "card", validate={"maxLength": 4}, properties={"check": "number"})
    asked: list[tuple[str, date]] = []
    checks = {
        "number": FieldCheck(
            problem=lambda value, today: asked.append((value, today)), kept=lambda text: text.replace(" ", "")
        )
    }
    given = [{"card": "12 34"}, {"card": "1 2 3 4 "}, {"card": " "}]
    assert [check([number], each, checks=checks)["card"] for each in given] == ["1234", "1234", None]
    assert asked == [("1234", date(2025, 9, 24))] * 2
    rows = [{"type": "dynamiclist", "id": "rows", "path": "rows", "components": [number]}]
    assert check(rows, {"rows": [{"card": "1 2"}]}, checks=checks) == {"rows": [{"card": "12"}]}
    assert problems([number], {"card": "1 2 3 4 5"}, checks=checks)[0][1] == "max_length"


def test_an_unknown_check_lets_nothing_pass() -> None:
    assert "不存在" in problems([field("textfield", properties={"check": "nobody"})], {"f": "x"})[0][2]


# --- size ---


def test_a_submission_has_a_limit() -> None:
    many = [field("textarea", f"f{i}") for i in range(30)]
    found = problems(many, {f"f{i}": "x" * 60_000 for i in range(30)})
    assert found == [("", "size", "提交的内容超过 1 MB,请精简文字;文件请用附件上传")]


def test_deep_nesting_is_no_way_in() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    assert rule(field("textfield"), deep) in ("type", "size")


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
EVERYTHING = [
    field("textfield", "text", validate={"pattern": "^a+$"}),
    field("number", "amount", properties={"type": "money"}),
    field("datetime", "at", subtype="datetime"),
    field("datetime", "clock", subtype="time"),
    field("checkbox", "agreed"),
    field("filepicker", "papers", multiple=True),
    {**HOUSEHOLD, "type": "checklist"},
    SIBLINGS,
]


@given(
    st.dictionaries(
        st.sampled_from(["text", "amount", "at", "clock", "agreed", "papers", "kind", "siblings"])
        | st.text(max_size=10),
        json_values,
    )
)
def test_whatever_is_sent_is_answered(submission: dict[str, Any]) -> None:
    try:
        values = check(EVERYTHING, submission)
    except SubmissionInvalid as refusal:
        assert all(problem.message for problem in refusal.problems)
    else:
        assert (
            set(submission) <= set(values) <= {"text", "amount", "at", "clock", "agreed", "papers", "kind", "siblings"}
        )
        assert not set(values) & RESERVED


def test_instants_of_other_zones_become_county_time() -> None:
    value = check(
        [field("datetime", subtype="datetime")], {"f": datetime(2025, 9, 24, 5, tzinfo=timezone(timedelta(hours=3)))}
    )
    assert value["f"].isoformat() == "2025-09-24T10:00:00+08:00"
