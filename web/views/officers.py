"""The register of village officers: who they are, their training, what they did to spread the policy."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import village_officers
from cases.jurisdictions import VILLAGE_DIGITS, full_name, subtree
from cases.village_officers import HELD_BY, KEEPERS, POSTS, PUBLICITY, TRAINING
from web.answers import sent_on
from web.language import translate as _
from web.places import PlaceNames
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("officers", __name__, url_prefix="/officers")

_OF_AN_OFFICER = ("place", "name", "post", "held_by", "phone", "since")
_OF_AN_ENTRY = ("kind", "held_on", "topic", "number")


@page(pages, "", access=Access.SIGNED_IN)
def listing(visit: Visit) -> ResponseReturnValue:
    """The register of the person's area."""
    names = PlaceNames(visit.session)
    found = village_officers.officers(visit.session, visit.person)
    return render_template(
        "officers.html",
        rows=[{"officer": each.row, "entries": each.entries, "area": names(each.row["place"])} for each in found],
        villages=_villages(visit),
        posts=POSTS,
        holders=HELD_BY,
        kinds=(TRAINING, PUBLICITY),
        keeps=village_officers.may_keep(visit.person),
    )


def _villages(visit: Visit) -> list[tuple[str, str]]:
    """The villages that the person may enter somebody for."""
    roots = {grant.place for grant in visit.person.grants if grant.role in KEEPERS}
    return [
        (each.code, full_name(visit.session, each.code))
        for root in sorted(roots)
        for each in subtree(visit.session, root, digits=VILLAGE_DIGITS)
    ]


@page(pages, "", methods=("POST",), access=Access.SIGNED_IN)
def create(visit: Visit) -> ResponseReturnValue:
    """Enter an officer."""
    given = {name: request.form.get(name, "") for name in _OF_AN_OFFICER}
    village_officers.enter_officer(visit.session, given, actor=visit.person, now=visit.now)
    flash(_("已登记。"))
    return sent_on(url_for("officers.listing"))


@page(pages, "/<int:officer_id>/entries", methods=("POST",), access=Access.SIGNED_IN)
def add_entry(visit: Visit, officer_id: int) -> ResponseReturnValue:
    """Enter a training, or publicity for the policy."""
    given = {name: request.form.get(name, "") for name in _OF_AN_ENTRY}
    village_officers.enter_entry(visit.session, officer_id, given, actor=visit.person, now=visit.now)
    flash(_("已登记。"))
    return sent_on(url_for("officers.listing"))
