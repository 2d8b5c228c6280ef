"""When a public form is not taken: too many came from one address, or its page was too old. What was typed goes into
the answer, so that one press sends it again, and the telephone numbers stand beside it."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from cases.parameters import parameters
from web.edge import edge_of_request
from web.errors import page_expired, too_often, wants_json
from web.headers import FOREIGN
from web.public.filing import pages

__all__ = ["pages"]  #: the forms' blueprint, with these answers


def _again(*, slowed: bool) -> str:
    with edge_of_request().public_database.reading() as session:
        county = parameters(session)
    return render_template("public_again.html", slowed=slowed, sent=request.form, county=county)


@pages.errorhandler(429)
def _slowed(error: HTTPException) -> ResponseReturnValue:  # noqa: ARG001 - of every handler
    return too_often() if wants_json() else (_again(slowed=True), 429)


@pages.errorhandler(CSRFError)
def _too_old(error: CSRFError) -> ResponseReturnValue:
    """A page that lay open too long, or a browser that lost its cookie. A form that another site sent is no such one:
    it is refused."""
    return page_expired(error) if error.description in FOREIGN or wants_json() else (_again(slowed=False), 400)
