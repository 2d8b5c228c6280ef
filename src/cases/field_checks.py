"""Checks that a form's field asks for by name (`"check": "idcard"`): the engine knows none of them (domain.md 5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from cases.identifiers import CHECKS
from cases.jurisdictions import VILLAGE_DIGITS

_SEALED_WORDS = re.compile(r"艾滋|HIV|人类免疫缺陷", re.IGNORECASE)


def village_problem(value: object) -> str | None:
    """Whether this can be a village's code; whether it is in the tree is asked when the case is opened."""
    text = str(value)
    return None if text.isdigit() and len(text) == VILLAGE_DIGITS else "应选择到村(社区)"


def sealed_words_problem(value: object) -> str | None:
    """HIV is never written into an ordinary file (P_B 1, M2)."""
    if _SEALED_WORDS.search(str(value)):
        return "不得填写艾滋病信息。需要保密办理的,请直接到县民政局或走网上涉密通道"
    return None


FIELD_CHECKS: Mapping[str, Callable[[Any], str | None]] = MappingProxyType(
    {**CHECKS, "village": village_problem, "sealed_words": sealed_words_problem}
)
