"""Papers: letters, notices, ledgers and quarterly reports as Word files, made from the county's templates when somebody
asks for them.

The text is the document's own, word for word; a template only lays it out. Whoever calls a function here has asked what
the reader may see.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from cases import notices
from cases.documents import DocumentKind, find_document
from cases.ledger import Ledger
from cases.letters import chinese_day
from cases.paper_filling import filled
from cases.paper_references import reference_of
from cases.paper_templates import LEDGER, LETTER, NOTICE, QUARTERLY
from cases.template_versions import in_force
from engine.calendar import county_day
from engine.settings import Settings
from engine.store.session import Session


def as_docx(session: Session, document_id: int, *, settings: Settings, now: datetime) -> bytes:
    """The letter as a Word file.

    :raises NotFound: no such document.
    :raises Refused: the county's template cannot be filled in; the message says why.
    """
    row = find_document(session, document_id)
    code = reference_of(session, document_id=document_id, now=now)
    template = in_force(session, settings, f"{_kind_name(row['kind'])}.docx", LETTER)
    return filled(template, parts_of(row["body"]), address=address_of(code, settings))


def notice_as_docx(session: Session, notice_id: str, *, settings: Settings, now: datetime) -> bytes:
    """The public notice as a Word file, for the board: the masked text that was checked at its draft, and the period.

    :raises NotFound: no such notice.
    :raises Refused: the county's template cannot be filled in; the message says why.
    """
    words = notice_words(notices.find(session, notice_id))
    code = reference_of(session, notice_id=notice_id, now=now)
    return filled(in_force(session, settings, NOTICE), words, address=address_of(code, settings))


def ledger_as_docx(session: Session, found: Ledger, *, watermark: str, settings: Settings, now: datetime) -> bytes:
    """A ledger as a Word file, marked on every page.

    :raises Refused: the county's template cannot be filled in; the message says why.
    """
    words = {
        "title": "困境儿童信息台账",
        "area": found.area,
        "day": chinese_day(county_day(now)),
        "people": str(found.people),
        "rows": found.lines,
    }
    return filled(in_force(session, settings, LEDGER), words, watermark=watermark)


def quarterly_as_docx(session: Session, words: Mapping[str, Any], *, code: str, settings: Settings) -> bytes:
    """A quarterly report as a Word file.

    :raises Refused: the county's template cannot be filled in; the message says why.
    """
    return filled(in_force(session, settings, QUARTERLY), words, address=address_of(code, settings))


def address_of(code: str, settings: Settings) -> str:
    """Where a code on a paper leads."""
    return f"{settings.public_address}/q/{code}"


def notice_words(row: RowMapping) -> dict[str, Any]:
    """A notice's text in its parts; nothing stands there that the masked text does not say."""
    lines = [line for line in row["masked_text"].splitlines() if line.strip()]
    return {"title": lines[0], "paragraphs": lines[1:-1], "signer": lines[-1], "period": _period(row)}


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
