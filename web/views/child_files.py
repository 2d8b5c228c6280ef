"""One child's file 儿童档案, at its tabs; of a file in the archive the question first what it is opened for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from cases.child_page import ChildPage, child_page
from cases.child_years import Span, years
from cases.seen_children import PurposeNeeded
from cases.unmasking import PURPOSES, require_purpose
from engine.calendar import county_day
from engine.errors import FieldProblem, SubmissionInvalid
from web import child_head, family_picture, year_picture
from web.child_words import DEPARTMENT_NAMES, MASKS, PART_NAMES, head_of, reading_row, told
from web.formats import age
from web.places import PlaceNames
from web.routes import Access, page
from web.titles import Titles
from web.transaction import Visit
from web.views.children import pages

__all__ = ["pages"]  # the list with the files

#: Why a file is opened from the list, as the audit says it.
PURPOSE = "辖区查阅儿童档案"


@page(pages, "/<child_id>", access=Access.SIGNED_IN, notes_reading=True)
def show(visit: Visit, child_id: str) -> ResponseReturnValue:
    """A child's file at one of its tabs; of one in the archive the question what for."""
    part = request.args.get("tab", "")
    try:
        found = child_page(
            visit.session,
            visit.person,
            child_id,
            part=part,
            purpose=PURPOSE,
            after=request.args.get("after"),
            now=visit.now,
            stated=False,
        )
    except PurposeNeeded:
        return _asked_what_for(child_id, part)
    return _file(visit, found)


@page(pages, "/<child_id>/archived", methods=("POST",), access=Access.SIGNED_IN)
def open_archived(visit: Visit, child_id: str) -> ResponseReturnValue:
    """A file of the archive, opened for the purpose that its archivist states; each tab is an opening."""
    given = {name: request.form.get(name, "").strip()[:200] for name in ("purpose", "note", "tab")}
    try:
        purpose = require_purpose(given["purpose"], given["note"])
    except SubmissionInvalid as error:
        return _asked_what_for(child_id, given["tab"], given, error.problems), 422
    found = child_page(visit.session, visit.person, child_id, part=given["tab"], purpose=purpose, now=visit.now)
    return _file(visit, found)


def _asked_what_for(
    child_id: str, part: str, asked: Mapping[str, str] | None = None, problems: Sequence[FieldProblem] = ()
) -> str:
    return render_template(
        "archived_file.html",
        child_id=child_id,
        tab=part[:20],
        asked=asked or {},
        purposes=PURPOSES,
        problems=problems,
    )


def _file(visit: Visit, found: ChildPage) -> str:
    child_id = found.row["id"]
    titles, today = Titles(visit.session), county_day(visit.now)
    called = {case["kind"]: titles(case["process_key"]) for case in found.cases}
    picture = year_picture.draw([told(span) for span in years(found)], today, called)
    return render_template(
        "child.html",
        file=found,
        head=head_of(visit, found),
        child_head=child_head.of_child(visit, child_id),
        picture=picture,
        words_of=lambda span: _words(span, called),
        tabs=[(part, PART_NAMES[part]) for part in found.parts],
        family=family_picture.draw(found.people, found.row["name"]) if found.people else None,
        titles=titles,
        areas=PlaceNames(visit.session),
        departments=DEPARTMENT_NAMES,
        part_names=PART_NAMES,
        readings=[reading_row(each) for each in found.readings.rows] if found.readings else [],
        **MASKS,
        age_of=lambda birth: age(birth, today),
        today=today,
    )


def _words(span: Span, called: Mapping[str, str]) -> str:
    """A span of the picture in words, for those who do not see it."""
    return f"{called[span.kind]}:{span.label}" if span.kind in called else span.label
