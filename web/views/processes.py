"""What process owners see and do: published processes with their versions, upload, check, publish, download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from cases.people import find_person
from engine.access import Permission, allowed
from engine.commands.check_bundle import check_bundle
from engine.commands.deploy import deploy
from engine.definitions.bundle import Bundle
from engine.definitions.gate import FileRefused
from engine.definitions.problem import Problem
from engine.errors import NotFound, Refused
from engine.queries.processes import ProcessRow, VersionRow
from engine.queries.processes import processes as find_processes
from web import diagrams, uploads
from web.answers import sent_on
from web.element_names import ElementNames
from web.language import translate as _
from web.routes import page
from web.transaction import Visit

pages = Blueprint("processes", __name__, url_prefix="/processes")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """An uploaded process and what the check says about it."""

    key: str
    title: str
    draft: str
    problems: tuple[Problem, ...]
    marks: dict[str, Any] | None
    names: Callable[[str], str]  #: an element's name on the diagram

    @property
    def errors(self) -> int:
        return sum(problem.is_error for problem in self.problems)


@page(pages, "", access=Permission.PROCESS_CHECK)
def listing(visit: Visit) -> ResponseReturnValue:
    """The processes with the version in force."""
    rows = [
        {
            "key": process.key,
            "title": process.title,
            "number": process.versions[0].number,
            "version_id": process.versions[0].id,
            "published_at": process.versions[0].published_at,
            "published_by": _publisher(visit, process.versions[0]),
            "versions": len(process.versions),
            "running": sum(version.running for version in process.versions),
        }
        for process in find_processes(visit.session)
    ]
    return render_template("processes.html", processes=rows)


def _publisher(visit: Visit, version: VersionRow) -> str:
    found = find_person(visit.session, version.published_by)
    return found.name if found else _("系统")


@page(pages, "/<process_key>", access=Permission.PROCESS_CHECK)
def show(visit: Visit, process_key: str) -> ResponseReturnValue:
    """One process: diagram, files, versions."""
    process = _find(visit, process_key)
    number = request.args.get("version", type=int) or process.versions[0].number
    version = next((each for each in process.versions if each.number == number), None)
    if version is None:
        raise NotFound(f"没有第 {number} 版")
    bundle = visit.env.library.bundle(visit.session, version.id)
    return render_template(
        "process.html",
        process={"key": process.key, "title": process.title, "number": version.number, "version_id": version.id},
        versions=[
            {
                "id": each.id,
                "number": each.number,
                "published_at": each.published_at,
                "published_by": _publisher(visit, each),
                "running": each.running,
            }
            for each in process.versions
        ],
        files=sorted(bundle.files),
        marks=diagrams.marks(bundle.diagram_bytes, process_key=bundle.key),
    )


def _find(visit: Visit, process_key: str) -> ProcessRow:
    for process in find_processes(visit.session):
        if process.key == process_key:
            return process
    raise NotFound(f"没有流程 {process_key}")


@page(pages, "/versions/<version_id>.zip", access=Permission.PROCESS_CHECK)
def download(visit: Visit, version_id: str) -> ResponseReturnValue:
    """The files of a version."""
    bundle = visit.env.library.bundle(visit.session, version_id)
    name = f"{bundle.key}.zip"
    return send_file(
        BytesIO(uploads.as_zip(bundle)), mimetype="application/zip", as_attachment=True, download_name=name
    )


@page(pages, "/upload", access=Permission.PROCESS_CHECK)
def upload(visit: Visit) -> ResponseReturnValue:  # noqa: ARG001
    """Where a process is uploaded."""
    return render_template("upload.html")


@page(pages, "/check", methods=("POST",), access=Permission.PROCESS_CHECK)
def check(visit: Visit) -> ResponseReturnValue:
    """Check what was uploaded: every problem with its file, its element and the remedy. Publishes nothing."""
    try:
        sent = uploads.read_upload((one.filename or "", one.read()) for one in request.files.getlist("files"))
        bundle = uploads.as_bundle(sent, _library(visit))
    except Refused as refused:
        return render_template("upload.html", refusal=str(refused)), 422
    checked = _checked(visit, bundle)
    page_text = render_template(
        "upload.html", checked=checked, may_publish=allowed(visit.person, Permission.PROCESS_PUBLISH)
    )
    return page_text, 422 if checked.errors else 200


def _library(visit: Visit) -> dict[str, Bundle]:
    return {
        process.key: visit.env.library.bundle(visit.session, process.versions[0].id)
        for process in find_processes(visit.session)
    }


def _checked(visit: Visit, bundle: Bundle) -> Checked:
    problems = check_bundle(visit.env, bundle, actor=visit.person)
    return Checked(
        key=bundle.key,
        title=bundle.manifest.title if bundle.manifest else bundle.key,
        draft=uploads.keep_draft(visit.edge.settings.data_folder, bundle),
        problems=problems,
        marks=_marked(bundle, problems),
        names=_names(bundle),
    )


def _names(bundle: Bundle) -> Callable[[str], str]:
    """The elements' names; their ids where the diagram cannot be read."""
    try:
        return ElementNames(bundle)
    except FileRefused:
        return str


def _marked(bundle: Bundle, problems: tuple[Problem, ...]) -> dict[str, Any] | None:
    """The diagram with its problems, where it can be drawn at all."""
    try:
        drawn = bundle.diagram.drawn
    except FileRefused:
        return None
    if not drawn:
        return None
    at = {each.element_id: each.message for each in problems if each.element_id in drawn and each.element_id}
    return diagrams.marks(bundle.diagram_bytes, process_key=bundle.key, problems=at)


@page(pages, "/publish", methods=("POST",), access=Permission.PROCESS_PUBLISH)
def publish(visit: Visit) -> ResponseReturnValue:
    """Publish a checked draft; it is checked once more."""
    bundle = uploads.find_draft(visit.edge.settings.data_folder, request.form.get("draft", ""))
    version = deploy(visit.session, visit.env, bundle, actor=visit.person, now=visit.now)
    if version.is_new:
        flash(_("已发布第 {number} 版。新的办件按这一版办理。", number=version.number))
    else:
        flash(_("文件与第 {number} 版完全相同,没有产生新版本。", number=version.number))
    return sent_on(url_for("processes.show", process_key=version.key))
