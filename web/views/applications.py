"""What an applicant does while the case runs: bring missing papers, withdraw. And what a township does in an
emergency: take a notice down."""

from __future__ import annotations

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from cases import files
from engine.commands.deliver_message import deliver_message
from engine.errors import FieldProblem, NoReceiver, SubmissionInvalid
from engine.queries.awaited import awaited
from engine.queries.instance import InstanceView, instance
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit
from web.wishes import SUPPLEMENT, TAKE_DOWN, WITHDRAW, tellings

pages = Blueprint("applications", __name__, url_prefix="/cases")

MOST_FILES = 20


@page(pages, "/<instance_id>/supplement", methods=("POST",), access=Access.SIGNED_IN)
def supplement(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """Hand in the papers that were asked for; all at once, as the letter says."""
    view = _allowed(visit, instance_id, SUPPLEMENT)
    sent = [one for one in request.files.getlist("files") if one.filename][:MOST_FILES]
    if not sent:
        raise SubmissionInvalid([FieldProblem(field="files", rule="required", message="请选择补正材料的扫描件或照片")])
    kept = [
        files.store(
            visit.session,
            visit.edge.settings.data_folder,
            name=one.filename or "",
            content=one.read(files.MAX_BYTES + 1),
            actor=visit.person,
            now=visit.now,
        )
        for one in sent
    ]
    files.attach(visit.session, [each.id for each in kept], case_id=view.case_id or "", actor=visit.person)
    _send(visit, view, SUPPLEMENT)
    flash(_("补正材料已提交,由受理窗口审查。"))
    return sent_on(url_for("instances.show", instance_id=instance_id))


@page(pages, "/<instance_id>/withdraw", methods=("POST",), access=Access.SIGNED_IN)
def withdraw(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """Take the application back."""
    view = _allowed(visit, instance_id, WITHDRAW)
    _send(visit, view, WITHDRAW)
    flash(_("申请已撤回。"))
    return sent_on(url_for("instances.show", instance_id=instance_id))


@page(pages, "/<instance_id>/take-down", methods=("POST",), access=Access.SIGNED_IN)
def take_down(visit: Visit, instance_id: str) -> ResponseReturnValue:
    """Stop the notice at once."""
    view = _allowed(visit, instance_id, TAKE_DOWN)
    _send(visit, view, TAKE_DOWN)
    flash(_("已通知村(居)立即撤下公示。"))
    return sent_on(url_for("instances.show", instance_id=instance_id))


@page(pages, "/<instance_id>/tell/<slug>", methods=("POST",), access=Access.SIGNED_IN)
def tell(visit: Visit, instance_id: str, slug: str) -> ResponseReturnValue:
    """Say what happened outside, and let the case go on."""
    view = instance(visit.session, visit.env, instance_id, actor=visit.person)
    telling = tellings(visit, view).get(slug)
    if telling is None:
        raise NoReceiver(f"没有办件在等待 {slug}")
    _send(visit, view, telling.message)
    flash(_("已登记。"))
    return sent_on(url_for("instances.show", instance_id=instance_id))


def _allowed(visit: Visit, instance_id: str, name: str) -> InstanceView:
    view = instance(visit.session, visit.env, instance_id, actor=visit.person)
    if name not in awaited(visit.session, visit.env, view.id, actor=visit.person):
        raise NoReceiver(f"没有办件在等待 {name}")
    return view


def _send(visit: Visit, view: InstanceView, name: str) -> None:
    deliver_message(
        visit.session,
        visit.env,
        name,
        view.case_id,
        payload={"reason": request.form.get("reason", "")},
        actor=visit.person,
        now=visit.now,
        only=view.id,
    )
