"""Loading a ledger 台账导入: sound lines become files, the others come back with their reasons, nothing is lost.

A file is taken once: the same bytes sent again by the same person change nothing and show the same report. A child who
is on file already (by id number, or by name, birth and village) is not entered twice, whatever the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, RowMapping, String, Table, UniqueConstraint, insert, select

from cases import children
from cases.case_facts import primary_category
from cases.children import child, child_education, guardian
from cases.field_checks import sealed_words_problem
from cases.jurisdictions import VILLAGE_DIGITS, subtree, town_of
from cases.ledger_columns import COLUMNS, REASON
from cases.ledger_rows import Allowed, NewChild, check_row
from cases.ledger_sheets import LedgerSheet, SheetRow, read_sheet, write_sheet
from cases.search import search_key
from engine.access import Actor, covers
from engine.calendar import county_day
from engine.errors import NotAllowed, NotFound
from engine.store import audit
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.seals import SealedJson
from engine.store.session import Session

#: Who loads a ledger; under protection already are only the children that the county bureau loads.
IMPORTERS = frozenset({"town_officer", "mzj_handler"})
_COUNTY_BUREAU = "mzj_handler"
#: So many names are looked for at once.
_CHUNK = 400


class Outcome(StrEnum):
    """What became of a line."""

    ENTERED = "已导入"
    KNOWN = "重复"  #: the child is on file, or stands twice in the sheet
    RETURNED = "退回"  #: something in the line is wrong


child_import = Table(
    "child_import",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("headings", Json, nullable=False),
    Column("left_out", Json, nullable=False),  #: columns that held something and are not read
    Column("entered", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
    Column("loaded_by", String(40), nullable=False),
    Column("loaded_at", Instant, nullable=False),
    UniqueConstraint("sha256", "loaded_by"),
)

child_import_row = Table(
    "child_import_row",
    metadata,
    Column("import_id", String(26), ForeignKey("child_import.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("outcome", String(8), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=True),
    #: What the line said, of one that was not entered: it may hold what may not stand readable.
    Column("cells", SealedJson("child_import_row.cells"), nullable=True),
)
Index("ix_child_import_loaded_by_loaded_at", child_import.c.loaded_by, child_import.c.loaded_at)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a file."""

    row: RowMapping
    not_entered: Sequence[RowMapping]  #: in the order of the sheet


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """A line and what becomes of it."""

    row: SheetRow
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    child: NewChild | None = None


def may_import(actor: Actor) -> bool:
    """Whether the actor loads ledgers."""
    return any(grant.role in IMPORTERS for grant in actor.grants)


def import_ledger(session: Session, *, name: str, content: bytes, actor: Actor, now: datetime) -> str:
    """Load a file and return the id of its report; the same file again is the same report and enters nobody.

    :raises NotAllowed: the actor loads no ledgers.
    :raises Refused: the file as a whole cannot be read; the sentence says why and what to do.
    """
    if not may_import(actor):
        raise NotAllowed("只有乡镇儿童督导员和县民政局经办人可以导入台账")
    digest = hashlib.sha256(content).hexdigest()
    known = session.scalar(
        select(child_import.c.id).where(child_import.c.sha256 == digest, child_import.c.loaded_by == actor.id)
    )
    if known is not None:
        return str(known)
    sheet = read_sheet(content)
    judged = _judge(session, sheet, actor, county_day(now))
    return _keep(session, sheet, judged, name=name, digest=digest, actor=actor, now=now)


def _judge(session: Session, sheet: LedgerSheet, actor: Actor, today: date) -> Sequence[_Judged]:
    allowed = _allowed(session, actor, today)
    checked = [(row, _checked(row, allowed)) for row in sheet.rows]
    on_file = _OnFile(session, [found for _row, found in checked if isinstance(found, NewChild)], allowed.villages)
    judged = []
    for row, found in checked:
        if not isinstance(found, NewChild):
            judged.append(_Judged(row=row, outcome=Outcome.RETURNED, reasons=found))
        elif why := on_file.known(found, row.line):
            judged.append(_Judged(row=row, outcome=Outcome.KNOWN, reasons=(why,)))
        else:
            judged.append(_Judged(row=row, outcome=Outcome.ENTERED, child=found))
    return judged


