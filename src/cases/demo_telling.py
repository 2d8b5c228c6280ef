"""Lives the demo county's stories on its stage, step by step, through the commands that the pages call."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from cases import quarters
from cases.case_files import case_file
from cases.children import child
from cases.covered_children import enter_world
from cases.notices import notice
from cases.sending import sent
from cases.stage import Stage
from cases.story import Step, Story
from engine.access import Actor
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.deliver_message import deliver_message
from engine.commands.start_process import start_process
from engine.errors import EngineError, Refused
from engine.store import Session, instance, user_task

#: Steps that say what the files say; here there are more files than in the story.
_COUNTED = frozenset({"g_ut_merge", "g_ut_report"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Something that happens in the demo county, and when."""

    at: datetime
    happen: Callable[[], None]


@dataclass(kw_only=True)
class Teller:
    """Where one story stands. A step that the processes of today refuse ends the story: the county goes on without."""

    story: Story
    stage: Stage
    instance_id: str = ""
    case_id: str = ""
    stopped: str = ""  #: what was refused; empty: nothing

    def moments(self) -> list[Moment]:
        """The story's world, then its steps."""
        first = Moment(at=self.story.clock, happen=self._begin)
        return [first, *(Moment(at=step.at, happen=self._doing(step)) for step in self.story.steps if step.at)]

    def _begin(self) -> None:
        with self.stage.database.transaction() as session:
            now = self.stage.clock.now()
            enter_world(session, children=self.story.children, standards=self.story.standards, now=now)

    def _doing(self, step: Step) -> Callable[[], None]:
        def do() -> None:
            if self.stopped:
                return
            try:
                with self.stage.database.transaction() as session:
                    self._do(session, step)
            except EngineError as error:
                self.stopped = f"{self.story.name} 第{step.number}步: {error}"
                log.warning("the demo county leaves a story: %s", self.stopped)

        return do

    def _do(self, session: Session, step: Step) -> None:
        if step.on is not None:
            self._turn_to(session, step.on, step.place or "")
        now, actor = self.stage.clock.now(), step.actor or Actor.system("demo")
        told = {**step.fields, **self._numbers(session, step)}
        fields = sent(session, told, folder=self.stage.env.settings.data_folder, actor=actor, now=now)
        key = f"demo:{self.story.name}:{step.number}"
        if step.do == "start":
            process = step.process or self.story.process
            started = start_process(
                session, self.stage.env, process, fields=fields, actor=actor, now=now, idempotency_key=key
            )
            self.instance_id, self.case_id = started.instance_id, started.case_id or ""
        elif step.do == "complete":
            task_id = self._task(session, step)
            claim_task(session, task_id, actor=actor, now=now)
            complete_task(session, self.stage.env, task_id, fields=fields, actor=actor, now=now, idempotency_key=key)
        elif step.do == "message":
            wanted = step.key or self.case_id
            deliver_message(session, self.stage.env, step.message or "", wanted, payload=fields, actor=actor, now=now)

    def _numbers(self, session: Session, step: Step) -> dict[str, Any]:
        """Numbers that the county gave and that the story can only know from it."""
        known: dict[str, Any] = {}
        if "archive_no" in step.fields:
            query = select(child.c.archive_no).where(child.c.id.in_(self._children(session)))
            known["archive_no"] = session.scalar(query.order_by(child.c.archive_no).limit(1))
        if "notice_no" in step.fields:
            query = select(notice.c.notice_no).join(case_file, case_file.c.id == notice.c.case_id)
            query = query.where(case_file.c.child_id.in_(self._children(session)))
            known["notice_no"] = session.scalar(query.order_by(notice.c.created_at.desc()).limit(1))
        if step.task in _COUNTED:
            counted = quarters.counts(session, self.case_id)
            known |= {name: counted[name] for name in counted if name in step.fields}
            known |= {"zero_report": not any(counted.values())} if "zero_report" in step.fields else {}
        return known

    def _children(self, session: Session) -> list[str]:
        """The files of the story's children, as far as they are opened."""
        cards = [each["idcard"] for each in self.story.children]
        cards += [step.fields["child_idcard"] for step in self.story.steps if "child_idcard" in step.fields]
        rows = session.execute(select(child.c.id).where(child.c.idcard.in_(cards)))
        return [child_id for (child_id,) in rows]

    def _turn_to(self, session: Session, process: str, place: str) -> None:
        """Go on with the latest instance of a process that is about the story's children, or about no child."""
        table = instance.instance
        latest = session.execute(
            select(table.c.id, table.c.case_id)
            .join(case_file, case_file.c.id == table.c.case_id)
            .where(
                table.c.process_key == process,
                table.c.place.startswith(place, autoescape=True),
                or_(case_file.c.child_id.is_(None), case_file.c.child_id.in_(self._children(session))),
            )
            .order_by(table.c.started_at.desc(), table.c.id.desc())
            .limit(1)
        ).first()
        if latest is None:
            raise Refused(f"流程 {process} 还没有发起过")
        self.instance_id, self.case_id = latest.id, latest.case_id or ""

    def _task(self, session: Session, step: Step) -> str:
        table = user_task.user_task
        query = select(table.c.id).where(
            table.c.instance_id == self.instance_id,
            table.c.element_id == step.task,
            table.c.status == user_task.TaskStatus.OPEN,
        )
        if step.department is not None:
            query = query.where(table.c.department == step.department)
        if step.place is not None and step.on is None:
            query = query.where(table.c.place == step.place)
        found = session.scalar(query.order_by(table.c.id).limit(1))
        if found is None:
            raise Refused(f"演示数据:没有待办 {step.task}")
        return str(found)
