"""The child's file 儿童档案: one child, one file (一人一档案, domain.md 5).

What is sensitive (health, schooling, parents) stands in tables of its own, so that a page that may not show it does
not read it. Of a sealed file the row holds a code and what the processes decide by: who the child is stands in
`sealed_records`, under a key of its own, and a constraint keeps it out of here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import count

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
    false,
    func,
    insert,
    literal_column,
    select,
    update,
)

from cases import sealed_records
from cases.jurisdictions import county_of, town_of
from cases.privacy import sealed_code
from cases.sealed_records import KEPT_HERE, SealedIdentity
from cases.veils import veil
from engine.store.base import Instant, Json, metadata
from engine.store.identifiers import new_id
from engine.store.session import Session
from engine.store.veils import Veiled


class ChildStatus(StrEnum):
    """Where a child stands in the county's protection."""

    SURVEYED = "摸底登记"  #: known from the survey only
    APPLYING = "申请中"  #: an application is open
    PENDING = "保障中(待落实)"  #: recognised; the first payment has not begun
    PROTECTED = "保障中"  #: recognised and cared for
    LEFT = "退出"  #: no longer covered
    MOVED = "转出"  #: the household moved away
    DECEASED = "死亡"  #: the child died


#: A child whose protection is over: its file is only read (6.3).
OVER: frozenset[ChildStatus] = frozenset({ChildStatus.LEFT, ChildStatus.MOVED, ChildStatus.DECEASED})
#: A child whose case goes on, whether or not its instance has ended: it is being recognised, or protected.
IN_HAND: frozenset[ChildStatus] = frozenset({ChildStatus.APPLYING, ChildStatus.PENDING, ChildStatus.PROTECTED})

child = Table(
    "child",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("archive_no", String(20), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("idcard", String(18), nullable=True),
    Column("no_id_reason", String(100), nullable=True),
    Column("sex", String(2), nullable=True),
    Column("birth", Date, nullable=True),
    Column("ethnic", String(20), nullable=True),
    Column("hukou_code", String(12), nullable=False, index=True),
    Column("town_code", String(9), nullable=False, index=True),
    Column("live_code", String(12), nullable=True),
    Column("live_address", String(240), nullable=True),
    Column("phone", String(20), nullable=True),
    Column("categories", Json, nullable=False),
    Column("primary_category", String(4), nullable=True),
    Column("status", String(20), nullable=False),
    Column("enrolled_on", Date, nullable=True),
    Column("effective_month", String(7), nullable=True),
    Column("stop_month", String(7), nullable=True),
    Column("next_review_on", Date, nullable=True),
    Column("pay_hold_from", String(7), nullable=True),  #: the first month held back: the yearly proof is missing
    Column("sealed_hiv", Boolean, nullable=False),
    Column("no_publicity", Boolean, nullable=False),
    Column("officer_id", String(40), nullable=True),
    Column("search_key", String(1000), nullable=False, server_default=""),
    Column("demo", Boolean, nullable=False),
    Column("archived", Boolean, nullable=False, server_default=false()),
    Column("disposed", Boolean, nullable=False, server_default=false()),  #: `cases.disposals`: only numbers are left
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(40), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    #: A child may have a sealed file beside the ordinary one, of which nobody learns by a refusal (M2).
    UniqueConstraint("idcard", "sealed_hiv"),
    #: Whatever writes here: the row of a sealed file says a code, and not who or where.
    CheckConstraint(
        "NOT sealed_hiv OR (idcard IS NULL AND live_address IS NULL AND phone IS NULL AND ethnic IS NULL "
        "AND no_id_reason IS NULL AND search_key = '' AND name LIKE '涉密件%')",
        name="sealed_is_coded",
    ),
)

# The ledger's order within each thing that it is narrowed to. PostgreSQL has one more, by the words of `search_key`
# (`store.words`), which no other database has.
for _column in ("hukou_code", "town_code", "primary_category", "status"):
    Index(f"ix_child_{_column}_archive_no", child.c[_column], child.c.archive_no)
#: As written, not bound: only so does a planner match an index by an expression.
ID_TAIL = func.substr(child.c.idcard, literal_column("15"), literal_column("4"))
Index("ix_child_last_four", ID_TAIL)

child_health = Table(
    "child_health",
    metadata,
    Column("child_id", String(40), ForeignKey("child.id"), primary_key=True),
    Column("disability_kind", String(12), nullable=True),
    Column("disability_level", Integer, nullable=True),
    Column("disability_cert_no", Veiled("child_health.disability_cert_no"), nullable=True),
    Column("illness_name", Veiled("child_health.illness_name"), nullable=True),
    Column("hospital", Veiled("child_health.hospital"), nullable=True),
    Column("insured", Boolean, nullable=True),
    Column("cert_valid_to", Date, nullable=True),  #: the disability certificate's last day
)

child_education = Table(
    "child_education",
    metadata,
    Column("child_id", String(40), ForeignKey("child.id"), primary_key=True),
    Column("stage", String(12), nullable=True),
    Column("school", Veiled("child_education.school"), nullable=True),
    Column("student_no", Veiled("child_education.student_no"), nullable=True),
    Column("enrol_status", String(12), nullable=True),
    Column("expected_graduation", Date, nullable=True),
)

guardian = Table(
    "guardian",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False, index=True),
    Column("name", Veiled("guardian.name"), nullable=False),
    Column("idcard", Veiled("guardian.idcard"), nullable=True),
    Column("phone", Veiled("guardian.phone"), nullable=True),
    Column("relation", String(20), nullable=False),
    Column("is_current", Boolean, nullable=False),
)

