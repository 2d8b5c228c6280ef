"""The ledger 台账: the lines of a place's children, read on the page, masked; taken away by `sheets`."""

from __future__ import annotations

from math import ceil

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cases.exported_list import may_ask, scope_of
from cases.jurisdictions import full_name
from cases.ledger import PAGE_ROWS, Scope, places_of, read_ledger
from cases.template_checks import LEDGER_COLUMNS
from engine.errors import NotFound
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("ledgers", __name__, url_prefix="/ledger")


@page(pages, "", access=Access.SIGNED_IN, notes_reading=True)
def listing(visit: Visit) -> ResponseReturnValue:
    """The ledger of a place of the person's area; the widest to begin with."""
    codes = places_of(visit.session, visit.person)
    if not codes:
        raise NotFound("辖区表中还没有您的辖区")
    place = request.args.get("place") or codes[0]
    number = max(1, request.args.get("page", 1, type=int))
    scope = scope_of(request.args.get("scope", ""))
    found = read_ledger(visit.session, visit.person, place, scope, page=number, now=visit.now)
    return render_template(
        "ledger.html",
        ledger=found,
        columns=LEDGER_COLUMNS,
        places=[(code, full_name(visit.session, code)) for code in codes],
        scopes=list(Scope),
        page=number,
        pages=max(1, ceil(found.people / PAGE_ROWS)),
        asks=may_ask(visit.person, found),
    )
