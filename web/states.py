"""The states of instances in words."""

from __future__ import annotations

from collections.abc import Mapping

INSTANCE_LABELS: Mapping[str, str] = {
    "running": "办理中",
    "suspended": "已暂停",
    "completed": "已办结",
    "cancelled": "已撤销",
}
