"""`python -m tasks worker|beat`: the two processes of this edge. `tongan worker` and `tongan beat` start them."""

from __future__ import annotations

import logging

import click

from engine.settings import load_settings
from tasks import processes
from tasks.configuration import QUEUE, URGENT_QUEUE
from tasks.opening import open_workshop


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
    processes.serve_worker(settings, workshop, concurrency=concurrency, pool=pool, queues=queues)


@main.command()
def beat() -> None:
    """Ring the pump every second."""
    settings = load_settings()
    processes.serve_beat(settings, open_workshop(settings, name="beat"))


if __name__ == "__main__":
    main()
