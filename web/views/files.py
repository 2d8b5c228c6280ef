"""Attachments: taken in one at a time, given out as downloads only."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, jsonify, request, send_file, url_for
from flask.typing import ResponseReturnValue

from cases import files
from engine.errors import Refused
from web.answers import sent_on
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("files", __name__)

#: Chromium's PDF viewer stays empty under `sandbox`; without scripts, frames and requests a PDF has nothing to reach.
LOOK_ONLY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


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


#: What a browser shows without running anything of it: a picture, or a PDF in the browser's own viewer.
SHOWN = frozenset({"image/jpeg", "image/png", "application/pdf"})


@page(pages, "/files/<file_id>/view", access=Access.SIGNED_IN, notes_reading=True)
def view(visit: Visit, file_id: str) -> ResponseReturnValue:
    """A picture or a PDF to look at, for who may see its case; every other kind as a download. Nothing in it may load
    or run anything, and no page of another site may hold it."""
    found = files.find_file(visit.session, file_id, visit.person, now=visit.now)
    if found.media_type not in SHOWN:
        return sent_on(url_for("files.download", file_id=file_id))
    content = files.read(visit.edge.settings.data_folder, found)
    response = send_file(BytesIO(content), mimetype=found.media_type, download_name=found.name)
    response.headers["Content-Security-Policy"] = LOOK_ONLY
    return response


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
