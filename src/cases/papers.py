"""Letters and notices on paper: Word files, made from the county's templates when somebody asks for them.

The text is the document's own, word for word; a template only lays it out. Each paper carries a code that leads back to
the step that wrote it: a random reference, which says nothing to whoever cannot log in.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import segno
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, RowMapping, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from cases.documents import DocumentKind, document
from cases.letters import chinese_day
from cases.notices import notice
from cases.paper_templates import LETTER, NOTICE, OWN
from engine.calendar import county_day
from engine.errors import NotFound, Refused
from engine.settings import Settings
from engine.store.base import Instant, metadata
from engine.store.identifiers import new_id
from engine.store.instance import instance
from engine.store.job import job
from engine.store.session import Session
from engine.store.user_task import user_task

paper_reference = Table(
    "paper_reference",
    metadata,
    Column("code", String(26), primary_key=True),
    Column("document_id", Integer, ForeignKey("document.id"), nullable=True, unique=True),
    Column("notice_id", String(26), ForeignKey("notice.id"), nullable=True, unique=True),
    Column("made_at", Instant, nullable=False),
    CheckConstraint("(document_id IS NULL) <> (notice_id IS NULL)", name="one_paper"),
)

QR_MILLIMETRES = 22
#: What a template that is broken, or reaches for what it may not, ends in.
_UNUSABLE = (TemplateError, PackageNotFoundError, BadZipFile, XMLSyntaxError, ValueError, KeyError, TypeError)
#: A key of `document` that a form wrote begins so; the task's id follows.
_BY_FORM = "form:"


def as_docx(session: Session, document_id: int, *, settings: Settings, now: datetime) -> bytes:
    """The letter as a Word file. Whoever calls this has asked whether the reader may see the case's file.

    :raises NotFound: no such document.
    :raises Refused: the county's template cannot be filled in; the message says why.
    """
    row = session.execute(select(document).where(document.c.id == document_id)).mappings().first()
    if row is None:
        raise NotFound(f"没有文书 {document_id}")
    code = _reference(session, document_id=document_id, now=now)
    template = _template(settings.data_folder / "templates", f"{_kind_name(row['kind'])}.docx", LETTER)
    return _filled(template, parts_of(row["body"]), code, settings)


def notice_as_docx(session: Session, notice_id: str, *, settings: Settings, now: datetime) -> bytes:
    """The public notice as a Word file, for the board: the masked text that was checked at its draft, and the period.

    :raises NotFound: no such notice.
    :raises Refused: the county's template cannot be filled in; the message says why.
    """
    row = session.execute(select(notice).where(notice.c.id == notice_id)).mappings().first()
    if row is None:
        raise NotFound(f"没有公示 {notice_id}")
    code = _reference(session, notice_id=notice_id, now=now)
    lines = [line for line in row["masked_text"].splitlines() if line.strip()]
    words = {"title": lines[0], "paragraphs": lines[1:-1], "signer": lines[-1], "period": _period(row)}
    return _filled(_template(settings.data_folder / "templates", NOTICE), words, code, settings)


def _period(row: RowMapping) -> str:
    if row["posted_at"] is None or row["notice_until"] is None:
        return "自张贴次日起算"
    return f"自{chinese_day(county_day(row['posted_at']))}起至{chinese_day(row['notice_until'])}24时止"


def parts_of(body: str) -> dict[str, Any]:
    """A letter's text (`letters.py`) in its parts: title and number, addressee and paragraphs, signer and day."""
    head, _, rest = body.partition("\n\n")
    middle, _, tail = rest.rpartition("\n\n")
    title, _, number = head.partition("\n")
    addressee, _, text = middle.partition("\n")
    signer, _, day = tail.partition("\n")
    return {
        "title": title,
        "number": number.removeprefix("编号:"),
        "addressee": addressee.removesuffix(":"),
        "paragraphs": [line for line in text.splitlines() if line.strip()],
        "signer": signer,
        "day": day,
    }


