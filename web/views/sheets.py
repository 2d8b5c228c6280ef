"""Lists of children on paper and as sheets: out once a second person has approved it, in with a report per line."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from cases import child_imports, exports
from cases.export_rules import MOST_CHILDREN
from cases.exports import ExportKind, may_export
from cases.ledger_sheets import MAX_BYTES, MOST_ROWS, XLSX, empty_sheet
from cases.ledger_tables import Outcome
from cases.template_checks import LEDGER_COLUMNS
from engine.errors import FieldProblem, NotAllowed, SubmissionInvalid
from web.answers import sent_on
from web.language import translate as _
from web.places import PlaceNames
from web.routes import Access, page
from web.transaction import Visit
from web.views.children import asked_of
from web.views.papers import WORD

pages = Blueprint("sheets", __name__, url_prefix="/sheets")

#: So many lines that were not entered stand on the report; the sheet has all.
MOST_SHOWN = 200


@page(pages, "", access=Access.SIGNED_IN)
def overview(visit: Visit) -> ResponseReturnValue:
    """What was asked for, what waits for approval, what was loaded."""
    person = visit.person
    leaves, imports = may_export(person) or may_export(person, sealed=True), child_imports.may_import(person)
    if not (leaves or imports):
        raise NotAllowed("您的岗位不导出也不导入台账")
    return render_template(
        "sheets.html",
        may_export=leaves,
        may_import=imports,
        mine=exports.exports_of(visit.session, person),
        waiting=exports.exports_to_decide(visit.session, person),
        imports=child_imports.imports_of(visit.session, person) if imports else (),
        areas=PlaceNames(visit.session),
        most_out=MOST_CHILDREN,
        most_in=MOST_ROWS,
        now=visit.now,
    )


@page(pages, "/exports", methods=("POST",), access=Access.SIGNED_IN)
def ask(visit: Visit) -> ResponseReturnValue:
    """Ask for the sheet of what the list of children shows, or for the list of a place."""
    kind = ExportKind.LIST if request.form.get("kind") == ExportKind.LIST else ExportKind.SHEET
    of_list = {name: request.form.get(name, "")[:12] for name in ("place", "scope")}
    narrowed = of_list if kind is ExportKind.LIST else asked_of(request.form).as_dict()
    purpose = request.form.get("purpose", "")
    exports.ask_export(visit.session, kind, narrowed, purpose=purpose, actor=visit.person, now=visit.now)
    flash(_("导出申请已提交,等待第二人批准。"))
    return sent_on(url_for("sheets.overview"))


@page(pages, "/exports/<request_id>/decide", methods=("POST",), access=Access.SIGNED_IN)
def decide(visit: Visit, request_id: str) -> ResponseReturnValue:
    """Approve or refuse somebody else's request."""
    approved = request.form.get("decision") == "approve"
    exports.decide_export(
        visit.session,
        request_id,
        approved=approved,
        reason=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("已批准导出。") if approved else _("已退回导出申请。"))
    return sent_on(url_for("sheets.overview"))


@page(pages, "/exports/<request_id>/take", methods=("POST",), access=Access.SIGNED_IN)
def take(visit: Visit, request_id: str) -> ResponseReturnValue:
    """Give the approved sheet to its asker."""
    given = exports.take_sheet(visit.session, request_id, actor=visit.person, now=visit.now)
    return _sheet(given.content, given.name)


@page(pages, "/exports/<request_id>/word", access=Access.SIGNED_IN, notes_reading=True)
def word(visit: Visit, request_id: str) -> ResponseReturnValue:
    """The approved list as a Word file, for its asker."""
    given = exports.take_list_as_word(
        visit.session, request_id, actor=visit.person, settings=visit.edge.settings, now=visit.now
    )
    return send_file(BytesIO(given.content), mimetype=WORD, as_attachment=True, download_name=given.name)


@page(pages, "/exports/<request_id>/print", access=Access.SIGNED_IN, notes_reading=True)
def printed(visit: Visit, request_id: str) -> ResponseReturnValue:
    """The approved list as a page to print, for its asker."""
    found, mark = exports.take_list(visit.session, request_id, actor=visit.person, now=visit.now)
    download = url_for("sheets.word", request_id=request_id)
    return render_template(
        "paper_ledger.html", ledger=found, columns=LEDGER_COLUMNS, mark=mark, today=visit.now, word=download
    )


@page(pages, "/template", access=Access.SIGNED_IN)
def template(visit: Visit) -> ResponseReturnValue:  # noqa: ARG001 - of every view
    """The empty sheet."""
    return _sheet(empty_sheet(), "儿童台账-空表.xlsx")


@page(pages, "/imports", methods=("POST",), access=Access.SIGNED_IN)
def load(visit: Visit) -> ResponseReturnValue:
    """Load a sheet."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise SubmissionInvalid([FieldProblem(field="file", rule="required", message="请选择要导入的 .xlsx 文件")])
    import_id = child_imports.import_ledger(
        visit.session, name=sent.filename, content=sent.read(MAX_BYTES + 1), actor=visit.person, now=visit.now
    )
    return sent_on(url_for("sheets.report", import_id=import_id))


@page(pages, "/imports/<import_id>", access=Access.SIGNED_IN)
def report(visit: Visit, import_id: str) -> ResponseReturnValue:
    """What became of a sheet, line by line."""
    found = child_imports.report_of(visit.session, visit.person, import_id)
    return render_template(
        "sheet_report.html",
        loaded=found.row,
        lines=found.not_entered[:MOST_SHOWN],
        more=max(0, len(found.not_entered) - MOST_SHOWN),
        known=Outcome.KNOWN,
    )


@page(pages, "/imports/<import_id>/returned", access=Access.SIGNED_IN)
def returned(visit: Visit, import_id: str) -> ResponseReturnValue:
    """The lines that were not entered, with the reasons beside."""
    content = child_imports.returned_sheet(visit.session, visit.person, import_id)
    return _sheet(content, "台账-退回的行.xlsx")


def _sheet(content: bytes, name: str) -> ResponseReturnValue:
    response = send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
