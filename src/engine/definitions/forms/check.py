"""What is wrong with a form, told at publication, so that no applicant meets it: one Chinese sentence per problem."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from engine import feel
from engine.definitions.forms.conditions import is_expression
from engine.definitions.forms.model import CHOICES, HOLDERS, INPUTS, SCHEMA_VERSION, STATIC, Field, Form, in_scope
from engine.definitions.forms.reserved import name_problem
from engine.definitions.forms.rules import pattern

MAX_FIELDS = 300
_REMOTE = re.compile(r"(?:https?|wss?|ftp):", re.IGNORECASE)
_SOURCE = re.compile(r"\s*(?://|javascript:|data:text/html|file:)", re.IGNORECASE)
_PROPERTIES = {"check", "not_after", "not_before", "min_items", "type", "for_role", "unless_role"}
_KINDS = "、".join(sorted(INPUTS | HOLDERS))


def check_form(form: Form, checks: Collection[str] | None = None) -> list[str]:
    """Every problem of the form. `checks`: the known names of `properties.check`, when they are to be tested."""
    problems = list(_form_problems(form))
    for field in form.walk():
        where = f"组件「{field.title or field.spec.get('id') or field.kind}」"
        problems += [f"{where}{problem}" for problem in _field_problems(field, checks)]
    return problems


def _form_problems(form: Form) -> Iterator[str]:
    version = form.schema_version
    if isinstance(version, bool) or not isinstance(version, int) or version > SCHEMA_VERSION:
        yield f"表单的 schemaVersion 是 {version},本系统支持到 {SCHEMA_VERSION}。请用系统内的表单设计器重新保存。"
    if sum(1 for _ in form.walk()) > MAX_FIELDS:
        yield f"表单的组件超过 {MAX_FIELDS} 个。请拆分为几张表单。"
    yield from _duplicates(form.fields)
    for identity, times in Counter(field.spec.get("id") for field in form.walk()).items():
        if identity and times > 1:
            yield f"有{times}个组件的 id 都是「{identity}」,浏览器会打不开这张表。请给其中一个换一个 id。"


def _duplicates(fields: tuple[Field, ...]) -> Iterator[str]:
    seen: set[str] = set()
    for field in in_scope(fields):
        if field.key and field.key in seen:
            yield f"字段名「{field.key}」重复。请给其中一个换一个名称,否则一个值会覆盖另一个。"
        seen.add(field.key)
        yield from _duplicates(field.children)


def _field_problems(field: Field, checks: Collection[str] | None) -> Iterator[str]:
    if field.kind in ("html", "iframe"):
        yield f"的类型 {field.kind} 不允许使用:它能在页面上运行外来内容。请改用 text。"
    elif field.kind not in INPUTS | HOLDERS | STATIC:
        yield f"的类型「{field.kind}」不支持。请使用 {_KINDS}。"
    elif field.kind in INPUTS or (field.kind in HOLDERS and (field.key or field.kind == "dynamiclist")):
        problem = name_problem(field.key)
        if problem:
            yield f"的字段名「{field.key}」{problem}。请换一个名称。"
        if not field.label:
            yield "没有标题。请填写标题,否则填表人和读屏软件不知道要填什么。"
    if field.kind in CHOICES:
        yield from _option_problems(field)
    if field.kind == "datetime" and field.spec.get("subtype", "date") not in ("date", "time", "datetime"):
        yield f"的 subtype「{field.spec.get('subtype')}」不支持。请选择 date、time 或 datetime。"
    yield from _rule_problems(field, checks)
    own = {name: value for name, value in field.spec.items() if name != "components"}
    yield from _text_problems(own)


def _option_problems(field: Field) -> Iterator[str]:
    if field.spec.get("valuesKey") or field.spec.get("valuesExpression"):
        return
    values = field.spec.get("values")
    if not isinstance(values, list) or not values:
        yield "没有选项。请至少添加一个选项。"
        return
    given = [option.get("value") if isinstance(option, dict) else None for option in values]
    if any(value is None or value == "" for value in given):
        yield "有选项没有值。请为每个选项填写值。"
    if any(not isinstance(option, dict) or not option.get("label") for option in values):
        yield "有选项没有标题。请为每个选项填写标题。"
    if len({repr(value) for value in given}) < len(given):
        yield "有两个选项的值相同。请让每个选项的值不同。"


def _rule_problems(field: Field, checks: Collection[str] | None) -> Iterator[str]:
    wanted = field.validate.get("pattern")
    if wanted:
        try:
            pattern(str(wanted))
        except re.error as error:
            yield f"的正则表达式「{wanted}」无法使用({error})。请修改或删除。"
    unknown = sorted(set(field.properties) - _PROPERTIES)
    if unknown:
        yield f"有未知的自定义属性 {'、'.join(unknown)}。可用的有 {'、'.join(sorted(_PROPERTIES))}。"
    name = field.properties.get("check")
    if name and checks is not None and name not in checks:
        yield f"要求的检查「{name}」不存在。可用的有 {'、'.join(sorted(checks))}。"
    for bound in ("not_after", "not_before"):
        if field.properties.get(bound, "now") != "now":
            yield f"的自定义属性 {bound} 只能是 now。"
    least = field.properties.get("min_items", "0")
    if not re.fullmatch(r"\d{1,3}", str(least), re.ASCII):
        yield "的自定义属性 min_items 应为 0 至 999 的整数。"
    hide = field.spec.get("conditional")
    if isinstance(hide, dict) and hide.get("hide") and not is_expression(hide["hide"]):
        yield '的隐藏条件应以等号开头,例如 =status = "有"。'


def _text_problems(value: Any, name: str = "") -> Iterator[str]:
    """Problems of every text inside the component: FEEL that does not parse, addresses outside the system."""
    if isinstance(value, dict):
        for inner_name, inner in value.items():
            yield from _text_problems(inner, str(inner_name))
    elif isinstance(value, list):
        for inner in value:
            yield from _text_problems(inner, name)
    elif isinstance(value, str):
        if _REMOTE.search(value) or (name in ("source", "url", "src", "href") and _SOURCE.match(value)):
            yield f"的 {name} 引用了外部地址。请把文件上传到系统内,页面不得从外部加载内容。"
        if is_expression(value) and name not in ("pattern", "value"):
            yield from _feel_problems(name, value[1:])


def _feel_problems(name: str, text: str) -> Iterator[str]:
    try:
        feel.parse_expression(text)
    except feel.FeelSyntaxError as error:
        yield f"的 {name} 不是有效的 FEEL 表达式「{text}」({error})。请修改。"
    except feel.FeelError as error:
        yield f"的 {name} 的表达式过长或过深({error})。请拆分。"
