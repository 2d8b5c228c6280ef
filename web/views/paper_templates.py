"""The papers' templates in the browser: what stands, its file, a check without consequences, a new version, an old one
put back."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from cases import template_versions
from cases.template_checks import ALWAYS, MAX_BYTES, problems, words_of
from cases.template_versions import TITLES
from engine.access import Permission
from engine.errors import NotFound, Refused
from web.answers import sent_on
from web.language import translate as _
from web.routes import page
from web.transaction import Visit
from web.views.papers import WORD

pages = Blueprint("paper_templates", __name__, url_prefix="/templates")


@page(pages, "", access=Permission.PROCESS_PUBLISH)
def listing(visit: Visit) -> ResponseReturnValue:
    """Every kind of paper with the template that stands."""
    rows = template_versions.listed(visit.session, visit.edge.settings, actor=visit.person)
    return render_template("paper_templates.html", rows=rows)


@page(pages, "/<name>", access=Permission.PROCESS_PUBLISH)
def show(visit: Visit, name: str) -> ResponseReturnValue:
    """One template: its placeholders, its versions, the upload."""
    return _shown(visit, name), 200


def _shown(visit: Visit, name: str, **more: object) -> str:
    versions = template_versions.versions(visit.session, name, actor=visit.person)
    words = words_of(name)
    return render_template(
        "paper_template.html",
        name=name,
        title=TITLES[name],
        versions=versions,
        needed=sorted(words.needed),
        known=sorted({*words.sample, *ALWAYS} - words.needed),
        **more,
    )


@page(pages, "/<name>/file", access=Permission.PROCESS_PUBLISH)
def download(visit: Visit, name: str) -> ResponseReturnValue:
    """The template's file, of a version or of what stands now."""
    number = request.args.get("version", type=int)
    found = template_versions.content_of(visit.session, visit.edge.settings, name, number, actor=visit.person)
    return send_file(BytesIO(found.content), mimetype=WORD, as_attachment=True, download_name=name)


@page(pages, "/<name>/check", methods=("POST",), access=Permission.PROCESS_PUBLISH)
def check(visit: Visit, name: str) -> ResponseReturnValue:
    """Say what is wrong with a file; changes nothing."""
    content = _content(name)
    wrong = problems(name, content)
    return _shown(visit, name, checked=True, problems=wrong), 422 if wrong else 200


def _content(name: str) -> bytes:
    if name not in TITLES:
        raise NotFound(f"没有文书模板 {name}")
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused("没有收到文件,请选择一个 .docx 文件")
    content: bytes = sent.read(MAX_BYTES + 1)
    return content


@page(pages, "/<name>", methods=("POST",), access=Permission.PROCESS_PUBLISH)
def enter(visit: Visit, name: str) -> ResponseReturnValue:
    """Make a file the template from now on; one that cannot be is refused with all that is wrong."""
    content = _content(name)
    wrong = problems(name, content)
    if wrong:
        return _shown(visit, name, checked=True, problems=wrong), 422
    note = request.form.get("note", "")
    number = template_versions.enter_version(visit.session, name, content, note=note, actor=visit.person, now=visit.now)
    flash(_("模板已启用第 {number} 版。此后的文书按它制作。", number=number))
    return sent_on(url_for("paper_templates.show", name=name))


@page(pages, "/<name>/back", methods=("POST",), access=Permission.PROCESS_PUBLISH)
def put_back(visit: Visit, name: str) -> ResponseReturnValue:
    """Let an earlier version stand again, or the program's own."""
    given = request.form.get("version", "")
    if given and not given.isdigit():
        raise Refused("版本号不对,请从页面上选择")
    number = template_versions.put_back(
        visit.session,
        name,
        int(given) if given else None,
        reason=request.form.get("reason", ""),
        actor=visit.person,
        now=visit.now,
    )
    flash(_("模板已恢复,记为第 {number} 版。", number=number))
    return sent_on(url_for("paper_templates.show", name=name))
