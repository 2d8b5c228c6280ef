"""The case beside a task's form: file, papers, diagram, history, remarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import files, paper_page
from engine.errors import NotFound
from engine.queries.places_back import places_back
from engine.queries.task import TaskView
from engine.queries.task_around import copies_of, remarks
from web import child_head, pictures
from web.case_facts import case_facts, likenesses, money, number_doubts, papers
from web.loans import loan_days
from web.task_actions import Actions
from web.taskforms import visits_stamp
from web.transaction import Visit
from web.views.files import SHOWN
from web.views.papers import takes_sealed

#: Where an officer decides whether the application is a second one of the same child, and has the originals at hand.
COMPARED_AT = frozenset({"b_ut_formal_check", "b_ut_formal_check_again"})

NOTHING: Mapping[str, Any] = {
    "child_head": None,
    "paper_list": None,
    "facts": (),
    "papers": (),
    "attachments": (),
    "history": (),
    "marks": None,
    "returns": (),
    "money": None,
    "alike": (),
    "doubts": (),
    "copies": (),
    "remarks": (),
    "can_remark": False,
}


def around(visit: Visit, view: TaskView, may: Actions) -> Mapping[str, Any]:
    """The case, as far as the person sees it. Whoever did the task once may look at the own form for ever, at the case
    no longer than it is seen."""
    try:
        picture = pictures.of_instance(visit, view.instance_id)
    except NotFound:
        return {**NOTHING, **_to_fill_in(visit, view, may)}
    compares = may.complete and view.element_id in COMPARED_AT
    return {
        **_to_fill_in(visit, view, may),
        "child_head": child_head.of_case(visit, view.case_id),
        "paper_list": paper_page.papers_of_case(
            visit.session, visit.person, view.case_id, purpose=view.name, now=visit.now
        ),
        "paper_case": view.case_id,
        "facts": case_facts(visit, view.case_id, view.name),
        "papers": papers(visit, view.case_id, view.name),
        "attachments": _attachments(visit, view),
        "money": money(visit, view.case_id, view.name),
        "alike": likenesses(visit, view.case_id, view.name) if compares else (),
        "doubts": number_doubts(visit, view.case_id, view.name) if compares else (),
        "history": pictures.history(visit, picture, view.name)[:30],
        "marks": pictures.marks_around(visit, picture, view.element_process),
        "returns": _returns(visit, view, picture) if may.complete else (),
        "copies": copies_of(visit.session, visit.env, view.instance_id, actor=visit.person),
        "remarks": remarks(visit.session, visit.env, view.instance_id, actor=visit.person),
        "can_remark": bool(may.readers),
    }


def _to_fill_in(visit: Visit, view: TaskView, may: Actions) -> Mapping[str, Any]:
    """What the form and its dialogs ask beside the case."""
    return {
        "seals": may.complete and takes_sealed(visit, view),
        "visits": visits_stamp(visit, view) if may.complete else None,
        **loan_days(visit.now),
    }


def _returns(visit: Visit, view: TaskView, picture: pictures.Picture) -> tuple[pictures.Place, ...]:
    """The steps that people completed, without those from where the diagram could not go on."""
    done = pictures.places_to_return_to(picture, view)
    wanted = {place.element_id for place in done}
    allowed = places_back(visit.session, visit.env, view.id, wanted=wanted, actor=visit.person)
    return tuple(place for place in done if place.element_id in allowed)


def _attachments(visit: Visit, view: TaskView) -> list[dict[str, Any]]:
    if view.case_id is None:
        return []
    found = files.listed(visit.session, visit.person, view.case_id)
    return [
        {
            "id": one.id,
            "name": one.name,
            "size": f"{one.size / 1024:.0f} KB",
            "is_picture": one.media_type.startswith("image/"),
            "is_shown": one.media_type in SHOWN,
        }
        for one in found
    ]
