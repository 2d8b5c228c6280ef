"""Plays a told story on a scratch database, with a clock of its own, through the commands that the pages call.

Every step loads and saves the instance, as in operation. Moving the clock does what a pump would have done on the way:
what is due runs in the order of its due instants, each at its instant.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import select

from cases import files
from cases.county import County
from cases.divisions import DEMO_DIVISIONS
from cases.expectation import Scene, differences, local, open_tasks
from cases.handlers import HANDLERS
from cases.jurisdictions import add_division
from cases.story import Step, Story
from engine.access import Actor, Grant
from engine.clock import FixedClock
from engine.commands.claim_due_jobs import claim_due_jobs
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.deliver_message import deliver_message
from engine.commands.deploy import deploy
from engine.commands.run_job import run_job
from engine.commands.start_process import start_process
from engine.definitions.bundle import Bundle, read_folder
from engine.domain import Handler, ServiceCall, ServiceError, Tools
from engine.environment import Environment
from engine.errors import EngineError, NotAllowed, Refused, SubmissionInvalid
from engine.runtime import SpecCache
from engine.settings import Settings
from engine.store import Database, Session, migrate
from engine.store.bundles import Library
from engine.store.incident import incident
from engine.store.job import JobStatus, job

WORKER = "story"
PUBLISHER = Actor(id="story:owner", name="流程管理员", grants=(Grant(role="process_owner"),))
#: More jobs than this between two steps is an endless loop in the diagram.
MOST_JOBS = 500
#: What a file of each ending begins with, so that the upload's check takes it.
_BYTES: Mapping[str, bytes] = {
    ".pdf": b"%PDF-1.4 story",
    ".jpg": b"\xff\xd8\xff story",
    ".png": b"\x89PNG\r\n\x1a\nstory",
}
_REFUSED_BY_RIGHT = frozenset({"access", "separate_from"})

Say = Callable[[str], object]


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of a story."""

    name: str
    steps: int
    failures: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.failures


