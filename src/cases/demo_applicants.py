"""Applications of invented children (演示) that have come some way and were left there: the later steps are overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from cases.demo_children import DEMO_CHILDREN, DemoChild
from cases.demo_invented import invent

#: Among so many children one application runs, but never more than the most: each step is a real one.
ONE_IN, MOST = 20, 40
#: Card numbers between those of told stories and those of the generator.
_SEQUENCE = 198
#: Numbers of the generator that no filled-up county reaches.
_APART = 2_500_000


def applicants(children: int, *, seed: int) -> Iterator[DemoChild]:
    """For a county of so many children: who applies, and how far that has come."""
    courses = [each for each in DEMO_CHILDREN if each.category == "C5" and not each.entrusted and len(each.course) > 5]
    for number in range(min(MOST, children // ONE_IN)):
        model = courses[number % len(courses)]
        told = invent(_APART + number, seed=seed)
        steps = 1 + number * 5 % (len(model.course) - 1)
        later = timedelta(minutes=number)
        yield replace(
            model,
            name=told.name,
            birth=told.birth,
            sequence=_SEQUENCE + (told.sex == "男"),
            place=told.place,
            guardian=told.guardian,
            relation="父",
            course=tuple((deed, at + later) for deed, at in model.course[:steps]),
        )
