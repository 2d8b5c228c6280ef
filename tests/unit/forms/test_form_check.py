"""What is wrong with a form is told when it is published."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.definitions.forms import blind_expressions, check_form, parse_form
from engine.definitions.gate import FileRefused


def form_of(*components: Any, **more: Any) -> bytes:
    schema = {"type": "default", "id": "t", "schemaVersion": 19, "components": list(components), **more}
    return json.dumps(schema, ensure_ascii=False).encode()


def text(key: str = "name", **more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": "姓名", **more}


GOOD = form_of(
    {"type": "text", "text": "# 请如实填写"},
    text(validate={"required": True, "pattern": r"^[\u4e00-\u9fa5·]{2,20}$"}, properties={"check": "idcard"}),
    {"type": "datetime", "key": "born", "subtype": "date", "dateLabel": "出生日期", "properties": {"not_after": "now"}},
    {"type": "radio", "key": "ill", "label": "患病", "values": [{"label": "是", "value": "yes"}]},
    {"type": "select", "key": "dept", "label": "部门", "valuesExpression": "=depts"},
    {"type": "group", "label": "住处", "components": [text("street", conditional={"hide": '=ill != "yes"'})]},
    {"type": "dynamiclist", "path": "siblings", "label": "兄弟姐妹", "components": [text("name")]},
    {"type": "filepicker", "key": "papers", "label": "附件", "multiple": True, "properties": {"min_items": "1"}},
    {"type": "button", "label": "提交", "action": "submit"},
    exporter={"name": "https://example.org is not looked at"},
)


def test_a_good_form_has_no_problems() -> None:
    form = parse_form(GOOD)
    assert check_form(form, {"idcard"}) == []
    assert form.names == {"name", "born", "ill", "dept", "street", "siblings", "papers"}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (form_of({"type": "html", "content": "<b>"}), "html 不允许"),
        (form_of({"type": "iframe", "url": "/x"}), "iframe 不允许"),
        (form_of({"type": "signature", "key": "s", "label": "签名"}), "「signature」不支持"),
        (form_of({"key": "s", "label": "签名"}), "不支持"),
        (form_of(text(), text()), "「name」重复"),
        (form_of(text(), {"type": "group", "label": "组", "components": [text()]}), "「name」重复"),
        (
            form_of({"type": "text", "id": "told", "text": "="}, {**text(), "id": "told"}),
            "有2个组件的 id 都是「told」",
        ),
        (form_of({"type": "dynamiclist", "path": "l", "label": "列", "components": [text(), text()]}), "「name」重复"),
        (form_of(text(label="")), "没有标题"),
        (form_of({"type": "dynamiclist", "path": "l", "components": []}), "没有标题"),
        (form_of({"type": "dynamiclist", "label": "l", "components": []}), "字段名「」"),
        (form_of(text("")), "字段名「」"),
        (form_of(text("_x")), "以下划线开头"),
        (form_of(text("len")), "系统保留"),
        (form_of(text("case_id")), "系统保留"),
        (form_of(text("a.b")), "只能由字母"),
        (form_of({"type": "select", "key": "s", "label": "选择"}), "没有选项"),
        (form_of({"type": "radio", "key": "s", "label": "选择", "values": []}), "没有选项"),
        (form_of({"type": "taglist", "key": "s", "label": "选择", "values": [{"label": "x"}]}), "有选项没有值"),
        (form_of({"type": "taglist", "key": "s", "label": "选择", "values": [{"value": "x"}]}), "有选项没有标题"),
        (
            form_of({"type": "checklist", "key": "s", "label": "选", "values": [{"label": "x", "value": "x"}] * 2}),
            "两个选项的值相同",
        ),
        (form_of({"type": "datetime", "key": "d", "label": "日期", "subtype": "month"}), "subtype"),
        (form_of(text(conditional={"hide": "=1 +"})), "不是有效的 FEEL"),
        (form_of(text(conditional={"hide": "x = 1"})), "应以等号开头"),
        (form_of(text(readonly="=)")), "不是有效的 FEEL"),
        (form_of(text(validate={"min": "=1 +"})), "不是有效的 FEEL"),
        (form_of({"type": "select", "key": "s", "label": "选", "valuesExpression": "=["}), "不是有效的 FEEL"),
        (form_of(text(description="见 https://example.com")), "外部地址"),
        (form_of({"type": "text", "text": "![](HTTP://example.com/x.png)"}), "外部地址"),
        (form_of({"type": "image", "source": "//example.com/x.png"}), "外部地址"),
        (form_of({"type": "image", "source": "javascript:alert(1)"}), "外部地址"),
        (form_of(text(validate={"pattern": "("})), "正则表达式"),
        (form_of(text(validate={"pattern": "(a+)+$"})), "正则表达式"),
        (form_of(text(validate={"pattern": "a" * 501})), "正则表达式"),
        (form_of(text(properties={"chekc": "idcard"})), "未知的自定义属性 chekc"),
        (form_of(text(properties={"check": "nobody"})), "「nobody」不存在"),
        (form_of(text(properties={"not_after": "tomorrow"})), "not_after 只能是 now"),
        (form_of(text(properties={"min_items": "two"})), "min_items"),
        (form_of(text(), schemaVersion=20), "schemaVersion"),
        (form_of(text(), schemaVersion=None), "schemaVersion"),
        (form_of(*[text(f"n{i}") for i in range(301)]), "超过 300 个"),
    ],
)
def test_problems_are_told_in_words(raw: bytes, words: str) -> None:
    found = check_form(parse_form(raw), {"idcard"})
    assert any(words in problem for problem in found), found
    assert all("。" in problem for problem in found)


def test_checks_are_only_tested_when_they_are_known() -> None:
    assert check_form(parse_form(form_of(text(properties={"check": "nobody"})))) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"components": []}',
        b'{"type": "default"}',
        b'{"type": "default", "components": [3]}',
        b"[" * 100_000,
        form_of(text(label="x" * 600_000)),
    ],
)
def test_files_that_are_no_forms_are_refused(raw: bytes) -> None:
    with pytest.raises(FileRefused) as caught:
        parse_form(raw, "p/forms/x.form")
    assert caught.value.problem.file == "p/forms/x.form"


def test_too_many_levels_are_refused() -> None:
    component: dict[str, Any] = text()
    for _ in range(8):
        component = {"type": "group", "label": "组", "components": [component]}
    with pytest.raises(FileRefused, match="嵌套超过"):
        parse_form(form_of(component))


ROW = {"type": "dynamiclist", "path": "rows", "label": "列"}
NESTED = {"type": "group", "label": "组", "components": [text("b", conditional={"hide": "=a = 1"})]}


@pytest.mark.parametrize(
    ("components", "named"),
    [
        ([text("a"), text("b", conditional={"hide": '=a = "x"'})], {"a"}),
        ([text("a"), NESTED], {"a"}),
        ([text("a"), text("b", conditional={"hide": "=this.a = 1"})], {"this"}),
        ([text("a"), {**ROW, "components": [text("c", conditional={"hide": "=a = c"})]}], {"a", "c"}),
        ([text("a"), text("b", validate={"minLength": "=a"})], {"a"}),
        ([text("a"), text("b", conditional={"hide": "=outer = 1"})], set()),
        ([text("a"), text("b", conditional={"hide": "=a ="})], set()),
    ],
)
def test_a_row_cannot_read_itself(components: list[dict[str, Any]], named: set[str]) -> None:
    """In the browser a condition inside a row does not see the row; the server's would."""
    form = parse_form(form_of(text("outer"), {**ROW, "components": components}))
    assert {name for _, _, name in blind_expressions(form)} == named


def test_outside_a_row_every_field_may_be_read() -> None:
    form = parse_form(form_of(text("a"), text("b", conditional={"hide": "=a = 1"})))
    assert list(blind_expressions(form)) == []
