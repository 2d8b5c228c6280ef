"""Makes what tests need: an environment, published versions, people, forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.access import Actor, Grant
from engine.calendar import default_calendar
from engine.commands.complete_task import Completed, complete_task
from engine.commands.start_process import Started, start_process
from engine.definitions.bundle import Bundle, pack
from engine.domain import Domain
from engine.environment import Environment
from engine.runtime import SpecCache
from engine.settings import Settings
from engine.store import process_version
from engine.store.bundles import Library
from engine.store.identifiers import new_id
from engine.store.session import Database, Session
from tests.fakes import FakeDomain

CLERK = Actor(id="li", name="李四", unit="青川镇", grants=(Grant(role="clerk", place="510722101201"),))
OTHER_CLERK = Actor(id="zhang", name="张三", unit="青川镇", grants=(Grant(role="clerk", place="510722101"),))
LEADER = Actor(id="zhao", name="赵六", unit="民政局", grants=(Grant(role="leader", place="510722"),))
STRANGER = Actor(id="qian", name="钱五", unit="外镇", grants=(Grant(role="clerk", place="510722999"),))
ADMINISTRATOR = Actor(id="admin", name="管理员", grants=(Grant(role="administrator"),))
OWNER = Actor(id="owner", name="流程管理员", grants=(Grant(role="process_owner"),))


def manifest(key: str, more: str = "") -> bytes:
    """A process.toml whose starters are clerks."""
    text = f'key = "{key}"\ntitle = "样例"\nowner = "民政局"\nstarters = ["clerk"]\ncase_kind = "sample"\n{more}\n'
    return text.encode()


def form(*fields: str) -> bytes:
    """A form with optional text fields."""
    components = [{"type": "textfield", "key": key, "label": key, "id": f"Field_{key}"} for key in fields]
    return json.dumps({"type": "default", "schemaVersion": 19, "id": "form", "components": components}).encode()


def environment(domain: Domain | None = None, settings: Settings | None = None) -> Environment:
    """An environment that compiles what a database holds."""
    library = Library()

    def never(version_id: str) -> Bundle:
        raise AssertionError(f"{version_id} was not read through the session")

    return Environment(
        specs=SpecCache(never),
        domain=domain or FakeDomain(),
        settings=settings or Settings(),
        calendars=default_calendar,
        library=library,
    )


def publish(session: Session, bundle: Bundle, *, now: datetime, number: int = 1) -> str:
    """Store a version without checking it; returns its id. (`deploy` has tests of its own.)"""
    version_id = new_id(now)
    session.write(
        process_version.INSERT,
        {
            "id": version_id,
            "process_key": bundle.key,
            "number": number,
            "content_hash": bundle.content_hash,
            "title": "样例",
            "case_kind": "sample",
            "starters": ["clerk"],
            "bundle": pack(bundle),
            "published_at": now,
            "published_by": "owner",
        },
    )
    return version_id


@dataclass
class World:
    """A database with its environment, and short words for what tests do most."""

    database: Database
    env: Environment
    domain: FakeDomain
    now: datetime

    def publish(self, diagram: Any, *forms: str, more: str = "", library: Any = None, number: int = 1) -> str:
        """Publish a `tests.diagrams.Diagram`; every named form has the fields `note` and `verdict`."""
        files = {f"forms/{name}.form": form("note", "verdict") for name in forms}
        bundle = diagram.bundle(library, process__toml=manifest(diagram.key, more), **files)
        with self.database.transaction() as session:
            return publish(session, bundle, now=self.now, number=number)

    def start(self, key: str = "p", *, idempotency_key: str = "start", actor: Actor = CLERK) -> Started:
        with self.database.transaction() as session:
            return start_process(
                session, self.env, key, fields={}, actor=actor, now=self.now, idempotency_key=idempotency_key
            )

    def complete(
        self,
        task_id: str,
        *,
        fields: Mapping[str, Any] | None = None,
        actor: Actor = CLERK,
        idempotency_key: str | None = None,
        now: datetime | None = None,
    ) -> Completed:
        with self.database.transaction() as session:
            return complete_task(
                session,
                self.env,
                task_id,
                fields=fields or {},
                actor=actor,
                now=now or self.now,
                idempotency_key=idempotency_key or f"key-{task_id}",
            )