parent_status = Table(
    "parent_status",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("child_id", String(40), ForeignKey("child.id"), nullable=False),
    Column("which", String(2), nullable=False),
    Column("name", Veiled("parent_status.name"), nullable=True),
    Column("idcard", Veiled("parent_status.idcard"), nullable=True),
    Column("status", String(20), nullable=False),
    Column("start_date", Date, nullable=True),
    Column("end_date", Date, nullable=True),
    Column("cert_valid_to", Date, nullable=True),  #: the last day of the parent's disability certificate
    Column("verified_by", String(60), nullable=True),  #: the body whose records bear status and days out
    Column("verified_at", Instant, nullable=True),
    UniqueConstraint("child_id", "which"),
)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Which body says from its records what became of a parent, and when it said so."""

    by: str
    at: datetime


def open_file(
    session: Session,
    *,
    name: str,
    idcard: str | None,
    birth: date | None,
    sex: str | None,
    hukou_code: str,
    search_key: str,
    actor_id: str,
    now: datetime,
    day: date,
    no_id_reason: str | None = None,
    ethnic: str | None = None,
    live_address: str | None = None,
    demo: bool = False,
    sealed: bool = False,
) -> str:
    """Open a child's file and return its id; `day` is the county's calendar day, which numbers the archive. Of a
    sealed file the row gets a code and belongs to the county; who it is goes into the sealed record."""
    child_id = new_id(now)
    own: dict[str, object] = {"name": name, "idcard": idcard, "no_id_reason": no_id_reason, "ethnic": ethnic}
    own |= {"hukou_code": hukou_code, "live_address": live_address}
    session.execute(
        insert(child).values(
            id=child_id,
            archive_no=next(archive_numbers(session, hukou_code, day)),
            sex=sex,
            birth=birth,
            categories=[],
            status=ChildStatus.APPLYING,
            sealed_hiv=sealed,
            no_publicity=False,
            demo=demo,
            created_at=now,
            created_by=actor_id,
            updated_at=now,
            version=1,
            town_code=town_of(hukou_code),
            **(coded(child_id, hukou_code) if sealed else {**own, "search_key": search_key}),
        )
    )
    if sealed:
        sealed_records.keep(session, child_id, SealedIdentity(birth=birth, **own), now=now)  # type: ignore[arg-type]
    return child_id


def coded(child_id: str, hukou_code: str) -> dict[str, object]:
    """What the row of a sealed file says in the place of who and where: the county, not the village. The township
    stays, by whose quarter its visits are opened."""
    return {"name": sealed_code(child_id), "hukou_code": county_of(hukou_code), "search_key": ""}


def archive_numbers(session: Session, hukou_code: str, day: date) -> Iterator[str]:
    """The next numbers of the archive: county, year and a running number, e.g. 519927-2025-00017; unique by the
    column's constraint."""
    prefix = f"{county_of(hukou_code)}-{day.year}-"
    last = session.execute(
        select(func.max(child.c.archive_no)).where(child.c.archive_no.startswith(prefix, autoescape=True))
    ).scalar()
    first = int(last.removeprefix(prefix)) + 1 if last else 1
    return (f"{prefix}{number:05d}" for number in count(first))


def find_by_idcard(session: Session, idcard: str, *, sealed: bool = False) -> RowMapping | None:
    """The file with exactly this id number: for writing, never for a search page. Whoever does not write a sealed file
    does not find one (M2)."""
    if sealed:
        return _first_of(session, sealed_records.children_with(session, idcard))
    query = select(child).where(child.c.idcard == idcard, child.c.sealed_hiv.is_(False))
    return session.execute(query).mappings().first()


def _first_of(session: Session, ids: tuple[str, ...]) -> RowMapping | None:
    return find_child(session, ids[0]) if ids else None


