"""Running cases of the demo county's other processes (演示): told stories, moved to its autumn and left half-way.

A story tells what people write and when; here it is moved by whole weeks, so that its weekdays stay, to another
township if that is wanted, with a child of its own, and its people become the demo county's. What lies after the
demonstration's opening is left for whoever plays with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cases.demo_children import OPENING
from cases.demo_people import holder
from cases.idcard import check_digit
from cases.story import Step, Story, read_story
from engine.access import Actor
from engine.errors import NotFound

TOLD_TOWN = "519927101"  #: where all stories play
_CARD = re.compile(r"519927(?:200[5-9]|201\d|202\d)\d{7}[\dX]")  #: of a child; those of grown-ups stay
_PLACE = re.compile(TOLD_TOWN + r"(\d{3})?")
#: Numbers of the children's cards begin here; the generator's begin above (`demo_invented`).
_FIRST_SEQUENCE = 100


@dataclass(frozen=True, kw_only=True)
class Tale:
    """A story of the demo county."""

    story: str  #: process folder and name
    names: tuple[str, ...]  #: of its children, in the order in which the story names them
    weeks: int = 0  #: by how much it is moved
    town: str = TOLD_TOWN
    steps: int | None = None  #: only so many of its steps
    later: tuple[int, int] | None = None  #: from this step on moved by so many weeks instead


TALES: tuple[Tale, ...] = (
    Tale(story="report/general_report_stays_home", names=("曹小溪",), weeks=-20, town="519927102"),
    Tale(story="report/order_return_missed", names=("彭小川",), weeks=-22, steps=20, town="519927201"),
    Tale(story="report/order_return_missed", names=("鲁小北",), weeks=-24, town="519927102"),
    Tale(story="report/ac11_court_in_time", names=("蒋小宝",)),
    Tale(story="report/false_report", names=("贺小满",), weeks=-1, town="519927201"),
    Tale(story="custody/ac12_aunt_takes_care", names=("罗小花", "罗小朵"), weeks=-15),
    Tale(story="custody/ac12_sentence_of_eight_months", names=("傅小英",), weeks=-17, town="519927102"),
    Tale(story="objection/ac05c_partly_upheld", names=("潘小军",), town="519927102", steps=10),
    Tale(story="objection/several_late_and_extended", names=("杜小雨",)),
    Tale(story="appeal/lawsuit_upheld_late", names=("夏小天",), weeks=-10, later=(24, -33)),
    Tale(story="exit/extreme_poverty_ends", names=("石小山",), town="519927201"),
    Tale(story="exit/guardian_heard", names=("方小溪",), town="519927102"),
    Tale(story="exit/fraud", names=("任小东",), weeks=-4, town="519927102"),
    Tale(story="exit/child_died", names=("姚小平",), weeks=-3),
    Tale(story="exit/ac09b_no_proof", names=("汪小龙",), town="519927201"),
    Tale(story="quarterly/risk_and_return", names=("邹小明",)),
    Tale(story="survey/sunday_deadline", names=("姜一", "姜二", "姜三", "姜四", "姜五", "姜六"), weeks=11),
)


def read_tales(processes: Path) -> tuple[Story, ...]:
    """The stories as the demo county lives them.

    :raises StoryBroken: a file is no story.
    """
    return tuple(
        _moved(read_story(processes / folder / "scenarios" / f"{name}.toml"), tale, number)
        for number, tale in enumerate(TALES)
        for folder, name in (tale.story.split("/"),)
    )


def _moved(story: Story, tale: Tale, number: int) -> Story:
    words = _words(story, tale, number)
    steps = [_moved_step(step, tale, words) for step in story.steps[: tale.steps] if not step.refused]
    opened = [(at, step) for at, step in _timed(steps) if at < OPENING]
    return replace(
        story,
        name=f"{story.name}-{number}",
        clock=story.clock + timedelta(weeks=tale.weeks),
        children=_change(story.children, words, timedelta(weeks=tale.weeks), tale.town),
        steps=tuple(replace(step, at=at) for at, step in opened),
    )


def _words(story: Story, tale: Tale, number: int) -> Mapping[str, str]:
    """The children's names and card numbers of the story, each with the one that it has here."""
    told = [*story.children, *(step.fields for step in story.steps)]
    cards = dict.fromkeys(card for each in _texts(told) for card in _CARD.findall(each))
    named = [each.get("child_name", each.get("name", "")) for each in _mappings(told) if _names_a_child(each)]
    changed = {card: _card(card, number, place) for place, card in enumerate(cards)}
    return changed | dict(zip(dict.fromkeys(named), tale.names, strict=False))


def _names_a_child(told: Mapping[str, Any]) -> bool:
    return bool(told.get("child_name")) or bool(told.get("name") and _CARD.fullmatch(str(told.get("idcard", ""))))


def _card(card: str, number: int, place: int) -> str:
    """A card of the same birthday and sex."""
    odd = int(card[16]) % 2
    first = f"{card[:14]}{_FIRST_SEQUENCE + number * 6 + place % 3 * 2 + odd:03d}"
    return first + check_digit(first)


def _timed(steps: Sequence[Step]) -> list[tuple[datetime, Step]]:
    """Each step with its instant; one without stands at the one before."""
    timed: list[tuple[datetime, Step]] = []
    for step in steps:
        at = step.at or timed[-1][0]
        timed.append((at, step))
    return timed


def _moved_step(step: Step, tale: Tale, words: Mapping[str, str]) -> Step:
    weeks = tale.weeks if tale.later is None or step.number < tale.later[0] else tale.later[1]
    by = timedelta(weeks=weeks)
    place = None if step.place is None else _change(step.place, words, by, tale.town)
    return replace(
        step,
        at=None if step.at is None else step.at + by,
        actor=None if step.actor is None else _demo_actor(step.actor, tale.town),
        place=place,
        fields=_change(step.fields, words, by, tale.town),
    )


def _demo_actor(told: Actor, town: str) -> Actor:
    """The demo county's holder of the actor's roles; the story's own person where the county has none."""
    grants = tuple(replace(each, place=_PLACE.sub(rf"{town}\1", each.place)) for each in told.grants)
    try:
        found = holder(grants[0].role, grants[0].place).actor
    except NotFound:
        return replace(told, grants=grants)
    has_all = {each.role for each in grants} <= {each.role for each in found.grants}
    return found if has_all else replace(told, grants=grants)


def _change(value: Any, words: Mapping[str, str], by: timedelta, town: str) -> Any:
    """The value with its dates moved and its child and township exchanged."""
    if isinstance(value, Mapping):
        return {key: _change(item, words, by, town) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_change(item, words, by, town) for item in value)
    if isinstance(value, date):
        return value + by
    if isinstance(value, str):
        if _PLACE.fullmatch(value):
            return town + value.removeprefix(TOLD_TOWN)
        for old, new in words.items():
            value = value.replace(old, new)
    return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [text for item in items for text in _texts(item)]


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    own = [value] if isinstance(value, Mapping) else []
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [*own, *(found for item in items for found in _mappings(item))]
