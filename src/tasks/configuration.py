"""Celery's settings, made from ours.

Celery wakes workers up; it is never asked what there is to do. That stands in the job table, so every setting here is
chosen for the case that the broker forgets, repeats or is gone: messages carry ids, nothing waits inside the broker
(no delayed messages), no results are kept, and a message that is delivered twice finds its job done.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.settings import Settings
from tasks import folder_broker, schedule

#: The queue of everything, and that of the jobs that must not wait behind it (process.toml `[queue]`).
QUEUE = "work"
URGENT_QUEUE = "urgent"

#: Seconds after which Redis hands a message of a silent worker to another one. A task is stopped well before.
VISIBILITY_SECONDS = 600
TASK_LIMIT_SECONDS = 540


def filesystem_transport(data_folder: Path) -> dict[str, Any]:
    """Options of the embedded broker: a folder of small files, looked at 20 times a second. Creates the folders, which
    kombu expects to exist; reading and writing are the same folder."""
    messages = (data_folder / "broker" / "messages").resolve()
    control = (data_folder / "broker" / "control").resolve()
    for folder in (messages, control):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(control),
        "polling_interval": 0.05,
    }


def redis_transport() -> dict[str, Any]:
    """Options of Redis. The scan for messages of dead workers runs every 5 s, not every 100 s as by default."""
    return {
        "visibility_timeout": VISIBILITY_SECONDS,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "queue_order_strategy": "priority",  # the order in which a worker names its queues
    }


def configuration(settings: Settings) -> dict[str, Any]:
    """Celery's configuration for these settings."""
    embedded = settings.broker_url.startswith("filesystem:")
    redis = settings.broker_url.startswith(("redis:", "rediss:"))
    return {
        "broker_url": f"{folder_broker.SCHEME}://" if embedded else settings.broker_url,
        "broker_transport_options": (
            filesystem_transport(settings.data_folder) if embedded else redis_transport() if redis else {}
        ),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_publish_retry": False,
        "task_time_limit": TASK_LIMIT_SECONDS,
        "task_default_queue": QUEUE,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 2000,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "enable_utc": True,
        "timezone": "UTC",
        **schedule.configuration(settings, with_redis=redis),
    }
