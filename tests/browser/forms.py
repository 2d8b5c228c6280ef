"""Fills in a form as a person does: by the labels that stand on the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from playwright.sync_api import Locator, Page, expect

_BYTES = {
    "pdf": ("application/pdf", b"%PDF-1.4\n%told story\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff\xe0told story"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\ntold story"),
}


class NotOnTheForm(Exception):
    """The form does not offer this: a person could not do it."""


def fill(page: Page, values: Mapping[str, Any]) -> None:
    """Fill in the fields of the page's form by their keys; the schema on the page says what each one is."""
    expect(page.locator("#task-form-fields[data-ready]")).to_be_attached()
    schema = page.evaluate("JSON.parse(document.querySelector('#task-form-data').textContent).schema")
    form_id = page.evaluate("document.querySelector('#task-form-fields .fjs-container form')?.id ?? ''")
    fields = dict(_keyed(schema))
    waiting = [key for key in fields if key in values]
    assert set(values) <= set(fields), f"the form has no field {set(values) - set(fields)}"
    for _ in range(3):  # what one answer shows is asked in the next round
        waiting = [key for key in waiting if not _fill_one(page, fields[key], values[key], form_id)]
    assert not [key for key in waiting if values[key] not in (None, False)], f"not shown: {waiting}"


def _keyed(schema: Mapping[str, Any]):
    for component in schema.get("components", ()):
        key = component.get("key") or (component.get("path") if component["type"] == "dynamiclist" else None)
        if key:
            yield key, component
        if component["type"] != "dynamiclist":
            yield from _keyed(component)


def _fill_one(page: Page, component: Mapping[str, Any], value: Any, form_id: str) -> bool:
    holder = page.locator(f"#task-form-fields [id*='{component['id']}']").first
    if holder.count() == 0:
        return False
    FILLERS[component["type"]](page, component, value, component["id"])
    return True


def _by_id(page: Page | Locator, field_id: str) -> Locator:
    root = page.locator("#task-form-fields") if isinstance(page, Page) else page
    return root.locator(f":is(input,textarea,select)[id*='{field_id}']")


def _text(page: Any, component: Mapping[str, Any], value: Any, field_id: str) -> None:
    _by_id(page, field_id).first.fill(str(value))


def _moment(page: Any, component: Mapping[str, Any], value: Any, field_id: str) -> None:
    if isinstance(value, datetime):
        text = f"{value:%Y-%m-%dT%H:%M}"
    else:
        text = value.isoformat() if isinstance(value, date) else str(value)
    _by_id(page, field_id).first.fill(text)


def _select(page: Any, component: Mapping[str, Any], value: Any, field_id: str) -> None:
    _by_id(page, field_id).first.select_option(str(value))


def _choices(page: Any, component: Mapping[str, Any], value: Any, field_id: str) -> None:
    wanted = value if isinstance(value, list) else [value]
    labels = [option["label"] for option in component["values"] if option["value"] in wanted]
    if len(labels) != len(wanted):
        raise NotOnTheForm(f"{component['key']}: {wanted}")
    boxes = _by_id(page, field_id)
    for index, option in enumerate(component["values"]):
        if option["value"] in wanted:
            boxes.nth(index).check()


def _box(page: Any, component: Mapping[str, Any], value: Any, field_id: str) -> None:
    _by_id(page, field_id).first.set_checked(bool(value))


def _file(page: Any, component: Mapping[str, Any], value: Any, field_id: str) -> None:
    root = page.locator("#task-form-fields") if isinstance(page, Page) else page
    for name in value if isinstance(value, list) else [value]:
        name = name.removeprefix("file:")
        media_type, content = _BYTES[name.rsplit(".", 1)[1]]
        _by_id(page, field_id).first.set_input_files({"name": name, "mimeType": media_type, "buffer": content})
        expect(root.get_by_role("link", name=name).first).to_be_visible()


def _rows(page: Page, component: Mapping[str, Any], value: Any, field_id: str) -> None:
    parts = component["components"]
    first = next(part["id"] for part in parts if part.get("key"))
    group = page.locator("#task-form-fields .fjs-form-field").filter(
        has=page.get_by_text(component["label"], exact=True), has_not=page.locator("input[type=file]")
    )
    adding = group.filter(has=page.locator(".fjs-repeat-render-add")).last.locator(".fjs-repeat-render-add")
    while _by_id(page, first).count() < len(value):
        before = _by_id(page, first).count()
        adding.click()
        expect(_by_id(page, first)).to_have_count(before + 1)
    for number, row in enumerate(value):
        for part in parts:
            if part.get("key") in row:
                _fill_row(page, part, row[part["key"]], number)


def _fill_row(page: Page, part: Mapping[str, Any], value: Any, number: int) -> None:
    control = _by_id(page, part["id"]).nth(number)
    if part["type"] == "select":
        control.select_option(str(value))
    elif part["type"] == "radio":
        index = [option["value"] for option in part["values"]].index(value)
        _by_id(page, part["id"]).nth(number * len(part["values"]) + index).check()
    elif part["type"] == "checkbox":
        control.set_checked(bool(value))
    else:
        control.fill(value.isoformat() if isinstance(value, date) else str(value))


FILLERS = {
    "textfield": _text,
    "textarea": _text,
    "number": _text,
    "datetime": _moment,
    "select": _select,
    "radio": _choices,
    "checklist": _choices,
    "checkbox": _box,
    "filepicker": _file,
    "dynamiclist": _rows,
}
