"""Papers for people: as Word files, as pages to print, and the way back from the code on a paper; each for who sees the
case's file. A reading is noted with its purpose."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from cases import documents, notices, papers, quarterly_papers
from cases.case_files import find_case
from cases.paper_references import Found, find, reference_of, reference_of_step
from cases.roles import Sight
from cases.seeing import read_case, require_sight, sight_of
from engine.access import Actor, Permission, Target, allowed
from engine.errors import NotFound
from engine.queries.task import TaskView
from engine.settings import Settings
from engine.store.instance import instance
from engine.store.session import Session
from engine.store.user_task import OPEN, user_task


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A paper as a Word file."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A paper as a page to print."""

    case_id: str
    words: Mapping[str, Any]
    address: str  #: where its code leads


@dataclass(frozen=True, kw_only=True)
class CasePapers:
    """The papers of a case that the reader may see."""

    letters: Sequence[RowMapping] = ()
    notices: Sequence[RowMapping] = ()
    quarterly: bool = False
    on_paper_only: Collection[str] = documents.TELLING  #: kinds that stand on no page beside others: they tell numbers


@dataclass(frozen=True, kw_only=True)
class Behind:
    """What stands behind a code: the paper, and the step that wrote it or waits for it."""

    found: Found
    instance_id: str | None  #: the step's, else the case's latest
    step: RowMapping | None  #: the step's latest task: name, status, closed_at, closed_by_name
    waiting: Sequence[RowMapping]  #: open tasks of the case that the reader may do: id, name, element_id
    is_over: bool  #: the case takes no paper any more


def papers_of_case(session: Session, actor: Actor, case_id: str | None, *, purpose: str, now: datetime) -> CasePapers:
    """The papers of a case, for who sees the file; others get none.

    :raises Refused: no purpose was given.
    """
    if case_id is None or sight_of(session, actor, case_id) < Sight.FILE:
        return CasePapers()
    seen = read_case(session, actor, case_id, at_least=Sight.FILE, purpose=purpose, now=now)
    return CasePapers(
        letters=[row for row in documents.documents_of(session, case_id) if seen >= _needed(row["kind"])],
        notices=notices.notices_of(session, case_id),
        quarterly=quarterly_papers.is_report(session, case_id),
    )


def _needed(kind: str) -> Sight:
    """How much of the case one must see to read a letter of this kind."""
    return Sight.SENSITIVE if kind in documents.TELLING else Sight.FILE


def letter_of(session: Session, actor: Actor, document_id: int, *, settings: Settings, now: datetime) -> Letter:
    """The letter as a Word file.

    :raises NotFound: there is none, or not for this actor.
    """
    found = documents.find_document(session, document_id)
    needed = _needed(found["kind"])
    read_case(session, actor, found["case_id"], at_least=needed, purpose=f"下载文书 {document_id}", now=now)
    made = papers.as_docx(session, document_id, settings=settings, now=now)
    return Letter(name=f"{found['kind']}.docx", content=made)


def letter_sheet(session: Session, actor: Actor, document_id: int, *, settings: Settings, now: datetime) -> Sheet:
    """The letter as a page to print.

    :raises NotFound: there is none, or not for this actor.
    """
    found = documents.find_document(session, document_id)
    needed = _needed(found["kind"])
    read_case(session, actor, found["case_id"], at_least=needed, purpose=f"打印文书 {document_id}", now=now)
    code = reference_of(session, document_id=document_id, now=now)
    words = papers.parts_of(found["body"])
    return Sheet(case_id=found["case_id"], words=words, address=papers.address_of(code, settings))


def notice_of(session: Session, actor: Actor, notice_id: str, *, settings: Settings, now: datetime) -> Letter:
    """The notice as a Word file: its masked text.

    :raises NotFound: there is none, or not for this actor.
    """
    found = notices.find(session, notice_id)
    read_case(session, actor, found["case_id"], at_least=Sight.FILE, purpose=f"下载公示 {found['notice_no']}", now=now)
    made = papers.notice_as_docx(session, notice_id, settings=settings, now=now)
    return Letter(name=f"公示 {found['notice_no']}.docx", content=made)


