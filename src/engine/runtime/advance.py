"""One step of an instance, as a function of its arguments: no session, no clock, no socket.

The loop is ours: the library's own refreshes timers by the wall clock and loses tokens in deep trees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.clock import require_aware
from engine.errors import NoReceiver, Refused, StepFailed
from engine.outcome import InstanceStatus, Outcome
from engine.runtime import duties as duty
from engine.runtime.compaction import compact
from engine.runtime.compile import ProcessSpec
from engine.runtime.elements import BoundarySplit, ServiceTask, UserTask, begin
from engine.runtime.events import BoundaryEvent, CatchEvent, catch_around, catch_outside
from engine.runtime.gateways import EventGateway, InclusiveGateway, Join
from engine.runtime.loops import MultiInstance
from engine.runtime.scripting import Context, Scripting
from engine.runtime.state import decode, encode
from engine.runtime.tree import LiveWorkflow, Token
from engine.stimulus import (
    MessageArrived,
    ServiceFinished,
    ServiceRaised,
    SignalArrived,
    Start,
    Stimulus,
    TaskCompleted,
    TimerDue,
    TokenMoved,
)

#: A step that runs more elements than this is an endless loop in the diagram (reliability.md section 3).
MAX_ELEMENTS = 2_000
_COMPACT_EVERY = 50


def advance(spec: ProcessSpec, state: bytes | None, stimulus: Stimulus, context: Context, now: datetime) -> Outcome:
    """Compute one step.

    In: the compiled version, the state (None for `Start`), why the step happens, what it may read, and the instant
    (aware). Out: all that is to be written. Raises `StepFailed` when an element cannot be computed, `NoReceiver` when
    the token that the stimulus names is gone, `StateUnreadable`. Nothing was changed then.
    """
    now = require_aware(now)
    scripting = Scripting(spec, context, now)
    workflow = _open(spec, state, stimulus, scripting)
    before = duty.duties(workflow)
    try:
        _STIMULI[type(stimulus)](workflow, stimulus)
        _run(workflow)
        return _outcome(workflow, scripting, before)
    except SpiffWorkflowException as error:
        raise StepFailed(str(error), kind="library") from error


def _open(spec: ProcessSpec, state: bytes | None, stimulus: Stimulus, scripting: Scripting) -> LiveWorkflow:
    if isinstance(stimulus, Start):
        return LiveWorkflow(spec.top, spec.subprocesses, scripting, stimulus.instance_id, 0)
    if state is None:
        raise ValueError("only Start begins without a state")
    return decode(state, spec, scripting)


def _run(workflow: LiveWorkflow) -> None:
    """Run whatever can run, innermost first, until only persons, jobs and messages can go on."""
    budget = MAX_ELEMENTS
    while True:
        ran = _run_ready(workflow, budget)
        budget -= ran
        if budget <= 0:
            raise StepFailed(f"一步之内运行了超过 {MAX_ELEMENTS} 个环节,流程图可能是死循环", kind="budget")
        if not ran and not _settle(workflow):
            return


def _run_ready(workflow: LiveWorkflow, budget: int) -> int:
    ran = 0
    for each in reversed(workflow.workflows()):
        for token in each.live_tokens():
            if token._state == TaskState.READY and not token.task_spec.manual:
                token.run()
                ran += 1
                if ran >= budget:
                    return ran
        if ran and len(each.tasks) > _COMPACT_EVERY:
            compact(each)
    return ran


def _settle(workflow: LiveWorkflow) -> bool:
    """Nothing is ready: fire inclusive joins that no token can reach any more, close scopes without tokens."""
    for each in reversed(workflow.workflows()):
        found = (token.task_spec for token in each.live_tokens() if isinstance(token.task_spec, InclusiveGateway))
        joins = dict.fromkeys(found)  # no set: the order in which joins fire must be the same in every process
        if any(join.refresh(each) for join in joins):
            return True
        if each is not workflow and not any(True for _ in each.live_tokens()):
            _close(workflow, each)
            return True
    return False


def _close(workflow: LiveWorkflow, inner: Any) -> None:
    inner.completed = True
    scope: Token = inner.parent_task
    del workflow.subprocesses[scope.id]
    ended, before = inner.task_tree.internal_data, scope.data
    stamps = ended.get("stamps", {})
    written = {
        name: value
        for name, value in ended.get("data", {}).items()
        if name in stamps or name not in before or before[name] != value
    }
    scope.write(written)
    if stamps:  # a value is as old inside as outside
        scope.internal_data["stamps"].update(stamps)
    if scope._state == TaskState.STARTED:
        scope._ready()


def _outcome(workflow: LiveWorkflow, scripting: Scripting, before: Mapping[duty.Duty, Token]) -> Outcome:
    after = duty.duties(workflow)
    added = {each: token for each, token in after.items() if each not in before}
    gone = {each: token for each, token in before.items() if each not in after}
    states = {each.token_id: token._state for each, token in gone.items()}
    finished = not any(True for _ in workflow.live_tokens())
    ended = workflow.task_tree.internal_data
    return Outcome(
        state=encode(workflow),
        status=InstanceStatus.COMPLETED if finished else InstanceStatus.RUNNING,
        opened=tuple(duty.opened_task(token, scripting) for each, token in added.items() if each.kind == "task"),
        closed=tuple(duty.closed_tasks(gone, states)),
        jobs=tuple(duty.jobs_of(added, scripting)),
        voided=tuple(duty.voided_jobs(gone, after)),
        waits=tuple(duty.waits(added)),
        unwaited=tuple(duty.ended_waits(gone)),
        passed=tuple(scripting.passages),
        end_event=ended.get("end") if finished else None,
        decisions=tuple(scripting.decisions),
        tokens=duty.visible_tokens(workflow),
        variables=dict(ended.get("data", {}) if finished else _latest_data(workflow)),
    )


def _latest_data(workflow: LiveWorkflow) -> Mapping[str, Any]:
    latest: Iterable[Token] = workflow.live_tokens()
    return next(iter([token.data for token in latest][-1:]), {})


# -- what each stimulus does ---------------------------------------------------------------------------------------


def _start(workflow: LiveWorkflow, stimulus: Start) -> None:
    begin(workflow, dict(stimulus.variables))


def _task_completed(workflow: LiveWorkflow, stimulus: TaskCompleted) -> None:
    token = _token(workflow, stimulus.token_id, UserTask, TaskState.READY)
    token.write(_declared(workflow, token, stimulus.variables))
    token.run()


def _timer_due(workflow: LiveWorkflow, stimulus: TimerDue) -> None:
    token = _token(workflow, stimulus.token_id, CatchEvent, TaskState.WAITING)
    if token.task_spec.event_definition.kind != "timer":
        raise NoReceiver("this element waits for no timer")
    armed = token.task_spec.armed(token)
    if armed.sequence != stimulus.sequence:
        raise NoReceiver(f"round {stimulus.sequence} of this timer is over")
    if workflow.script_engine.now < armed.due_at:
        raise Refused(f"the timer is due at {armed.due_at.isoformat()}, not yet")
    token.task_spec.fire(token, {})


def _service_finished(workflow: LiveWorkflow, stimulus: ServiceFinished) -> None:
    token = _token(workflow, stimulus.token_id, ServiceTask, TaskState.STARTED)
    element = workflow.script_engine.element(token)
    token.write({name: stimulus.result[name] for name in element.variables if name in stimulus.result})
    if result := element.properties.get("result"):
        token.write({result: dict(stimulus.result)})
    token.complete()


def _service_raised(workflow: LiveWorkflow, stimulus: ServiceRaised) -> None:
    token = _token(workflow, stimulus.token_id, ServiceTask, TaskState.STARTED)
    if not catch_around(token, "error", stimulus.code) and not catch_outside(token.workflow, "error", stimulus.code):
        raise workflow.script_engine.failed(
            token, f"服务报告错误 {stimulus.code}: {stimulus.message},流程图没有处理它的边界事件", kind="error-event"
        )


def _message_arrived(workflow: LiveWorkflow, stimulus: MessageArrived) -> None:
    token = _token(workflow, stimulus.token_id, CatchEvent, TaskState.WAITING)
    definition = token.task_spec.event_definition
    if definition.kind != "message" or definition.name != stimulus.name:
        raise NoReceiver(f"this element does not wait for {stimulus.name}")
    token.task_spec.fire(token, _payload(workflow, token, stimulus.payload))


def _signal_arrived(workflow: LiveWorkflow, stimulus: SignalArrived) -> None:
    waiting = [
        token
        for each in workflow.workflows()
        for token in each.live_tokens()
        if isinstance(token.task_spec, CatchEvent)
        and token._state == TaskState.WAITING
        and token.task_spec.event_definition.kind == "signal"
        and token.task_spec.event_definition.name == stimulus.name
        and token.internal_data.get("key") in (None, stimulus.key)
    ]
    if not waiting:
        raise NoReceiver(f"this instance does not wait for {stimulus.name}")
    for token in waiting:
        if token.is_live:
            token.task_spec.fire(token, _payload(workflow, token, stimulus.payload))


def _token_moved(workflow: LiveWorkflow, stimulus: TokenMoved) -> None:
    token = workflow.find(stimulus.token_id)
    if token is None or not token.is_live:
        raise NoReceiver("this token is gone")
    parent = token.parent
    frame = parent.task_spec if parent else None
    if isinstance(token.task_spec, BoundaryEvent) or (isinstance(frame, MultiInstance) and frame.holds(token)):
        raise Refused("多实例中的一个实例或边界事件不能单独移动;请移动整个环节")
    inner = token.workflow
    specs = inner.spec.task_specs
    target = specs.get(f"{stimulus.to_element}.BoundaryEventSplit") or specs.get(stimulus.to_element)
    known = target is not None and workflow.script_engine.spec.has_element(inner.spec.name, stimulus.to_element)
    if not known or isinstance(target, BoundaryEvent):
        raise Refused(f"目标环节 {stimulus.to_element} 不在同一流程范围内")
    if isinstance(target, Join) and len(target._inputs) > 1:
        raise Refused(f"目标 {stimulus.to_element} 是汇合网关,会一直等待其他分支;请移动到它后面的环节")
    token.cancel()
    if parent is not None and isinstance(parent.task_spec, (BoundarySplit, EventGateway)):
        for other in token.siblings():
            if other.is_live:
                other.cancel()
    moved = token._add_child(target, TaskState.FUTURE)  # so that it inherits the token's data
    target._update(moved)


def _token(workflow: LiveWorkflow, token_id: str, kind: type, state: int) -> Token:
    token = workflow.find(token_id)
    if token is None or not isinstance(token.task_spec, kind) or token._state != state:
        raise NoReceiver("what this was meant for is over")
    return token


def _payload(workflow: LiveWorkflow, token: Token, payload: Mapping[str, Any]) -> dict[str, Any]:
    names = workflow.script_engine.element(token).variables
    return {name: payload[name] for name in names if name in payload}


def _declared(workflow: LiveWorkflow, token: Token, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    declared = workflow.script_engine.element(token).variables
    if undeclared := [name for name in variables if name not in declared]:
        raise workflow.script_engine.failed(
            token, f"未在流程图中声明的变量: {', '.join(sorted(undeclared))}", kind="variables"
        )
    return variables


_STIMULI: dict[type, Callable[[LiveWorkflow, Any], None]] = {
    Start: _start,
    TaskCompleted: _task_completed,
    TimerDue: _timer_due,
    ServiceFinished: _service_finished,
    ServiceRaised: _service_raised,
    MessageArrived: _message_arrived,
    SignalArrived: _signal_arrived,
    TokenMoved: _token_moved,
}
