"""Rules on everything that a process owner writes in FEEL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.definitions.forms import name_problem
from engine.definitions.rules.view import BARE, Finding, View, at, at_flow
from engine.feel import FeelError, parse_expression

#: Our own functions whose names hold spaces; the parser has to know them.
KNOWN_NAMES = frozenset({
    "add workdays", "workdays between", "is workday", "age on", "roll forward", "roll back", "end of day",
    "remaining workdays", "add months",
})  # fmt: skip

#: A bare ISO 8601 literal, which a timer may hold instead of an expression.
ISO_LITERAL = re.compile(
    r"(R\d*/)?P(?=[\dT])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
    r"|\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?"
)
_SCRIPT_LINE = re.compile(r"\s*([^\W\d_]\w{0,63})\s*=(?!=)(.+)", re.DOTALL)
_FEEL_PROPERTIES = ("role", "place", "department", "due", "message_key", "collection")


def feel_in_condition(view: View) -> Iterator[Finding]:
    for flow in view.flows:
        if flow.condition is not None:
            fault = feel_fault(flow.condition)
            if fault:
                yield at_flow(
                    flow,
                    f'的条件不是正确的 FEEL:{fault[0]}。请改正,例如 result = "通过"。',
                    f'has a condition that is not FEEL: {fault[1]}. Correct it, e.g. result = "ok".',
                )


def feel_in_timer(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        for event in node.events:
            if event.kind != "timer" or not event.text or ISO_LITERAL.fullmatch(event.text):
                continue
            fault = feel_fault(event.text)
            if fault:
                yield at(
                    node,
                    f"的时间既不是 ISO 写法(P5D)也不是正确的 FEEL:{fault[0]}。请改正。",
                    f"has a time that is neither ISO (P5D) nor FEEL: {fault[1]}. Correct it.",
                )


def feel_in_property(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        for name, value in node.properties.items():
            bare = name == "role" and BARE.fullmatch(value)
            is_feel = name in _FEEL_PROPERTIES or name.startswith("param.")
            if not is_feel or bare or (name == "due" and ISO_LITERAL.fullmatch(value)):
                continue
            fault = feel_fault(value)
            if fault:
                yield at(
                    node,
                    f"的属性 {name} 不是正确的 FEEL:{fault[0]}。请改正;文字要写在双引号内。",
                    f"has the property {name}, which is not FEEL: {fault[1]}. Correct it; text stands in quotes.",
                )


def feel_in_loop(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        for text in (node.loop.cardinality, node.loop.completion) if node.loop is not None else ():
            fault = feel_fault(text) if text is not None else None
            if fault:
                yield at(
                    node,
                    f"的多实例次数或完成条件不是正确的 FEEL:{fault[0]}。请改正。",
                    f"has a multi-instance count or completion condition that is not FEEL: {fault[1]}.",
                )


def script_format(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("scriptTask"):
        if (node.script_format or "").lower() != "feel":
            yield at(
                node,
                f"的脚本格式是「{node.script_format or '空'}」。只能用 FEEL:请把 scriptFormat 设为 feel。",
                f"has the script format {node.script_format or 'none'}. Only FEEL runs: set scriptFormat to feel.",
            )


def script_line(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("scriptTask"):
        statements = [line for line in (node.script or "").splitlines() if line.strip()]
        if not statements:
            yield at(node, "没有脚本。请写入「变量 = FEEL 表达式」,或删除它。", "has no script. Write `name = FEEL`.")
        for number, line in enumerate(statements, start=1):
            fault = _line_fault(line)
            if fault:
                yield at(
                    node,
                    f"的脚本第 {number} 行应写成「变量 = FEEL 表达式」:{fault[0]}。请改正。",
                    f"has a script line {number} that is not `name = FEEL`: {fault[1]}. Correct it.",
                )


def feel_fault(text: str) -> tuple[str, str] | None:
    """Why a text is not FEEL, in Chinese and English; None if it is."""
    if not text.strip():
        return "内容为空", "it is empty"
    try:
        parse_expression(text, known_names=KNOWN_NAMES)
    except FeelError as error:
        return error.message_zh, str(error)
    return None


def _line_fault(line: str) -> tuple[str, str] | None:
    found = _SCRIPT_LINE.fullmatch(line)
    if found is None:
        return f"看不懂「{line.strip()}」", f"cannot read `{line.strip()}`"
    fault = name_problem(found.group(1))
    if fault:
        return f"变量名「{found.group(1)}」{fault}", f"the name {found.group(1)} may not be used"
    return feel_fault(found.group(2))