def _checked(row: SheetRow, allowed: Allowed) -> NewChild | tuple[str, ...]:
    """A word of HIV in any column, read or not, sends the whole line back."""
    sealed = next((problem for cell in row.whole if (problem := sealed_words_problem(cell)) is not None), None)
    return (f"表中{sealed}",) if sealed is not None else check_row(row.cells, allowed)


def _allowed(session: Session, actor: Actor, today: date) -> Allowed:
    known = frozenset(each.code for each in subtree(session, digits=VILLAGE_DIGITS))
    grants = [grant for grant in actor.grants if grant.role in IMPORTERS]
    return Allowed(
        known=known,
        villages=frozenset(code for code in known if any(covers(grant, code) for grant in grants)),
        covered=any(grant.role == _COUNTY_BUREAU for grant in grants),
        today=today,
    )


class _OnFile:
    """Who is on file already, and who stood in the sheet before. Sealed files are not looked at: nobody learns of one
    by loading a ledger (M2)."""

    def __init__(self, session: Session, told: Iterable[NewChild], villages: frozenset[str]) -> None:
        told = tuple(told)
        self._villages = villages
        self._cards: dict[str, str] = {}
        self._people: dict[tuple[str, date | None, str], str] = {}
        for chunk in _chunks(sorted({each.name for each in told} | {each.idcard or "" for each in told})):
            rows = session.execute(
                select(child.c.idcard, child.c.name, child.c.birth, child.c.hukou_code, child.c.archive_no).where(
                    child.c.sealed_hiv.is_(False), child.c.name.in_(chunk) | child.c.idcard.in_(chunk)
                )
            )
            for row in rows:
                where = self._where(row.hukou_code, row.archive_no)
                self._people.setdefault((row.name, row.birth, row.hukou_code), where)
                if row.idcard:
                    self._cards[row.idcard] = where

    def _where(self, place: str, archive_no: str) -> str:
        """Of a child of another area only that there is a file."""
        return f"已有档案 {archive_no}" if place in self._villages else "在本县其他乡镇已有档案,请与县民政局核对"

    def known(self, told: NewChild, line: int) -> str | None:
        """Why the line enters nobody; else it is remembered."""
        person = (told.name, told.birth, told.hukou_code)
        if told.idcard in self._cards:
            return f"身份证号{self._cards[told.idcard]}"
        if person in self._people:
            return f"同名、同生日、同村的儿童{self._people[person]};确为两名儿童的,请逐个登记"
        self._people[person] = f"在本表第 {line} 行已填"
        if told.idcard:
            self._cards[told.idcard] = f"在本表第 {line} 行已填"
        return None


def _chunks(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[first : first + _CHUNK] for first in range(0, len(names), _CHUNK))


def _keep(
    session: Session,
    sheet: LedgerSheet,
    judged: Sequence[_Judged],
    *,
    name: str,
    digest: str,
    actor: Actor,
    now: datetime,
) -> str:
    import_id = new_id(now)
    counts = {outcome: sum(1 for each in judged if each.outcome is outcome) for outcome in Outcome}
    session.execute(
        insert(child_import).values(
            id=import_id,
            sha256=digest,
            name=name[:120],
            headings=list(sheet.headings),
            left_out=_left_out(sheet),
            entered=counts[Outcome.ENTERED],
            known=counts[Outcome.KNOWN],
            returned=counts[Outcome.RETURNED],
            loaded_by=actor.id,
            loaded_at=now,
        )
    )
    entered = _enter(session, [each for each in judged if each.child is not None], actor, now)
    session.execute(
        insert(child_import_row),
        [
            {
                "import_id": import_id,
                "line": each.row.line,
                "outcome": each.outcome,
                "reasons": list(each.reasons),
                "child_id": entered.get(each.row.line),
                "cells": None if each.child is not None else list(each.row.whole),
            }
            for each in judged
        ],
    )
    detail = {outcome.value: number for outcome, number in counts.items()}
    audit.record(session, actor=actor, action="child.import", target=import_id, now=now, detail=detail)
    return import_id


