"""Statistics 统计: children by township and category, time limits kept, visits made; numbers alone."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cases.statistics import SHARES, statistics
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("statistics", __name__, url_prefix="/statistics")


@page(pages, "", access=Access.SIGNED_IN)
def show(visit: Visit) -> ResponseReturnValue:
    """The statistics of the person's area, of a quarter."""
    asked = request.args.get("quarter")
    found = statistics(visit.session, visit.person, asked, calendar=visit.env.calendar, now=visit.now)
    return render_template("statistics.html", found=found, shares=tuple(SHARES.values()), now=visit.now)
