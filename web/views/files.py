"""Attachments: taken in one at a time, given out as downloads only."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from cases import files
from engine.errors import Refused
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("files", __name__)


@page(pages, "/files", methods=("POST",), access=Access.SIGNED_IN)
def upload(visit: Visit) -> ResponseReturnValue:
    """Keep one file; answers its id, or the sentence that says what is wrong with it."""
    sent = request.files.get("file")
    if sent is None:
        return jsonify(message="没有收到文件,请再选一次。"), 422
    content = sent.read(files.MAX_BYTES + 1)
    try:
        stored = files.store(
            visit.session,
            visit.edge.settings.data_folder,
            name=sent.filename or "",
            content=content,
            actor=visit.person,
            now=visit.now,
        )
    except Refused as refused:
        return jsonify(message=str(refused)), 422
    return jsonify(id=stored.id, name=stored.name)


@page(pages, "/files/<file_id>", access=Access.SIGNED_IN, notes_reading=True)
def download(visit: Visit, file_id: str) -> ResponseReturnValue:
    """A file as a download, for who may see its case. Never shown inside our own origin."""
    found = files.find_file(visit.session, file_id, visit.person, now=visit.now)
    content = files.read(visit.edge.settings.data_folder, found)
    response = send_file(
        BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=found.name
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
