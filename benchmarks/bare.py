"""The bare library on the same work: its own serializer, the state loaded and saved at each step, one commit a step."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

MODELS = Path(__file__).parent / "models" / "bare"
STEPS = ["apply", "verify", "publish", *(f"department_{n}" for n in range(1, 6)), "decide"]


class Bare:
    """One client with its connection. `url` is a file path (SQLite) or a libpq string (PostgreSQL)."""

    def __init__(self, url: str, key: str = "approval") -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.parse(MODELS / f"{key}.bpmn"), filename=key)
        self.spec, self.inner = parser.get_spec(key), parser.get_subprocess_specs(key)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        self.is_sqlite = not url.startswith("host=")
        self.connection: Any = sqlite3.connect(url, timeout=30) if self.is_sqlite else psycopg.connect(url)
        if self.is_sqlite:
            self.connection.isolation_level = None
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=FULL")

    def prepare(self) -> None:
        self.connection.execute("CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, state TEXT)")
        self.connection.commit()

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        cursor = self.connection.cursor()
        if self.is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        yield cursor
        self.connection.commit()

    def _sql(self, text: str) -> str:
        return text.replace("%s", "?").replace(" FOR UPDATE", "") if self.is_sqlite else text

    def start(self) -> str:
        instance = uuid4().hex
        workflow = BpmnWorkflow(self.spec, self.inner)
        workflow.do_engine_steps()
        with self._transaction() as cursor:
            cursor.execute(
                self._sql("INSERT INTO bare VALUES (%s, %s)"), (instance, self.serializer.serialize_json(workflow))
            )
        return instance

    def complete(self, instance: str, name: str, data: dict[str, Any]) -> bool:
        """One step; says whether the instance is over."""
        with self._transaction() as cursor:
            cursor.execute(self._sql("SELECT state FROM bare WHERE id = %s FOR UPDATE"), (instance,))
            workflow = self.serializer.deserialize_json(cursor.fetchone()[0])
            task = workflow.get_next_task(state=TaskState.READY, spec_name=name)
            task.data.update(data)
            task.run()
            workflow.do_engine_steps()
            cursor.execute(
                self._sql("UPDATE bare SET state = %s WHERE id = %s"),
                (self.serializer.serialize_json(workflow), instance),
            )
            return bool(workflow.is_completed())


def run(url: str, instances: int, data: dict[str, Any]) -> list[float]:
    """Carry out so many instances; returns the seconds of each step."""
    client = Bare(url)
    took: list[float] = []
    for _ in range(instances):
        began = time.perf_counter()
        instance = client.start()
        took.append(time.perf_counter() - began)
        for name in STEPS:
            began = time.perf_counter()
            over = client.complete(instance, name, data)
            took.append(time.perf_counter() - began)
        assert over
    return took
