"""Submissions of a form, generated from its own fields: right ones in every state, and each field missing or wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.definitions.forms.model import STATIC, Field, Form, in_scope
from engine.definitions.forms.rules import pattern as fits

NOW = datetime.fromisoformat("2025-09-24T10:00:00+08:00")
VILLAGE = "519927101001"
LISTS: Mapping[str, list[dict[str, str]]] = {
    "villages": [{"value": VILLAGE, "label": "甲村"}, {"value": "519927101002", "label": "乙村"}],
    "towns": [{"value": "519927101", "label": "甲镇"}, {"value": "519927102", "label": "乙镇"}],
}
#: What conditions read beside the fields: the department whose task it is.
DEPARTMENTS = ("CL", "RSJ", "WJJ", "JKT", "GAJ", "SFJ", "FY")

_RIGHT_CHECKED: Mapping[str, str] = {
    "idcard": "519927201503110016",
    "mobile": "13812345678",
    "phone": "0834-6123456",
    "bankcard": "6222021234567890128",
    "disability_cert": "51992720150311001611",
    "student_no": "G519927201503110016",
    "division": VILLAGE,
    "village": VILLAGE,
}
_WRONG_CHECKED: Mapping[str, tuple[str, ...]] = {
    "idcard": (
        *("519927201503110017", "519927201513110011", "519927150311001", "991927201503110012", "12345"),
        "519927202509250014",  # born tomorrow
    ),
    "mobile": ("12812345678",),
    "phone": ("110", "138123456789", "0834-612345"),
    "bankcard": ("6222021234567890127", "622202123456789"),
    "disability_cert": ("51992720150311001681", "51992720150311001711", "51992720250925001461"),
    "student_no": ("X519927201503110016", "G519927201503110017", "G519927202509250014"),
    "division": ("5199",),
    "village": ("519927",),
    "sealed_words": ("家里有艾滋病人,生活困难,请予保密", "确诊hiv感染,生活困难,请予保密办理"),
}
#: Residence permits have the build of an identity card and are as good (domain.md 5.1), and so are a birth of today and
#: numbers as people copy them: in groups, or in the wide digits of a Chinese keyboard.
_ALSO_RIGHT: Mapping[str, tuple[str, ...]] = {
    "idcard": (
        *("11010519491231002x", "810000199408230021", "830000199201300022", "519927202509240019"),
        *("519927 20150311 0016", "５１９９２７２０１５０３１１００１６"),
    ),
    "bankcard": ("6222 0212 3456 7890 128",),
    "phone": ("138 1234 5678", "０８３４-6123456"),
    "disability_cert": ("519927 20150311 0016 11",),
}
#: One of these fits each pattern, and one does not.
_FITTING = ("张一、李二", "J45.0", "2026-03")
_UNFIT = ("张一", "45")
_WORDS = "经核实情况属实,儿童现由祖母照料,生活困难。"


def right(field: Field) -> Any:
    """A value that keeps every rule of the field."""
    if field.kind == "group":
        return {each.key: right(each) for each in inputs(field.children)}
    if field.kind == "dynamiclist":
        return [{each.key: right(each) for each in inputs(field.children)}]
    if field.kind in ("textfield", "textarea"):
        return _text(field)
    if field.kind == "number":
        return max(1, int(field.validate.get("min", 0)))
    if field.kind == "datetime":
        return _moment(field, "2025-09-26" if field.properties.get("not_before") else "2025-09-20")
    if field.kind in ("select", "radio"):
        return options(field)[0]
    if field.kind in ("checklist", "taglist"):
        return options(field)[:1]
    return True if field.kind == "checkbox" else ["paper-1"]


def options(field: Field) -> list[Any]:
    """The values that the field offers."""
    listed = field.spec.get("values") or LISTS[str(field.spec["valuesKey"])]
    return [option["value"] for option in listed]


def inputs(fields: tuple[Field, ...]) -> list[Field]:
    """What of these takes a value."""
    return [each for each in in_scope(fields) if each.kind not in STATIC]


def everything(form: Form) -> dict[str, Any]:
    """Each field filled in rightly, hidden ones too."""
    return {each.key: right(each) for each in inputs(form.fields)}


def states(form: Form) -> Iterator[dict[str, Any]]:
    """Right submissions that show and hide whatever can be shown and hidden: each option, each box, each department."""
    base = everything(form)
    yield base
    for field in inputs(form.fields):
        if field.kind in ("select", "radio", "checklist"):
            chosen = options(field)
            yield from ({**base, field.key: [one] if field.kind == "checklist" else one} for one in chosen[:12])
        elif field.kind == "checkbox":
            yield {**base, field.key: False}
        elif field.kind == "dynamiclist":
            yield from ({**base, field.key: [row]} for row in _rows(field, base[field.key][0]))
    for department in DEPARTMENTS if any("department" in (each.hide or "") for each in form.walk()) else ():
        yield {**base, "department": department}


def _rows(field: Field, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The row with each option of its lists."""
    for inner in inputs(field.children):
        if inner.kind in ("select", "radio"):
            yield from ({**row, inner.key: one} for one in options(inner)[:6])


