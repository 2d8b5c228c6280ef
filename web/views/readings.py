"""A child's full identity for a reason, the search by id number, and the 查阅记录 that leaders go through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import child_search, readings
from cases.seen_children import require_child
from cases.unmasking import PURPOSES, require_purpose
from cases.unmasking import unmask as unmask_child
from engine.errors import NotFound, SubmissionInvalid
from web import child_head
from web.answers import sent_on
from web.child_words import reading_row
from web.days import beginning_of
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("readings", __name__)


@page(pages, "/children/<child_id>/unmask", methods=("POST",), access=Access.SIGNED_IN)
def unmask(visit: Visit, child_id: str) -> ResponseReturnValue:
    """Show the full values once; a script puts the answer's head in the place of the masked one."""
    found = unmask_child(
        visit.session,
        visit.person,
        child_id,
        purpose=request.form.get("purpose", ""),
        note=request.form.get("note", ""),
        now=visit.now,
    )
    back = request.form.get("back", "")
    own = back.startswith("/") and not back.startswith(("//", "/\\"))
    return render_template(
        "unmasked.html", child_head=child_head.in_words(found), back=back if own else url_for("inbox.todo")
    )


@page(pages, "/child-search", access=Access.SIGNED_IN)
def search_form(visit: Visit) -> ResponseReturnValue:
    """The question."""
    child_search.require_office(visit.person)
    return _searched({})


@page(pages, "/child-search", methods=("POST",), access=Access.SIGNED_IN)
def search(visit: Visit) -> ResponseReturnValue:
    """The answer. The number stands in the form, never in an address that a log keeps."""
    child_search.require_office(visit.person)
    asked = {name: request.form.get(name, "").strip()[:200] for name in ("idcard", "purpose", "note")}
    try:
        purpose = require_purpose(asked["purpose"], asked["note"])
        found = child_search.by_idcard(
            visit.session, asked["idcard"], actor=visit.person, purpose=purpose, now=visit.now
        )
    except SubmissionInvalid as error:
        return _searched(asked, problems=error.problems), 422
    head = child_head.of_child(visit, found[0]["id"]) if found else None
    return _searched(asked, head=head, searched=True)


def _searched(
    asked: Mapping[str, str],
    *,
    head: child_head.ChildHead | None = None,
    searched: bool = False,
    problems: Any = (),
) -> str:
    return render_template(
        "child_search.html", asked=asked, purposes=PURPOSES, child_head=head, searched=searched, problems=problems
    )


@page(pages, "/readings", access=Access.SIGNED_IN)
def of_unit(visit: Visit) -> ResponseReturnValue:
    """What the people of the leader's unit read."""
    asked = {name: request.args.get(name, "").strip()[:40] for name in ("who", "since", "until")}
    since, until = beginning_of(asked["since"]), beginning_of(asked["until"])
    found = readings.readings_of_unit(
        visit.session,
        visit.person,
        who=asked["who"],
        since=since,
        until=until + timedelta(days=1) if until else None,
        after=request.args.get("after"),
    )
    open_to = {child_id: _opens(visit, child_id) for child_id in {each.child_id for each in found.rows}}
    rows = [{**reading_row(each), **({} if open_to[each.child_id] else {"link": None})} for each in found.rows]
    following = f"{url_for('readings.of_unit')}?{urlencode({**asked, 'after': found.next})}" if found.next else None
    return render_template("readings.html", rows=rows, asked=asked, next=following)


def _opens(visit: Visit, child_id: str | None) -> bool:
    """Whether the file opens for this person: who leads a unit reviews readings of files that are not the own ones."""
    try:
        return child_id is not None and bool(require_child(visit.session, visit.person, child_id))
    except NotFound:
        return False


@page(pages, "/children/<child_id>/readings", access=Access.SIGNED_IN)
def of_child(visit: Visit, child_id: str) -> ResponseReturnValue:  # noqa: ARG001 - of every view
    """Who read a child's file stands in the file."""
    return sent_on(url_for("children.show", child_id=child_id, tab="readings"))
