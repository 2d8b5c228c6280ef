"""This program on the same work, through the commands that the pages call: rights, forms, history, jobs, inbox rows."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine.access import Actor, Grant
from engine.calendar import default_calendar
from engine.clock import SystemClock
from engine.commands.complete_task import complete_task
from engine.commands.deploy import deploy
from engine.commands.start_process import Started, start_process
from engine.definitions.bundle import read_folder
from engine.definitions.forms import FieldCheck
from engine.domain import CaseRef, Handler
from engine.environment import Environment
from engine.runtime import SpecCache
from engine.settings import load_settings
from engine.store.session import Database

MODELS = Path(__file__).parent / "models"
CLERK = Actor(id="bench-clerk", name="Clerk", grants=(Grant(role="clerk"), Grant(role="process_owner")))
FIELDS = {
    "result": "agree",
    "score": 87,
    "note": "入户核实情况属实,家庭收入与申报一致,邻里访问两户均予证实,建议同意。" * 2,
}


@dataclass(frozen=True)
class NoDomain:
    """A domain without a table: what is measured is the engine."""

    roles: frozenset[str] = frozenset({"clerk"})
    services: Mapping[str, Handler] = field(default_factory=dict)
    field_checks: Mapping[str, FieldCheck] = field(default_factory=dict)

    def facts(self, *_: Any) -> Mapping[str, Any]:
        return {}

    def open_case(self, *_: Any) -> CaseRef:
        return CaseRef(case_id="", place="519927101", subject="张某某", search_key="zhangmoumou")

    def apply_form(self, *_: Any) -> Mapping[str, Any]:
        return {}

    def instance_ended(self, *_: Any) -> None:
        return None


class Ours:
    """One client with its pool."""

    def __init__(self, url: str) -> None:
        self.database = Database.open(url, pool_size=1)
        self.env = Environment(
            specs=SpecCache(_not_cached), domain=NoDomain(), settings=load_settings(), calendars=default_calendar
        )
        self.clock = SystemClock()

    def now(self) -> datetime:
        return self.clock.now()

    def publish(self, *keys: str) -> None:
        for key in keys:
            with self.database.transaction() as session:
                deploy(session, self.env, read_folder(MODELS / key), actor=CLERK, now=self.now())

    def start(self, key: str) -> Started:
        with self.database.transaction() as session:
            return start_process(
                session, self.env, key, fields={}, actor=CLERK, now=self.now(), idempotency_key=uuid4().hex
            )

    def complete(self, task_id: str, **fields: Any) -> tuple[str, ...]:
        """One step; returns the ids of the tasks that opened."""
        with self.database.transaction() as session:
            done = complete_task(
                session,
                self.env,
                task_id,
                fields={**FIELDS, **fields},
                actor=CLERK,
                now=self.now(),
                idempotency_key=uuid4().hex,
            )
        return done.opened_task_ids


def _not_cached(version_id: str) -> Any:
    raise LookupError(version_id)


def run(url: str, instances: int) -> list[float]:
    """Carry out so many approvals; returns the seconds of each step."""
    client = Ours(url)
    took: list[float] = []
    for _ in range(instances):
        began = time.perf_counter()
        waiting = list(client.start("approval").opened_task_ids)
        took.append(time.perf_counter() - began)
        steps = 0
        while waiting:
            began = time.perf_counter()
            waiting.extend(client.complete(waiting.pop(0)))
            took.append(time.perf_counter() - began)
            steps += 1
        assert steps == 9
    return took
