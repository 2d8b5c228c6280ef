"""A stage with the county's process on it, and people to act on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cases.demo_children import Deed, DemoChild
from cases.demo_deeds import DEED_FORMS
from cases.demo_people import holder
from cases.parameters import set_parameter
from cases.scenario import KEEPER
from cases.sending import sent
from cases.stage import Stage, build
from engine.access import Actor
from engine.clock import COUNTY_ZONE
from engine.commands.complete_task import complete_task
from engine.commands.start_process import start_process
from engine.settings import Settings
from engine.store import user_task

PROCESSES = Path(__file__).parents[2] / "processes"
BEGIN = datetime(2025, 9, 24, 10, 0, tzinfo=COUNTY_ZONE)


@dataclass
class Flow:
    """One application on its way."""

    stage: Stage
    child: DemoChild
    instance_id: str = ""
    case_id: str = ""

    def do(self, deed: Deed, at: datetime | None = None, *, actor: Actor | None = None, **fields: Any) -> None:
        """Do one deed as its usual person, or as another; `fields` stand over the usual ones."""
        if at is not None:
            self.stage.move_to(at)
        form, now = DEED_FORMS[deed], self.stage.clock.now()
        who = actor or holder(form.role, self.child.place).actor
        told = {**form.fields(self.child, now), **fields}
        with self.stage.database.transaction() as session:
            folder = self.stage.env.settings.data_folder
            values = sent(session, told, folder=folder, actor=who, now=now)
            key = uuid4().hex
            if deed is Deed.APPLY:
                started = start_process(
                    session, self.stage.env, "application", fields=values, actor=who, now=now, idempotency_key=key
                )
                self.instance_id, self.case_id = started.instance_id, started.case_id or ""
            else:
                task_id = self.open_task(form.task, form.department)
                complete_task(session, self.stage.env, task_id, fields=values, actor=who, now=now, idempotency_key=key)
        self.stage.run_due()

    def open_task(self, element_id: str, department: str | None = None) -> str:
        table = user_task.user_task
        query = table.select().where(
            table.c.instance_id == self.instance_id,
            table.c.element_id == element_id,
            table.c.status == user_task.TaskStatus.OPEN,
        )
        if department:
            query = query.where(table.c.department == department)
        with self.stage.database.reading() as session:
            rows = session.execute(query).all()
        assert len(rows) == 1, (element_id, department, rows)
        return str(rows[0].id)

    def rows(self, table: Any) -> list[Mapping[str, Any]]:
        with self.stage.database.reading() as session:
            return list(session.execute(table.select().where(table.c.case_id == self.case_id)).mappings())


def let_names_be_given(stage: Stage) -> None:
    """The county wants masked names in every notice, also where few families have an application."""
    with stage.database.transaction() as session:
        set_parameter(session, "few_families", "0", actor=KEEPER, now=stage.clock.now())


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:
    """An empty county with the process published, on both databases; 2025-09-24 10:00."""
    made = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=BEGIN)
    made.prepare([PROCESSES / "application"])
    yield made
    made.database.dispose()


@pytest.fixture
def flow(stage: Stage) -> Callable[[DemoChild], Flow]:
    """Begins an application for a child."""

    def begin(child: DemoChild, **fields: Any) -> Flow:
        started = Flow(stage=stage, child=child)
        started.do(Deed.APPLY, **fields)
        return started

    return begin
