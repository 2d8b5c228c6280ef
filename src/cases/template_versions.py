"""The county's own templates of papers, version by version: entered by whoever answers for the county's definitions,
never changed afterwards, put back by a new version.

A paper is made by the first that there is: the county's version in force, a file in the data folder (`tongan templates
make`), the program's own; the template of a kind of letter before that of all letters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Column, Integer, LargeBinary, RowMapping, String, Table, func, insert, select

from cases.documents import DocumentKind
from cases.paper_templates import LEDGER, LETTER, NOTICE, OWN, QUARTERLY
from cases.template_checks import problems
from engine.access import Actor, Permission, require
from engine.errors import NotFound, Refused
from engine.settings import Settings
from engine.store import audit
from engine.store.base import Instant, metadata
from engine.store.session import Session

paper_template = Table(
    "paper_template",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=True),  #: None: from here on the program's own stands again
    Column("note", String(200), nullable=False),
    Column("entered_by", String(40), nullable=False),
    Column("entered_name", String(60), nullable=False),
    Column("entered_at", Instant, nullable=False),
)

#: File name to what it lays out. A letter of a kind has the common letter's template until it gets one of its own.
TITLES: Mapping[str, str] = MappingProxyType(
    {
        LETTER: "通用文书",
        NOTICE: "公示",
        LEDGER: "信息台账",
        QUARTERLY: "季度报表",
        **{f"{kind.name.lower()}.docx": str(kind) for kind in DocumentKind},
    }
)
NOTE_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Template:
    """A template that stands."""

    name: str
    version: str  #: as papers say it: 第 3 版, 系统自带, 本机文件夹 1a2b3c4d
    content: bytes

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A kind of paper with its template."""

    name: str
    title: str
    version: str | None  #: None: it has none of its own, the common letter's stands
    entered_at: datetime | None = None
    entered_name: str = ""


def in_force(session: Session, settings: Settings, *names: str) -> Template:
    """The template that makes a paper: of the first name for which there is one, the last is the program's own at
    least."""
    for name in names:
        found = _of_county(session, settings.data_folder / "templates", name)
        if found is not None:
            return found
    return Template(name=names[-1], version="系统自带", content=(OWN / names[-1]).read_bytes())


def _of_county(session: Session, folder: Path, name: str) -> Template | None:
    row = _latest(session, name)
    if row is not None:
        if row["content"] is None:
            return None
        return Template(name=name, version=f"第 {row['number']} 版", content=bytes(row["content"]))
    file = folder / name
    if not file.is_file():
        return None
    content = file.read_bytes()
    return Template(name=name, version=f"本机文件夹 {hashlib.sha256(content).hexdigest()[:8]}", content=content)


def _latest(session: Session, name: str) -> RowMapping | None:
    query = select(paper_template).where(paper_template.c.name == name).order_by(paper_template.c.number.desc())
    return session.execute(query.limit(1)).mappings().first()


def _require_known(name: str) -> None:
    if name not in TITLES:
        raise NotFound(f"没有文书模板 {name}")


def listed(session: Session, settings: Settings, *, actor: Actor) -> Sequence[Listed]:
    """Every kind of paper with the version in force.

    :raises NotAllowed: the person does not answer for the county's definitions.
    """
    require(actor, Permission.PROCESS_PUBLISH)
    return tuple(_line(session, settings, name) for name in TITLES)


def _line(session: Session, settings: Settings, name: str) -> Listed:
    row = _latest(session, name)
    stands = _of_county(session, settings.data_folder / "templates", name)
    version = stands.version if stands else "系统自带" if (OWN / name).is_file() else None
    return Listed(
        name=name,
        title=TITLES[name],
        version=version,
        entered_at=row["entered_at"] if row else None,
        entered_name=row["entered_name"] if row else "",
    )


def versions(session: Session, name: str, *, actor: Actor) -> Sequence[RowMapping]:
    """The versions of a template without their content (`is_own`: the program's own was put back), newest first.

    :raises NotAllowed: the person does not answer for the county's definitions.
    :raises NotFound: there is no such kind of paper.
    """
    require(actor, Permission.PROCESS_PUBLISH)
    _require_known(name)
    table = paper_template.c
    columns = (table.number, table.note, table.entered_name, table.entered_at, table.content.is_(None).label("is_own"))
    query = select(*columns).where(table.name == name).order_by(table.number.desc())
    return tuple(session.execute(query).mappings())


def content_of(session: Session, settings: Settings, name: str, number: int | None = None, *, actor: Actor) -> Template:
    """A version's file; without a number the one in force, from which a new one is made.

    :raises NotAllowed: the person does not answer for the county's definitions.
    :raises NotFound: there is no such kind of paper, or no such version.
    """
    require(actor, Permission.PROCESS_PUBLISH)
    _require_known(name)
    if number is None:
        return in_force(session, settings, *((name,) if (OWN / name).is_file() else (name, LETTER)))
    content = _content(session, name, number)
    if content is None:
        raise NotFound(f"没有文书模板 {name} 第 {number} 版")
    return Template(name=name, version=f"第 {number} 版", content=content)


def _content(session: Session, name: str, number: int) -> bytes | None:
    query = select(paper_template.c.content).where(paper_template.c.name == name, paper_template.c.number == number)
    found = session.scalar(query)
    return None if found is None else bytes(found)


def enter_version(session: Session, name: str, content: bytes, *, note: str, actor: Actor, now: datetime) -> int:
    """Make this file the template from now on; returns the version's number.

    :raises NotAllowed: the person does not answer for the county's definitions.
    :raises NotFound: there is no such kind of paper.
    :raises Refused: the file cannot be a template; the message says all that is wrong with it.
    """
    require(actor, Permission.PROCESS_PUBLISH)
    _require_known(name)
    wrong = problems(name, content)
    if wrong:
        raise Refused(f"模板没有启用:{';'.join(wrong)}")
    return _enter(session, name, content, note, actor, now)


def put_back(session: Session, name: str, number: int | None, *, reason: str, actor: Actor, now: datetime) -> int:
    """Let an earlier version stand again, or (None) what stood without the county's; returns the new number.

    :raises NotAllowed: the person does not answer for the county's definitions.
    :raises NotFound: there is no such kind of paper, or no such version.
    :raises Refused: no reason was given.
    """
    require(actor, Permission.PROCESS_PUBLISH)
    _require_known(name)
    if not reason.strip():
        raise Refused("请填写恢复的原因")
    content = None if number is None else _content(session, name, number)
    if number is not None and content is None:
        raise NotFound(f"没有文书模板 {name} 第 {number} 版")
    what = "恢复系统自带" if number is None else f"恢复第 {number} 版"
    return _enter(session, name, content, f"{what}:{reason.strip()}", actor, now)


def _enter(session: Session, name: str, content: bytes | None, note: str, actor: Actor, now: datetime) -> int:
    last = session.scalar(select(func.max(paper_template.c.number)).where(paper_template.c.name == name))
    number = int(last or 0) + 1
    row = {"name": name, "number": number, "content": content, "note": note.strip()[:NOTE_LENGTH]}
    session.execute(insert(paper_template).values(**row, entered_by=actor.id, entered_name=actor.name, entered_at=now))
    audit.record(
        session,
        actor=actor,
        action="template.enter",
        target=f"{name} {number}",
        now=now,
        detail={"reason": note.strip()[:NOTE_LENGTH]},
    )
    return number
