"""`python -m tasks worker|beat`: the two processes of this edge. `tongan worker` and `tongan beat` start them."""

from __future__ import annotations

import logging
import threading

import click
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from engine.settings import load_settings
from tasks import pump, work
from tasks.app import celery_app
from tasks.configuration import QUEUE, URGENT_QUEUE
from tasks.workshop import Workshop, open_workshop

log = logging.getLogger("tasks")

#: Seconds between two looks for late work, and between two tries to reach a broker that is gone.
LATE_LOOK_SECONDS = 5.0


@click.group()
def main() -> None:
    """The background processes."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


@main.command()
@click.option("--concurrency", default=2, show_default=True, help="How many jobs at once.")
@click.option("--pool", type=click.Choice(["prefork", "threads"]), help="Default: threads on SQLite, else prefork.")
@click.option("--queue", "queues", multiple=True, default=(URGENT_QUEUE, QUEUE), show_default=True, help="Which jobs.")
@click.option("--name", default="worker", show_default=True, help="The worker's name in lists and logs.")
def worker(concurrency: int, pool: str | None, queues: tuple[str, ...], name: str) -> None:
    """Work jobs until told to stop."""
    settings = load_settings()
    workshop = open_workshop(settings, name=name)
    pool = pool or ("threads" if settings.database_url.startswith("sqlite") else "prefork")
    app = celery_app(settings, workshop)
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    options = [f"--pool={pool}", f"--concurrency={concurrency}", f"--hostname={name}@%h", f"--queues={','.join(queues)}"]
    app.worker_main(["worker", "--loglevel=INFO", *options, *quiet])


@main.command()
def beat() -> None:
    """Ring the pump every second, and work late jobs itself should the broker be gone."""
    settings = load_settings()
    workshop = open_workshop(settings, name="beat")
    stop = threading.Event()
    threading.Thread(target=look_for_late_work, args=(workshop, stop), name="late work", daemon=True).start()
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


if __name__ == "__main__":
    main()