def _kind_name(kind: str) -> str:
    """`decision` for 困境儿童分类保障认定通知书: how the county names a template of that kind alone."""
    return next((each.name.lower() for each in DocumentKind if each == kind), "letter")


def _template(county: Path, *names: str) -> Path:
    """The county's template, of the kind or for all; else the program's own."""
    found = (county / name for name in names if (county / name).is_file())
    return next(found, OWN / names[-1])


def _filled(template: Path, words: Mapping[str, Any], code: str, settings: Settings) -> bytes:
    # A template is designers' text: it may read what it is given and nothing else; what it is given is never markup.
    try:
        made = DocxTemplate(str(template))
        picture = InlineImage(made, _qr(f"{settings.public_address}/q/{code}"), width=Mm(QR_MILLIMETRES))
        made.render({**words, "qr": _Drawn(picture.__html__)}, SandboxedEnvironment(), autoescape=True)
    except _UNUSABLE as error:
        raise Refused(f"文书模板 {template.name} 无法使用: {error}") from error
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


class _Drawn:
    """What draws the picture, and nothing else of it within a template's reach."""

    def __init__(self, draw: Callable[[], str]) -> None:
        self._draw = draw

    def __html__(self) -> str:
        return self._draw()


def _qr(content: str) -> io.BytesIO:
    picture = io.BytesIO()
    segno.make(content, error="m", micro=False).save(picture, kind="png", scale=6, border=2)
    picture.seek(0)
    return picture


def _reference(session: Session, *, now: datetime, document_id: int | None = None, notice_id: str | None = None) -> str:
    """The paper's code: made when it is first put on paper, the same ever after."""
    column, wanted = (paper_reference.c.document_id, document_id)
    if notice_id is not None:
        column, wanted = paper_reference.c.notice_id, notice_id  # type: ignore[assignment]
    known = session.scalar(select(paper_reference.c.code).where(column == wanted))
    if known is not None:
        return str(known)
    insert = postgresql.insert if session.locks_rows else sqlite.insert
    new = {"code": new_id(now), "document_id": document_id, "notice_id": notice_id, "made_at": now}
    session.execute(insert(paper_reference).on_conflict_do_nothing(), [new])  # two may ask at once
    return str(session.scalar(select(paper_reference.c.code).where(column == wanted)))


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a code on a paper leads to."""

    case_id: str
    document_id: int | None
    notice_id: str | None
    instance_id: str | None  #: None: the paper was not written by a step of a process
    element_id: str | None


def find(session: Session, code: str) -> Found:
    """The paper with this code, and the step that wrote it. Whoever calls this asks what the reader may see.

    :raises NotFound: no paper has this code.
    """
    row = session.execute(select(paper_reference).where(paper_reference.c.code == code)).mappings().first()
    if row is None:
        raise NotFound("没有此编码的文书")
    if row["notice_id"] is not None:
        case_id = session.scalar(select(notice.c.case_id).where(notice.c.id == row["notice_id"]))
        return Found(case_id=case_id, document_id=None, notice_id=row["notice_id"], instance_id=None, element_id=None)
    written = session.execute(
        select(document.c.case_id, document.c.idempotency_key).where(document.c.id == row["document_id"])
    ).one()
    step = _step(session, written.case_id, written.idempotency_key)
    return Found(
        case_id=written.case_id,
        document_id=row["document_id"],
        notice_id=None,
        instance_id=step.instance_id if step else None,
        element_id=step.element_id if step else None,
    )


def _step(session: Session, case_id: str, key: str) -> Any:
    """The form or the service call that wrote the document, by the key under which it did so."""
    if key.startswith(_BY_FORM):
        task_id = key.removeprefix(_BY_FORM).partition(":")[0]
        query = select(user_task.c.instance_id, user_task.c.element_id).where(user_task.c.id == task_id)
    else:
        query = (
            select(job.c.instance_id, job.c.element_id)
            .join(instance, instance.c.id == job.c.instance_id)
            .where(instance.c.case_id == case_id, job.c.idempotency_key == key)
        )
    return session.execute(query).first()
