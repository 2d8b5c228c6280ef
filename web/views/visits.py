"""逐户走访登记 for a phone in a village without network: its page, the worker that keeps the page, and the sending.

The worker keeps the page's empty shell, its scripts and styles, and nothing else; it controls no page but this one. The
households stand in the page's own store on the device until they are sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, current_app, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from cases import files, survey_visits
from cases.forms.filing import NO_GUARDIANSHIP
from cases.parameters import parameters
from cases.survey_drafts import DraftHousehold
from cases.survey_visits import HouseholdChanged, SentHousehold
from engine.errors import FieldProblem, SubmissionInvalid
from web.assets import Bundles
from web.forms import sent_fields
from web.language import current_language
from web.places import PlaceNames
from web.routes import Access, page
from web.taskforms import schema_of
from web.transaction import Visit

pages = Blueprint("visits", __name__, url_prefix="/visits")


@page(pages, "/<task_id>", access=Access.SIGNED_IN)
def show(visit: Visit, task_id: str) -> ResponseReturnValue:
    """The page. Its script asks for what it shows."""
    survey_visits.village_task(visit.session, task_id, actor=visit.person)
    return render_template("visits.html", bare=False, county=parameters(visit.session))


@page(pages, "/shell", access=Access.PUBLIC)
def shell(visit: Visit) -> ResponseReturnValue:
    """The page as the worker keeps it: the same for everybody, with nothing of anybody in it."""
    return render_template("visits.html", bare=True, county=parameters(visit.session))


@page(pages, "/worker.js", access=Access.PUBLIC)
def worker(visit: Visit) -> ResponseReturnValue:
    """The service worker. Its text changes with what it keeps, the built files, the telephone numbers and the
    reader's language, so that browsers fetch them anew."""
    bundles = cast("Bundles", current_app.jinja_env.globals["bundles"])
    files = bundles.addresses("site", "form", "visits")
    county = parameters(visit.session)
    language = current_language()
    name = hashlib.sha256("\n".join((*files, county.duty_phone, county.hotline, language)).encode()).hexdigest()[:16]
    response = make_response(render_template("visits_worker.js", files=files, name=name, language=language))
    response.mimetype = "text/javascript"
    return response


@page(pages, "/<task_id>/households", access=Access.SIGNED_IN, notes_reading=True)
def households(visit: Visit, task_id: str) -> ResponseReturnValue:
    """What the page shows: the form, the village, the households that were sent so far."""
    view = survey_visits.village_task(visit.session, task_id, actor=visit.person)
    registered = survey_visits.read_registered(visit.session, task_id, actor=visit.person, now=visit.now)
    return jsonify(
        owner=visit.person.id,
        owner_name=visit.person.name,
        place=PlaceNames(visit.session)(view.place),
        subject=view.subject,
        is_open=view.status == "open",
        now=visit.now.isoformat(),
        no_guardianship=sorted(NO_GUARDIANSHIP),
        most_photos=survey_visits.MOST_PHOTOS,
        schema=schema_of(visit, view.version_id, view.element_process, view.form),
        households=[_told(visit, each) for each in registered],
    )


@page(pages, "/<task_id>/households", methods=("POST",), access=Access.SIGNED_IN)
def send(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Take one household; 409 with the other version where somebody else was faster."""
    sent = _sent(sent_fields())
    try:
        made = survey_visits.register_household(
            visit.session, visit.env, task_id, sent, actor=visit.person, now=visit.now
        )
    except HouseholdChanged as changed:
        return jsonify(title=f"{changed}。", theirs=_told(visit, changed.theirs)), 409
    return jsonify(household=_told(visit, made))


def _told(visit: Visit, draft: DraftHousehold) -> Mapping[str, Any]:
    names = files.names_of(visit.session, draft.photos, actor=visit.person)
    return {
        "id": draft.id,
        "version": draft.version,
        "household": json.loads(json.dumps(draft.household, default=_text)),
        "children": json.loads(json.dumps(draft.children, default=_text)),
        "photos": [{"id": each, "name": names.get(each, each)} for each in draft.photos],
        "report_no": draft.report_no,
        "by_name": draft.by_name,
        "at": draft.at.isoformat(),
    }


def _text(value: Any) -> str:
    """Dates and times as the form writes them: a household that was just taken still has them as such."""
    return str(value.isoformat())


def _sent(fields: Mapping[str, Any]) -> SentHousehold:
    """The household that a device sent.

    :raises SubmissionInvalid: it is none; no page of ours sends that.
    """
    keys, children, base = fields.get("keys"), fields.get("children"), fields.get("base")
    household, photos = fields.get("household"), fields.get("photos", [])
    right = (
        isinstance(fields.get("id"), str)
        and isinstance(base, int)
        and isinstance(household, dict)
        and isinstance(keys, list)
        and all(isinstance(each, str) for each in keys)
        and isinstance(children, list)
        and all(isinstance(each, dict) for each in children)
        and isinstance(photos, list)
        and all(isinstance(each, str) for each in photos)
    )
    if not right:
        raise SubmissionInvalid([FieldProblem(field="", rule="json", message="登记内容没有送到,请刷新本页后再同步")])
    return SentHousehold(
        id=fields["id"],
        base=fields["base"],
        keys=fields["keys"],
        household=fields["household"],
        children=fields["children"],
        photos=photos,
    )
