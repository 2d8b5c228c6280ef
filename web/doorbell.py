"""Rings the workers after a commit, so that immediate work is immediate. Never needed for correctness: without a ring
the pump finds the work within a second.

A thread of its own does the ringing, because a broker that is down takes its time to say so, and a request must not
wait for it. Rings that come while one is under way are one ring.
"""

from __future__ import annotations

import logging
import os
import threading

from celery import Celery
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from engine.settings import Settings

log = logging.getLogger(__name__)

#: The task that looks for due work, by name: a web process never loads the workers' code.
RING = "tasks.pump"
#: Rings go past the bulk work, else nobody would find the emergency behind it.
QUEUE = "urgent"


def sender(settings: Settings) -> Celery:
    """A Celery that only sends. The folders are those of `tasks.configuration.filesystem_transport`."""
    celery = Celery("tongan-web", broker=settings.broker_url, set_as_current=False)
    options: dict[str, object] = {"socket_connect_timeout": 1, "socket_timeout": 1}
    if settings.broker_url.startswith("filesystem:"):
        folder = (settings.data_folder / "broker").resolve()
        for name in ("messages", "control"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        messages = str(folder / "messages")
        options = {"data_folder_in": messages, "data_folder_out": messages, "control_folder": str(folder / "control")}
    celery.conf.update(
        broker_transport_options=options,
        broker_connection_timeout=1,
        task_default_queue=QUEUE,
        task_serializer="json",
        task_ignore_result=True,
    )
    return celery


class Doorbell:
    """A bell that can be pressed from any thread, also after a fork."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._pressed = threading.Event()
        self._lock = threading.Lock()
        self._process = 0  # the ringing thread lives in this process; a forked child starts its own

    def ring(self) -> None:
        """Wake a worker. Returns at once and never raises."""
        if self._process != os.getpid():
            self._start()
        self._pressed.set()

    def _start(self) -> None:
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                threading.Thread(target=self._serve, name="doorbell", daemon=True).start()

    def _serve(self) -> None:
        while True:
            self._pressed.wait()
            self._pressed.clear()
            try:
                self._celery.send_task(RING, retry=False, expires=5.0)
            except (KombuError, RedisError, OSError, ValueError) as error:
                log.warning("the doorbell is out of order, the pump will find the work: %s", error)
