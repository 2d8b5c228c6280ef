"""The library's task tree, trimmed to what a durable engine needs.

Three things differ from the library's own classes. Token ids are counted from the instance's id, so that a step is a
function of its arguments and ids are cheap to hash. Nothing is predicted: a child exists once its parent is done.
Nothing is logged: the library builds a record for every state change even when nobody reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.runtime.scripting import Scripting

LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED

#: Deeper nesting of sub-processes and calls than this is a mistake in the diagrams (reliability.md section 3).
MAX_NESTING = 10

#: More tokens than this in one step are a mistake too: instances of instances of instances.
MAX_TOKENS = 10_000


class Token(Task):
    """A task of the tree. `via` names the element from which the token came.

    `stored` is the token's packed form while nobody has looked at its data since it was read: such a token is written
    back as it was, so that a step costs little for the siblings that it does not touch.
    """

    _data: dict[str, Any] | None
    stored: list[Any] | None

    def __init__(
        self, workflow: Any, task_spec: Any, parent: Token | None = None, state: int = TaskState.MAYBE, id: Any = None
    ) -> None:
        self.id = id or workflow.top_workflow.new_token_id()
        self.workflow = workflow
        self.task_spec = task_spec
        self.triggered = False
        self.thread_id = 0
        self._data = {}
        self.stored = None
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0.0
        self._children: list[str] = []
        self._state = state
        self._parent = None
        self.via: str | None = None
        workflow.tasks[self.id] = self
        if parent is not None:
            self._parent = parent.id
            self.via = parent.task_spec.name
            parent._children.append(self.id)

    @property
    def data(self) -> dict[str, Any]:
        """The token's variables; built from the stored form when first asked for."""
        if self._data is None:
            assert self.stored is not None
            self._data = unpacked_data(self.workflow.base, self.stored)
            self.stored = None
        return self._data

    @data.setter
    def data(self, value: dict[str, Any]) -> None:
        self._data = value
        self.stored = None

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Token:
        child = Token(self.workflow, task_spec, self, state)
        if state == TaskState.READY:
            child._ready()
        return child

    def _set_state(self, value: int) -> None:
        self._state = value

    def cancel(self) -> None:
        """Stop this token; what stands beside or below it is its spec's business."""
        if not self._state & TaskState.FINISHED_MASK:
            self._set_state(TaskState.CANCELLED)
            self.task_spec._on_cancel(self)

    def complete(self) -> None:
        """Go on, unless what this token just did (an escalation that is caught outside) ended its own scope."""
        if self._state != TaskState.CANCELLED:
            super().complete()

    @property
    def stamps(self) -> dict[str, int]:
        """When this token, or one before it, wrote each variable: a count that grows with the instance."""
        found: dict[str, int] = self.internal_data.get("stamps", {})
        return found

    def write(self, values: Mapping[str, Any]) -> None:
        """Set variables, and remember that they are newer than what other tokens carry."""
        if values:
            self.data.update(values)
            self.internal_data["stamps"] = {**self.stamps, **dict.fromkeys(values, self.workflow.top_workflow.count)}

    def _inherit_data(self) -> None:
        parent = self.parent
        if parent is not None:  # what the token was given at its birth (an item, a payload) stands
            self.data = {**parent.data, **self.data}
            if stamps := parent.stamps:
                self.internal_data["stamps"] = {**stamps, **self.stamps}

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        return dct or {}

    @property
    def is_live(self) -> bool:
        """Whether this token waits or runs."""
        return bool(self._state & LIVE)

    def siblings(self) -> list[Token]:
        """The other children of this token's parent."""
        parent = self.parent
        return [] if parent is None else [child for child in parent.children if child is not self]


def merge(data: dict[str, Any], stamps: dict[str, int], token: Token) -> None:
    """Take over from a token what `data` lacks or what was written later: no branch overwrites another's result with
    the value from before the two parted."""
    theirs = token.stamps
    for name, value in token.data.items():
        stamp = theirs.get(name, 0)
        if name not in data or stamp >= stamps.get(name, 0):
            data[name] = value
            if stamp:
                stamps[name] = stamp


def unpacked_data(base: dict[str, Any], stored: list[Any]) -> dict[str, Any]:
    """A token's variables: the workflow's base data, what the token has beside it, without what it lacks."""
    *_, added, gone = stored
    data = dict(base)
    if added:
        data.update(added)
    for name in gone or ():
        del data[name]
    return data


class _Living:
    """What top workflows and sub-workflows have in common."""

    tasks: dict[str, Token]
    base: dict[str, Any]  #: what the stored data of this workflow's tokens is the difference to

    def live_tokens(self) -> Iterator[Token]:
        """Tokens that wait or run in this workflow itself, in the order in which they came to be."""
        return (token for token in list(self.tasks.values()) if token._state & LIVE)

    def get_tasks_iterator(self, first_task: Token | None = None, **filters: Any) -> Iterator[Token]:
        """Walk this workflow's own tokens without the library's depth limit of 1,000 (it loses tokens beyond it)."""
        state = filters.get("state", TaskState.ANY_MASK)
        spec_name = filters.get("spec_name")
        return (
            token
            for token in list(self.tasks.values())
            if token._state & state and (spec_name is None or token.task_spec.name == spec_name)
        )

    def _task_completed_notify(self, task: Token) -> None:
        """The loop in `advance` decides what runs next."""

    def _task_removed_notify(self, task: Token) -> None:
        """Nobody listens."""


class LiveWorkflow(_Living, BpmnWorkflow):
    """An instance's top process."""

    def __init__(
        self, spec: Any, subprocess_specs: dict[str, Any], scripting: Scripting, seed: str, count: int
    ) -> None:
        super().__init__(spec, subprocess_specs, script_engine=scripting, deserializing=True)
        self.seed = seed
        self.count = count
        self.last_count = count + MAX_TOKENS
        self.base = {}

    def new_token_id(self) -> str:
        if self.count >= self.last_count:
            raise StepFailed(f"一步之内产生了超过 {MAX_TOKENS} 个令牌", kind="budget")
        self.count += 1
        return f"{self.seed}-{self.count}"

    def create_subprocess(self, my_task: Token, spec_name: str) -> LiveSubWorkflow:
        subprocess = LiveSubWorkflow(self.subprocess_specs[spec_name], my_task, self)
        self.subprocesses[my_task.id] = subprocess
        return subprocess

    def workflows(self) -> list[LiveWorkflow | LiveSubWorkflow]:
        """This workflow and its open sub-workflows, outermost first."""
        return [self, *self.subprocesses.values()]

    def find(self, token_id: str) -> Token | None:
        """The token with this id, wherever it stands."""
        for workflow in self.workflows():
            if (token := workflow.tasks.get(token_id)) is not None:
                return token
        return None


class LiveSubWorkflow(_Living, BpmnSubWorkflow):
    """An open sub-process or called process."""

    def __init__(self, spec: Any, parent_task: Token, top_workflow: LiveWorkflow) -> None:
        self.spec = spec
        self.base = {}
        self.data: dict[str, Any] = {}
        self.tasks: dict[str, Token] = {}
        self.top_workflow = top_workflow
        self.parent_task = parent_task
        self.parent_task_id = parent_task.id
        self.correlations: dict[str, Any] = {}
        self.last_task = None
        self.success = True
        self.completed = False
        parent = parent_task.workflow
        self.depth = 1 if parent is top_workflow else parent.depth + 1

    @property
    def parent_workflow(self) -> Any:
        return self.parent_task.workflow
