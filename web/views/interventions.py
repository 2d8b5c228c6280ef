"""What administrators do to set a case right: retry, suspend, resume, cancel, move a token. Each with a reason."""

from __future__ import annotations

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from engine.access import Permission
from engine.commands.cancel_instance import cancel_instance
from engine.commands.move_token import move_token
from engine.commands.resume_instance import resume_instance
from engine.commands.retry_incident import retry_incident
from engine.commands.suspend_instance import suspend_instance
from web.answers import sent_on
from web.language import translate as _
from web.routes import page
from web.transaction import Visit

pages = Blueprint("interventions", __name__, url_prefix="/admin")


@page(pages, "/incidents/<incident_id>/retry", methods=("POST",), access=Permission.INSTANCE_MANAGE)
def retry(visit: Visit, incident_id: str) -> ResponseReturnValue:
    """Try the failed step again."""
    retry_incident(visit.session, visit.env, incident_id, actor=visit.person, now=visit.now)
    flash(_("已重试。"))
    return sent_on(url_for("operations.incidents"))


@page(pages, "/instances/<instance_id>/suspend", methods=("POST",), access=Permission.INSTANCE_MANAGE)
def suspend(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """Stop the case for a while."""
    suspend_instance(visit.session, visit.env, instance_id, reason=_reason(), actor=visit.person, now=visit.now)
    return _done(instance_id, _("办件已暂停。"))


@page(pages, "/instances/<instance_id>/resume", methods=("POST",), access=Permission.INSTANCE_MANAGE)
def resume(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """Let the case go on."""
    resume_instance(visit.session, visit.env, instance_id, reason=_reason(), actor=visit.person, now=visit.now)
    return _done(instance_id, _("办件已恢复。"))


@page(pages, "/instances/<instance_id>/cancel", methods=("POST",), access=Permission.INSTANCE_MANAGE)
def cancel(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """End the case by hand."""
    cancel_instance(visit.session, visit.env, instance_id, reason=_reason(), actor=visit.person, now=visit.now)
    return _done(instance_id, _("办件已撤销。"))


@page(pages, "/instances/<instance_id>/move", methods=("POST",), access=Permission.INSTANCE_MANAGE)
def move(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """Move a token to another step."""
    move_token(
        visit.session,
        visit.env,
        instance_id,
        token_id=request.form.get("token_id", ""),
        to_element=request.form.get("to_element", ""),
        reason=_reason(),
        actor=visit.person,
        now=visit.now,
    )
    return _done(instance_id, _("已改到所选环节。"))


def _reason() -> str:
    return request.form.get("reason", "")


def _done(instance_id: str, message: str) -> ResponseReturnValue:
    flash(message)
    return sent_on(url_for("operations.instance", instance_id=instance_id))
