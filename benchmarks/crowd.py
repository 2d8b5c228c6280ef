"""The inbox at a million open tasks; how fast due timers are drained; how late one fires in an idle system."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta
from statistics import median, quantiles
from uuid import uuid4

import sqlalchemy as sa

from benchmarks.ours import Ours
from benchmarks.place import Place
from cases.inbox_categories import cases_of_category
from engine.access import Actor, Grant
from engine.commands.claim_due_jobs import claim_due_jobs
from engine.commands.fire_timer import fire_timer
from engine.queries.inbox import Narrowed, Tab, inbox
from engine.store.history import history
from engine.store.job import job

OFFICER = Actor(id="bench-officer", name="Officer", grants=(Grant(role="town_officer", place="519927101"),))

#: Children whose tasks are searched for: every third is a 张, one in 20,000 a 欧阳春雨.
_WORDS = """CASE WHEN i % 20000 = 19 THEN '欧阳春雨 欧 阳 春 雨 欧阳 阳春 春雨 ouyangchunyu oycy'
                WHEN i % 3 = 1 THEN '张' || (i % 97) || ' 张 zhang' || (i % 97) || ' z'
                ELSE '王' || (i % 97) || ' 王 wang' || (i % 97) || ' w' END"""

#: So many open tasks of one instance: 20 townships with 10 villages each, two roles, thirty steps, due over a year.
_FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
INSERT INTO user_task (id, instance_id, element_id, element_process, name, form, role, place, status, opened_at,
                       due_at, due_order, process_key, subject, search_key)
SELECT 'bulk-{mark}-' || i, '{instance}', 'review', 'bulk', '核查' || (i / 20 % 30), 'opinion',
       CASE WHEN i % 3 = 0 THEN 'village_officer' ELSE 'town_officer' END,
       '519927' || (101 + i % 20) || '00' || (i % 10), 'open', {now}, {due}, {due}, 'bulk', '某某某', {words}
FROM n
"""


def fill(place: Place, count: int) -> None:
    """Add so many open tasks."""
    client = Ours(place.url_for("ours"))
    instance = client.start("siblings_10").instance_id
    if place.server is not None:
        now, due = "now()", "now() + i % 525600 * interval '1 minute'"
    else:
        now, due = "datetime('now')", "datetime('now', '+' || (i % 525600) || ' minutes')"
    text = _FILL.format(count=count, mark=uuid4().hex[:6], instance=instance, now=now, due=due, words=_WORDS)
    with client.database.transaction() as session:
        if place.server is not None:
            session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        session.execute(sa.text(text))
    with client.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


#: What a reader may ask beside the plain page: tab, words, and what it is narrowed to.
QUESTIONS: dict[str, tuple[Tab, str, Narrowed]] = {
    "unclaimed": ("unclaimed", "", Narrowed()),
    "a village": ("todo", "", Narrowed(place="519927101001")),
    "a step": ("todo", "", Narrowed(name="核查7")),
    "a process": ("todo", "", Narrowed(process_key="bulk")),
    "a category": ("todo", "", Narrowed(cases=cases_of_category(OFFICER, "C4"))),
    "a few marked ones": ("todo", "", Narrowed(tasks=("bulk-1", "bulk-2"))),
    "no such step": ("todo", "", Narrowed(name="没有的环节")),
    "a frequent word": ("todo", "张", Narrowed()),
    "a rare name": ("todo", "欧阳春雨", Narrowed()),
    "its initials": ("todo", "oycy", Narrowed()),
    "nobody's name": ("todo", "诸葛", Narrowed()),
    "done": ("done", "", Narrowed()),
    "started": ("started", "", Narrowed()),
}


def question_ms(place: Place, rounds: int = 30) -> dict[str, float]:
    """Milliseconds of a township officer's first page for each question: medians."""
    return {name: inbox_ms(place, rounds, *asked) for name, asked in QUESTIONS.items()}


def inbox_ms(
    place: Place, rounds: int = 60, tab: Tab = "todo", keyword: str = "", narrowed: Narrowed | None = None
) -> float:
    """Milliseconds of a township officer's first page of 50 with its counts: the median."""
    client = Ours(place.url_for("ours"))
    took: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        with client.database.reading() as session:
            page = inbox(session, OFFICER, tab=tab, keyword=keyword, narrowed=narrowed, limit=50, now=client.now())
        took.append((time.perf_counter() - began) * 1000)
    assert page.rows or keyword or narrowed or tab in ("done", "started")
    return median(took[10:])


def drained_per_second(place: Place, timers: int = 300) -> float:
    """Due timers fired a second by one worker: claimed in batches, each fired in a transaction of its own."""
    client = Ours(place.url_for("ours"))
    for _ in range(timers):
        client.start("timers")
    later = client.now() + timedelta(minutes=1)
    began, fired = time.perf_counter(), 0
    while True:
        with client.database.transaction() as session:
            ids = claim_due_jobs(session, worker="bench", now=later, wall_now=client.now(), limit=100)
        if not ids:
            break
        for job_id in ids:
            with client.database.transaction() as session:
                fired += fire_timer(session, client.env, job_id, worker="bench", now=later)
    took = time.perf_counter() - began
    assert fired == timers, f"{fired} of {timers} timers fired"
    return fired / took


def completed_per_second(place: Place, tasks: int = 300) -> float:
    """Completions a second of one client, on the same kind of instance."""
    client = Ours(place.url_for("ours"))
    waiting = [client.start("timers").opened_task_ids[0] for _ in range(tasks)]
    began = time.perf_counter()
    for task_id in waiting:
        client.complete(task_id)
    return tasks / (time.perf_counter() - began)


def p99(values: list[float]) -> float:
    """The 99th percentile; of few values, the largest."""
    return max(values) if len(values) < 100 else quantiles(values, n=100)[98]


def timer_delays_ms(place: Place, timers: int = 25) -> list[float]:
    """Milliseconds from due to fired, with one worker and beat on the embedded broker, in an idle system."""
    client = Ours(place.url_for("ours"))
    environment = {
        **os.environ,
        "TONGAN_DATABASE_URL": place.url_for("ours"),
        "TONGAN_DATA_FOLDER": str(place.folder / "var"),
        "TONGAN_BROKER_URL": "filesystem://",
    }
    commands = [["worker", "--concurrency", "1"], ["beat"]]
    quiet = (place.folder / "workers.log").open("w")
    running = [
        subprocess.Popen([sys.executable, "-m", "tasks", *each], env=environment, stdout=quiet, stderr=quiet)
        for each in commands
    ]
    try:
        time.sleep(8)  # both have started
        instances = []
        for _ in range(timers):
            instances.append(client.start("timers").instance_id)
            time.sleep(0.37)
        time.sleep(8)
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait(timeout=30)
    with client.database.reading() as session:
        fired = sa.select(history.c.instance_id, sa.func.max(history.c.at).label("at")).group_by(history.c.instance_id)
        each = fired.having(sa.func.count() == 2).subquery()
        wanted = sa.select(job.c.first_due_at, each.c.at).join(each, each.c.instance_id == job.c.instance_id)
        found = session.execute(wanted.where(job.c.instance_id.in_(instances))).all()
    assert len(found) == timers, f"{len(found)} of {timers} timers fired"
    return [(row.at - row.first_due_at).total_seconds() * 1000 for row in found]
