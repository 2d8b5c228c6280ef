"""A form-js form on a page, and what a person sent with it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import request

from engine.errors import FieldProblem, SubmissionInvalid
from web.problem_words import problem_in_words


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """A form as the page draws it: schema, what is filled in already, what is wrong with it."""

    schema: Mapping[str, Any]
    data: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[FieldProblem, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)  #: names of files by id
    readonly: bool = False
    draft: Mapping[str, Any] | None = None  #: where what is typed is kept: address, revision, saved_at
    now: datetime | None = None  #: the county's time: a demonstration's clock is not the browser's
    idempotency_key: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    @property
    def as_json(self) -> dict[str, Any]:
        """What `frontend/src/form.ts` reads."""
        return {
            "schema": self.schema,
            "data": dict(self.data),
            "problems": [{"field": problem.field, "message": problem_in_words(problem)} for problem in self.problems],
            "files": dict(self.files),
            "readonly": self.readonly,
            "draft": self.draft,
            "now": self.now.isoformat() if self.now else None,
        }


def sent_fields() -> dict[str, Any]:
    """The fields that the page's script sent, as JSON in one hidden field.

    :raises SubmissionInvalid: they are no JSON object: the script did not run.
    """
    raw = request.form.get("fields", "")
    try:
        fields = json.loads(raw)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        message = "表单内容没有送到。请确认浏览器启用了 JavaScript,刷新后再提交。"
        raise SubmissionInvalid([FieldProblem(field="", rule="json", message=message)])
    return fields


def sent_key() -> str:
    """The key that makes a second sending of the same page have no second effect."""
    key = request.form.get("idempotency_key", "")
    return key if 8 <= len(key) <= 80 else secrets.token_urlsafe(18)


def file_ids(schema: Mapping[str, Any], fields: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the files that the fields name."""
    keys = {component.get("key") for component in components(schema) if component.get("type") == "filepicker"}
    found: list[str] = []
    _collect(fields, keys, found)
    return tuple(dict.fromkeys(found))


def _collect(value: Any, keys: set[Any], found: list[str]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in keys:
                found.extend(each for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, str))
            else:
                _collect(inner, keys, found)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, keys, found)


def components(schema: Mapping[str, Any]) -> Iterable[Any]:
    """Every component of a form, nested ones too."""
    for component in schema.get("components", ()):
        yield component
        yield from components(component)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A label and its value, as a page shows them."""

    label: str
    value: str
    files: tuple[tuple[str, str], ...] = ()  #: id and name of attachments, to be linked


def shown_fields(schema: Mapping[str, Any], fields: Mapping[str, Any], files: Mapping[str, str]) -> tuple[Fact, ...]:
    """What somebody filled in, in the form's order, in words. Empty fields are left out."""
    facts: list[Fact] = []
    for component in schema.get("components", ()):
        if component.get("type") == "group" and not component.get("path"):
            facts += shown_fields(component, fields, files)
            continue
        key = component.get("key") or component.get("path")
        if key in fields and fields[key] not in (None, "", [], {}):
            label = component.get("label") or component.get("dateLabel") or key
            linked = _linked(fields[key], files) if component.get("type") == "filepicker" else ()
            facts.append(Fact(label=str(label), value=_in_words(component, fields[key], files), files=linked))
    return tuple(facts)


def _linked(value: Any, files: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    ids = value if isinstance(value, list) else [value]
    return tuple((each, files[each]) for each in ids if each in files)


def _in_words(component: Mapping[str, Any], value: Any, files: Mapping[str, str]) -> str:
    labels = {option["value"]: option["label"] for option in component.get("values", ()) if "value" in option}
    if component.get("type") == "filepicker":
        labels = dict(files)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        if value and isinstance(value[0], Mapping):
            return ";".join(_row_in_words(component, row, files) for row in value)
        return "、".join(str(labels.get(each, each)) for each in value)
    return str(labels.get(value, value))


def _row_in_words(component: Mapping[str, Any], row: Mapping[str, Any], files: Mapping[str, str]) -> str:
    return ",".join(f"{fact.label} {fact.value}" for fact in shown_fields(component, row, files))
