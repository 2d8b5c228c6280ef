"""Letters as Word files, and the way back from the code on a paper to the case that it is about."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, send_file, url_for
from flask.typing import ResponseReturnValue

from cases import paper_page
from web.answers import sent_on
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("papers", __name__)

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page(pages, "/papers/<int:document_id>", access=Access.SIGNED_IN, notes_reading=True)
def download(visit: Visit, document_id: int) -> ResponseReturnValue:
    """A letter from its template, for who may see its case's file; the reading is noted."""
    letter = paper_page.letter_of(visit.session, visit.person, document_id, settings=visit.edge.settings, now=visit.now)
    return send_file(BytesIO(letter.content), mimetype=_WORD, as_attachment=True, download_name=letter.name)


@page(pages, "/q/<code>", access=Access.SIGNED_IN)
def follow(visit: Visit, code: str) -> ResponseReturnValue:
    """From the code on a signed paper to its case, for who may see it."""
    found = paper_page.instance_behind(visit.session, visit.person, code)
    return sent_on(url_for("instances.show", instance_id=found) if found else url_for("inbox.todo"))