def _left_out(sheet: LedgerSheet) -> list[str]:
    """Headings of columns that hold something and are not read."""
    unread = {column.heading for column in COLUMNS if not column.comes_in}
    return [
        heading
        for at, heading in enumerate(sheet.headings)
        if heading in unread and any(len(row.whole) > at and row.whole[at] for row in sheet.rows)
    ]


def _enter(session: Session, judged: Sequence[_Judged], actor: Actor, now: datetime) -> Mapping[int, str]:
    """Open the files, all at once; line to the child's id."""
    if not judged:
        return {}
    told = [(each.row.line, each.child) for each in judged if each.child is not None]
    numbers = children.archive_numbers(session, told[0][1].hukou_code, county_day(now))
    ids = {line: new_id(now) for line, _new in told}
    files = [_file(new, ids[line], number, actor, now) for (line, new), number in zip(told, numbers, strict=False)]
    session.execute(insert(child), files)
    carers = [{"child_id": ids[line], "is_current": True, **new.guardian} for line, new in told if new.guardian]
    if carers:
        session.execute(insert(guardian), carers)
    schools = [
        {"child_id": ids[line], "stage": None, "school": None, **new.schooling} for line, new in told if new.schooling
    ]
    if schools:
        session.execute(insert(child_education), schools)
    return ids


def _file(new: NewChild, child_id: str, archive_no: str, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "id": child_id,
        "archive_no": archive_no,
        "name": new.name,
        "idcard": new.idcard,
        "no_id_reason": None if new.idcard else new.no_id_reason,
        "sex": new.sex,
        "birth": new.birth,
        "ethnic": new.ethnic,
        "hukou_code": new.hukou_code,
        "town_code": town_of(new.hukou_code),
        "live_address": new.live_address,
        "categories": list(new.categories),
        "primary_category": primary_category(new.categories),
        "status": new.status,
        "enrolled_on": new.enrolled_on,
        "effective_month": new.effective_month,
        "sealed_hiv": False,
        "no_publicity": False,
        "search_key": search_key(new.name),
        "demo": False,
        "created_at": now,
        "created_by": actor.id,
        "updated_at": now,
        "version": 1,
    }


def imports_of(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """The files that the actor loaded, the latest first."""
    rows = session.execute(
        select(child_import)
        .where(child_import.c.loaded_by == actor.id)
        .order_by(child_import.c.loaded_at.desc())
        .limit(20)
    )
    return tuple(rows.mappings())


def report_of(session: Session, actor: Actor, import_id: str) -> Report:
    """What became of a file, for whoever loaded it.

    :raises NotFound: there is none, or somebody else loaded it.
    """
    row = (
        session.execute(
            select(child_import).where(child_import.c.id == import_id, child_import.c.loaded_by == actor.id)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound(f"没有导入 {import_id}")
    lines = session.execute(
        select(child_import_row)
        .where(child_import_row.c.import_id == import_id, child_import_row.c.outcome != Outcome.ENTERED)
        .order_by(child_import_row.c.line)
    )
    return Report(row=row, not_entered=tuple(lines.mappings()))


def returned_sheet(session: Session, actor: Actor, import_id: str) -> bytes:
    """The lines that were not entered, as they came, with the reasons beside: to be mended and loaded again.

    :raises NotFound: there is none, or somebody else loaded it.
    """
    report = report_of(session, actor, import_id)
    headings = [heading for heading in report.row["headings"] if heading != REASON]
    kept = [at for at, heading in enumerate(report.row["headings"]) if heading != REASON]
    rows = [
        [*(row["cells"][at] if at < len(row["cells"]) else "" for at in kept), ";".join(row["reasons"])]
        for row in report.not_entered
    ]
    return write_sheet([*headings, REASON], rows, title="退回的行")
