"""Names that no form, variable or submission may use.

A submitted key that carries the name of a built-in function would hide that function from every later expression of the
case, and the case would fail for ever; one that carries the name of a fact would override it.
"""

from __future__ import annotations

import builtins
import keyword
import re

from engine.feel import builtins as feel_builtins

_NAME = re.compile(r"[^\W\d_]\w*")
_WORDS = frozenset(
    {"if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between"}
    | {"and", "or", "not", "true", "false", "null", "function"}
)
_CONTEXT = frozenset(
    {"case", "case_id", "instance_id", "task_id", "actor", "now", "today", "item", "partial"}
    | {"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances", "loopCounter"}
)
RESERVED = (
    frozenset(name for name in dir(builtins) if not name.startswith("_"))
    | frozenset(keyword.kwlist)
    | frozenset(feel_builtins.NAMES)
    | _WORDS
    | _CONTEXT
)


def name_problem(name: object) -> str | None:
    """Why the name may not be used, in Chinese; None when it may."""
    if not isinstance(name, str) or not name:
        return "不是文字"
    if name.startswith("_"):
        return "以下划线开头,系统保留"
    if name in RESERVED:
        return "是系统保留的名称"
    if len(name) > 64 or not _NAME.fullmatch(name):
        return "只能由字母、数字和下划线组成,以字母开头,不超过 64 个字符"
    return None
