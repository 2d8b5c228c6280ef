"""Steps of a told story that may be taken in any order: their tasks are open side by side on the same day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from cases.story import Step
from engine.clock import COUNTY_ZONE


def side_by_side(steps: Sequence[Step], aim: Callable[[Step], str | None]) -> int:
    """How many of the next steps complete a task of its own each that is open now.

    :param aim: the open task that a step means, or None. A step that must be refused, or that happens on another day,
        ends the group: what it shows depends on what went before.
    """
    taken: set[str] = set()
    day = None
    for count, step in enumerate(steps):
        if step.do != "complete" or step.refused:
            return count
        if step.at is not None:
            day = day or step.at.astimezone(COUNTY_ZONE).date()
            if step.at.astimezone(COUNTY_ZONE).date() != day:
                return count
        task = aim(step)
        if task is None or task in taken:
            return count
        taken.add(task)
    return len(steps)


def drawn(group: Sequence[Step], order: Random) -> list[Step]:
    """The group's deeds in a drawn order, at the group's instants in their told order.

    What is expected along the way described the told order; what is expected after the last one must hold in any.
    """
    deeds = list(group)
    order.shuffle(deeds)
    last = len(group) - 1
    return [
        replace(deed, at=slot.at, expect=slot.expect if position == last else ())
        for position, (deed, slot) in enumerate(zip(deeds, group, strict=True))
    ]
