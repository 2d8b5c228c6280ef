"""The rules a typed value must keep: form-js `validate`, and our own `properties`. Each answers with a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine.clock import COUNTY_ZONE
from engine.definitions.forms.conditions import Surroundings, resolved
from engine.definitions.forms.model import Field
from engine.definitions.forms.values import Unfit

MAX_PATTERN = 500
#: A text longer than this is not matched against a pattern: it could take for ever.
MAX_MATCHED = 2_000
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_PHONE = re.compile(r"(\+|00)\d{6,15}|1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?", re.ASCII)
#: A repeated group that holds an unbounded repetition: (a+)+
_EXPLOSIVE = re.compile(r"\((?:[^()\\]|\\.)*(?:[+*]|\{\d+,\})(?:[^()\\]|\\.)*\)(?:[+*]|\{)")


@lru_cache(maxsize=512)
def pattern(text: str) -> re.Pattern[str]:
    """A form's pattern as the browser means it: \\d and \\w are ASCII, $ is the very end. Raises `re.error`."""
    if len(text) > MAX_PATTERN:
        raise re.error(f"longer than {MAX_PATTERN} characters")
    if _EXPLOSIVE.search(text):
        raise re.error("a repetition inside a repeated group may take for ever")
    if text.endswith("$") and not text.endswith("\\$"):
        text = text[:-1] + r"\Z"
    return re.compile(text, re.ASCII)


def broken_rules(field: Field, value: Any, view: Mapping[str, Any], around: Surroundings) -> Iterator[Unfit]:
    """What the given value breaks. Not for empty values: those only break `required`."""
    rules = {name: resolved(rule, view, around) for name, rule in field.validate.items() if name != "pattern"}
    if isinstance(value, str):
        yield from _text_rules(field, value, rules)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield from _number_rules(value, rules)
    elif isinstance(value, list):
        least = field.properties.get("min_items")
        if least is not None and len(value) < int(least):
            yield Unfit("min_items", f"至少需要 {least} 项,现有 {len(value)} 项,请补充")
    elif isinstance(value, date):
        yield from _moment_rules(field, value, around)
    yield from _named_check(field, value, around)


def _text_rules(field: Field, value: str, rules: Mapping[str, Any]) -> Iterator[Unfit]:
    least, most = _number(rules.get("minLength")), _number(rules.get("maxLength"))
    if least is not None and len(value) < least:
        yield Unfit("min_length", f"至少 {least} 个字,现有 {len(value)} 个字,请补充")
    if most is not None and len(value) > most:
        yield Unfit("max_length", f"最多 {most} 个字,现有 {len(value)} 个字,请精简")
    if rules.get("validationType") == "email" and not _EMAIL.fullmatch(value):
        yield Unfit("email", "不是有效的电子邮箱,请核对,例如 name@example.cn")
    if rules.get("validationType") == "phone" and not _PHONE.fullmatch(value):
        yield Unfit("phone", "不是有效的电话号码,请核对")
    wanted = field.validate.get("pattern")
    if wanted and (len(value) > MAX_MATCHED or not pattern(str(wanted)).search(value)):
        words = field.validate.get("patternErrorMessage") or "格式不正确,请按填写说明核对"
        yield Unfit("pattern", str(words))


def _number_rules(value: int | Decimal, rules: Mapping[str, Any]) -> Iterator[Unfit]:
    least, most = _number(rules.get("min")), _number(rules.get("max"))
    if least is not None and value < least:
        yield Unfit("min", f"不能小于 {least},请核对")
    if most is not None and value > most:
        yield Unfit("max", f"不能大于 {most},请核对")


def _moment_rules(field: Field, value: date, around: Surroundings) -> Iterator[Unfit]:
    here = around.now.astimezone(COUNTY_ZONE)
    present: date = here if isinstance(value, datetime) else here.date()
    # A browser sends whole minutes: the one that runs is not past.
    soonest: date = here.replace(second=0, microsecond=0) if isinstance(value, datetime) else present
    if field.properties.get("not_after") == "now" and value > present:
        yield Unfit("not_after", "不能晚于现在,请核对日期")
    if (field.properties.get("not_before") == "now" or field.spec.get("disallowPassedDates")) and value < soonest:
        yield Unfit("not_before", "不能早于现在,请核对日期")


def _named_check(field: Field, value: Any, around: Surroundings) -> Iterator[Unfit]:
    name = field.properties.get("check")
    if not name:
        return
    check = around.checks.get(str(name))
    today = around.now.astimezone(COUNTY_ZONE).date()
    message = check.problem(value, today) if check else f"的检查规则「{name}」不存在,请联系管理员"
    if message:
        yield Unfit(str(name), message)


def _number(value: Any) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    return Decimal(str(value))
