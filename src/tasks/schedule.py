"""What beat rings, and how often. Beat decides nothing: two beats ring twice, and the second ring finds nothing due."""

from __future__ import annotations

from typing import Any

from engine.settings import Settings

#: Seconds between two looks for due work. A deadline in an idle system fires at most this and two broker polls late.
PUMP_SECONDS = 1.0
JANITOR_SECONDS = 60.0
REMINDER_SECONDS = 60.0
OUTBOX_SECONDS = 5.0
ALARM_SECONDS = 2.0
AGENDA_SECONDS = 300.0
DIGEST_SECONDS = 300.0

#: Rings that find emergencies, and those who are late with one, never wait behind bulk work.
AT_ONCE = "urgent"


def _ring(task: str, every: float, *, expires: float, queue: str | None = None) -> dict[str, Any]:
    """One entry; without a queue the ordinary one takes it."""
    options = {"expires": expires, "retry": False, **({"queue": queue} if queue else {})}
    return {"task": task, "schedule": every, "options": options}


def configuration(settings: Settings, *, with_redis: bool) -> dict[str, Any]:
    """The schedule, and who keeps it: redbeat (one of several beats at a time) where there is Redis, else memory.

    A ring nobody took in time is dropped by the worker, so that an outage leaves no crowd of rings behind.
    """
    entries = {
        "pump": _ring("tasks.pump", PUMP_SECONDS, expires=5.0, queue=AT_ONCE),
        "janitor": _ring("tasks.janitor", JANITOR_SECONDS, expires=60.0),
        "reminders": _ring("tasks.reminders", REMINDER_SECONDS, expires=60.0, queue=AT_ONCE),
        "outbox": _ring("tasks.outbox", OUTBOX_SECONDS, expires=5.0),
        "alarms": _ring("tasks.alarms", ALARM_SECONDS, expires=5.0, queue=AT_ONCE),
        "agenda": _ring("tasks.agenda", AGENDA_SECONDS, expires=AGENDA_SECONDS),
        "digests": _ring("tasks.digests", DIGEST_SECONDS, expires=DIGEST_SECONDS),
    }
    conf: dict[str, Any] = {
        "beat_schedule": entries,
        "beat_max_loop_interval": PUMP_SECONDS,
        "beat_scheduler": "celery.beat:Scheduler",
    }
    if with_redis and settings.is_production:
        conf |= {
            "beat_scheduler": "redbeat.RedBeatScheduler",
            "redbeat_redis_url": settings.broker_url,
            "redbeat_redis_options": {"socket_connect_timeout": 2, "socket_keepalive": True},
            "redbeat_key_prefix": "tongan:beat:",
            "redbeat_lock_timeout": 30,
        }
    return conf
