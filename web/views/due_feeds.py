"""The calendar of one's due dates: an address with a secret of its own, made and taken back by whom it belongs to."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, request, session, url_for
from flask.typing import ResponseReturnValue

from cases import due_feeds
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("due_feeds", __name__, url_prefix="/calendar")

#: The new secret, until the next page has shown it.
SECRET = "due_feed_secret"  # noqa: S105 - a key


@page(pages, "/<secret>.ics", access=Access.PUBLIC)
def calendar(visit: Visit, secret: str) -> ResponseReturnValue:
    """The due dates of whoever the secret belongs to; programs that have them already are told so."""
    owner = due_feeds.owner_of(visit.session, secret)
    dates = due_feeds.due_dates(visit.session, owner, now=visit.now)
    made = due_feeds.as_calendar(dates, lambda task_id: url_for("tasks.show", task_id=task_id, _external=True))
    answer = make_response(made)
    answer.content_type = "text/calendar; charset=utf-8"
    answer.add_etag()
    return answer.make_conditional(request)


@page(pages, "", methods=("POST",), access=Access.SIGNED_IN)
def make(visit: Visit) -> ResponseReturnValue:
    """A new address; the old one ends. It is shown once, on the next page."""
    session[SECRET] = due_feeds.make_feed(visit.session, actor=visit.person, now=visit.now)
    return sent_on(url_for("messages.addresses"))


@page(pages, "/revoke", methods=("POST",), access=Access.SIGNED_IN)
def revoke(visit: Visit) -> ResponseReturnValue:
    """The address ends."""
    due_feeds.revoke_feed(visit.session, actor=visit.person, now=visit.now)
    session.pop(SECRET, None)
    flash(_("日历地址已作废。"))
    return sent_on(url_for("messages.addresses"))
