"""Multi-instance activities. The instances' data is never merged back: opinions are rows, a join reads rows.

The collection is the extension property `collection` (FEEL) with the variable `element`; see docs/adr/0002.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.util.task import TaskState

from engine.runtime.elements import Visible
from engine.runtime.tree import Token

#: More instances than this are a mistake (reliability.md section 3).
MAX_INSTANCES = 200


class MultiInstance(Visible, MultiInstanceTask):
    """Runs its child once for each item of a collection, together or one after the other."""

    sequential = False

    def __init__(
        self,
        wf_spec: Any,
        bpmn_id: str,
        *,
        collection: str | None,
        element: str | None,
        cardinality: str | None,
        condition: str | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(wf_spec, bpmn_id, task_spec="", cardinality=cardinality, condition=condition, **kwargs)
        self.collection = collection
        self.element = element

    def _update_hook(self, my_task: Token) -> bool:
        if my_task._state == TaskState.STARTED:
            return False
        my_task._inherit_data()
        items = self._items(my_task)
        if not items:
            return True
        my_task.internal_data.update(total=len(items), done=0)
        my_task._set_state(TaskState.STARTED)
        if self.sequential:
            my_task.internal_data["items"] = items[1:]
            items = items[:1]
        for item in items:
            self._open(my_task, item)
        return False

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _items(self, my_task: Token) -> list[Any]:
        """What to run an instance for. Raises `StepFailed` over the limit."""
        scripting = my_task.workflow.script_engine
        value = scripting.evaluate(my_task, self.collection or self.cardinality or "null")
        if self.cardinality and not self.collection:
            if not isinstance(value, Decimal) or value != int(value) or value < 0:
                raise scripting.failed(my_task, f"循环次数「{self.cardinality}」不是自然数", kind="loop")
            items: list[Any] = list(range(1, min(int(value), MAX_INSTANCES + 1) + 1))
        else:
            items = value if isinstance(value, list) else [] if value is None else [value]
        if len(items) > MAX_INSTANCES:
            raise scripting.failed(my_task, f"多实例超过上限 {MAX_INSTANCES}", kind="loop")
        return items

    def _open(self, my_task: Token, item: Any) -> None:
        spec = self._wf_spec.task_specs[self.task_spec]
        child = my_task._add_child(spec, TaskState.FUTURE)
        child.data = dict(my_task.data)
        if self.element:
            child.data[self.element] = item
        child.internal_data["item"] = item
        spec._update(child)

    def holds(self, child: Token) -> bool:
        """An instance, but not the element that comes after all instances."""
        return bool(child.task_spec.name == self.task_spec)

    def child_done(self, my_task: Token, child: Token) -> None:
        if my_task._state != TaskState.STARTED:
            return
        bookkeeping = my_task.internal_data
        bookkeeping["done"] += 1
        if self._is_complete(my_task, child):
            for other in my_task.children:
                if other is not child and other.is_live:
                    other.cancel()
            bookkeeping.pop("items", None)
            my_task._ready()
        elif bookkeeping.get("items"):
            item, bookkeeping["items"] = bookkeeping["items"][0], bookkeeping["items"][1:]
            self._open(my_task, item)

    def _on_cancel(self, my_task: Token) -> None:
        for child in my_task.children:
            child.cancel()

    def _is_complete(self, my_task: Token, child: Token) -> bool:
        total, done = my_task.internal_data["total"], my_task.internal_data["done"]
        if done >= total:
            return True
        if not self.condition:
            return False
        active = 1 if self.sequential else total - done
        counts = {"nrOfInstances": total, "nrOfCompletedInstances": done, "nrOfActiveInstances": active}
        return my_task.workflow.script_engine.evaluate(child, self.condition, counts) is True


class SequentialMultiInstance(MultiInstance):
    """One after the other."""

    sequential = True
