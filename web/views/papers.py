"""Letters as Word files, and the way back from the code on a paper to the step that wrote it."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, send_file, url_for
from flask.typing import ResponseReturnValue

from cases import documents
from cases import papers as on_paper
from cases.case_files import find_case, scope_of
from cases.roles import Sight, sight
from engine.errors import NotAllowed
from web.answers import sent_on
from web.readers import note
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("papers", __name__)

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page(pages, "/papers/<int:document_id>", access=Access.SIGNED_IN, notes_reading=True)
def download(visit: Visit, document_id: int) -> ResponseReturnValue:
    """A letter from its template, for who may see its case's file; the reading is noted."""
    found = documents.find_document(visit.session, document_id)
    seen = _require_sight(visit, found["case_id"])
    made = on_paper.as_docx(visit.session, document_id, settings=visit.edge.settings, now=visit.now)
    note(visit, found["case_id"], seen, f"下载文书 {document_id}")
    return send_file(BytesIO(made), mimetype=_WORD, as_attachment=True, download_name=f"{found['kind']}.docx")


@page(pages, "/q/<code>", access=Access.SIGNED_IN)
def follow(visit: Visit, code: str) -> ResponseReturnValue:
    """From the code on a signed paper to its case, for who may see it."""
    found = on_paper.find(visit.session, code)
    _require_sight(visit, found.case_id)
    if found.instance_id is None:
        return sent_on(url_for("inbox.todo"))
    return sent_on(url_for("instances.show", instance_id=found.instance_id))


def _require_sight(visit: Visit, case_id: str) -> Sight:
    seen = sight(visit.person, scope_of(visit.session, find_case(visit.session, case_id)))
    if seen < Sight.FILE:
        raise NotAllowed(f"{visit.person.name} 无权查看这份文书")
    return seen
