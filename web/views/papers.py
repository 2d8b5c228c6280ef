"""Papers as Word files and as pages to print, and the way back from the code on a paper to the step that waits."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO

import segno
from flask import Blueprint, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from cases import paper_page
from cases.paper_page import Behind, Letter, Sheet
from engine.errors import NotFound
from engine.queries.task import TaskView, task
from web.answers import sent_on
from web.case_facts import case_facts
from web.forms import components
from web.places import PlaceNames
from web.routes import Access, page
from web.taskforms import schema_of
from web.transaction import Visit

pages = Blueprint("papers", __name__)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: The field by which a signed and sealed paper is handed in (domain.md, G_SEAL).
SEALED_COPY = "sealed_doc"


@dataclass(frozen=True, kw_only=True)
class Place:
    """An open task that takes a file."""

    id: str
    name: str
    element_id: str
    takes_sealed: bool


@page(pages, "/papers/<int:document_id>", access=Access.SIGNED_IN, notes_reading=True)
def download(visit: Visit, document_id: int) -> ResponseReturnValue:
    """A letter from its template, for who may see its case's file."""
    found = paper_page.letter_of(visit.session, visit.person, document_id, settings=visit.edge.settings, now=visit.now)
    return _sent(found)


@page(pages, "/papers/<int:document_id>/print", access=Access.SIGNED_IN, notes_reading=True)
def letter(visit: Visit, document_id: int) -> ResponseReturnValue:
    """A letter as a page to print."""
    settings = visit.edge.settings
    sheet = paper_page.letter_sheet(visit.session, visit.person, document_id, settings=settings, now=visit.now)
    word = url_for("papers.download", document_id=document_id)
    return render_template("paper_letter.html", paper=sheet.words, code=drawn(sheet), word=word)


@page(pages, "/papers/notices/<notice_id>", access=Access.SIGNED_IN, notes_reading=True)
def download_notice(visit: Visit, notice_id: str) -> ResponseReturnValue:
    """The public notice for the board, as its masked text."""
    settings = visit.edge.settings
    return _sent(paper_page.notice_of(visit.session, visit.person, notice_id, settings=settings, now=visit.now))


@page(pages, "/papers/notices/<notice_id>/print", access=Access.SIGNED_IN, notes_reading=True)
def notice(visit: Visit, notice_id: str) -> ResponseReturnValue:
    """The public notice as a page to print."""
    settings = visit.edge.settings
    sheet = paper_page.notice_sheet(visit.session, visit.person, notice_id, settings=settings, now=visit.now)
    word = url_for("papers.download_notice", notice_id=notice_id)
    return render_template("paper_notice.html", paper=sheet.words, code=drawn(sheet), word=word)


@page(pages, "/papers/quarterly/<case_id>", access=Access.SIGNED_IN, notes_reading=True)
def download_quarterly(visit: Visit, case_id: str) -> ResponseReturnValue:
    """A township's quarterly report from its template."""
    settings = visit.edge.settings
    return _sent(paper_page.quarterly_of(visit.session, visit.person, case_id, settings=settings, now=visit.now))


@page(pages, "/papers/quarterly/<case_id>/print", access=Access.SIGNED_IN, notes_reading=True)
def quarterly(visit: Visit, case_id: str) -> ResponseReturnValue:
    """A township's quarterly report as a page to print."""
    settings = visit.edge.settings
    sheet = paper_page.quarterly_sheet(visit.session, visit.person, case_id, settings=settings, now=visit.now)
    word = url_for("papers.download_quarterly", case_id=case_id)
    return render_template("paper_quarterly.html", paper=sheet.words, code=drawn(sheet), word=word)


@page(pages, "/papers/sheets/<task_id>", access=Access.SIGNED_IN, notes_reading=True)
def signing(visit: Visit, task_id: str) -> ResponseReturnValue:
    """The sheet that is signed and sealed for a task, as a page to print."""
    view = task(visit.session, visit.person, task_id)
    if not takes_sealed(visit, view):
        raise NotFound("这项待办不需要盖章件")
    settings = visit.edge.settings
    sheet = paper_page.signing_sheet(visit.session, visit.person, view, settings=settings, now=visit.now)
    return render_template(
        "paper_signing.html",
        title=view.name,
        process=view.process_title,
        subject=view.subject,
        area=PlaceNames(visit.session)(view.place),
        facts=case_facts(visit, view.case_id, view.name),
        code=drawn(sheet),
        task_id=view.id,
    )


def takes_sealed(visit: Visit, view: TaskView) -> bool:
    """Whether the task's form takes a signed and sealed paper."""
    return SEALED_COPY in _files(visit, view)


def _files(visit: Visit, view: TaskView) -> frozenset[str]:
    """The fields of the task's form that take a file."""
    schema = schema_of(visit, view.version_id, view.element_process, view.form)
    return frozenset(str(each.get("key")) for each in components(schema) if each.get("type") == "filepicker")


def drawn(sheet: Sheet) -> Markup:
    """The sheet's code as a drawing within the page."""
    return Markup(segno.make(sheet.address, error="m", micro=False).svg_inline(scale=3, border=2, omitsize=True))  # noqa: S704 - the program's own drawing of its own address


def _sent(found: Letter) -> ResponseReturnValue:
    return send_file(BytesIO(found.content), mimetype=WORD, as_attachment=True, download_name=found.name)


@page(pages, "/q/<code>", access=Access.SIGNED_IN)
def follow(visit: Visit, code: str) -> ResponseReturnValue:
    """From the code on a signed paper to the step that waits for it; where none waits, to what became of it. A wrong
    code and one that is not for this person look alike."""
    try:
        found = paper_page.behind(visit.session, visit.person, code)
    except NotFound:
        return render_template("paper_unknown.html"), HTTPStatus.NOT_FOUND
    places = _places(visit, found)
    wanted = [each for each in places if found.found.is_sheet and each.takes_sealed]
    exact = [each for each in wanted if each.element_id == found.found.element_id] or wanted
    if len(exact) == 1:
        return sent_on(url_for("tasks.show", task_id=exact[0].id, paper="signed"))
    return render_template("paper_found.html", behind=found, places=places)


def _places(visit: Visit, found: Behind) -> list[Place]:
    places = []
    for row in found.waiting:
        files = _files(visit, task(visit.session, visit.person, row["id"]))
        if files:
            sealed = SEALED_COPY in files
            places.append(Place(id=row["id"], name=row["name"], element_id=row["element_id"], takes_sealed=sealed))
    return places
