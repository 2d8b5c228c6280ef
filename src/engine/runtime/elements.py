"""What activities do with a token: user, script, service, rule and none tasks, sub-processes, calls.

The classes are SpiffWorkflow task specs. They override the library's prediction, data merging and boundary handling,
which lose tokens on our core pattern; see docs/architecture.md and the regression tests in tests/unit/runtime.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity as LibraryCall
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask as LibrarySubProcess
from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.runtime.tree import MAX_NESTING, Token


class Anchor(BpmnTaskSpec):
    """A spec that handles tokens our way; also the invisible root of every process."""

    def test(self) -> None:
        """The diagram was checked when it was published."""

    def _predict(self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing is predicted."""

    def _predict_hook(self, my_task: Token) -> None:
        """Nothing is predicted."""

    def _on_ready_hook(self, my_task: Token) -> None:
        pass

    def _update(self, my_task: Token) -> None:
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        return True

    def _run(self, my_task: Token) -> bool | None:
        return self._run_hook(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_cancel(self, my_task: Token) -> None:
        pass

    def _on_complete_hook(self, my_task: Token) -> None:
        pass

    def _on_complete(self, my_task: Token) -> None:
        self._on_complete_hook(my_task)
        my_task.workflow.script_engine.passed(my_task)
        parent = my_task.parent
        if parent is not None:
            parent.task_spec.child_done(parent, my_task)
        self._continue(my_task)

    def _continue(self, my_task: Token) -> None:
        specs = self._wf_spec.task_specs
        for child in [my_task._add_child(specs[name], TaskState.FUTURE) for name in self.taken(my_task)]:
            child.task_spec._update(child)

    def taken(self, my_task: Token) -> list[str]:
        """Names of the specs to which the token goes on: all that follow, unless a gateway chooses."""
        names: list[str] = self._outputs
        return names

    def holds(self, child: Token) -> bool:
        """Whether a token of this spec stays in the tree, though done, while this child of it lives."""
        return False

    def child_done(self, my_task: Token, child: Token) -> None:
        """Called when a direct child of a token of this spec completed."""


class Root(Anchor):
    """The start of a process's tree; connects to its start event."""


class BoundarySplit(Anchor):
    """Holds an activity and its boundary events side by side; none of them outlives what the diagram says."""

    def holds(self, child: Token) -> bool:
        return True

    def child_done(self, my_task: Token, child: Token) -> None:
        """The activity is done: its boundary events stop waiting. An interrupting event fired: all others stop."""
        if child.task_spec.name == self.activity or getattr(child.task_spec, "cancel_activity", False):
            for other in child.siblings():
                if other.is_live:
                    other.cancel()

    @property
    def activity(self) -> str:
        """Name of the spec of the activity itself (always connected first)."""
        return str(self._outputs[0])


class Visible(BpmnSpecMixin, Anchor):
    """A spec that stands on the diagram. `properties` are the element's extension properties."""

    extensions: dict[str, Any]

    @property
    def properties(self) -> dict[str, str]:
        found: dict[str, str] = getattr(self, "extensions", {}).get("properties", {})
        return found


class NoneTask(Visible):
    """Passes at once."""


class UserTask(Visible):
    """Waits, ready, for a person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = True


class ScriptTask(Visible):
    """Runs lines `name = FEEL expression`."""

    def __init__(self, wf_spec: Any, bpmn_id: str, script: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.script = script

    def _run_hook(self, my_task: Token) -> bool:
        my_task.workflow.script_engine.execute(my_task, self.script)
        return True


class ServiceTask(Visible):
    """Started here, finished by a job's result; the call itself happens outside of any transaction."""

    def _run_hook(self, my_task: Token) -> None:
        return None


class RuleTask(Visible):
    """Evaluates a decision table."""

    def _run_hook(self, my_task: Token) -> bool:
        my_task.workflow.script_engine.decide(my_task, self.properties)
        return True


class _Scope(Visible):
    """What embedded sub-processes and calls have in common."""

    spec: str

    def _update_hook(self, my_task: Token) -> bool:
        if my_task._state == TaskState.STARTED:
            return False
        my_task._inherit_data()
        workflow = my_task.workflow
        if getattr(workflow, "depth", 0) >= MAX_NESTING:
            raise StepFailed(f"子流程嵌套超过 {MAX_NESTING} 层", element_id=my_task.task_spec.name, kind="nesting")
        top = workflow.top_workflow
        if self.spec not in top.subprocess_specs:
            raise StepFailed(f"找不到被调用的流程 {self.spec}", element_id=my_task.task_spec.name, kind="definition")
        inner = top.create_subprocess(my_task, self.spec)
        my_task._set_state(TaskState.STARTED)
        begin(inner, dict(my_task.data))
        return False

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_cancel(self, my_task: Token) -> None:
        inner = my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)
        if inner is not None:
            inner.completed = True
            for token in list(inner.tasks.values()):
                if token.is_live:
                    token.cancel()


class SubProcess(_Scope, LibrarySubProcess):
    """An embedded sub-process; its own tree lives in the caller's state."""


class CallActivity(_Scope, LibraryCall):
    """A called process; the version called was bound when the caller was published."""


def begin(workflow: Any, variables: dict[str, Any]) -> None:
    """Put the first token into a workflow that has none."""
    root = Token(workflow, workflow.spec.start, state=TaskState.COMPLETED)
    root.data = variables
    workflow.task_tree = root
    workflow.spec.start._continue(root)
