"""How long the main pages take: a county of 100,000 children on PostgreSQL, gunicorn, eight people at once."""

from __future__ import annotations

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path

from benchmarks.place import Place
from benchmarks.report import Row
from cases import demo
from engine.settings import load_settings

ROOT = Path(__file__).parents[1]
CLIENTS = 8
#: A page that a person waits for longer than this feels broken; the bar is for the 95th of a hundred under load.
BAR_SECONDS, GOAL_SECONDS = 1.0, 0.5


@dataclass(frozen=True)
class Page:
    """One page of one person. Where it stands is an address, or where its links lead from there."""

    name: str
    role: str
    address: str
    links: tuple[str, ...] = ()  #: patterns; each names the first link that fits, on the page before it


TASK = r"/tasks/[^\"?/#]+"
PAGES = (
    Page("inbox 待办", "town_officer", "/inbox"),
    Page("inbox 待办, the county's", "mzj_handler", "/inbox"),
    Page("task", "town_officer", "/inbox", (TASK,)),
    Page("case", "town_officer", "/inbox", (TASK, r"/cases/[^\"?/#]+")),
    Page("children 儿童档案, first page", "mzj_handler", "/children"),
    Page("children, by two characters of a name", "mzj_handler", "/children?keyword=" + urllib.parse.quote("小明")),
    Page("a child's file", "town_officer", "/children", (r"/children/[^\"?/#]+",)),
    Page("begin 办理", "village_officer", "/start"),
    Page("statistics 统计", "mzj_handler", "/statistics"),
    Page("public notices", "", "/notices"),
)


@dataclass
class Visitor:
    """One person's browser, without the browser."""

    origin: str
    opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    )

    def get(self, address: str) -> str:
        with self.opener.open(self.origin + address, timeout=60) as answer:
            return str(answer.read().decode())

    def enter(self, role: str, people: dict[str, str]) -> None:
        page = self.get("/login")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None, "the log-in page has no token"
        said = urllib.parse.urlencode({"person": people[role], "csrf_token": token[1]}).encode()
        self.opener.open(urllib.request.Request(self.origin + "/login/demo", data=said), timeout=60).close()


def measure(place: Place, *, children: int, seconds: float) -> list[Row]:
    """The rows of the pages: alone (p50), and with eight people at once (p50, p95)."""
    settings = load_settings(
        database_url=place.url_for("ours"), data_folder=Path(tempfile.mkdtemp(prefix="tongan-pages-"))
    )
    demo.ensure(settings, ROOT / "processes", children=children)
    place.sql("ANALYZE")
    people = {
        str(role): str(person)
        for role, person in place.sql("SELECT role, min(person_id) FROM role_grant GROUP BY role")
    }
    with _served(place, settings.data_folder) as origin:
        doors = {}
        for page in PAGES:
            visitor = Visitor(origin)
            if page.role:
                visitor.enter(page.role, people)
            doors[page] = _address(visitor, page)
        return [_row(page, origin, people, doors[page], seconds) for page in PAGES]


def _address(visitor: Visitor, page: Page) -> str:
    address = page.address
    for link in page.links:
        found = re.search(rf'href="({link})', visitor.get(address))
        assert found is not None, f"{page.name}: no such link on {address}"
        address = found[1]
    return address


def _row(page: Page, origin: str, people: dict[str, str], address: str, seconds: float) -> Row:
    def one(took: list[float], until: float) -> None:
        visitor = Visitor(origin)
        if page.role:
            visitor.enter(page.role, people)
        visitor.get(address)
        while time.perf_counter() < until:
            began = time.perf_counter()
            visitor.get(address)
            took.append(time.perf_counter() - began)

    alone: list[float] = []
    one(alone, time.perf_counter() + seconds / 2)
    crowded: list[float] = []
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=one, args=(crowded, until)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    p50, p95 = statistics.median(crowded), _p95(crowded)
    return Row(
        page.name,
        f"{statistics.median(alone) * 1000:.0f} ms alone; {p50 * 1000:.0f} / {p95 * 1000:.0f} ms",
        p95,
        bar=BAR_SECONDS,
        goal=GOAL_SECONDS,
        less=True,
    )


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


@contextmanager
def _served(place: Place, folder: Path) -> Iterator[str]:
    """The pages as production serves them."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    environment = {
        **os.environ,
        "TONGAN_DATABASE_URL": place.url_for("ours"),
        "TONGAN_DATA_FOLDER": str(folder),
        "TONGAN_SECRET_KEY": "a secret of this measurement alone, thirty-two long",
    }
    command = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
    log = (folder / "web.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, *command, "--access-logfile", "/dev/null", "web.wsgi:application()"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        _wait(origin, server)
        yield origin
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait(origin: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            Visitor(origin).get("/login")
        except (OSError, urllib.error.URLError):
            assert server.poll() is None, "the web server did not start"
            if time.monotonic() > until:
                raise
            time.sleep(0.3)
        else:
            return


if __name__ == "__main__":
    here = Place.postgresql()
    try:
        here.migrate()
        for row in measure(here, children=int(sys.argv[1]) if len(sys.argv) > 1 else 1000, seconds=4):
            print(f"{row.name}: {row.figures} {row.verdict}")
    finally:
        here.stop()
