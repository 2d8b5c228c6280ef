"""The ledger 台账: read on the page, masked; taken away only when a second person stands for it."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO
from math import ceil

from flask import Blueprint, flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from cases import ledger_exports
from cases.jurisdictions import full_name
from cases.ledger import PAGE_ROWS, Scope, ledger, places_of
from cases.template_checks import LEDGER_COLUMNS
from engine.errors import NotFound, Refused
from web.answers import sent_on
from web.language import translate as _
from web.routes import Access, page
from web.transaction import Visit
from web.views.papers import WORD

pages = Blueprint("ledgers", __name__, url_prefix="/ledger")


@page(pages, "", access=Access.SIGNED_IN)
def listing(visit: Visit) -> ResponseReturnValue:
    """The ledger of a place of the person's area; the widest to begin with."""
    codes = places_of(visit.session, visit.person)
    if not codes:
        raise NotFound("辖区表中还没有您的辖区")
    place = request.args.get("place") or codes[0]
    number = max(1, request.args.get("page", 1, type=int))
    found = ledger(visit.session, visit.person, place, _scope(request.args.get("scope")), page=number)
    return render_template(
        "ledger.html",
        ledger=found,
        columns=LEDGER_COLUMNS,
        places=[(code, full_name(visit.session, code)) for code in codes],
        scopes=list(Scope),
        page=number,
        pages=max(1, ceil(found.people / PAGE_ROWS)),
        asks=ledger_exports.may_ask(visit.session, visit.person, place),
        requests=[
            (each, full_name(visit.session, each.row["place"]))
            for each in ledger_exports.requests(visit.session, place, actor=visit.person, now=visit.now)
        ],
    )


def _scope(given: str | None) -> Scope:
    try:
        return Scope(given) if given else Scope.COVERED
    except ValueError as error:
        raise Refused("请选择台账范围:在保、已退出、全部") from error


@page(pages, "/exports", methods=("POST",), access=Access.SIGNED_IN)
def ask(visit: Visit) -> ResponseReturnValue:
    """Ask for an export; somebody else decides."""
    place, scope = request.form.get("place", ""), _scope(request.form.get("scope"))
    reason = request.form.get("reason", "")
    ledger_exports.ask(visit.session, place, scope, reason=reason, actor=visit.person, now=visit.now)
    flash(_("已申请导出,由另一位负责人审批。"))
    return sent_on(url_for("ledgers.listing", place=place, scope=scope.value))


@page(pages, "/exports/<export_id>/decide", methods=("POST",), access=Access.SIGNED_IN)
def decide(visit: Visit, export_id: str) -> ResponseReturnValue:
    """Grant or refuse somebody else's export."""
    granted = request.form.get("decision") == "grant"
    ledger_exports.decide(visit.session, export_id, granted=granted, actor=visit.person, now=visit.now)
    flash(_("已批准导出。") if granted else _("已拒绝导出。"))
    return sent_on(url_for("ledgers.listing"))


@page(pages, "/exports/<export_id>", access=Access.SIGNED_IN, notes_reading=True)
def download(visit: Visit, export_id: str) -> ResponseReturnValue:
    """The granted ledger as a Word file, for who asked."""
    settings = visit.edge.settings
    found, content = ledger_exports.as_file(
        visit.session, export_id, actor=visit.person, settings=settings, now=visit.now
    )
    name = f"{found.area}信息台账.docx"
    return send_file(BytesIO(content), mimetype=WORD, as_attachment=True, download_name=name)


@page(pages, "/exports/<export_id>/print", access=Access.SIGNED_IN, notes_reading=True)
def printed(visit: Visit, export_id: str) -> ResponseReturnValue:
    """The granted ledger as a page to print, for who asked."""
    found, mark = ledger_exports.take(visit.session, export_id, actor=visit.person, now=visit.now)
    word = url_for("ledgers.download", export_id=export_id)
    text = render_template(
        "paper_ledger.html", ledger=found, columns=LEDGER_COLUMNS, mark=mark, today=visit.now, word=word
    )
    return text, HTTPStatus.OK
