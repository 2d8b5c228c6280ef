"""Told stories (scenarios): TOML files beside a process, read into frozen values. `scenario.py` plays them.

A story says which world it begins in, what people do and when, and what must be true then. A new story needs no Python.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cases.roles import ROLE
from engine.access import Actor, Grant

DOINGS = frozenset({"start", "complete", "message", "advance", "search", "open"})
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class StoryBroken(Exception):
    """The file is no story; the message names the file and the place."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that somebody does, or time that passes."""

    number: int
    do: str
    at: datetime | None
    actor: Actor | None
    task: str | None
    department: str | None
    message: str | None
    key: str | None
    process: str | None  #: what a `start` starts, if not the story's own process
    on: str | None  #: the instance that the step is about, by the process that it runs; kept for the steps that follow
    place: str | None  #: with `on`: which instance of that process; without: which of several open tasks
    fields: Mapping[str, Any]
    refused: tuple[str, ...]
    finds: int  #: how many files a `search` finds
    expect: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Story:
    """A whole story."""

    name: str
    title: str
    covers: tuple[str, ...]
    process: str
    others: tuple[str, ...]  #: further processes that the story starts
    clock: datetime
    profile: str
    services: Mapping[str, Mapping[str, Any]]
    children: tuple[Mapping[str, Any], ...]  #: recognised before the story begins (`covered_children`)
    standards: tuple[Mapping[str, Any], ...]  #: the county's monthly amounts in force
    parameters: Mapping[str, str]  #: what the county set for itself before the story begins
    moves: tuple[Mapping[str, Any], ...]  #: functions that another body has by now (`bodies.enter_move`)
    steps: tuple[Step, ...]
    expect: tuple[Mapping[str, Any], ...]


def read_story(path: Path) -> Story:
    """The story in a file; its process is the folder above `scenarios/` unless it names another.

    :raises StoryBroken: the file is no TOML, or something in it is missing or of the wrong kind.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StoryBroken(f"{path.name}: {error}") from error
    head, world = told.get("scenario", {}), told.get("world", {})
    actors = {name: _actor(path, name, given) for name, given in world.get("actors", {}).items()}
    return Story(
        name=str(head.get("name") or path.stem),
        title=str(head.get("title") or path.stem),
        covers=tuple(head.get("covers", ())),
        process=str(head.get("process") or path.parent.parent.name),
        others=tuple(head.get("others", ())),
        clock=_instant(path, "world.clock", world.get("clock")),
        profile=str(world.get("profile", "CURRENT")),
        services=world.get("services", {}),
        children=tuple(world.get("children", ())),
        standards=tuple(world.get("standards", ())),
        parameters={name: str(value) for name, value in world.get("parameters", {}).items()},
        moves=tuple(world.get("moves", ())),
        steps=tuple(_step(path, number, given, actors) for number, given in enumerate(told.get("step", ()), 1)),
        expect=tuple(told.get("expect", ())),
    )


def _instant(path: Path, where: str, value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise StoryBroken(f"{path.name}: {where} 应为带时区的日期时间,如 2025-09-24T09:00:00+08:00")
    return value


def _actor(path: Path, name: str, given: Mapping[str, Any]) -> Actor:
    roles: Sequence[str] = given.get("roles") or [given["role"]]
    unknown = [role for role in roles if role not in ROLE]
    if unknown:
        raise StoryBroken(f"{path.name}: world.actors.{name} 的角色 {unknown[0]} 不存在")
    grants = tuple(
        Grant(role=role, place=str(given.get("place", "")), department=ROLE[role].department) for role in roles
    )
    return Actor(id=name, name=str(given.get("name", name)), unit=str(given.get("unit", "")), grants=grants)


def _step(path: Path, number: int, given: Mapping[str, Any], actors: Mapping[str, Actor]) -> Step:
    where = f"step {number}"
    doing = given.get("do")
    if doing not in DOINGS:
        raise StoryBroken(f"{path.name}: {where} 的 do 应为 {'、'.join(sorted(DOINGS))} 之一")
    actor = actors.get(given.get("actor", ""))
    if actor is None and (doing in ("start", "complete", "search", "open") or "actor" in given):
        raise StoryBroken(f"{path.name}: {where} 的 actor {given.get('actor')!r} 不在 world.actors 中")
    return Step(
        number=number,
        do=doing,
        at=_instant(path, f"{where}.at", given["at"]) if "at" in given else None,
        actor=actor,
        task=given.get("task"),
        department=given.get("department"),
        message=given.get("message"),
        key=given.get("key"),
        process=given.get("process"),
        on=given.get("on"),
        place=given.get("place"),
        fields=given.get("with", _NOTHING),
        refused=tuple(given.get("refused", ())),
        finds=int(given.get("finds", 0)),
        expect=tuple(given.get("expect", ())),
    )
