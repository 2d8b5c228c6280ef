"""The server's check of a submission. The browser's check is a courtesy; this one decides.

Only declared fields are taken. What is hidden, read-only or disabled on the screen is neither taken nor believed, even
when it is sent. All problems are told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.definitions.forms.conditions import BrowserView, FieldCheck, Surroundings, resolved
from engine.definitions.forms.model import CHOICES, STATIC, Field, Form, in_scope
from engine.definitions.forms.reserved import name_problem
from engine.definitions.forms.rules import broken_rules
from engine.definitions.forms.values import (
    MAX_FIELD_BYTES,
    MAX_SUBMISSION_BYTES,
    READERS,
    Unfit,
    choice_value,
    choices_value,
    is_empty,
    measure,
)
from engine.errors import FieldProblem, SubmissionInvalid

MAX_ROWS = 200
#: Conditions that depend on each other settle in as many rounds as they are chained.
MAX_ROUNDS = 10
_NOTHING: Mapping[str, Any] = {}
#: What form-js puts where nothing was entered; null elsewhere.
_EMPTY_IN_BROWSER: Mapping[str, Any] = {"textfield": "", "textarea": "", "checkbox": False}
_LISTS = frozenset({"checklist", "taglist", "filepicker", "dynamiclist"})


def validate(
    form: Form,
    submission: Mapping[str, Any],
    *,
    now: datetime,
    names: Mapping[str, Any] = _NOTHING,
    functions: Mapping[str, Callable[..., Any]] = _NOTHING,
    checks: Mapping[str, FieldCheck] = _NOTHING,
) -> dict[str, Any]:
    """The typed values of a submission: every shown field, None (or an empty list) where nothing was given.

    `names`: data of the process and facts of the case that conditions may read; `functions`: more FEEL functions;
    `checks`: what `properties.check` may name.
    Raises `SubmissionInvalid` with a problem per broken rule.
    """
    around = Surroundings(now=now, names=names, functions=functions, checks=checks)
    if measure(submission, MAX_SUBMISSION_BYTES) > MAX_SUBMISSION_BYTES:
        message = "提交的内容超过 1 MB,请精简文字;文件请用附件上传"
        raise SubmissionInvalid([FieldProblem(field="", rule="size", message=message)])
    level = _Level(fields=form.fields, given=submission, around=around)
    values = level.values()
    if level.problems:
        raise SubmissionInvalid(level.problems)
    return values


def _inputs(fields: tuple[Field, ...]) -> list[Field]:
    return [each for each in in_scope(fields) if each.kind not in STATIC]


@dataclass
class _Level:
    """One level of the data: the form itself, a group with a path, or a row of a dynamic list."""

    fields: tuple[Field, ...]
    given: Mapping[str, Any]
    around: Surroundings
    outer: tuple[Mapping[str, Any], ...] = ()  #: scopes around this one, the nearest first
    prefix: str = ""
    problems: list[FieldProblem] = field(default_factory=list)

    def values(self) -> dict[str, Any]:
        """The typed values of this level; problems are collected beside."""
        self._refuse_strangers()
        locked = frozenset(id(each) for each in _inputs(self.fields) if self._is_locked(each, self._view({})))
        read = {each.key: self._read(each) for each in _inputs(self.fields) if id(each) not in locked}
        hidden = self._hidden(read)
        taken: dict[str, Any] = {}
        shown = self._shown(self.fields, hidden)
        view = self._view({each.key: read[each.key] for each in shown if each.key in read})
        for each in shown:
            if each.kind in STATIC or self._is_locked(each, view):
                continue
            taken[each.key] = self._taken(each, view)
        return taken

    def _refuse_strangers(self) -> None:
        declared = {each.key for each in in_scope(self.fields)}
        for key in self.given:
            reserved = name_problem(key)
            if reserved:
                self._problem(
                    str(key)[:64], "reserved", f"字段名「{str(key)[:64]}」{reserved},不接受;请从表单页面重新提交"
                )
            elif key not in declared:
                self._problem(key, "undeclared", f"字段「{key}」不在表单中,不接受;请刷新页面后重新提交")

    def _read(self, each: Field) -> Any:
        """What conditions see of the field before it is judged: its typed value, null if what was sent has none."""
        given = self.given.get(each.key)
        if is_empty(given):
            return [] if each.kind in _LISTS else _EMPTY_IN_BROWSER.get(each.kind)
        if each.kind not in READERS:
            return given
        try:
            return READERS[each.kind](each, given)
        except Unfit:
            return None

    def _view(self, values: Mapping[str, Any]) -> BrowserView:
        return BrowserView(values, *self.outer, self.around.names)

    def _hidden(self, read: Mapping[str, Any]) -> frozenset[int]:
        """The ids of hidden components. A hidden field has no value, which may hide others: rounds until it settles."""
        hidden: frozenset[int] = frozenset()
        for _ in range(MAX_ROUNDS):
            seen = {each.key for each in self._shown(self.fields, hidden)}
            view = self._view({key: value if key in seen else None for key, value in read.items()})
            settled = frozenset(self._hiding(self.fields, view))
            if settled == hidden:
                break
            hidden = settled
        return hidden

    def _hiding(self, fields: tuple[Field, ...], view: BrowserView) -> Iterator[int]:
        for each in fields:
            if each.hide and resolved(each.hide, view, self.around) is True:
                yield id(each)
            elif each.kind == "group" and not each.key:
                yield from self._hiding(each.children, view)

    def _shown(self, fields: tuple[Field, ...], hidden: frozenset[int]) -> list[Field]:
        """The fields of this level that show, with those of open groups."""
        shown: list[Field] = []
        for each in fields:
            if id(each) in hidden:
                continue
            if each.kind == "group" and not each.key:
                shown.extend(self._shown(each.children, hidden))
            else:
                shown.append(each)
        return shown

    def _is_locked(self, each: Field, view: BrowserView) -> bool:
        return bool(each.spec.get("disabled")) or resolved(each.spec.get("readonly"), view, self.around) is True

    def _taken(self, each: Field, view: BrowserView) -> Any:
        given = self.given.get(each.key)
        if each.kind == "group":
            return self._inner(each, given if given is not None else {}, each.key, view)
        if each.kind == "dynamiclist":
            return self._rows(each, given, view)
        if measure(given, MAX_FIELD_BYTES) > MAX_FIELD_BYTES:
            return self._unfit(each, Unfit("size", "的内容超过 64 KB,请精简;文件请用附件上传"))
        if is_empty(given):
            if resolved(each.validate.get("required"), view, self.around) is True:
                self._unfit(each, Unfit("required", _required_words(each)))
            elif each.kind in _LISTS and each.properties.get("min_items"):
                self._judge(each, [], view)
            return [] if each.kind in _LISTS else False if each.kind == "checkbox" else None
        try:
            value = self._chosen(each, given, view) if each.kind in CHOICES else READERS[each.kind](each, given)
        except Unfit as unfit:
            return self._unfit(each, unfit)
        if (
            each.kind == "checkbox"
            and value is False
            and resolved(each.validate.get("required"), view, self.around) is True
        ):
            return self._unfit(each, Unfit("required", _required_words(each)))
        return self._judge(each, value, view)

    def _judge(self, each: Field, value: Any, view: BrowserView) -> Any:
        check = self.around.checks.get(str(each.properties.get("check")))
        if check is not None and isinstance(value, str):
            value = check.kept(value)
        for unfit in broken_rules(each, value, view, self.around):
            self._unfit(each, unfit)
        return value

    def _chosen(self, each: Field, given: Any, view: BrowserView) -> Any:
        options = _options(each, view, self.around)
        return choices_value(given, options) if each.kind in _LISTS else choice_value(given, options)

    def _rows(self, each: Field, given: Any, view: BrowserView) -> Any:
        rows = [] if given is None else given
        if not isinstance(rows, list):
            return self._unfit(each, Unfit("type", "应为列表,请刷新页面后重新填写"))
        if len(rows) > MAX_ROWS:
            return self._unfit(each, Unfit("rows", f"最多 {MAX_ROWS} 行,现有 {len(rows)} 行,请分次提交"))
        values = [self._inner(each, row, f"{each.key}[{index}]", view) for index, row in enumerate(rows)]
        return self._judge(each, values, view)

    def _inner(self, each: Field, given: Any, path: str, view: BrowserView) -> Any:
        if not isinstance(given, dict):
            return self._unfit(each, Unfit("type", "的内容无法识别,请刷新页面后重新填写"))
        level = _Level(
            fields=each.children, given=given, around=self.around, outer=(view,), prefix=f"{self.prefix}{path}."
        )
        values = level.values()
        self.problems.extend(level.problems)
        return values

    def _unfit(self, each: Field, unfit: Unfit) -> None:
        self._problem(each.key, unfit.rule, f"「{each.title}」{unfit.message}")

    def _problem(self, key: str, rule: str, message: str) -> None:
        self.problems.append(FieldProblem(field=f"{self.prefix}{key}", rule=rule, message=message))


def _required_words(each: Field) -> str:
    if each.kind == "checkbox":
        return "必须勾选,请阅读后勾选"
    if each.kind == "filepicker":
        return "必须上传,请选择文件上传"
    return "必须选择,请选择一项" if each.kind in CHOICES else "必须填写,请补充"


def _options(each: Field, view: BrowserView, around: Surroundings) -> list[Any]:
    """The values that may be chosen: written in the form, taken from data, or computed."""
    if each.spec.get("valuesExpression"):
        options = resolved(each.spec["valuesExpression"], view, around)
    elif each.spec.get("valuesKey"):
        options = view.get(str(each.spec["valuesKey"]))
    else:
        options = each.spec.get("values")
    listed = options if isinstance(options, list) else []
    return [option.get("value") if isinstance(option, dict) else option for option in listed]
