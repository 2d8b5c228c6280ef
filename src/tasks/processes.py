"""The two processes of this edge, given what they work with."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from engine.settings import Settings
from tasks import pump, reminders, work
from tasks.app import celery_app
from tasks.configuration import QUEUE, URGENT_QUEUE
from tasks.workshop import Workshop

log = logging.getLogger(__name__)

#: Seconds between two looks for late work, and between two tries to reach a broker that is gone.
LATE_LOOK_SECONDS = 5.0


#: Their lines say once a second that nothing happened; what fails they say louder.
TALKATIVE = ("celery.worker.strategy", "celery.worker.request", "celery.app.trace", "celery.beat")


def be_brief() -> None:
    """Let the log hold what somebody may want to read."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def serve_worker(
    settings: Settings,
    workshop: Workshop,
    *,
    concurrency: int = 2,
    pool: str | None = None,
    queues: Sequence[str] = (URGENT_QUEUE, QUEUE),
) -> None:
    """Work jobs until told to stop. SQLite, where one writes at a time, is served by threads, else by processes."""
    pool = pool or ("threads" if settings.database_url.startswith("sqlite") else "prefork")
    workshop.database.dispose()  # what was opened so far must not be shared with forked children
    be_brief()
    app = celery_app(settings, workshop)
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    options = [f"--pool={pool}", f"--concurrency={concurrency}", f"--hostname={workshop.name}@%h"]
    app.worker_main(["worker", "--loglevel=INFO", *options, f"--queues={','.join(queues)}", *quiet])


def serve_beat(settings: Settings, workshop: Workshop) -> None:
    """Ring the pump every second until told to stop, and work late jobs in this process should the broker be gone."""
    stop = threading.Event()
    threading.Thread(target=look_for_late_work, args=(workshop, stop), name="late work", daemon=True).start()
    be_brief()
    app = celery_app(settings)
    while not stop.is_set():
        try:
            app.Beat(loglevel="INFO", quiet=True).run()
            stop.set()
        except (KombuError, RedisError, OSError) as error:
            log.warning("the broker cannot be reached, trying again: %s", error)
            stop.wait(LATE_LOOK_SECONDS)


def look_for_late_work(workshop: Workshop, stop: threading.Event) -> None:
    """The thread that keeps deadlines while there is no broker."""
    while not stop.wait(LATE_LOOK_SECONDS):
        work.survive("late work", lambda: pump.work_late_jobs(workshop))
        work.survive("late reminders", lambda: reminders.send_late(workshop))
