"""The codes on papers: each leads back to the step that wrote the paper, or that waits for it signed and sealed.

A code is a random reference, which says nothing to whoever cannot log in. It stays the same however often the paper is
printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from cases.documents import document
from cases.notices import notice
from engine.errors import NotFound
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

#: A signing sheet belongs to the step of an instance, not to one task: a step that was sent back finds its sheet again.
step_reference = Table(
    "step_reference",
    metadata,
    Column("code", String(26), primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("instance_id", String(40), nullable=False),
    Column("element_id", String(80), nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("instance_id", "element_id", name="uq_step_reference_instance_id"),
)

#: A key of `document` that a form wrote begins so; the task's id follows.
_BY_FORM = "form:"


def reference_of(
    session: Session, *, now: datetime, document_id: int | None = None, notice_id: str | None = None
) -> str:
    """The paper's code: made when it is first put on paper, the same ever after."""
    column, wanted = (paper_reference.c.document_id, document_id)
    if notice_id is not None:
        column, wanted = paper_reference.c.notice_id, notice_id  # type: ignore[assignment]
    new = {"code": new_id(now), "document_id": document_id, "notice_id": notice_id, "made_at": now}
    return _kept(session, paper_reference, new, column == wanted)


def reference_of_step(session: Session, case_id: str, instance_id: str, element_id: str, *, now: datetime) -> str:
    """The code of the sheet that a step waits for."""
    new = {"code": new_id(now), "case_id": case_id, "instance_id": instance_id, "element_id": element_id}
    mine = (step_reference.c.instance_id == instance_id) & (step_reference.c.element_id == element_id)
    return _kept(session, step_reference, {**new, "made_at": now}, mine)


def _kept(session: Session, table: Table, new: dict[str, Any], mine: Any) -> str:
    known = session.scalar(select(table.c.code).where(mine))
    if known is not None:
        return str(known)
    entry = postgresql.insert if session.locks_rows else sqlite.insert
    session.execute(entry(table).on_conflict_do_nothing(), [new])  # two may ask at once
    return str(session.scalar(select(table.c.code).where(mine)))


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a code on a paper leads to."""

    case_id: str
    title: str  #: what the paper is
    document_id: int | None = None
    notice_id: str | None = None
    instance_id: str | None = None  #: None: the paper was not written by a step of a process
    element_id: str | None = None
    is_sheet: bool = False  #: the step waits for this paper, signed and sealed


def find(session: Session, code: str) -> Found:
    """The paper with this code, and the step that wrote it. Whoever calls this asks what the reader may see.

    :raises NotFound: no paper has this code.
    """
    sheet = session.execute(select(step_reference).where(step_reference.c.code == code)).mappings().first()
    if sheet is not None:
        return Found(
            case_id=sheet["case_id"],
            title="签章单",
            instance_id=sheet["instance_id"],
            element_id=sheet["element_id"],
            is_sheet=True,
        )
    row = session.execute(select(paper_reference).where(paper_reference.c.code == code)).mappings().first()
    if row is None:
        raise NotFound("没有此编码的文书")
    return _of_notice(session, row) if row["notice_id"] is not None else _of_document(session, row)


def _of_notice(session: Session, row: RowMapping) -> Found:
    about = session.execute(select(notice.c.case_id, notice.c.notice_no).where(notice.c.id == row["notice_id"])).one()
    return Found(case_id=about.case_id, title=f"公示 {about.notice_no}", notice_id=row["notice_id"])


def _of_document(session: Session, row: RowMapping) -> Found:
    columns = (document.c.case_id, document.c.idempotency_key, document.c.kind)
    written = session.execute(select(*columns).where(document.c.id == row["document_id"])).one()
    step = _step(session, written.case_id, written.idempotency_key)
    return Found(
        case_id=written.case_id,
        title=written.kind,
        document_id=row["document_id"],
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
