"""Written documents of a case: notices to the applicant, letters, decisions, as rendered Chinese text.

A document is written once per idempotency key, so that a service called twice writes one letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Integer, RowMapping, String, Table, insert, select

from engine.errors import NotFound
from engine.store.base import Instant, metadata
from engine.store.seals import Sealed
from engine.store.session import Session


class DocumentKind(StrEnum):
    """What a document is."""

    SUPPLEMENT = "补正材料一次性告知书"  #: lists every missing paper at once
    LAPSE = "逾期未补正告知书"  #: the papers never came; a new application is allowed
    WITHDRAWAL = "撤回申请确认书"  #: the applicant took the application back
    TRANSFER = "移送告知书"  #: another township is competent
    RETURN = "退回材料及不予认定告知书"  #: reasons, returned papers, both remedies
    EVIDENCE = "补充证据告知书"  #: what evidence is asked for; the time limit stands still
    OBJECTION_REPLY = "公示异议答复书"  #: to a named objector; belongs to the objection's own case
    CONSULT = "暂停计时告知书"  #: a meeting decides; the time limit stands still
    EXIT_REMINDER = "提交在读证明提醒书"  #: thirty days before a proof of schooling is needed
    PROOF_WARNING = "未提交在读证明警示书"  #: from when money is held, and until when the proof may still come
    EXIT_INTENT = "拟退出保障告知书"  #: the guardian is heard before an exit
    EXIT_STOP = "停止保障通知书"  #: reasons, the month, both remedies
    EXIT_CHANGE = "保障类别调整通知书"  #: another category, no month unpaid
    REDO = "重新办理告知书"  #: a ruling set the decision aside; what begins anew, until when
    FILE_HANDOVER = "困境儿童档案移交函"  #: the file goes to where the child's registered residence moved
    RELIEF_REFUSED = "不予临时救助告知书"  #: reasons and both remedies
    OUTBOUND_PACKAGE = "跨省通办申请转送函"  #: to the home county's office: the application and its papers
    OUTBOUND_ANSWER = "跨省通办办理结果告知书"  #: to the applicant: what the home county decided
    DECISION = "困境儿童分类保障认定通知书"  #: recognised


#: Letters from office to office that tell of custody, health or income (L3): the village and the post room read none.
TELLING = frozenset({DocumentKind.FILE_HANDOVER})

document = Table(
    "document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("body", Sealed("document.body"), nullable=False),  # names an objector, a diagnosis
    Column("idempotency_key", String(160), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
)


def written(session: Session, idempotency_key: str) -> bool:
    """Whether a document with this key exists: the service ran before."""
    return (
        session.execute(select(document.c.id).where(document.c.idempotency_key == idempotency_key)).first() is not None
    )


def write(
    session: Session, case_id: str, kind: DocumentKind, body: str, *, idempotency_key: str, now: datetime
) -> None:
    """Write a document; the same key again changes nothing."""
    if written(session, idempotency_key):
        return
    session.execute(
        insert(document).values(case_id=case_id, kind=kind, body=body, idempotency_key=idempotency_key, created_at=now)
    )


def documents_of(session: Session, case_id: str) -> Sequence[RowMapping]:
    """The case's documents in the order they were written."""
    rows = session.execute(select(document).where(document.c.case_id == case_id).order_by(document.c.id))
    return tuple(rows.mappings())


def find_document(session: Session, document_id: int) -> RowMapping:
    """One document.

    :raises NotFound: there is none with this number.
    """
    row = session.execute(select(document).where(document.c.id == document_id)).mappings().first()
    if row is None:
        raise NotFound(f"没有文书 {document_id}")
    return row