def spoilt(field: Field, value: Any) -> Iterator[Any]:
    """The field's value made wrong in every way there is, and some that look wrong and are right."""
    yield None
    if field.kind in ("textfield", "textarea"):
        yield from _spoilt_text(field)
    elif field.kind == "number":
        yield from ("zwölf", -1, 1.5, 0.125, 10**16, "7")
        yield from (
            int(field.validate[name]) + step for name, step in (("min", -1), ("max", 1)) if name in field.validate
        )
    elif field.kind == "datetime":
        yield from (
            _moment(field, day) for day in ("2025-09-24", "2025-09-25", "2025-09-23", "1899-12-31", "2025-02-30")
        )
        yield "昨天"
    elif field.kind in ("select", "radio"):
        yield from ("没有这一项", 7, [])
    elif field.kind == "checklist":
        yield from ([], ["没有这一项"], "文字")
    elif field.kind == "checkbox":
        yield from (False, "也许")
    elif field.kind == "filepicker":
        yield from ([], ["paper-1", "paper-2"])
    elif field.kind == "dynamiclist":
        yield from ([], "文字", [*value, *value])
        for inner in inputs(field.children):
            yield from ([{**value[0], inner.key: each}] for each in spoilt(inner, value[0][inner.key]))
    elif field.kind == "group":
        for inner in inputs(field.children):
            yield from ({**value, inner.key: each} for each in spoilt(inner, value[inner.key]))


def _text(field: Field) -> str:
    check = field.properties.get("check")
    if check in _RIGHT_CHECKED:
        return _RIGHT_CHECKED[check]
    pattern = field.validate.get("pattern")
    if pattern:
        return next(each for each in _FITTING if fits(str(pattern)).search(each))
    most = int(field.validate.get("maxLength", 100))
    return (_WORDS * 3)[: min(most, max(int(field.validate.get("minLength", 0)), 12))]


def _spoilt_text(field: Field) -> Iterator[Any]:
    yield from ("", "   ", 7, "𠮷")
    least, most = field.validate.get("minLength"), field.validate.get("maxLength")
    if least:
        yield from ("文" * (int(least) - 1), "𠮷" * (int(least) - 1), "𠮷" * int(least))
    if most:
        yield from ("文" * (int(most) + 1), "𠮷" * int(most), "文" * int(most) + "  ")
    check = str(field.properties.get("check"))
    yield from _WRONG_CHECKED.get(check, ())
    yield from _ALSO_RIGHT.get(check, ())
    pattern = field.validate.get("pattern")
    if pattern:
        yield from (each for each in _UNFIT if not fits(str(pattern)).search(each))


def _moment(field: Field, day: str) -> str:
    subtype = field.spec.get("subtype", "date")
    if subtype == "time":
        return "09:30"
    return f"{day}T09:30+08:00" if subtype == "datetime" else day
