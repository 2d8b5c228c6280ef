"""Events: what is waited for, what is thrown, and what ends.

Messages and signals leave the step as jobs and come back as stimuli, even when the receiver is the same instance;
errors and escalations look for a boundary event outwards through the open scopes (BPMN 2.0.2 section 10.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.runtime import timers
from engine.runtime.elements import Visible
from engine.runtime.scripting import COUNTING
from engine.runtime.tree import Token, merge


class Definition(EventDefinition):
    """An event definition of a diagram. `kind` is timer, message, signal, error, escalation, terminate or none."""

    def __init__(
        self,
        kind: str = "none",
        name: str | None = None,
        code: str | None = None,
        expression: str | None = None,
        form: str | None = None,
    ) -> None:
        super().__init__(name)
        self.kind = kind
        self.code = code
        self.expression = expression
        self.form = form  #: of a timer: date, duration or cycle

    @property
    def repeats(self) -> bool:
        return self.kind == "timer" and self.form == "cycle"

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


@dataclass(frozen=True, kw_only=True)
class Armed:
    """A timer that waits: when it is due, and which round this is."""

    due_at: datetime
    sequence: int


class StartEvent(Visible):
    """Passes at once; how an instance is started is the command's business."""

    def __init__(self, wf_spec: Any, bpmn_id: str, event_definition: Definition, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event_definition = event_definition


class CatchEvent(Visible):
    """Waits for a timer, a message or a signal (also a receive task)."""

    def __init__(self, wf_spec: Any, bpmn_id: str, event_definition: Definition, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event_definition = event_definition

    def _update_hook(self, my_task: Token) -> bool:
        if my_task._state != TaskState.WAITING:
            my_task._inherit_data()
            my_task._set_state(TaskState.WAITING)
            self._arm(my_task)
        return False

    def _arm(self, my_task: Token) -> None:
        scripting = my_task.workflow.script_engine
        definition = self.event_definition
        if definition.kind == "timer":
            value = scripting.timer_value(my_task, definition.expression)
            if COUNTING.search(definition.expression or ""):
                my_task.internal_data["armed_at"] = scripting.now
            try:
                self._arm_timer(my_task, value, scripting.now)
            except timers.TimerValueInvalid as error:
                raise scripting.failed(my_task, str(error), kind="timer") from error
        elif definition.kind in ("message", "signal"):
            my_task.internal_data["key"] = scripting.message_key(my_task, self.properties)

    def _arm_timer(self, my_task: Token, value: Any, now: datetime) -> None:
        if not self.event_definition.repeats:
            my_task.internal_data["due"] = timers.due_of(value, now)
            return
        cycle = timers.cycle_of(value, now)
        first = timers.round_due(cycle, 1)
        if first is None:
            raise timers.TimerValueInvalid("循环定时的次数为零")
        my_task.internal_data["due"] = first
        my_task.internal_data["round"] = 1
        my_task.internal_data["cycle"] = [cycle.origin, cycle.interval.months, cycle.interval.rest, cycle.count]

    def armed(self, my_task: Token) -> Armed:
        """What a waiting timer waits for."""
        return Armed(due_at=my_task.internal_data["due"], sequence=my_task.internal_data.get("round", 0))

    def fire(self, my_task: Token, payload: dict[str, Any]) -> None:
        """The event happened: go on from here."""
        my_task.write(payload)
        my_task._ready()


class BoundaryEvent(CatchEvent):
    """Waits beside an activity. A non-interrupting one may fire more than once."""

    def __init__(
        self, wf_spec: Any, bpmn_id: str, event_definition: Definition, cancel_activity: bool, **kwargs: Any
    ) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition, **kwargs)
        self.cancel_activity = cancel_activity

    def fire(self, my_task: Token, payload: dict[str, Any]) -> None:
        if self.cancel_activity:
            super().fire(my_task, payload)
            for other in my_task.siblings():  # at once: nothing of the activity may run on or finish first
                if other.is_live:
                    other.cancel()
            return
        if not self._next_round(my_task):
            super().fire(my_task, payload)
            return
        my_task.workflow.script_engine.passed(my_task)
        for spec in self.outputs:
            child = my_task._add_child(spec, TaskState.FUTURE)
            child.write(payload)
            spec._update(child)

    def _next_round(self, my_task: Token) -> bool:
        """Whether the event goes on waiting; a cycle timer's next round is set."""
        if self.event_definition.kind != "timer":
            return True
        if "cycle" not in my_task.internal_data:
            return False
        origin, months, rest, count = my_task.internal_data["cycle"]
        cycle = timers.Cycle(origin=origin, interval=timers.Interval(months=months, rest=rest), count=count)
        following = timers.round_after(cycle, my_task.internal_data["round"], my_task.workflow.script_engine.now)
        if following is None:
            return False
        my_task.internal_data["round"] = following
        my_task.internal_data["due"] = timers.round_due(cycle, following)
        return True


class ThrowEvent(Visible):
    """Throws a message, a signal or an escalation, and passes (also a send task)."""

    def __init__(self, wf_spec: Any, bpmn_id: str, event_definition: Definition, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event_definition = event_definition

    def _run_hook(self, my_task: Token) -> bool:
        self._throw(my_task)
        return True

    def _throw(self, my_task: Token) -> None:
        definition = self.event_definition
        if definition.kind in ("message", "signal"):
            my_task.workflow.script_engine.throw(my_task, definition.kind, definition.name, self.properties)
        elif definition.kind == "escalation":
            catch_outside(my_task.workflow, "escalation", definition.code)


class EndEvent(ThrowEvent):
    """A token dies here; a terminate end takes its whole scope along, an error end is caught outside."""

    def _on_complete_hook(self, my_task: Token) -> None:
        workflow = my_task.workflow
        ended = workflow.task_tree.internal_data  # the root keeps what the branches left behind
        ended["end"] = self.bpmn_id
        data, stamps = dict(ended.get("data", {})), dict(ended.get("stamps", {}))
        merge(data, stamps, my_task)
        ended["data"] = data
        if stamps:
            ended["stamps"] = stamps
        if self.event_definition.kind == "terminate":
            for token in workflow.live_tokens():
                if token is not my_task:
                    token.cancel()
        elif self.event_definition.kind == "error":
            code = self.event_definition.code
            if not catch_outside(workflow, "error", code):
                raise StepFailed(
                    f"错误事件 {code or ''} 没有人处理",
                    element_id=self.bpmn_id,
                    element_name=self.bpmn_name,
                    kind="error-event",
                )


def catch_outside(workflow: Any, kind: str, code: str | None) -> bool:
    """Find the nearest enclosing scope with a boundary event for this error or escalation; say whether one caught."""
    while getattr(workflow, "parent_task", None) is not None:
        scope = workflow.parent_task
        if catch_around(scope, kind, code):
            return True
        workflow = scope.workflow
    return False


def catch_around(activity: Token, kind: str, code: str | None) -> bool:
    """Let a boundary event of this activity catch; those of a multi-instance activity stand at its frame."""
    frame = activity.parent
    is_instance = frame is not None and activity.task_spec.name.endswith(" [child]")
    return catch_at(frame if is_instance and frame is not None else activity, kind, code)


def catch_at(activity: Token, kind: str, code: str | None) -> bool:
    """Let a boundary event of this activity catch; one that names the code goes before one that catches all."""
    waiting = [
        sibling
        for sibling in activity.siblings()
        if isinstance(sibling.task_spec, BoundaryEvent)
        and sibling._state == TaskState.WAITING
        and sibling.task_spec.event_definition.kind == kind
        and sibling.task_spec.event_definition.code in (None, code)
    ]
    if not waiting:
        return False
    chosen = min(waiting, key=lambda token: token.task_spec.event_definition.code is None)
    chosen.task_spec.fire(chosen, {})
    return True