def find_by_archive(session: Session, archive_no: str) -> RowMapping | None:
    """The file with this number, sealed ones too: whoever asks must look whether the actor may know of it."""
    return session.execute(select(child).where(child.c.archive_no == archive_no)).mappings().first()


def find_unnumbered(
    session: Session, *, name: str, birth: date | None, hukou_code: str, sealed: bool = False
) -> RowMapping | None:
    """The file of a child without an id number, by name, birth and village; a sealed one as in `find_by_idcard`."""
    if sealed:
        known = sealed_records.children_described(session, name=name, birth=birth, hukou_code=hukou_code)
        return _first_of(session, known)
    query = select(child).where(
        child.c.idcard.is_(None),
        child.c.sealed_hiv.is_(False),
        child.c.name == name,
        child.c.birth == birth,
        child.c.hukou_code == hukou_code,
    )
    return session.execute(query).mappings().first()


def find_child(session: Session, child_id: str) -> RowMapping | None:
    """The child's file by its id."""
    return session.execute(select(child).where(child.c.id == child_id)).mappings().first()


def change(session: Session, child_id: str, *, now: datetime, **values: object) -> None:
    """Set columns of the file; the version counts up. What a sealed file keeps in its record is set there."""
    kept = {name: values.pop(name) for name in KEPT_HERE & values.keys()}
    if kept and session.scalar(select(child.c.sealed_hiv).where(child.c.id == child_id)):
        sealed_records.change(session, child_id, kept, now=now)
    else:
        values |= kept
    session.execute(
        update(child).where(child.c.id == child_id).values(**values, updated_at=now, version=child.c.version + 1)
    )


def set_guardian(
    session: Session, child_id: str, *, name: str, idcard: str | None, phone: str | None, relation: str
) -> None:
    """Make this person the current guardian; the earlier one stays in the file."""
    session.execute(update(guardian).where(guardian.c.child_id == child_id).values(is_current=False))
    told = veil(session, guardian, {"name": name, "idcard": idcard, "phone": phone}, child_id=child_id)
    session.execute(insert(guardian).values(child_id=child_id, relation=relation, is_current=True, **told))


def current_guardian(session: Session, child_id: str) -> RowMapping | None:
    """Who looks after the child now."""
    return (
        session.execute(
            select(guardian)
            .where(guardian.c.child_id == child_id, guardian.c.is_current.is_(True))
            .order_by(guardian.c.id.desc())
        )
        .mappings()
        .first()
    )


def set_parent(session: Session, child_id: str, which: str, *, proof: Proof | None = None, **values: object) -> None:
    """Write what is known of the father (父) or the mother (母). Without a proof it is somebody's word: told again
    without days, it takes nothing from what was proved (its end opens the examination of ground 4)."""
    row = (
        session.execute(
            select(parent_status).where(parent_status.c.child_id == child_id, parent_status.c.which == which)
        )
        .mappings()
        .first()
    )
    found = row["id"] if row is not None else None
    days = ("start_date", "end_date")
    if proof is not None:
        values |= {"verified_by": proof.by, "verified_at": proof.at}
    elif (
        row is not None
        and row["verified_by"]
        and row["status"] == values.get("status")
        and not any(map(values.get, days))
    ):
        values = {name: value for name, value in values.items() if name not in days}
    elif "status" in values:
        values |= {"verified_by": None, "verified_at": None}
    told = veil(session, parent_status, values, child_id=child_id)
    if found is None:
        session.execute(insert(parent_status).values(child_id=child_id, which=which, **told))
    else:
        session.execute(update(parent_status).where(parent_status.c.id == found).values(**told))


def parents(session: Session, child_id: str) -> Mapping[str, RowMapping]:
    """What is known of both parents, by 父 and 母."""
    rows = session.execute(select(parent_status).where(parent_status.c.child_id == child_id)).mappings()
    return {row["which"]: row for row in rows}


def set_health(session: Session, child_id: str, **values: object) -> None:
    """Write health columns (L3)."""
    _upsert(session, child_health, child_id, values)


def set_education(session: Session, child_id: str, **values: object) -> None:
    """Write schooling columns."""
    _upsert(session, child_education, child_id, values)


def _upsert(session: Session, table: Table, child_id: str, values: Mapping[str, object]) -> None:
    told = veil(session, table, values, child_id=child_id)
    changed = session.execute(update(table).where(table.c.child_id == child_id).values(**told)).rowcount
    if not changed:
        session.execute(insert(table).values(child_id=child_id, **told))


def leave_application(session: Session, child_id: str, *, now: datetime) -> None:
    """The application ended without recognition: a child that was not covered before is known from the file only."""
    found = find_child(session, child_id)
    if found is not None and found["status"] == ChildStatus.APPLYING:
        change(session, child_id, now=now, status=ChildStatus.SURVEYED)
