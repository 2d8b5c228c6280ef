"""A whole installation in this process: the pages on a port, a worker that looks for due jobs ten times a second."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import BaseWSGIServer, make_server

from cases import demo_clock, files, jurisdictions, people
from cases.divisions import DEMO_DIVISIONS
from cases.story import Step, Story
from engine.access import Actor, Grant
from engine.commands.claim_due_jobs import claim_due_jobs
from engine.commands.complete_task import complete_task
from engine.commands.deploy import deploy
from engine.commands.run_job import run_job
from engine.commands.start_process import Started, start_process
from engine.definitions.bundle import read_folder
from engine.errors import EngineError
from engine.queries.instances import instances
from engine.queries.open_tasks import open_tasks
from engine.settings import load_settings
from engine.store.job import job
from engine.store.session import Session
from web import create_app
from web.edge import Edge, edge_of

PROCESSES = Path(__file__).parents[2] / "processes"
COUNTY = Actor.system("tests")
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(kw_only=True)
class County:
    """The installation that a browser test drives."""

    app: Flask
    edge: Edge
    address: str
    _server: BaseWSGIServer
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def people(self, actors: Iterable[Actor]) -> None:
        """Enter people of a demonstration: nobody is asked for a password."""
        with self.edge.database.transaction() as session:
            for actor in actors:
                if people.find_person(session, actor.id) is None:
                    people.add_person(
                        session,
                        person_id=actor.id,
                        user_name=actor.id,
                        name=actor.name,
                        unit=actor.unit,
                        password_hash="",
                        grants=actor.grants,
                        demo=True,
                        now=EPOCH,
                    )

    def now(self) -> datetime:
        """The demonstration's time."""
        with self.edge.database.reading() as session:
            return demo_clock.load_clock(session, self.edge.settings).now()

    def set_clock(self, instant: datetime) -> None:
        """Begin at this instant."""
        with self.edge.database.transaction() as session:
            demo_clock.begin_at(session, self.edge.settings, instant=instant, actor=COUNTY)

    def tell(self, story: Story, until: str) -> str:
        """Do the story's steps by command until this element's task is open; returns that task's id."""
        self.set_clock(story.clock)
        self.people({step.actor.id: step.actor for step in story.steps if step.actor}.values())
        for step in story.steps:
            found = self.open_task(until)
            if found:
                return found
            if step.at and step.at > self.now():
                self.set_clock(step.at)
            if step.actor and not step.refused:
                self.do(step, step.actor)
            self.settle()
        raise AssertionError(f"{until} was never open")

    def tell_one(self, story: Story, task: str) -> None:
        """Do the one step of the story that completes this task."""
        step = next(each for each in story.steps if each.task == task and not each.refused)
        assert step.actor
        self.set_clock(step.at or self.now())
        self.do(step, step.actor)
        self.settle()

    def open_task(self, element: str, department: str | None = None) -> str | None:
        """The id of an open task of the one case there is."""
        with self.edge.database.reading() as session:
            rows = instances(session, actor=Actor.system("test")).rows
            tasks = open_tasks(session, self.edge.env, rows[0].id, actor=Actor.system("test")) if rows else ()
        return next(
            (one.id for one in tasks if one.element_id == element and department in (None, one.department)), None
        )

    def settle(self) -> None:
        """Wait until no job is due."""
        for _ in range(100):
            with self.edge.database.reading() as session:
                waiting = select(func.count()).where(
                    job.c.status.in_(["pending", "leased"]), job.c.due_at <= self.now()
                )
                if session.scalar(waiting) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("jobs that are due are not worked")

    def do(self, step: Step, actor: Actor) -> None:
        """Do one step of a story now, by command."""
        if step.do == "start":
            self.begin(step.fields, actor, f"told-start-{step.number}")
            return
        task_id = self.open_task(step.task or "", step.department)
        assert task_id, f"{step.task} is not open"
        self.complete(task_id, step.fields, actor, f"told-{step.number}")

    def begin(self, fields: Mapping[str, Any], actor: Actor, key: str, process: str = "application") -> Started:
        """Submit the start form of a process now."""
        with self.edge.database.transaction() as session:
            sent = {name: self._with_files(session, value, actor) for name, value in fields.items()}
            return start_process(
                session, self.edge.env, process, fields=sent, actor=actor, now=self.now(), idempotency_key=key
            )

    def complete(self, task_id: str, fields: Mapping[str, Any], actor: Actor, key: str) -> None:
        """Complete a task now."""
        with self.edge.database.transaction() as session:
            sent = {name: self._with_files(session, value, actor) for name, value in fields.items()}
            complete_task(
                session, self.edge.env, task_id, fields=sent, actor=actor, now=self.now(), idempotency_key=key
            )

    def _with_files(self, session: Session, value: Any, actor: Actor) -> Any:
        if not (isinstance(value, str) and value.startswith("file:")):
            return value
        content = b"%PDF-1.4 told" if value.endswith(".pdf") else b"\xff\xd8\xff told"
        folder = self.edge.settings.data_folder
        name = value.removeprefix("file:")
        stored = files.store(session, folder, name=name, content=content, actor=actor, now=self.now())
        return [stored.id]

    def start(self) -> None:
        for target in (self._server.serve_forever, self._work):
            thread = threading.Thread(target=target, daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        self._stopping.set()
        self._server.shutdown()
        for thread in self._threads:
            thread.join(timeout=5)
        self.edge.database.dispose()

    def _work(self) -> None:
        while not self._stopping.wait(0.1):
            try:
                while self._work_one():
                    pass
            except EngineError:
                continue  # as a worker does: the job comes back

    def _work_one(self) -> bool:
        database, env = self.edge.database, self.edge.env
        with database.reading() as session:
            clock = demo_clock.load_clock(session, self.edge.settings)
        with database.transaction() as session:
            ids = claim_due_jobs(
                session,
                worker="tests",
                now=clock.now(),
                wall_now=datetime.now(UTC),
                limit=1,
                lease=timedelta(seconds=30),
            )
        for job_id in ids:
            run_job(database, env, job_id, clock=clock, worker="tests")
        return bool(ids)


#: Files in which processes are published, by which and when: they are copied instead of published for each test anew.
_PUBLISHED: dict[tuple[tuple[str, ...], datetime], Path] = {}


def open_county(url: str, folder: Path, start: datetime, processes: Iterable[str] = ("*",)) -> County:
    """Publish the county's processes (all, or those named) in an empty SQLite database and serve its pages on a free
    port of this machine."""
    file, which = Path(url.removeprefix("sqlite:///")), (tuple(processes), start)
    if which in _PUBLISHED:
        shutil.copyfile(_PUBLISHED[which], file)
    settings = load_settings(mode="demo", database_url=url, data_folder=folder, secret_key="a key of the tests " * 3)
    app = create_app(settings)
    edge = edge_of(app)
    if which not in _PUBLISHED:
        _publish(edge, which[0], start)
        _PUBLISHED[which] = _copy_of(file)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    county = County(app=app, edge=edge, address=f"http://127.0.0.1:{server.server_port}", _server=server)
    owner = Actor(id="owner", name="陈晨", unit="县民政局", grants=(Grant(role="process_owner"),))
    admin = Actor(id="admin", name="孙涛", unit="县民政局", grants=(Grant(role="administrator"),))
    county.people([owner, admin])
    county.start()
    return county


def _publish(edge: Edge, processes: Iterable[str], start: datetime) -> None:
    with edge.database.transaction() as session:
        for code, name in DEMO_DIVISIONS:
            jurisdictions.add_division(session, code=code, name=name)
        demo_clock.begin_at(session, edge.settings, instant=start, actor=COUNTY)
    for manifest in sorted(path for name in processes for path in PROCESSES.glob(f"{name}/process.toml")):
        with edge.database.transaction() as session:
            deploy(session, edge.env, read_folder(manifest.parent), actor=COUNTY, now=start)


def _copy_of(file: Path) -> Path:
    """A copy that lasts as long as the test run, of a database that may be open."""
    kept = Path(tempfile.mkdtemp(prefix="published-")) / file.name
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("VACUUM INTO ?", (str(kept),))
    atexit.register(shutil.rmtree, kept.parent, ignore_errors=True)
    return kept
