"""Children 儿童档案: the list of those whom the person may know of; each one's file is `child_files`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import child_list, exports
from cases.child_list import MOST_COUNTED, Asked, ListedChild
from cases.children import ChildStatus
from cases.identity import CATEGORIES, category_names
from cases.jurisdictions import COUNTY_DIGITS, TOWN_DIGITS, subtree
from engine.calendar import county_day
from engine.errors import NotAllowed
from web.child_words import ways_on
from web.formats import age
from web.places import PlaceNames
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("children", __name__, url_prefix="/children")

PAGE_SIZE = 50
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
            "categories": category_names(one.categories),
        }
        for one in found
    ]
