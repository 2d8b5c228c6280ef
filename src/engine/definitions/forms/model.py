"""A form as values: what form-js draws in the browser, read once from its JSON schema (schemaVersion 19)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.definitions.gate import FileRefused
from engine.definitions.problem import Problem

MAX_BYTES = 512 * 1024
MAX_LEVELS = 8
SCHEMA_VERSION = 19

#: Components that take a value.
INPUTS = frozenset(
    {"textfield", "textarea", "number", "select", "radio", "checklist", "checkbox", "datetime", "taglist", "filepicker"}
)
#: Components with options.
CHOICES = frozenset({"select", "radio", "checklist", "taglist"})
#: Components that hold others.
HOLDERS = frozenset({"group", "dynamiclist"})
#: Components that only show something; an expression's value is computed by the browser and therefore not believed.
STATIC = frozenset({"text", "button", "spacer", "separator", "image", "table", "expression", "documentPreview"})


@dataclass(frozen=True, kw_only=True)
class Field:
    """One component of a form."""

    kind: str  #: form-js `type`
    key: str = ""  #: the name of the value; of a group or dynamic list, its `path`
    label: str = ""
    spec: Mapping[str, Any] = field(default_factory=dict)  #: the component as written
    children: tuple[Field, ...] = ()

    @property
    def validate(self) -> Mapping[str, Any]:
        """form-js `validate`."""
        return _mapping(self.spec.get("validate"))

    @property
    def properties(self) -> Mapping[str, Any]:
        """Our own rules: check, not_after, not_before, min_items, type."""
        return _mapping(self.spec.get("properties"))

    @property
    def hide(self) -> str | None:
        """The FEEL condition, with its "=", under which the component does not show."""
        hide = _mapping(self.spec.get("conditional")).get("hide")
        return hide if isinstance(hide, str) else None

    @property
    def title(self) -> str:
        """What a person calls the field."""
        return self.label if self.label and not self.label.startswith("=") else self.key


@dataclass(frozen=True, kw_only=True)
class Form:
    """A parsed form."""

    id: str
    fields: tuple[Field, ...]
    schema_version: object = SCHEMA_VERSION
    file: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The top-level names that a submission of this form gives."""
        return frozenset(field.key for field in in_scope(self.fields) if field.kind not in STATIC)

    def walk(self) -> Iterator[Field]:
        """Every component, parents first."""
        return _walk(self.fields)


def in_scope(fields: tuple[Field, ...]) -> Iterator[Field]:
    """The components whose keys stand in one level of the data: groups without a path lie open."""
    for each in fields:
        if each.kind == "group" and not each.key:
            yield from in_scope(each.children)
        else:
            yield each


def parse_form(raw: bytes, file: str = "") -> Form:
    """A form from its file's bytes. Raises `gate.FileRefused`; what is merely wrong is `check_form`'s to say."""
    if len(raw) > MAX_BYTES:
        raise _refused("form-too-large", file, f"表单文件超过 {MAX_BYTES // 1024} KB。请删除内嵌图片或拆分表单。")
    try:
        schema = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _refused("form-unreadable", file, "表单文件不是有效的 JSON。请用表单设计器重新保存。") from error
    if (
        not isinstance(schema, dict)
        or schema.get("type") != "default"
        or not isinstance(schema.get("components"), list)
    ):
        raise _refused(
            "form-unreadable", file, "文件不是 form-js 表单(缺少 type: default 或 components)。请用表单设计器保存。"
        )
    return Form(
        id=str(schema.get("id", "")),
        fields=_fields(schema["components"], file, 1),
        schema_version=schema.get("schemaVersion"),
        file=file,
    )


def _fields(components: list[Any], file: str, level: int) -> tuple[Field, ...]:
    if level > MAX_LEVELS:
        raise _refused("form-too-deep", file, f"表单嵌套超过 {MAX_LEVELS} 层。请减少分组的嵌套。")
    return tuple(_field(component, file, level) for component in components)


def _field(component: Any, file: str, level: int) -> Field:
    if not isinstance(component, dict):
        raise _refused("form-unreadable", file, "表单的组件列表中有无法识别的内容。请用表单设计器重新保存。")
    kind = str(component.get("type", ""))
    children = component.get("components") if kind in HOLDERS else None
    label = component.get("label") or component.get("dateLabel") or component.get("timeLabel") or ""
    return Field(
        kind=kind,
        key=str(component.get("path" if kind in HOLDERS else "key") or ""),
        label=str(label).strip(),
        spec=component,
        children=_fields(children, file, level + 1) if isinstance(children, list) else (),
    )


def _walk(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        yield each
        yield from _walk(each.children)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _refused(rule: str, file: str, message: str) -> FileRefused:
    english = f"The form file is refused ({rule}). Save it again with the form designer."
    return FileRefused(Problem(rule=rule, file=file, message=message, message_en=english))
