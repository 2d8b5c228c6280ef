"""A person's draft of a task's form, laid over what the page would show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cases import files
from engine.queries.task import TaskView
from engine.queries.task_around import DraftRow, draft
from web.formats import local
from web.forms import Fact, FormPage, file_ids, shown_fields
from web.taskforms import task_form
from web.transaction import Visit


def form_with_draft(visit: Visit, view: TaskView, *, fills_in: bool, address: str) -> FormPage:
    """The task's form; of an open task with the draft in it and, for who fills it in, where the page's script keeps the
    next one."""
    form = task_form(visit, view, readonly=not fills_in)
    if view.status != "open":
        return form
    found = _draft(visit, view)
    fields: Mapping[str, object] = found.fields if found else {}
    names = files.names_of(visit.session, file_ids(form.schema, fields), actor=visit.person)
    return replace(
        form,
        data={**form.data, **fields},
        files={**form.files, **names},
        draft={
            "address": address if fills_in else "",
            "revision": found.revision if found else 0,
            "saved_at": saved_at(found),
        },
    )


def saved_at(found: DraftRow | None) -> str:
    """When it was saved, on the county's clock; empty where there is none."""
    return f"{local(found.saved_at):%m-%d %H:%M}" if found else ""


def left_over(visit: Visit, view: TaskView, form: FormPage) -> tuple[str, tuple[Fact, ...]]:
    """What the person had typed when somebody else was faster, and when it was saved: to be read and copied."""
    found = None if view.closed_by_me else _draft(visit, view)
    if found is None:
        return "", ()
    names = files.names_of(visit.session, file_ids(form.schema, found.fields), actor=visit.person)
    return saved_at(found), shown_fields(form.schema, found.fields, names)


def _draft(visit: Visit, view: TaskView) -> DraftRow | None:
    return draft(visit.session, visit.env, view.id, actor=visit.person, purpose=view.name, now=visit.now)
