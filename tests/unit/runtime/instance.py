"""Runs one instance in memory through `advance`: every step decodes and encodes the state, as the database does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.calendar import default_calendar
from engine.outcome import InstanceStatus, JobAdded, JobKind, Outcome, TaskOpened, WaitAdded
from engine.runtime import Context, ProcessSpec, advance, compile_bundle
from engine.runtime.duties import Duty, Kind, duties
from engine.runtime.scripting import Scripting
from engine.runtime.state import decode, encode
from engine.runtime.tree import LiveWorkflow
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
from tests.diagrams import Diagram

NOW = datetime(2025, 9, 24, 2, 0, tzinfo=UTC)  # 10:00 in the county


class Instance:
    """An instance with its open work, as the tables would hold it."""

    def __init__(
        self,
        process: Diagram | ProcessSpec,
        variables: Mapping[str, Any] | None = None,
        *,
        facts: Mapping[str, Any] | None = None,
        now: datetime = NOW,
        library: Any = None,
        **files: bytes,
    ) -> None:
        self.spec = compile_bundle(process.bundle(library, **files)) if isinstance(process, Diagram) else process
        self.context = Context(default_calendar(), facts or {}, "case-1")
        self.now = now
        self.state: bytes | None = None
        self.status = InstanceStatus.RUNNING
        self.tasks: dict[str, TaskOpened] = {}
        self.jobs: dict[tuple[str, JobKind, int], JobAdded] = {}
        self.waits: dict[str, WaitAdded] = {}
        self.passed: list[str] = []
        self.completed: list[str] = []
        self.last: Outcome | None = None
        self.step(Start(instance_id="i", variables=variables or {}))

    def step(self, stimulus: Stimulus) -> Outcome:
        outcome = advance(self.spec, self.state, stimulus, self.context, self.now)
        self.state, self.status, self.last = outcome.state, outcome.status, outcome
        for closed in outcome.closed:
            task = self.tasks.pop(closed.token_id)
            if closed.completed:
                self.completed.append(task.element_id)
        for gone in outcome.voided:
            for key in [key for key in self.jobs if key[:2] == (gone.token_id, gone.kind)]:
                del self.jobs[key]
        for wait in outcome.unwaited:
            del self.waits[wait.token_id]
        for opened in outcome.opened:
            assert opened.token_id not in self.tasks
            self.tasks[opened.token_id] = opened
        for job in outcome.jobs:
            assert (job.token_id, job.kind, job.sequence) not in self.jobs
            self.jobs[(job.token_id, job.kind, job.sequence)] = job
        for added in outcome.waits:
            self.waits[added.token_id] = added
        self.passed += [each.element_id for each in outcome.passed]
        self._check(stimulus, outcome)
        return outcome

    def _check(self, stimulus: Stimulus, outcome: Outcome) -> None:
        """The tables that follow the outcomes hold exactly what the state waits for, and the state is its own image."""
        if isinstance(stimulus, TimerDue):  # its job is done
            self.jobs.pop((stimulus.token_id, JobKind.TIMER, stimulus.sequence), None)
        workflow = decode(outcome.state, self.spec, Scripting(self.spec, self.context, self.now))
        held = {Duty(token_id, Kind.TASK) for token_id in self.tasks} | {Duty(token, Kind.WAIT) for token in self.waits}
        for token_id, kind, sequence in self.jobs:
            if kind in (JobKind.TIMER, JobKind.SERVICE):
                held.add(Duty(token_id, Kind(kind.value), sequence))
        assert held == set(duties(workflow))
        assert encode(workflow) == outcome.state
        for each in workflow.workflows():
            for token in each.live_tokens():
                assert token.data is not None
        again = decode(encode(workflow), self.spec, Scripting(self.spec, self.context, self.now))
        assert everything(again) == everything(workflow)
        assert (outcome.status is InstanceStatus.COMPLETED) == (not list(workflow.live_tokens()))

    # -- the verbs ----------------------------------------------------------------------------------------------------

    def complete(self, element_id: str, **variables: Any) -> Outcome:
        """Complete the oldest open task of this element."""
        token_id = next(id for id, task in self.tasks.items() if task.element_id == element_id)
        return self.step(TaskCompleted(token_id=token_id, variables=variables))

    def fire(self, element_id: str) -> Outcome:
        """Let the timer of this element come due: the clock moves to its instant if that lies ahead."""
        job = next(job for job in self.jobs.values() if job.element_id == element_id and job.kind is JobKind.TIMER)
        self.now = max(self.now, job.due_at)
        outcome = self.step(
            TimerDue(token_id=job.token_id, element_id=element_id, due_at=job.due_at, sequence=job.sequence)
        )
        self.jobs.pop((job.token_id, job.kind, job.sequence), None)
        return outcome

    def finish(self, element_id: str, **result: Any) -> Outcome:
        """Let the service call of this element return."""
        return self.step(ServiceFinished(token_id=self._service(element_id), result=result))

    def raise_error(self, element_id: str, code: str) -> Outcome:
        return self.step(ServiceRaised(token_id=self._service(element_id), code=code))

    def message(self, name: str, **payload: Any) -> Outcome:
        wait = next(wait for wait in self.waits.values() if wait.name == name)
        return self.step(MessageArrived(token_id=wait.token_id, element_id=wait.element_id, name=name, payload=payload))

    def signal(self, name: str, **payload: Any) -> Outcome:
        return self.step(SignalArrived(name=name, payload=payload))

    def move(self, element_id: str, to: str) -> Outcome:
        token_id = next(id for id, task in self.tasks.items() if task.element_id == element_id)
        return self.step(TokenMoved(token_id=token_id, to_element=to))

    # -- the looks ----------------------------------------------------------------------------------------------------

    @property
    def open(self) -> list[str]:
        return sorted(task.element_id for task in self.tasks.values())

    @property
    def is_over(self) -> bool:
        return self.status is InstanceStatus.COMPLETED

    @property
    def variables(self) -> Mapping[str, Any]:
        assert self.last is not None
        return self.last.variables

    def _service(self, element_id: str) -> str:
        return next(
            job.token_id for job in self.jobs.values() if job.element_id == element_id and job.kind is JobKind.SERVICE
        )


def everything(workflow: LiveWorkflow) -> dict[str, object]:
    """All live tokens with what they carry."""
    return {
        token.id: (token.task_spec.name, token._state, token.via, token.internal_data, token.data)
        for each in workflow.workflows()
        for token in each.live_tokens()
    }


def line(*middle: str) -> Diagram:
    """A straight process through these elements."""
    return Diagram().start().end().flow("start", *middle, "end")


def boundary(event: str, interrupting: bool) -> Diagram:
    """A task `work` with a boundary event `late`, which leads to the task `remind`."""
    process = line("work").user("work").boundary("late", "work", event, interrupting, variables="why").user("remind")
    return process.end("reminded").flow("late", "remind", "reminded")
