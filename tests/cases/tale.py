"""A told story that a test tells itself, as far as it likes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from cases import story_deeds
from cases.case_files import case_file
from cases.expectation import open_tasks
from cases.stage import Stage
from cases.story import Step


@dataclass
class Tale:
    """A story of one application on its way."""

    stage: Stage
    instance_id: str = ""

    def tell(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if step.at is not None:
                self.stage.move_to(step.at)
            if step.refused:
                continue
            if step.do == "start":
                self.instance_id = story_deeds.begin(self.stage, step, "application", key="start").instance_id
            elif step.do == "complete":
                self.finish(step)
            self.stage.run_due()

    def finish(self, step: Step) -> None:
        with self.stage.database.transaction() as session:
            rows = open_tasks(session, self.instance_id, step.task)
            [task] = [row for row in rows if step.department in (None, row.department)]
            story_deeds.finish(self.stage, session, step, task.id, key=f"{step.number}:{step.task}")

    def open(self) -> set[str]:
        with self.stage.database.reading() as session:
            return {row.element_id for row in open_tasks(session, self.instance_id)}

    def status(self) -> str:
        with self.stage.database.reading() as session:
            return str(session.execute(sa.select(case_file.c.status)).scalar_one())
