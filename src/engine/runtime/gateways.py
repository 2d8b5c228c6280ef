"""Gateways by the token rules of BPMN 2.0.2 section 13.4, counted on the tokens that wait at the join itself.

The library looks for earlier finished instances of the join anywhere in the tree, which doubles or loses tokens when a
case is sent round again (its wrong answers are the regression tests of tests/unit/runtime). Here a token that arrives
waits at the join; the join consumes one token of each incoming flow and forgets them.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from SpiffWorkflow.specs.ExclusiveChoice import ExclusiveChoice
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.runtime.elements import Visible
from engine.runtime.tree import Token, merge


class _Choice(Visible):
    """Outgoing flows with conditions, in the order of the library's parser."""

    cond_task_specs: list[tuple[Any, str]]

    def _matching(self, my_task: Token) -> list[str]:
        return [
            name
            for condition, name in self.cond_task_specs
            if condition is not None and condition._matches(my_task) is True
        ]

    def _default(self) -> list[str]:
        return [name for condition, name in self.cond_task_specs if condition is None]

    def taken(self, my_task: Token) -> list[str]:
        names = self._matching(my_task) or self._default()
        if not names:
            raise StepFailed(
                f"网关「{self.bpmn_name or self.name}」没有一个条件成立,也没有默认出口",
                element_id=self.bpmn_id,
                element_name=self.bpmn_name,
                kind="gateway",
            )
        return names


class ExclusiveGateway(_Choice, ExclusiveChoice):
    """Takes the first flow whose condition is true, else the default."""

    def taken(self, my_task: Token) -> list[str]:
        return super().taken(my_task)[:1]


class Join(Visible):
    """Holds arrived tokens until the gateway may fire."""

    def _update_hook(self, my_task: Token) -> bool:
        if my_task._state != TaskState.WAITING:
            my_task._inherit_data()
            if len(self._inputs) <= 1:
                return True
            my_task._set_state(TaskState.WAITING)
        self._try(my_task.workflow)
        return False

    def waiting(self, workflow: Any) -> dict[str, list[Token]]:
        """Tokens that wait at this join, by the element from which they came, oldest first."""
        found: dict[str, list[Token]] = {}
        for token in workflow.tasks.values():
            if token.task_spec is self and token._state == TaskState.WAITING:
                found.setdefault(str(token.via), []).append(token)
        return found

    def _try(self, workflow: Any) -> bool:
        """Fire as often as the waiting tokens allow; say whether it fired."""
        fired = False
        while self._may_fire(workflow, waiting := self.waiting(workflow)):
            taken = [token for name in dict.fromkeys(self._inputs) for token in self._take_from(waiting, name)]
            last, stamps = taken[-1], dict(taken[-1].stamps)
            for token in taken[:-1]:
                merge(last.data, stamps, token)
                token._set_state(TaskState.CANCELLED)
            if stamps:
                last.internal_data["stamps"] = stamps
            last._ready()
            fired = True
        return fired

    def _take_from(self, waiting: dict[str, list[Token]], name: str) -> list[Token]:
        return waiting.get(name, [])[: self._inputs.count(name)]

    def _may_fire(self, workflow: Any, waiting: dict[str, list[Token]]) -> bool:
        raise NotImplementedError


class ParallelGateway(Join):
    """Fires when each incoming flow holds a token; excess tokens stay."""

    def _may_fire(self, workflow: Any, waiting: dict[str, list[Token]]) -> bool:
        return all(len(waiting.get(name, ())) >= self._inputs.count(name) for name in self._inputs)


class InclusiveGateway(Join, _Choice, MultiChoice):
    """Fires when no other token can still reach one of its empty incoming flows."""

    def refresh(self, workflow: Any) -> bool:
        """Look again, after other tokens moved or died."""
        return self._try(workflow)

    def _may_fire(self, workflow: Any, waiting: dict[str, list[Token]]) -> bool:
        if not waiting:
            return False
        empty = {name for name in self._inputs if name not in waiting}
        if not empty:
            return True
        full = set(waiting)
        for token in workflow.tasks.values():
            if token._state & TaskState.FINISHED_MASK or token.task_spec is self:
                continue
            if token._state == TaskState.WAITING and hasattr(token.task_spec, "cancel_activity"):
                continue  # a boundary event that waits is no token; what it may lead to counts for its activity
            reachable = self._reach_of(token.task_spec.name)
            if reachable & empty and not reachable & full:
                return False
        return True

    def _reach_of(self, name: str) -> frozenset[str]:
        """Which of this gateway's inputs a token at the named element can come through without passing the gateway.

        An activity's token can also leave through its boundary events (as `definitions.reach` has it).
        """
        if name not in self._reach:
            seen: set[str] = set()
            frame = f"{name}.BoundaryEventSplit"
            queue = [frame if frame in self._wf_spec.task_specs else name]
            while queue:
                current = queue.pop()
                if current in seen or current == self.name:
                    continue
                seen.add(current)
                queue.extend(self._wf_spec.task_specs[current]._outputs)
            self._reach[name] = frozenset(seen & set(self._inputs))
        return self._reach[name]

    @cached_property
    def _reach(self) -> dict[str, frozenset[str]]:
        return {}


class EventGateway(Visible):
    """Opens its catching events side by side; the first that fires ends the others."""

    def holds(self, child: Token) -> bool:
        return True

    def child_done(self, my_task: Token, child: Token) -> None:
        for other in child.siblings():
            if other.is_live:
                other.cancel()
