"""What is typed into a task's form is kept on the server while it is typed."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from engine.commands.save_draft import save_draft
from web import forms
from web.formats import local
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("drafts", __name__, url_prefix="/tasks")


@page(pages, "/<task_id>/draft", methods=("POST",), access=Access.SIGNED_IN)
def save(visit: Visit, task_id: str) -> ResponseReturnValue:
    """Keep the draft; answers its revision and when it was saved, on the county's clock."""
    known = request.form.get("revision", "0")
    revision = save_draft(
        visit.session,
        task_id,
        fields=forms.sent_fields(),
        revision=int(known) if known.isdecimal() else 0,
        actor=visit.person,
        now=visit.now,
    )
    return jsonify(revision=revision, saved_at=f"{local(visit.now):%H:%M}")
