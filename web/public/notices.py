"""The public notices 公示: what hangs on the boards now, masked, printable, without a log-in (domain.md 6.2)."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cases import notices
from engine.errors import NotFound
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("notices", __name__)


@page(pages, "/notices", access=Access.OUTSIDE)
def listing(visit: Visit) -> ResponseReturnValue:
    """The notices whose period runs."""
    return render_template("notices.html", notices=notices.public_notices(visit.session, now=visit.now))


@page(pages, "/notices/<notice_no>", access=Access.OUTSIDE)
def show(visit: Visit, notice_no: str) -> ResponseReturnValue:
    """One notice, as it hangs on the board. An ended one is not found any more."""
    found = notices.find_public_notice(visit.session, notice_no, now=visit.now)
    if found is None:
        raise NotFound(f"没有公示 {notice_no}")
    lines = [line for line in found["body"].splitlines() if line.strip()]
    return render_template("notice.html", notice=found, lines=lines)