def play(story: Story, processes: Path, *, database_url: str | None = None, say: Say = print) -> Played:
    """Play a story and compare every expectation.

    :param processes: the folder with the process bundles and the shared tables.
    :param database_url: an empty scratch database; None: a SQLite file that is thrown away afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="story-") as folder:
        url = database_url or f"sqlite:///{Path(folder) / 'story.sqlite3'}"
        migrate(url)
        database = Database.open(url)
        try:
            player = _Player(story=story, database=database, folder=Path(folder), say=say)
            player.prepare(read_folder(processes / story.process, siblings=processes))
            return player.play()
        finally:
            database.dispose()


def _canned(name: str, given: Mapping[str, Any]) -> Handler:
    """A service that answers as the story says: a result, or so many failures before the real one."""
    left = [int(given.get("times", 1)) if "fail" in given else 0]

    def answer(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
        if left[0] > 0:
            left[0] -= 1
            raise ServiceError(str(given["fail"]))
        result: Mapping[str, Any] | None = given.get("result")
        return result if result is not None else HANDLERS[name](call, tools)

    return answer


@dataclass(kw_only=True)
class _Player:
    """The state of one playing: the world, the clock, the instance that the steps are about."""

    story: Story
    database: Database
    folder: Path
    say: Say
    clock: FixedClock = field(init=False)
    env: Environment = field(init=False)
    instance_id: str = ""
    case_id: str = ""
    failures: list[str] = field(default_factory=list)

    def prepare(self, bundle: Bundle) -> None:
        """Make the world: divisions, and the process published."""
        self.clock = FixedClock(self.story.clock)
        canned = {name: _canned(name, given) for name, given in self.story.services.items()}
        county = County(profile=self.story.profile, handlers={**HANDLERS, **canned})
        library = Library()

        def load(version_id: str) -> Bundle:
            with self.database.reading() as session:
                return library.bundle(session, version_id)

        self.env = Environment(
            specs=SpecCache(load),
            domain=county,
            settings=Settings(mode="demo", data_folder=self.folder),
            calendar=county.calendar,
            library=library,
        )
        with self.database.transaction() as session:
            for code, name in DEMO_DIVISIONS:
                add_division(session, code=code, name=name)
            deploy(session, self.env, bundle, actor=PUBLISHER, now=self.clock.now())

    def play(self) -> Played:
        """All steps, then what is expected at the very end. A step that cannot be done ends the story."""
        self.say(f"《{self.story.title}》({self.story.name})")
        for step in self.story.steps:
            before = len(self.failures)
            self._move_to(step.at)
            try:
                self._do(step)
            except EngineError as error:
                self._fail(f"第{step.number}步", str(error))
                break
            self._run_due()
            self._show(step)
            self._compare(f"第{step.number}步", step.expect)
            if len(self.failures) > before and self._stuck():
                break
        else:
            self._compare("结尾", self.story.expect)
        self.say(f"{'全部符合' if not self.failures else f'{len(self.failures)} 处不符'}\n")
        return Played(name=self.story.name, steps=len(self.story.steps), failures=tuple(self.failures))

    # -- time ------------------------------------------------------------------------------------------------------

    def _move_to(self, at: datetime | None) -> None:
        """Let the time pass: each job at its own instant, in order."""
        if at is None:
            return
        for _ in range(MOST_JOBS):
            with self.database.reading() as session:
                due = session.scalar(
                    select(job.c.due_at).where(job.c.status == JobStatus.PENDING).order_by(job.c.due_at).limit(1)
                )
            if due is None or due > at:
                break
            self.clock.instant = max(self.clock.instant, due)
            self._run_due()
        self.clock.instant = max(self.clock.instant, at)

    def _run_due(self) -> None:
        """Run what is due now, as pump and worker do."""
        for _ in range(MOST_JOBS):
            now = self.clock.now()
            with self.database.transaction() as session:
                ids = claim_due_jobs(
                    session, worker=WORKER, now=now, wall_now=now - timedelta(days=1), limit=1, lease=timedelta(0)
                )
            if not ids:
                return
            run_job(self.database, self.env, ids[0], clock=self.clock, worker=WORKER)
        self._fail("后台任务", f"一次推进超过 {MOST_JOBS} 项,流程图可能是死循环")

    # -- deeds -----------------------------------------------------------------------------------------------------

    def _do(self, step: Step) -> None:
        deeds = {"start": self._start, "complete": self._complete, "message": self._message}
        deed = deeds.get(step.do)
        if deed is None:
            return
        if not step.refused:
            deed(step)
            return
        try:
            deed(step)
        except SubmissionInvalid as error:
            named = {problem.field for problem in error.problems}
            if not set(step.refused) <= named:
                self._fail(f"第{step.number}步", f"应因 {list(step.refused)} 被拒,实际 {sorted(named)}: {error}")
        except NotAllowed as error:
            if not set(step.refused) & _REFUSED_BY_RIGHT:
                self._fail(f"第{step.number}步", f"应因 {list(step.refused)} 被拒,实际无权: {error}")
        else:
            self._fail(f"第{step.number}步", f"应因 {list(step.refused)} 被拒,实际被接受")

    def _start(self, step: Step) -> None:
        assert step.actor is not None
        with self.database.transaction() as session:
            started = start_process(
                session,
                self.env,
                self.story.process,
                fields=self._fields(session, step),
                actor=step.actor,
                now=self.clock.now(),
                idempotency_key=self._key(step),
            )
        self.instance_id, self.case_id = started.instance_id, started.case_id or ""

    def _complete(self, step: Step) -> None:
        assert step.actor is not None
        with self.database.transaction() as session:
            task_id = self._task_id(session, step)
            claim_task(session, task_id, actor=step.actor, now=self.clock.now())
            complete_task(
                session,
                self.env,
                task_id,
                fields=self._fields(session, step),
                actor=step.actor,
                now=self.clock.now(),
                idempotency_key=self._key(step),
            )

    def _task_id(self, session: Session, step: Step) -> str:
        rows = [
            row
            for row in open_tasks(session, self.instance_id, step.task or "")
            if step.department in (None, row.department)
        ]
        if len(rows) != 1:
            found = [f"{row.element_id}({row.department})" for row in open_tasks(session, self.instance_id)]
            raise Refused(f"任务 {step.task} 应恰有一件待办,实际 {len(rows)} 件;现有: {', '.join(found) or '无'}")
        return str(rows[0].id)

    def _message(self, step: Step) -> None:
        with self.database.transaction() as session:
            deliver_message(
                session,
                self.env,
                step.message or "",
                step.key or self.case_id,
                payload=self._fields(session, step),
                actor=step.actor or Actor.system("story"),
                now=self.clock.now(),
            )

    def _key(self, step: Step) -> str:
        return f"{self.story.name}:{step.number}"

    def _fields(self, session: Session, step: Step) -> dict[str, Any]:
        """The step's fields as a browser sends them: dates as text, files uploaded and named by their ids."""
        return {name: self._sent(session, step, value) for name, value in step.fields.items()}

    def _sent(self, session: Session, step: Step, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._sent(session, step, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._sent(session, step, item) for item in value]
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str) and value.startswith("file:"):
            return [self._upload(session, step, value.removeprefix("file:"))]
        return value

    def _upload(self, session: Session, step: Step, name: str) -> str:
        content = _BYTES.get(PurePosixPath(name).suffix, b"%PDF-1.4 story")
        actor = step.actor or Actor.system("story")
        stored = files.store(session, self.folder, name=name, content=content, actor=actor, now=self.clock.now())
        return stored.id

    # -- telling ---------------------------------------------------------------------------------------------------

    def _show(self, step: Step) -> None:
        who = step.actor.name if step.actor else "—"
        doing = {"start": "提出申请", "message": f"消息 {step.message}", "advance": "时间推进"}
        refused = "(被拒,符合预期)" if step.refused else ""
        words = doing.get(step.do) or f"办理 {step.task}{f'({step.department})' if step.department else ''}"
        self.say(f"  {step.number:>2}. {local(self.clock.now())}  {who}  {words}{refused}")
        if not self.instance_id:
            return
        with self.database.reading() as session:
            for row in open_tasks(session, self.instance_id):
                due = f"时限 {local(row.due_at)}" if row.due_at else "无时限"
                reason = (row.due_derivation or {}).get("text", "")
                where = f"({row.department})" if row.department else ""
                self.say(f"        待办 {row.name}{where}  {due}  {reason}")

    def _compare(self, where: str, expected: Iterable[Mapping[str, Any]]) -> None:
        if not self.instance_id:
            return
        with self.database.reading() as session:
            scene = Scene(session=session, env=self.env, instance_id=self.instance_id, case_id=self.case_id)
            for each in expected:
                for problem in differences(scene, each):
                    self._fail(where, problem)

    def _stuck(self) -> bool:
        """Whether an incident stops the story; its cause is told."""
        with self.database.reading() as session:
            rows = session.execute(select(incident).where(incident.c.instance_id == self.instance_id)).mappings().all()
        for row in rows:
            self._fail("故障", f"{row.get('element_id')}: {row.get('message')}")
        return bool(rows)

    def _fail(self, where: str, problem: str) -> None:
        self.failures.append(f"{where}: {problem}")
        self.say(f"     ✗ {where}: {problem}")
