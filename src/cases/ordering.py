"""Steps of a told story that may be taken in any order: their tasks are open side by side on the same day."""

from __future__ import annotations

from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import replace
from typing import Any

from cases.story import Step
from engine.clock import COUNTY_ZONE

#: Puts deeds into another order, in place, as `Random.shuffle` does.
Shuffle = Callable[[MutableSequence[Any]], object]


def side_by_side(steps: Sequence[Step], aim: Callable[[Step], str | None]) -> int:
    """How many of the next steps complete a task of its own each that is open now.

    :param aim: the open task that a step means, or None. A step that must be refused, or that happens on another day,
        ends the group, as one that turns to another instance: what it shows depends on what went before.
    """
    taken: set[str] = set()
    day = None
    for count, step in enumerate(steps):
        turns = count > 0 and (step.on is not None or (steps[0].on is not None and step.place is not None))
        if step.do != "complete" or step.refused or turns:
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


def drawn(group: Sequence[Step], shuffle: Shuffle) -> list[Step]:
    """The group's deeds in another order, all at the instant of the last one: no form then speaks of what is to come.

    What is expected along the way described the told order; what is expected after the last one must hold in any.
    """
    first, at = group[0], max((each.at for each in group if each.at is not None), default=None)
    deeds = [replace(each, at=at, on=None, place=None if each.on else each.place, expect=()) for each in group]
    shuffle(deeds)
    if first.on is not None:  # whoever comes first turns to the instance
        deeds[0] = replace(deeds[0], on=first.on, place=first.place)
    deeds[-1] = replace(deeds[-1], expect=group[-1].expect)
    return deeds
