"""The only bridge from the library to FEEL, and what one step collects on its way.

The library asks its "script engine" for conditions; our own specs ask it for everything else a designer wrote. No text
of a designer ever reaches Python's evaluator.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from engine.calendar import Calendar, Derivation, Roll, Unit, age_on, end_of_day
from engine.clock import COUNTY_ZONE
from engine.decisions import DecisionError, evaluate_decision
from engine.errors import StepFailed
from engine.feel import Expression, FeelError, evaluate, parse_expression
from engine.outcome import JobKind, Passed
from engine.runtime.timers import ISO_LITERAL

if TYPE_CHECKING:
    from engine.runtime.compile import Element, ProcessSpec
    from engine.runtime.tree import Token

#: Names of our functions that hold spaces; FEEL must know them to read an expression.
FUNCTION_NAMES = frozenset(
    {
        "add workdays",
        "workdays between",
        "is workday",
        "age on",
        "roll forward",
        "roll back",
        "end of day",
        "remaining workdays",
        "add months",
    }
)
_ASSIGNMENT = re.compile(r"^\s*([^\W\d]\w*)\s*=(?!=)(.*)$")


@dataclass(frozen=True)
class Context:
    """What a step may read beside the state: the calendar and the facts of the case. Never saved into state."""

    calendar: Calendar
    facts: Mapping[str, Any] = field(default_factory=dict)
    case_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Thrown:
    """A message or signal that left the instance in this step."""

    token_id: str
    element_id: str
    kind: JobKind
    name: str
    key: str | None
    payload: Mapping[str, Any]


def split_script(script: str) -> list[tuple[str, str]]:
    """Lines `name = expression`; a line that assigns nothing continues the one before. Raises `ValueError`."""
    lines: list[tuple[str, str]] = []
    for line in (script or "").splitlines():
        if not line.strip() or line.strip().startswith("//"):
            continue
        if (match := _ASSIGNMENT.match(line)) is not None:
            lines.append((match[1], match[2].strip()))
        elif lines:
            name, expression = lines[-1]
            lines[-1] = (name, f"{expression}\n{line}")
        else:
            raise ValueError(f"脚本应写作「名称 = 表达式」: {line.strip()}")
    return lines


def as_key(value: Any) -> str | None:
    """A correlation key as text; null stays null."""
    return None if value is None else str(value)


#: What makes an expression depend on which days are working days.
COUNTING = re.compile(r"\b(?:add workdays|remaining workdays|workdays between|is workday|roll forward|roll back)\b")


class Scripting:
    """One step's evaluator: reads FEEL with the step's names, and collects what the step passed, threw and decided."""

    def __init__(self, spec: ProcessSpec, context: Context, now: datetime) -> None:
        self.spec = spec
        self.context = context
        self.now = now
        self.local_now = now.astimezone(COUNTY_ZONE)
        self.derivations: list[Derivation] = []
        self.passages: list[Passed] = []
        self.thrown: list[Thrown] = []
        self.decisions: list[Mapping[str, Any]] = []
        self.environment = self  # the library's message events ask for it; ours never do
        self._facts = {**context.facts, "case": context.facts, "case_id": context.case_id}
        self._functions = self._own_functions()

    # -- what the library calls -------------------------------------------------------------------------------------

    def evaluate(self, task: Token, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """The value of a FEEL expression among the names of the token. Raises `StepFailed`."""
        return self._value(task, expression, external_context or {})[0]

    def execute(self, task: Token, script: str, external_context: Any = None) -> None:
        """Run a script task's lines and keep each value in the token's data. Raises `StepFailed`."""
        try:
            lines = split_script(script)
        except ValueError as error:
            raise self.failed(task, str(error), kind="script") from error
        for name, expression in lines:
            task.write({name: self.evaluate(task, expression)})
            note_counted(task, name, expression, self.now)

    # -- what our specs call ----------------------------------------------------------------------------------------

    def due(self, task: Token, expression: str) -> tuple[Any, Derivation | None]:
        """The value of a time limit and how it was counted. A limit that yields nothing fails the step."""
        self.derivations.clear()
        value, warnings = self._value(task, expression, {})
        if value is None:
            why = ";".join(str(warning) for warning in warnings)
            raise self.failed(task, f"时限表达式「{expression}」没有结果 {why}".strip(), kind="due")
        day = value.astimezone(COUNTY_ZONE).date() if isinstance(value, datetime) and value.tzinfo else value
        found = [each for each in self.derivations if each.end == day] or self.derivations
        return value, found[-1] if found else None

    def timer_value(self, task: Token, expression: str | None) -> Any:
        """A timer's expression: FEEL, or a bare ISO literal."""
        text = (expression or "").strip()
        return text if ISO_LITERAL.match(text) else self.evaluate(task, text)

    def message_key(self, task: Token, properties: Mapping[str, str]) -> str | None:
        """The correlation key of a message event, if it has one."""
        expression = properties.get("message_key")
        return as_key(self.evaluate(task, expression)) if expression else None

    def throw(self, task: Token, kind: str, name: str | None, properties: Mapping[str, str]) -> None:
        """Note a message or signal that leaves the instance."""
        names = split_names(properties.get("variables"))
        self.thrown.append(
            Thrown(
                token_id=task.id,
                element_id=task.task_spec.bpmn_id,
                kind=JobKind(kind),
                name=name or "",
                key=self.message_key(task, properties),
                payload={each: task.data.get(each) for each in names},
            )
        )

    def decide(self, task: Token, properties: Mapping[str, str]) -> None:
        """Evaluate a decision table and keep its result in the token's data. Raises `StepFailed`."""
        decision_id = properties.get("decision", "")
        model = self.spec.decisions.get(decision_id)
        if model is None:
            raise self.failed(task, f"找不到决策表 {decision_id}", kind="decision")
        try:
            result = evaluate_decision(
                model, decision_id, self._names(task, {}), functions=self._functions, now=self.local_now
            )
        except (DecisionError, FeelError) as error:
            raise self.failed(task, error.message_zh, kind="decision") from error
        self.decisions.append({"element": task.task_spec.bpmn_id, **result.explanation.as_dict()})
        if name := properties.get("result"):
            task.write({name: result.value})
        values = result.value if isinstance(result.value, Mapping) else {}
        for name in split_names(properties.get("variables")):
            if name not in values and not isinstance(result.value, Mapping):
                raise self.failed(task, f"决策表 {decision_id} 没有给出「{name}」:没有命中的规则", kind="decision")
            task.write({name: values.get(name)})

    def passed(self, task: Token) -> None:
        """Note that an element of the diagram ran to its end."""
        spec = task.task_spec
        if spec.bpmn_id is None:
            return
        element = self.element(task)
        frame = task.parent  # of an activity with boundary events: it came the way on which the token came
        framed = frame is not None and frame.task_spec.name == f"{spec.name}.BoundaryEventSplit"
        came_from = frame.via if framed else task.via
        self.passages.append(
            Passed(
                element_id=spec.bpmn_id,
                process_key=element.process_key,
                name=element.name,
                kind=element.kind,
                flow_id=self.spec.flow_between(element.process_key, came_from, spec.bpmn_id),
            )
        )

    def element(self, task: Token) -> Element:
        """What the diagram says of the token's element."""
        return self.spec.element_of(task.workflow.spec.name, task.task_spec.bpmn_id)

    def failed(self, task: Token, message: str, *, kind: str) -> StepFailed:
        """The error to raise for a token whose element cannot be computed."""
        return StepFailed(message, element_id=task.task_spec.bpmn_id, element_name=task.task_spec.bpmn_name, kind=kind)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _names(self, task: Token, extra: Mapping[str, Any]) -> Mapping[str, Any]:
        return ChainMap(dict(extra), task.data, self._facts)

    def _value(self, task: Token, expression: str, extra: Mapping[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        try:
            result = evaluate(read(expression), self._names(task, extra), functions=self._functions, now=self.local_now)
        except FeelError as error:
            raise self.failed(task, f"表达式「{expression}」: {error.message_zh}", kind="expression") from error
        return result.value, result.warnings

    def _note(self, derivation: Derivation) -> date:
        self.derivations.append(derivation)
        return derivation.end

    def _own_functions(self) -> dict[str, Callable[..., Any]]:
        calendar = self.context.calendar
        return {
            "add workdays": lambda start, n: self._note(calendar.add_workdays(start, n)),
            "workdays between": lambda a, b: calendar.workdays_between(a, b),
            "is workday": lambda day: calendar.is_workday(day),
            "age on": lambda birth, day: age_on(birth, day),
            "roll forward": lambda day: rolled(calendar, day, Roll.FORWARD, self.derivations),
            "roll back": lambda day: rolled(calendar, day, Roll.BACK, self.derivations),
            "end of day": lambda day: end_of_day(day),
            "remaining workdays": lambda start, n, suspended_on: calendar.remaining_workdays(start, n, suspended_on),
            "add months": lambda day, n: self._note(calendar.add_months(day, n)),
        }


def rolled(calendar: Calendar, day: date | datetime, roll: Roll, counted: list[Derivation]) -> date:
    """The day rolled; where months were just counted to it, the roll belongs to how the date was counted."""
    if counted and counted[-1].unit is Unit.MONTHS and counted[-1].end == day:
        counted.append(calendar.add_months(counted[-1].start, counted[-1].count, roll))
        return counted[-1].end
    return calendar.roll_forward(day) if roll is Roll.FORWARD else calendar.roll_back(day)


def note_counted(task: Token, name: str, expression: str, now: datetime) -> None:
    """Keep how a date was counted, so that it can be counted again when the calendar changes (`recount`)."""
    if COUNTING.search(expression):
        kept = task.workflow.top_workflow.task_tree.internal_data
        kept["counted"] = {**kept.get("counted", {}), name: [expression, now]}


def read(expression: str) -> Expression:
    """Parse FEEL that may call our functions (cached by the parser)."""
    return parse_expression(expression, known_names=FUNCTION_NAMES)


def split_names(names: str | None) -> tuple[str, ...]:
    """A comma list of names."""
    return tuple(part.strip() for part in (names or "").split(",") if part.strip())
