"""Exports of the ledger: what leaves the program leaves its rights behind, so a second person stands for it (domain.md
6.1: a second person, a watermark, at most 1 000 rows, a log).

Who keeps the ledger asks with a reason; somebody else who signs for the same place grants or refuses; then the asker
alone takes it away, marked on every page, for some days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Boolean, Column, RowMapping, String, Table, insert, select, true, update

from cases.ledger import Ledger, Scope, ledger, sight_on
from cases.papers import ledger_as_docx
from engine.access import Actor, Sight, covers
from engine.calendar import county_day
from engine.errors import NotAllowed, NotFound, Refused
from engine.settings import Settings
from engine.store import audit
from engine.store.base import Instant, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session

ledger_export = Table(
    "ledger_export",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("place", String(12), nullable=False, index=True),
    Column("scope", String(8), nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("asked_by", String(40), nullable=False),
    Column("asked_name", String(60), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("granted", Boolean, nullable=True),  #: None: nobody decided yet
    Column("decided_by", String(40), nullable=True),
    Column("decided_name", String(60), nullable=True),
    Column("decided_at", Instant, nullable=True),
)

MOST_ROWS = 1_000
VALID_FOR = timedelta(days=7)
REASON_LENGTH = 200
#: Who may ask, and who may grant to somebody else, of ordinary files and of sealed ones.
ASKERS: Mapping[bool, frozenset[str]] = MappingProxyType(
    {False: frozenset({"town_officer", "mzj_handler"}), True: frozenset({"mzj_sealed"})}
)
GRANTERS: Mapping[bool, frozenset[str]] = MappingProxyType(
    {False: frozenset({"town_leader", "town_head", "mzj_leader"}), True: frozenset({"mzj_sealed"})}
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """An export that was asked for, as its reader may use it."""

    row: RowMapping
    may_decide: bool
    may_take: bool


def _holds(actor: Actor, roles: frozenset[str], place: str) -> bool:
    return any(grant.role in roles and covers(grant, place) for grant in actor.grants)


def may_ask(session: Session, actor: Actor, place: str) -> bool:
    """Whether the person keeps this place's ledger and may ask for an export.

    :raises NotAllowed: ledgers are none of the person's business.
    :raises NotFound: there is no such place in the person's area.
    """
    return _holds(actor, ASKERS[sight_on(session, actor, place) is Sight.SEALED], place)


def ask(session: Session, place: str, scope: Scope, *, reason: str, actor: Actor, now: datetime) -> str:
    """Ask for an export; returns its id.

    :raises NotAllowed: the person does not keep this ledger.
    :raises NotFound: there is no such place in the person's area.
    :raises Refused: no reason, or more lines than may leave at once.
    """
    if not may_ask(session, actor, place):
        raise NotAllowed("只有台账经办人可以申请导出")
    if not reason.strip():
        raise Refused("请填写导出的用途")
    found = ledger(session, actor, place, scope, rows=1)
    if found.people > MOST_ROWS:
        raise Refused(f"一次最多导出 {MOST_ROWS} 人,本次有 {found.people} 人。请按乡镇或者村分别申请")
    export_id = new_id(now)
    values = {"id": export_id, "place": place, "scope": scope, "sealed": found.sealed, "asked_by": actor.id}
    words = {"reason": reason.strip()[:REASON_LENGTH], "asked_name": actor.name, "asked_at": now}
    session.execute(insert(ledger_export).values(**values, **words))
    _note(session, "ledger.ask", export_id, actor, now, reason.strip()[:REASON_LENGTH])
    return export_id


def _note(session: Session, action: str, export_id: str, actor: Actor, now: datetime, reason: str) -> None:
    audit.record(session, actor=actor, action=action, target=export_id, now=now, detail={"reason": reason})


def decide(session: Session, export_id: str, *, granted: bool, actor: Actor, now: datetime) -> None:
    """Grant or refuse somebody else's export.

    :raises NotFound: there is none that this person may decide.
    :raises Refused: the own export, or one that was decided before.
    """
    row = _visible(session, actor, export_id)
    if row["asked_by"] == actor.id:
        raise Refused("导出须由另一人审批,不能审批自己的申请")
    if not _holds(actor, GRANTERS[row["sealed"]], row["place"]):
        raise NotFound("没有等您审批的导出申请")
    values = {"granted": granted, "decided_by": actor.id, "decided_name": actor.name, "decided_at": now}
    open_one = (ledger_export.c.id == export_id, ledger_export.c.granted.is_(None))
    if not session.execute(update(ledger_export).where(*open_one).values(**values)).rowcount:
        raise Refused("这个导出申请已经审批过了")
    _note(session, "ledger.grant" if granted else "ledger.refuse", export_id, actor, now, row["reason"])


def _visible(session: Session, actor: Actor, export_id: str) -> RowMapping:
    row = session.execute(select(ledger_export).where(ledger_export.c.id == export_id)).mappings().first()
    roles = ASKERS[row["sealed"]] | GRANTERS[row["sealed"]] if row else frozenset()
    if row is None or not _holds(actor, roles, row["place"]):
        raise NotFound("没有这个导出申请")
    return row


def requests(session: Session, place: str, *, actor: Actor, now: datetime) -> Sequence[Request]:
    """The exports of the place and below it that concern this person, newest first.

    :raises NotAllowed: ledgers are none of the person's business.
    :raises NotFound: there is no such place in the person's area.
    """
    sealed = sight_on(session, actor, place) is Sight.SEALED
    mine = ledger_export.c.asked_by == actor.id
    query = (
        select(ledger_export)
        .where(ledger_export.c.place.startswith(place, autoescape=True), ledger_export.c.sealed.is_(sealed))
        .where(true() if _holds(actor, GRANTERS[sealed], place) else mine)
        .order_by(ledger_export.c.id.desc())
        .limit(20)
    )
    return tuple(_request(row, actor, now) for row in session.execute(query).mappings())


def _request(row: RowMapping, actor: Actor, now: datetime) -> Request:
    own = row["asked_by"] == actor.id
    decides = _holds(actor, GRANTERS[row["sealed"]], row["place"])
    return Request(
        row=row,
        may_decide=row["granted"] is None and not own and decides,
        may_take=own and bool(row["granted"]) and now < row["decided_at"] + VALID_FOR,
    )


def take(session: Session, export_id: str, *, actor: Actor, now: datetime) -> tuple[Ledger, str]:
    """The granted ledger and its watermark, for who asked; noted each time.

    :raises NotFound: there is none of this person's.
    :raises Refused: it was not granted, or too long ago.
    """
    row = _visible(session, actor, export_id)
    if row["asked_by"] != actor.id:
        raise NotFound("没有这个导出申请")
    if not row["granted"]:
        raise Refused("这个导出申请还没有获得批准")
    if now >= row["decided_at"] + VALID_FOR:
        raise Refused(f"批准已超过 {VALID_FOR.days} 天,请重新申请导出")
    found = ledger(session, actor, row["place"], Scope(row["scope"]), rows=MOST_ROWS)
    if found.people > MOST_ROWS:
        raise Refused(f"一次最多导出 {MOST_ROWS} 人,现有 {found.people} 人。请按乡镇或者村分别申请")
    _note(session, "ledger.export", export_id, actor, now, row["reason"])
    return found, f"{actor.name} {county_day(now).isoformat()} {export_id[-6:]}"


def as_file(
    session: Session, export_id: str, *, actor: Actor, settings: Settings, now: datetime
) -> tuple[Ledger, bytes]:
    """The granted ledger as a Word file, for who asked; noted each time.

    :raises NotFound: there is none of this person's.
    :raises Refused: it was not granted, or too long ago; or the county's template cannot be filled in.
    """
    found, mark = take(session, export_id, actor=actor, now=now)
    return found, ledger_as_docx(session, found, watermark=mark, settings=settings, now=now)
