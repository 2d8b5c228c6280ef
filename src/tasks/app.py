"""The Celery application of one process."""

from __future__ import annotations

from celery import Celery
from celery.signals import worker_process_init

from engine.settings import Settings
from tasks import agenda, digests, janitor, pump, reminders
from tasks.configuration import configuration
from tasks.workshop import Workshop


def celery_app(settings: Settings, workshop: Workshop | None = None) -> Celery:
    """Celery for these settings. With a `workshop` (a worker's) it knows the tasks; without one it can only send."""
    app = Celery("tongan", set_as_current=False)
    app.conf.update(configuration(settings))
    if workshop is not None:
        pump.register(app, workshop)
        janitor.register(app, workshop)
        reminders.register(app, workshop)
        agenda.register(app, workshop)
        digests.register(app, workshop)

        def leave_the_parents_pool(**_: object) -> None:
            # A database connection that two processes use answers one with the other's rows.
            workshop.database.dispose(close=False)

        worker_process_init.connect(leave_the_parents_pool, weak=False)
    return app
