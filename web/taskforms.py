"""A form of a published version, with the lists and names that it needs filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from cases import files, survey_visits
from engine.errors import NotFound
from engine.feel import names_used, parse_expression
from engine.feel.errors import FeelError
from engine.queries.submissions import submissions
from engine.queries.task import TaskView
from engine.queries.task_facts import task_facts
from web.forms import FormPage, components, file_ids
from web.transaction import Visit


def schema_of(
    visit: Visit, version_id: str, process_key: str, form_key: str, *, everywhere: bool = False
) -> dict[str, Any]:
    """The form's schema as the process owner drew it, with its lists filled in for this person, or (`everywhere`) for
    the whole county.

    :raises NotFound: the version has no such form.
    """
    for bundle in visit.env.library.bundle(visit.session, version_id).closure():
        if bundle.key == process_key and form_key in bundle.forms:
            schema: dict[str, Any] = json.loads(bundle.forms[form_key])
            return _with_lists(visit, _for_roles(visit, _on_one_line(schema)), everywhere=everywhere)
    raise NotFound(f"没有表单 {form_key}")


#: A text within an expression.
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def _on_one_line(schema: dict[str, Any]) -> dict[str, Any]:
    """The browser's FEEL takes a line's end within a text only by its escape; versions published before that was known
    hold some as they are."""
    for component in components(schema):
        text = component.get("text")
        if isinstance(text, str) and text.startswith("="):
            component["text"] = _LITERAL.sub(lambda found: found[0].replace("\n", "\\n"), text)
    return schema


def _for_roles(visit: Visit, schema: dict[str, Any]) -> dict[str, Any]:
    """Without what the form keeps for roles (`for_role`, `unless_role`) that the person does not hold, or holds. This
    spares people fields that are not theirs; the refusal stands in the domain."""
    held = {grant.role for grant in (visit.actor.grants if visit.actor else ())}

    def is_theirs(component: Mapping[str, Any]) -> bool:
        properties = component.get("properties") or {}
        wanted, kept_from = _names(properties.get("for_role")), _names(properties.get("unless_role"))
        return (not wanted or bool(held & wanted)) and not held & kept_from

    return {**schema, "components": [each for each in schema.get("components", ()) if is_theirs(each)]}


def _names(text: str | None) -> frozenset[str]:
    return frozenset(name.strip() for name in (text or "").split(",") if name.strip())


def _with_lists(visit: Visit, schema: dict[str, Any], *, everywhere: bool) -> dict[str, Any]:
    """Lists that a form takes from the county (`valuesKey`) stand in it afterwards."""
    wanted = [component for component in components(schema) if component.get("valuesKey")]
    lists = visit.env.domain.choices(visit.session, visit.now) if wanted else {}
    for component in wanted:
        options = lists.get(component["valuesKey"], ())
        component["values"] = [option for option in options if everywhere or _is_near(visit, str(option["value"]))]
        del component["valuesKey"]
    return schema


def _is_near(visit: Visit, code: str) -> bool:
    """Whether a division lies in a place of the person's."""
    return any(code.startswith(grant.place) for grant in visit.person.grants)


def names_in(schema: Mapping[str, Any]) -> frozenset[str]:
    """The names that the form's expressions ask for: only these of the case's facts are sent to the browser."""
    found: set[str] = set()
    for component in components(schema):
        for text in _expressions(component):
            try:
                found |= names_used(parse_expression(text))
            except FeelError:
                continue
    return frozenset(found)


def _expressions(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value[1:]] if value.startswith("=") else []
    if isinstance(value, Mapping):
        return [text for key, inner in value.items() if key != "components" for text in _expressions(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _expressions(inner)]
    return []


def task_form(visit: Visit, view: TaskView, *, readonly: bool) -> FormPage:
    """The form of a task; of a closed one what was filled in, not to be changed."""
    schema = schema_of(visit, view.version_id, view.element_process, view.form)
    asked = names_in(schema)
    facts = task_facts(visit.session, visit.env, view.id, names=asked, actor=visit.person, now=visit.now)
    known = {**facts, "department": view.department, "place": view.place}
    names = {name: known[name] for name in asked if name in known}
    if view.instance_key is not None:
        names["instance_key"] = view.instance_key  # a filter's own names are not told from the items' by `names_used`
    fields = _submitted(visit, view) if readonly else _registered(visit, view)
    return FormPage(
        schema=schema,
        data={**names, **fields},
        files=files.names_of(visit.session, file_ids(schema, fields), actor=visit.person),
        readonly=readonly,
        now=visit.now,
    )


def _registered(visit: Visit, view: TaskView) -> Mapping[str, Any]:
    """The households that were registered one by one, as the fields of their form (`views.visits`)."""
    if view.form != survey_visits.FORM:
        return {}
    drafts = survey_visits.registered(visit.session, view.id, actor=visit.person)
    if not drafts:
        return {}
    return {
        "households": [each.household for each in drafts],
        "children": [child for each in drafts for child in each.children],
        "photos": [photo for each in drafts for photo in each.photos],
    }


def visits_stamp(visit: Visit, view: TaskView) -> str | None:
    """What the form was drawn from, if its households are also registered one by one without network."""
    if view.form != survey_visits.FORM:
        return None
    return survey_visits.stamp_of(survey_visits.registered(visit.session, view.id, actor=visit.person))


def require_visits_unchanged(visit: Visit, task_id: str, stamp: str) -> None:
    """Raise `Conflict` when a household was registered since `visits_stamp` was drawn."""
    survey_visits.require_unchanged(visit.session, task_id, stamp, actor=visit.person)


def _submitted(visit: Visit, view: TaskView) -> Mapping[str, Any]:
    person, now = visit.person, visit.now
    found = submissions(visit.session, visit.env, view.instance_id, actor=person, purpose=view.name, now=now)
    return next((row.fields for row in found if row.task_id == view.id), {})
