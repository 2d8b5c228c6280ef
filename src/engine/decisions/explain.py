"""Why a decision came out as it did: which inputs, which rules, in words and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import Range, YearsMonths
from engine.feel.temporal import text_of


@dataclass(frozen=True, kw_only=True)
class RuleHit:
    """A rule that hit: its number from 1, its clause of the plan, what it gives, and the inputs it looked at."""

    index: int
    id: str
    annotation: str
    outputs: Mapping[str, Any]
    reasons: tuple[tuple[str, Any, str], ...] = ()

    def sentence(self) -> str:
        """`规则 3 命中：类别 = "C5"；年龄 = 7（>= 6）`, with the clause behind it."""
        said = "；".join(_reason(*reason) for reason in self.reasons) or "无条件"
        clause = f"。依据：{self.annotation}" if self.annotation else ""
        return f"规则 {self.index} 命中：{said}{clause}"


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One decision's explanation; `required` holds those of the decisions it rests on."""

    decision: str
    name: str
    hit_policy: str | None = None
    inputs: Mapping[str, Any]
    rules: tuple[RuleHit, ...] = ()
    default_used: bool = False
    warnings: tuple[str, ...] = ()
    required: tuple[Explanation, ...] = ()

    def text(self) -> str:
        """The explanation in Chinese, one sentence per rule that hit."""
        if self.rules:
            return "\n".join(rule.sentence() for rule in self.rules)
        if self.hit_policy is None:
            return ""
        said = "；".join(f"{label} = {shown(value)}" for label, value in self.inputs.items())
        return f"没有规则命中{'，采用默认值' if self.default_used else ''}：{said}"

    def as_dict(self) -> dict[str, Any]:
        """The explanation as JSON: numbers that are whole as such, all others as text."""
        return {
            "decision": self.decision,
            "name": self.name,
            "hit_policy": self.hit_policy,
            "inputs": {label: jsonable(value) for label, value in self.inputs.items()},
            "rules": [
                {
                    "index": rule.index,
                    "id": rule.id,
                    "annotation": rule.annotation,
                    "outputs": {name: jsonable(value) for name, value in rule.outputs.items()},
                    "text": rule.sentence(),
                }
                for rule in self.rules
            ],
            "default_used": self.default_used,
            "warnings": list(self.warnings),
            "required": [each.as_dict() for each in self.required],
            "text": self.text(),
        }


@dataclass(frozen=True)
class DecisionResult:
    """What a decision gave, and why."""

    value: Any
    explanation: Explanation


def jsonable(value: Any) -> Any:
    """A FEEL value as JSON."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else format(value, "f")
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    return shown(value)


def shown(value: Any) -> str:
    """A value as a process owner reads it."""
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < 40 else str(value)
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Range):
        left, right = "[" if value.start_included else "(", "]" if value.end_included else ")"
        return f"{left}{shown(value.start)}..{shown(value.end)}{right}"
    if isinstance(value, (date, time, timedelta, YearsMonths)):
        return text_of(value)
    return "函数"


def _reason(label: str, value: Any, test: str) -> str:
    said = f"{label} = {shown(value)}"
    plain = isinstance(value, bool) or test in (shown(value), "null")
    return said if plain else f"{said}（{test}）"
