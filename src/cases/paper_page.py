"""Letters for people: as Word files, and the way back from the code on a paper; each for who sees the case's file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases import documents, paper_references, papers
from cases.roles import Sight
from cases.seeing import read_case, require_sight
from engine.access import Actor
from engine.settings import Settings
from engine.store.instance import instance
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter from its template."""

    name: str
    content: bytes


def letter_of(session: Session, actor: Actor, document_id: int, *, settings: Settings, now: datetime) -> Letter:
    """The letter as a Word file; the reading is noted.

    :raises NotFound: there is none, or not for this actor.
    """
    found = documents.find_document(session, document_id)
    read_case(session, actor, found["case_id"], at_least=Sight.FILE, purpose=f"下载文书 {document_id}", now=now)
    made = papers.as_docx(session, document_id, settings=settings, now=now)
    return Letter(name=f"{found['kind']}.docx", content=made)


def instance_behind(session: Session, actor: Actor, code: str) -> str | None:
    """The instance whose step wrote the paper with this code; of a notice the case's latest one. None: the paper stands
    for itself.

    :raises NotFound: no paper has this code, or its case is not for this actor.
    """
    found = paper_references.find(session, code)
    require_sight(session, actor, found.case_id, Sight.FILE)
    if found.instance_id is not None:
        return found.instance_id
    query = select(instance.c.id).where(instance.c.case_id == found.case_id).order_by(instance.c.started_at.desc())
    latest: str | None = session.execute(query.limit(1)).scalar()
    return latest
