"""Where people go 办理地点: a township keeps its own office and its villages', the county all."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases import offices
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("offices", __name__, url_prefix="/offices")

_FIELDS = ("code", "name", "address", "telephone", "hours")


@page(pages, "", access=Access.SIGNED_IN)
def listing(visit: Visit) -> ResponseReturnValue:
    """The offices of the person's area, those without an address too."""
    return render_template("offices.html", offices=offices.own_offices(visit.session, visit.person))


@page(pages, "", methods=("POST",), access=Access.SIGNED_IN)
def enter(visit: Visit) -> ResponseReturnValue:
    """Enter or correct one."""
    given = {name: request.form.get(name, "") for name in _FIELDS}
    offices.enter_office(visit.session, given, actor=visit.person, now=visit.now)
    flash(_("已登记,群众马上可以看到。"))
    return sent_on(url_for("offices.listing"))
