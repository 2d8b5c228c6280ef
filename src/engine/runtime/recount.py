"""Counts the dates again for which timers wait, when the calendar changed: pure, like a step.

A script line that counts working days is kept with the instant at which it ran (`Scripting.execute`). Evaluated by the
calendar that was in force, it must give the date that the process has, and the timer's expression the instant at which
the timer is due; only then is the date this line's own, and the same line by the new calendar gives the new one. What
somebody set by other means stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from engine.calendar import Calendar
from engine.errors import StepFailed
from engine.outcome import TimerMoved
from engine.runtime.compile import ProcessSpec
from engine.runtime.duties import Duty, Kind, duties
from engine.runtime.scripting import Context, Scripting
from engine.runtime.state import decode, encode
from engine.runtime.timers import TimerValueInvalid, due_of
from engine.runtime.tree import LiveWorkflow, Token

#: For expressions that do not ask what time it is; one that does gives another instant than the timer's, which stays.
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Recount:
    """The state with its dates by the new calendar. Nothing moved: it is the state that was given."""

    state: bytes
    moved: tuple[TimerMoved, ...] = ()


def recount(spec: ProcessSpec, state: bytes, context: Context, *, before: Calendar) -> Recount:
    """Count again by `context.calendar` what was counted by `before`.

    Raises `StateUnreadable`.
    """
    workflow = decode(state, spec, Scripting(spec, context, _ANY_TIME))
    counting = _Counting(spec=spec, after=context, before=replace(context, calendar=before), workflow=workflow)
    waiting = [(duty, token) for duty, token in duties(workflow).items() if duty.kind is Kind.TIMER]
    moved = tuple(each for duty, token in waiting if (each := counting.move(duty, token)) is not None)
    return Recount(state=encode(workflow) if moved else state, moved=moved)


@dataclass(frozen=True, kw_only=True)
class _Counting:
    """One instance between two calendars."""

    spec: ProcessSpec
    before: Context
    after: Context
    workflow: LiveWorkflow

    def move(self, duty: Duty, token: Token) -> TimerMoved | None:
        """Move the timer and the dates that it names; None where it stays."""
        definition = token.task_spec.event_definition
        armed_at, due = token.internal_data.get("armed_at"), token.internal_data["due"]
        if definition.repeats:
            return None
        try:
            dates = self._dates(token, definition.expression)
            if not dates and armed_at is None:
                return None
            was = self._due(self.before, token, definition.expression, armed_at, {})
            now = self._due(self.after, token, definition.expression, armed_at, {k: v for k, (_, v) in dates.items()})
        except (StepFailed, TimerValueInvalid):
            return None
        if was != due or now == was:
            return None
        self._write(dates)
        token.internal_data["due"] = now
        return TimerMoved(token_id=duty.token_id, element_id=token.task_spec.bpmn_id, before=was, after=now)

    def _dates(self, token: Token, expression: str) -> Mapping[str, tuple[Any, Any]]:
        """The counted variables of the timer's expression that change: what they are and what they become."""
        kept: Mapping[str, Any] = self.workflow.task_tree.internal_data.get("counted", {})
        found: dict[str, tuple[Any, Any]] = {}
        for name, (line, at) in kept.items():
            if name not in token.data or not re.search(rf"\b{re.escape(name)}\b", expression or ""):
                continue
            was = Scripting(self.spec, self.before, at).evaluate(token, line)
            now = Scripting(self.spec, self.after, at).evaluate(token, line)
            if was == token.data[name] and now != was:
                found[name] = (was, now)
        return found

    def _due(
        self, context: Context, token: Token, expression: str, at: datetime | None, dates: Mapping[str, Any]
    ) -> datetime:
        scripting = Scripting(self.spec, context, at or _ANY_TIME)
        return due_of(scripting.evaluate(token, expression, dates), scripting.now)

    def _write(self, dates: Mapping[str, tuple[Any, Any]]) -> None:
        """All living tokens that carry the old date get the new one."""
        for each in self.workflow.workflows():
            for token in each.live_tokens():
                token.write({name: now for name, (was, now) in dates.items() if token.data.get(name) == was})
