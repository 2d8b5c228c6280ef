"""Checks that a form's field asks for by name (`"check": "idcard"`): the engine knows none of them (domain.md 5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from cases.idcard import close_up, idcard_problem, normalise
from cases.identifiers import CHECKS, disability_certificate_problem, student_number_problem
from cases.jurisdictions import VILLAGE_DIGITS
from engine.definitions.forms import FieldCheck

SEALED_WORDS_REFUSED = "不得填写艾滋病信息。需要保密办理的,请直接到县民政局或走网上涉密通道"
_SEALED_WORDS = re.compile(r"艾滋|HIV|人类免疫缺陷", re.IGNORECASE)


def village_problem(value: object) -> str | None:
    """Whether this can be a village's code; whether it is in the tree is asked when the case is opened."""
    text = str(value)
    return None if text.isdigit() and len(text) == VILLAGE_DIGITS else "应选择到村(社区)"


def sealed_words_problem(value: object) -> str | None:
    """HIV is never written into an ordinary file (P_B 1, M2)."""
    if _SEALED_WORDS.search(str(value)):
        return SEALED_WORDS_REFUSED
    return None


def fields_with_sealed_words(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of a submission, lists and tables looked through, in which HIV is written."""
    return tuple(name for name, value in fields.items() if any(map(sealed_words_problem, _texts(value))))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _on_any_day(problem: Callable[[Any], str | None]) -> Callable[[Any, date], str | None]:
    return lambda value, _today: problem(value)


#: Numbers that hold a birth, which is not after today. They are compared as texts, and so each is kept in one writing.
_OF_BIRTH: Mapping[str, FieldCheck] = {
    "idcard": FieldCheck(problem=idcard_problem, kept=normalise),
    "disability_cert": FieldCheck(problem=disability_certificate_problem, kept=normalise),
    "student_no": FieldCheck(problem=student_number_problem, kept=normalise),
}
_NUMBERS = ("mobile", "phone", "bankcard")
FIELD_CHECKS: Mapping[str, FieldCheck] = MappingProxyType(
    {
        **{name: FieldCheck(problem=_on_any_day(CHECKS[name])) for name in CHECKS},
        **{name: FieldCheck(problem=_on_any_day(CHECKS[name]), kept=close_up) for name in _NUMBERS},
        **_OF_BIRTH,
        "village": FieldCheck(problem=_on_any_day(village_problem)),
        "sealed_words": FieldCheck(problem=_on_any_day(sealed_words_problem)),
    }
)
