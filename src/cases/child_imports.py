"""Loading a ledger 台账导入: sound lines become files, the others come back with their reasons, nothing is lost.

A file is taken once: the same bytes sent again by the same person change nothing and show the same report. A child who
is on file already (by id number, or by name, birth and village) is not entered twice, whatever the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, insert, select

from cases.field_checks import sealed_words_problem
from cases.jurisdictions import VILLAGE_DIGITS, subtree
from cases.ledger_columns import COLUMNS, REASON
from cases.ledger_entering import enter_children
from cases.ledger_known import OnFile
from cases.ledger_rows import Allowed, NewChild, check_row
from cases.ledger_sheets import LedgerSheet, SheetRow, read_sheet, write_sheet
from cases.ledger_tables import Outcome, child_import, child_import_row
from engine.access import Actor, covers
from engine.calendar import county_day
from engine.errors import NotAllowed, NotFound
from engine.store import audit
from engine.store.identifiers import new_id
from engine.store.session import Session

#: Who loads a ledger; under protection already are only the children that the county bureau loads.
IMPORTERS = frozenset({"town_officer", "mzj_handler"})
_COUNTY_BUREAU = "mzj_handler"


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
    on_file = OnFile(session, [found for _row, found in checked if isinstance(found, NewChild)], allowed.villages)
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
    entered = enter_children(
        session, {each.row.line: each.child for each in judged if each.child}, actor=actor, now=now
    )
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
