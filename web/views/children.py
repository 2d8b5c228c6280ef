"""Children 儿童档案: the ledger of those whom the person may know of, and each child's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import child_list, child_page, exports
from cases.child_list import MOST_COUNTED, Asked, ListedChild
from cases.child_page import ChildPage, PurposeNeeded
from cases.child_years import Span, years
from cases.children import ChildStatus
from cases.identity import CATEGORIES
from cases.jurisdictions import COUNTY_DIGITS, TOWN_DIGITS, subtree
from cases.unmasking import PURPOSES, require_purpose
from engine.calendar import county_day
from engine.errors import FieldProblem, NotAllowed, SubmissionInvalid
from web import child_head, family_picture, year_picture
from web.child_words import DEPARTMENT_NAMES, MASKS, PART_NAMES, head_of, reading_row, told, ways_on
from web.formats import age
from web.places import PlaceNames
from web.routes import Access, page
from web.titles import Titles
from web.transaction import Visit

pages = Blueprint("children", __name__, url_prefix="/children")

PAGE_SIZE = 50
#: Why a file is opened from the ledger, as the audit says it.
PURPOSE = "辖区查阅儿童档案"
_NARROWING = {"place": 12, "category": 4, "status": 20, "q": 60}


@page(pages, "", access=Access.SIGNED_IN, notes_reading=True)
def listing(visit: Visit) -> ResponseReturnValue:
    """The ledger, narrowed to what was asked."""
    if not child_list.may_list(visit.person):
        raise NotAllowed("没有可以查看的儿童档案")
    asked = asked_of(request.args)
    found = child_list.child_list(
        visit.session, visit.person, asked, limit=PAGE_SIZE, after=request.args.get("after"), now=visit.now
    )
    names = _divisions(visit)
    narrowed = {"q": asked.words, **{name: value for name, value in asked.as_dict().items() if name != "words"}}
    return render_template(
        "children.html",
        asked=asked,
        narrowed={name: value for name, value in narrowed.items() if value},
        rows=_rows(visit, found.rows, names),
        next=found.next,
        paged=bool(request.args.get("after")),
        count=found.count,
        most=MOST_COUNTED,
        divisions=sorted((code, name) for code, name in names.items() if len(code) > COUNTY_DIGITS),
        categories=CATEGORIES,
        statuses=list(ChildStatus),
        may_export=exports.may_export(visit.person),
        ways=ways_on(visit.person),
    )


def asked_of(given: Mapping[str, str]) -> Asked:
    """What the ledger is narrowed to, cut to bearable lengths."""
    asked = {name: given.get(name, "").strip()[:most] for name, most in _NARROWING.items()}
    return Asked(place=asked["place"], category=asked["category"], status=asked["status"], words=asked["q"])


def _divisions(visit: Visit) -> dict[str, str]:
    """The divisions of the person's area by code; a village with its township."""
    roots = {grant.place for grant in visit.person.grants}
    names = {one.code: one.name for root in roots for one in subtree(visit.session, root)}
    return {
        code: names.get(code[:TOWN_DIGITS], "") + name if len(code) > TOWN_DIGITS else name
        for code, name in names.items()
    }


def _rows(visit: Visit, found: Sequence[ListedChild], names: Mapping[str, str]) -> list[dict[str, Any]]:
    today, other = county_day(visit.now), PlaceNames(visit.session)
    return [
        {
            "link": url_for("children.show", child_id=one.id),
            "child": one,
            "age": age(one.birth, today),
            "area": names.get(one.place) or other(one.place),
            "categories": [CATEGORIES.get(code, code) for code in one.categories],
        }
        for one in found
    ]


@page(pages, "/<child_id>", access=Access.SIGNED_IN, notes_reading=True)
def show(visit: Visit, child_id: str) -> ResponseReturnValue:
    """A child's file at one of its tabs; of one in the archive the question what for."""
    part = request.args.get("tab", "")
    try:
        found = child_page.child_page(
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
    found = child_page.child_page(
        visit.session, visit.person, child_id, part=given["tab"], purpose=purpose, now=visit.now
    )
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
    )


def _words(span: Span, called: Mapping[str, str]) -> str:
    """A span of the picture in words, for those who do not see it."""
    return f"{called[span.kind]}:{span.label}" if span.kind in called else span.label
