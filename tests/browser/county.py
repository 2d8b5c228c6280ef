"""A whole installation in this process: the pages on a port, a worker that looks for due jobs ten times a second."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from werkzeug.serving import BaseWSGIServer, make_server

from cases import demo_clock, jurisdictions, people
from cases.divisions import DEMO_DIVISIONS
from engine.access import Actor, Grant
from engine.commands.claim_due_jobs import claim_due_jobs
from engine.commands.deploy import deploy
from engine.commands.run_job import run_job
from engine.definitions.bundle import read_folder
from engine.errors import EngineError
from engine.settings import load_settings
from web import create_app
from web.edge import Edge, edge_of

PROCESSES = Path(__file__).parents[2] / "processes"
COUNTY = Actor.system("tests")
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(kw_only=True)
class County:
    """The installation that a browser test drives."""

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


def open_county(url: str, folder: Path, start: datetime) -> County:
    """Publish the county's processes and serve its pages on a free port of this machine."""
    settings = load_settings(mode="demo", database_url=url, data_folder=folder, secret_key="a key of the tests " * 3)
    app = create_app(settings)
    edge = edge_of(app)
    with edge.database.transaction() as session:
        for code, name in DEMO_DIVISIONS:
            jurisdictions.add_division(session, code=code, name=name)
        demo_clock.begin_at(session, settings, instant=start, actor=COUNTY)
    for manifest in sorted(PROCESSES.glob("*/process.toml")):
        with edge.database.transaction() as session:
            deploy(session, edge.env, read_folder(manifest.parent), actor=COUNTY, now=start)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    county = County(edge=edge, address=f"http://127.0.0.1:{server.server_port}", _server=server)
    owner = Actor(id="owner", name="陈晨", unit="县民政局", grants=(Grant(role="process_owner"),))
    admin = Actor(id="admin", name="孙涛", unit="县民政局", grants=(Grant(role="administrator"),))
    county.people([owner, admin])
    county.start()
    return county
