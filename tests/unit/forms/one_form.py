"""One form with a few fields, and what is said of a submission to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.definitions.forms import parse_form, validate
from engine.errors import SubmissionInvalid

NOW = datetime(2025, 9, 24, 2, 0, 30, tzinfo=UTC)  # 10:00:30 in the county
COUNTY = ZoneInfo("Asia/Shanghai")
HOUSEHOLD = {
    "type": "select",
    "key": "kind",
    "label": "类型",
    "values": [{"label": "有", "value": "yes"}, {"label": "无", "value": "no"}],
}


def field(kind: str, key: str = "f", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": "字段", **more}


def check(components: list[dict[str, Any]], submission: Mapping[str, Any], **around: Any) -> dict[str, Any]:
    schema = {"type": "default", "id": "t", "schemaVersion": 19, "components": components}
    form = parse_form(json.dumps(schema).encode())
    return validate(form, submission, now=NOW, **around)


def problems(
    components: list[dict[str, Any]], submission: Mapping[str, Any], **around: Any
) -> list[tuple[str, str, str]]:
    with pytest.raises(SubmissionInvalid) as caught:
        check(components, submission, **around)
    return [(problem.field, problem.rule, problem.message) for problem in caught.value.problems]


def rule(component: dict[str, Any], value: Any, **around: Any) -> str:
    found = problems([component], {component["key"]: value}, **around)
    assert len(found) == 1
    assert found[0][0] == component["key"]
    assert found[0][2].startswith("「字段」")
    return found[0][1]
