"""What a person may begin: an application at the window, by a guardian, by a village."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands.start_process import start_process
from engine.errors import NotFound
from engine.queries.inbox import inbox
from web import forms, taskforms
from web.answers import sent_on
from web.assisting import draft_of_family, families_waiting
from web.case_facts import likenesses, number_doubts
from web.courses import REPORT, course_of, courses_of
from web.language import translate as _
from web.routes import Access, page
from web.start_ways import CHILD, GROUPS, OFFICE, PLAIN, Way, way_of, ways_into_application
from web.startable import Choice, choice_of, choices_of
from web.states import INSTANCE_LABELS
from web.titles import Titles
from web.transaction import Visit

pages = Blueprint("start", __name__, url_prefix="/start")


#: Why the likenesses of a child were read, as the audit says it.
CHECKED_AFTER = "提交后查重"


@page(pages, "", access=Access.SIGNED_IN)
def choices(visit: Visit) -> ResponseReturnValue:
    """The processes that the person may start, and the cases that the person has started."""
    titles = Titles(visit.session)
    started = inbox(visit.session, visit.person, tab="started", keyword="", limit=20, after=None, now=visit.now)
    courses = courses_of(visit, started.rows)
    mine = [
        {
            "link": courses[row.instance_id],
            "title": titles(row.process_key),
            "subject": row.subject,
            "at": row.opened_at,
            "state": row.status,
            "state_label": INSTANCE_LABELS[row.status],
        }
        for row in started.rows
    ]
    return render_template("start_choices.html", groups=_grouped(visit), waiting=families_waiting(visit), mine=mine)


def _grouped(visit: Visit) -> list[tuple[str, list[dict[str, Any]]]]:
    """What the person may begin, in plain words: danger first, then what is for a child, then the offices' work."""
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for choice in choices_of(visit):
        if choice.key == "application":
            ways = ways_into_application(visit.person)
            groups[CHILD] += [_card(choice, way) for way in ways]
        elif choice.key in PLAIN:
            group, way = PLAIN[choice.key]
            groups[group].append(_card(choice, way))
        else:
            groups[OFFICE].append(_card(choice, None))
    return [(name, cards) for name, cards in groups.items() if cards]


def _card(choice: Choice, way: Way | None) -> dict[str, Any]:
    if choice.key == REPORT:
        link = url_for("reporting.ask")
    else:
        link = url_for("start.form", process_key=choice.key, way=(way.code or None) if way else None)
    return {
        "title": _(way.title) if way else choice.title,
        "lead": _(way.lead) if way else choice.description,
        "verb": _(way.verb) if way else choice.verb,
        "bring": way.bring if way else (),
        "link": link,
        "urgent": choice.key == REPORT,
    }


@page(pages, "/<process_key>", access=Access.SIGNED_IN)
def form(visit: Visit, process_key: str) -> ResponseReturnValue:
    """The start form."""
    choice = choice_of(visit, process_key)
    spec = visit.env.specs.get(choice.version_id, lambda wanted: visit.env.library.bundle(visit.session, wanted))
    if spec.start_form is None:
        raise NotFound(f"流程 {process_key} 没有申请表")
    schema = taskforms.schema_of(visit, choice.version_id, process_key, spec.start_form)
    way = way_of(visit.person, process_key, request.args.get("way", ""))
    preset = dict(way.preset) if way else {}
    if request.args.get("help") and process_key == "application":
        preset |= draft_of_family(visit, request.args["help"])
    shown = forms.FormPage(schema=schema, data=preset, now=visit.now)
    return render_template("start_form.html", process=choice, form=shown, way=way)


@page(pages, "/<process_key>", methods=("POST",), access=Access.SIGNED_IN)
def begin(visit: Visit, process_key: str) -> ResponseReturnValue:
    """Submit the start form: opens the case and starts its instance."""
    grants = [grant.place for grant in visit.person.grants]
    started = start_process(
        visit.session,
        visit.env,
        process_key,
        fields=forms.sent_fields(),
        actor=visit.person,
        now=visit.now,
        idempotency_key=forms.sent_key(),
        place=max(grants, key=len, default=None),
    )
    if not started.already:
        flash(_("已提交。受理机关会在规定时限内办理,进展见下。"))
        _tell_of_likenesses(visit, started.case_id)
    return sent_on(course_of(visit, process_key, started.instance_id) or url_for("start.choices"))


def _tell_of_likenesses(visit: Visit, case_id: str | None) -> None:
    """Staff learns at once that the child may be known under another number; an applicant learns nothing of others."""
    if all(grant.role == "applicant" for grant in visit.person.grants):
        return
    for fact in likenesses(visit, case_id, CHECKED_AFTER):
        flash(f"{_('疑似重复')} {fact.label} {fact.value}", "warning")
    for fact in number_doubts(visit, case_id, CHECKED_AFTER):
        flash(f"{fact.label} {fact.value}", "warning")
