"""销毁清单 (domain.md 6.3): drawn up by the archivist, approved by a second person, then carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, after_this_request, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from sqlalchemy import RowMapping

from cases import disposals
from cases.disposals import APPROVERS, DRAWERS, DisposalState
from cases.export_rules import holds
from engine.access import Actor
from engine.errors import FieldProblem, NotAllowed, SubmissionInvalid
from web.answers import sent_on
from web.edge import edge_of_request
from web.language import translate as _
from web.places import PlaceNames
from web.routes import Access, page
from web.transaction import Visit

pages = Blueprint("disposals", __name__, url_prefix="/disposals")


@page(pages, "", access=Access.SIGNED_IN)
def listing(visit: Visit) -> ResponseReturnValue:
    """What is past its time today, for whoever draws lists up; and the lists."""
    if not disposals.takes_part(visit.person):
        raise NotAllowed("销毁清单由档案员编制、局领导批准,您没有这项职责")
    rows = disposals.lists_of(visit.session, visit.person)
    return render_template(
        "disposals.html",
        due=[_due(visit, place, sealed) for place, sealed in _drawn_by(visit.person)],
        rows=[_row(visit, each) for each in rows],
        areas=PlaceNames(visit.session),
    )


@page(pages, "", methods=("POST",), access=Access.SIGNED_IN)
def draw(visit: Visit) -> ResponseReturnValue:
    """Draw up the list of what is past its time today."""
    place, sealed = request.form.get("place", "")[:12], request.form.get("sealed") == "yes"
    disposals.draw_up(visit.session, place=place, sealed=sealed, actor=visit.person, now=visit.now)
    flash(_("已编制,等待第二人批准。"))
    return sent_on(url_for("disposals.listing"))


@page(pages, "/<list_id>/decide", methods=("POST",), access=Access.SIGNED_IN)
def decide(visit: Visit, list_id: str) -> ResponseReturnValue:
    """Approve or refuse another person's list."""
    approved = request.form.get("decision") == "approve"
    reason = request.form.get("reason", "")[:400]
    disposals.decide(visit.session, list_id, approved=approved, reason=reason, actor=visit.person, now=visit.now)
    flash(_("已批准。") if approved else _("已登记不批准。"))
    return sent_on(url_for("disposals.listing"))


@page(pages, "/<list_id>/carry-out", methods=("POST",), access=Access.SIGNED_IN)
def carry_out(visit: Visit, list_id: str) -> ResponseReturnValue:
    """Dispose of the files of an approved list; the attachments leave the disk when that is committed."""
    if request.form.get("sure") != "yes":
        message = "请先勾选“已逐件核对”,销毁后不能恢复"
        raise SubmissionInvalid([FieldProblem(field="sure", rule="required", message=message)])
    left = disposals.carry_out(visit.session, list_id, actor=visit.person, now=visit.now)
    _clear_when_committed(list_id, visit.person)
    flash(_("已销毁。未销毁(又有办理或期限未满):{numbers}", numbers="、".join(left)) if left else _("已全部销毁。"))
    return sent_on(url_for("disposals.listing"))


@page(pages, "/<list_id>/clear", methods=("POST",), access=Access.SIGNED_IN)
def clear(visit: Visit, list_id: str) -> ResponseReturnValue:
    """Remove attachments that an interruption left on the disk."""
    disposals.files_of(visit.session, list_id, visit.person)
    _clear_when_committed(list_id, visit.person)
    flash(_("已清除留下的附件。"))
    return sent_on(url_for("disposals.listing"))


def _clear_when_committed(list_id: str, actor: Actor) -> None:
    edge = edge_of_request()

    @after_this_request
    def remove(response: Response) -> Response:
        with edge.database.transaction() as session:
            disposals.clear_bytes(session, list_id, folder=edge.settings.data_folder, actor=actor)
        return response


def _drawn_by(person: Actor) -> list[tuple[str, bool]]:
    """The places of which the person draws lists up, of ordinary and of sealed files."""
    found = {
        (grant.place, sealed) for grant in person.grants for sealed in (False, True) if grant.role in DRAWERS[sealed]
    }
    return sorted((place, sealed) for place, sealed in found if place)


def _due(visit: Visit, place: str, sealed: bool) -> Mapping[str, Any]:
    found = disposals.past_their_time(visit.session, visit.person, place=place, sealed=sealed, now=visit.now)
    return {"place": place, "sealed": sealed, "files": found}


def _row(visit: Visit, each: RowMapping) -> Mapping[str, Any]:
    person, sealed, state = visit.person, each["sealed"], each["state"]
    files = disposals.files_of(visit.session, each["id"], person)
    draws = holds(person, DRAWERS[sealed], each["place"])
    return {
        **each,
        "files": files,
        "decides": state == DisposalState.DRAWN
        and each["drawn_by"] != person.id
        and holds(person, APPROVERS[sealed], each["place"]),
        "carries_out": draws and state == DisposalState.APPROVED,
        "clears": draws and any(one["bytes_left"] for one in files),
    }
