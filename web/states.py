"""The states of instances, and how much somebody saw, in words."""

from __future__ import annotations

from collections.abc import Mapping

from cases.roles import Sight

INSTANCE_LABELS: Mapping[str, str] = {
    "running": "办理中",
    "suspended": "已暂停",
    "completed": "已办结",
    "cancelled": "已撤销",
}

#: By the name of the `Sight` that stands in the audit.
SIGHT_LABELS: Mapping[str, str] = {
    Sight.CODED.name: "仅编号",
    Sight.MASKED.name: "隐去姓名",
    Sight.FILE.name: "普通档案",
    Sight.SENSITIVE.name: "敏感内容",
    Sight.SEALED.name: "涉密内容",
}
