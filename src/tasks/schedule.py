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


def configuration(settings: Settings, *, with_redis: bool) -> dict[str, Any]:
    """The schedule, and who keeps it: redbeat (one of several beats at a time) where there is Redis, else memory.

    A ring nobody took in time is dropped by the worker, so that an outage leaves no crowd of rings behind.
    """
    entries = {
        "pump": {
            "task": "tasks.pump",
            "schedule": PUMP_SECONDS,
            "options": {"expires": 5.0, "retry": False, "queue": AT_ONCE},
        },
        "janitor": {"task": "tasks.janitor", "schedule": JANITOR_SECONDS, "options": {"expires": 60.0, "retry": False}},
        "reminders": {
            "task": "tasks.reminders",
            "schedule": REMINDER_SECONDS,
            "options": {"expires": 60.0, "retry": False, "queue": AT_ONCE},
        },
        "outbox": {
            "task": "tasks.outbox",
            "schedule": OUTBOX_SECONDS,
            "options": {"expires": 5.0, "retry": False},
        },
        "alarms": {
            "task": "tasks.alarms",
            "schedule": ALARM_SECONDS,
            "options": {"expires": 5.0, "retry": False, "queue": AT_ONCE},
        },
        "agenda": {
            "task": "tasks.agenda",
            "schedule": AGENDA_SECONDS,
            "options": {"expires": AGENDA_SECONDS, "retry": False},
        },
        "digests": {
            "task": "tasks.digests",
            "schedule": DIGEST_SECONDS,
            "options": {"expires": DIGEST_SECONDS, "retry": False},
        },
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