def notice_sheet(session: Session, actor: Actor, notice_id: str, *, settings: Settings, now: datetime) -> Sheet:
    """The notice as a page to print: its masked text.

    :raises NotFound: there is none, or not for this actor.
    """
    found = notices.find(session, notice_id)
    read_case(session, actor, found["case_id"], at_least=Sight.FILE, purpose=f"打印公示 {found['notice_no']}", now=now)
    code = reference_of(session, notice_id=notice_id, now=now)
    words = papers.notice_words(found)
    return Sheet(case_id=found["case_id"], words=words, address=papers.address_of(code, settings))


def quarterly_of(session: Session, actor: Actor, case_id: str, *, settings: Settings, now: datetime) -> Letter:
    """The quarterly report as a Word file.

    :raises NotFound: the case is no quarterly report, or not for this actor.
    """
    read_case(session, actor, case_id, at_least=Sight.FILE, purpose="下载季度报表", now=now)
    words = quarterly_papers.words_of(session, case_id)
    code = _code_of_report(session, case_id, now)
    content = papers.quarterly_as_docx(session, words, code=code, settings=settings)
    return Letter(name=f"{words['area']}{words['year']}年第{words['quarter']}季度报表.docx", content=content)


def quarterly_sheet(session: Session, actor: Actor, case_id: str, *, settings: Settings, now: datetime) -> Sheet:
    """The quarterly report as a page to print.

    :raises NotFound: the case is no quarterly report, or not for this actor.
    """
    read_case(session, actor, case_id, at_least=Sight.FILE, purpose="打印季度报表", now=now)
    words = quarterly_papers.words_of(session, case_id)
    address = papers.address_of(_code_of_report(session, case_id, now), settings)
    return Sheet(case_id=case_id, words=words, address=address)


def _code_of_report(session: Session, case_id: str, now: datetime) -> str:
    """The report's code leads to the step at which the township's head seals it."""
    instance_id = _latest_instance(session, case_id)
    if instance_id is None:
        raise NotFound(f"办件 {case_id} 没有流程")
    return reference_of_step(session, case_id, instance_id, quarterly_papers.SEALED_AT, now=now)


def signing_sheet(session: Session, actor: Actor, view: TaskView, *, settings: Settings, now: datetime) -> Sheet:
    """The sheet that is signed and sealed for a task; the task was asked for with `engine.queries.task`.

    :raises NotFound: the task belongs to no case of this actor's.
    """
    if view.case_id is None:
        raise NotFound("这项待办没有办件")
    read_case(session, actor, view.case_id, at_least=Sight.FILE, purpose=f"打印签章单:{view.name}", now=now)
    code = reference_of_step(session, view.case_id, view.instance_id, view.element_id, now=now)
    return Sheet(case_id=view.case_id, words={}, address=papers.address_of(code, settings))


def behind(session: Session, actor: Actor, code: str) -> Behind:
    """What the code on a paper leads to.

    :raises NotFound: no paper has this code, or its case is not for this actor; both look alike.
    """
    found = find(session, code)
    require_sight(session, actor, found.case_id, Sight.FILE)
    return Behind(
        found=found,
        instance_id=found.instance_id or _latest_instance(session, found.case_id),
        step=_step_of(session, found),
        waiting=_waiting(session, actor, found.case_id),
        is_over=find_case(session, found.case_id)["closed_at"] is not None,
    )


def _latest_instance(session: Session, case_id: str) -> str | None:
    query = select(instance.c.id).where(instance.c.case_id == case_id).order_by(instance.c.started_at.desc())
    latest: str | None = session.execute(query.limit(1)).scalar()
    return latest


def _step_of(session: Session, found: Found) -> RowMapping | None:
    table = user_task.c
    query = (
        select(table.name, table.status, table.closed_at, table.closed_by_name)
        .where(table.instance_id == found.instance_id, table.element_id == found.element_id)
        .order_by(table.opened_at.desc())
        .limit(1)
    )
    return session.execute(query).mappings().first()


def _waiting(session: Session, actor: Actor, case_id: str) -> Sequence[RowMapping]:
    table = user_task.c
    asked = (table.role, table.place, table.department, table.assignee)
    query = (
        select(table.id, table.name, table.element_id, *asked)
        .join(instance, instance.c.id == table.instance_id)
        .where(instance.c.case_id == case_id, table.status == OPEN)
        .order_by(table.opened_at)
    )
    rows = session.execute(query).mappings()
    return [row for row in rows if allowed(actor, Permission.TASK_WORK, Target(**{c.name: row[c.name] for c in asked}))]
