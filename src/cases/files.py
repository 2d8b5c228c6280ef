"""Attachments 附件: the bytes stand enciphered in the data folder (`file_contents`), one row each says whose and what.

What a file claims to be is not believed: its first bytes must fit its ending, and only four endings are taken
(reliability.md 5, upload row). A file is given out as a download only, and only to who may see its case.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath

from sqlalchemy import Column, ForeignKey, Integer, String, Table, func, insert, select, update

from cases import file_contents
from cases.roles import Sight
from cases.seeing import sight_of
from cases.veils import hidden, is_sealed_case, veil
from engine.access import Actor
from engine.errors import NotFound, Refused
from engine.store.audit import note_read
from engine.store.base import Instant, metadata
from engine.store.identifiers import new_id
from engine.store.session import Database, Session
from engine.store.veils import Veiled

MAX_BYTES = 20 * 1024 * 1024
MAX_NAME = 120
#: An unpacked .docx larger than this is a bomb, not a letter.
MAX_UNPACKED = 200 * 1024 * 1024

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
CSV = "text/csv; charset=utf-8"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Ending to media type and the bytes that a file of this kind begins with.
KINDS: dict[str, tuple[str, bytes]] = {
    ".pdf": (PDF, b"%PDF-"),
    ".jpg": (JPEG, b"\xff\xd8\xff"),
    ".jpeg": (JPEG, b"\xff\xd8\xff"),
    ".png": (PNG, b"\x89PNG\r\n\x1a\n"),
    ".docx": (DOCX, b"PK\x03\x04"),
    ".csv": (CSV, b"\xef\xbb\xbf"),  # UTF-8 with its mark: the bank's files
}

file = Table(
    "file",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("name", Veiled("file.name"), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("case_id", String(40), ForeignKey("case_file.id"), nullable=True, index=True),
    Column("uploaded_by", String(40), nullable=False, index=True),
    Column("uploaded_at", Instant, nullable=False),
    Column("key", Veiled("file.key"), nullable=True),  #: of the bytes; None: they stand plain, from before
)


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file's row."""

    id: str
    sha256: str
    name: str
    media_type: str
    size: int
    case_id: str | None  #: None until the form that names it was submitted
    uploaded_by: str
    key: str | None = field(repr=False)


def _is_sound_docx(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        return False
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return "word/document.xml" in names and not macros and unpacked <= MAX_UNPACKED


def media_type_of(name: str, content: bytes) -> str:
    """What the file is, by its ending and its first bytes.

    :raises Refused: the ending is not taken, or the content is something else.
    """
    ending = PurePosixPath(name).suffix.lower()
    if ending not in KINDS:
        raise Refused("只接受 pdf、jpg、png、docx 文件和银行的 csv 文件(UTF-8 带签名)")
    media_type, magic = KINDS[ending]
    if not content.startswith(magic) or (media_type == DOCX and not _is_sound_docx(content)):
        raise Refused(f"“{name}”的内容与后缀 {ending} 不符,请另存后再传")
    return media_type


def clean_name(name: str) -> str:
    """The name without folders and control characters, of bearable length; the ending stays."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(letter for letter in last if letter.isprintable()).strip(". ") or "附件"
    path = PurePosixPath(printable)
    return path.stem[: MAX_NAME - len(path.suffix)] + path.suffix


def _plain(folder: Path, sha256: str) -> Path:
    """Where the bytes stood before they were enciphered."""
    return folder / "files" / sha256[:2] / sha256


def store(session: Session, folder: Path, *, name: str, content: bytes, actor: Actor, now: datetime) -> StoredFile:
    """Keep a file and its row. The bytes are written before the row is committed, enciphered, whole or not at all.

    :param folder: the data folder of the settings.
    :raises Refused: too large, empty, of another kind, or not what its ending says.
    """
    name = clean_name(name)
    if not content:
        raise Refused(f"“{name}”是空文件")
    if len(content) > MAX_BYTES:
        raise Refused(f"“{name}”超过 20 MB,请压缩后再传")
    media_type = media_type_of(name, content)
    file_id, key = new_id(now), file_contents.new_key()
    file_contents.write(folder, file_id, key, content)
    stored = StoredFile(
        id=file_id,
        sha256=hashlib.sha256(content).hexdigest(),
        name=name,
        media_type=media_type,
        size=len(content),
        case_id=None,
        uploaded_by=actor.id,
        key=key,
    )
    session.execute(insert(file).values(**stored.__dict__, uploaded_at=now))
    return stored


def attach(session: Session, file_ids: Iterable[str], *, case_id: str, actor: Actor) -> None:
    """Bind files that the actor uploaded to the case whose form names them; files of others stay as they are."""
    loose = [file.c.id.in_(list(file_ids)), file.c.uploaded_by == actor.id, file.c.case_id.is_(None)]
    if is_sealed_case(session, case_id):
        for row in session.execute(select(file.c.id, file.c.name, file.c.key).where(*loose)).all():
            told = hidden(file, {"name": row.name, "key": row.key})
            session.execute(update(file).where(file.c.id == row.id).values(**told))
    session.execute(update(file).where(*loose).values(case_id=case_id))


def find_file(session: Session, file_id: str, actor: Actor, *, now: datetime) -> StoredFile:
    """The file, if the actor may see it: who uploaded it, and who sees its case's file. Of a file of a case the look is
    noted, in this transaction.

    :raises NotFound: there is none, or not for this actor.
    """
    row = session.execute(select(file).where(file.c.id == file_id)).mappings().first()
    if row is None:
        raise NotFound(f"没有附件 {file_id}")
    found = StoredFile(**{name: row[name] for name in StoredFile.__dataclass_fields__})
    if found.case_id is None and found.uploaded_by != actor.id:
        raise NotFound(f"没有附件 {file_id}")
    if found.case_id is not None:
        seen = sight_of(session, actor, found.case_id)
        if seen < Sight.FILE and found.uploaded_by != actor.id:
            raise NotFound(f"没有附件 {file_id}")
        purpose = f"下载附件 {found.id}"
        note_read(session, found.case_id, actor=actor, seen=max(seen, Sight.FILE), purpose=purpose, now=now)
    return found


def listed(session: Session, actor: Actor, case_id: str) -> tuple[StoredFile, ...]:
    """The files of a case, the latest first, for who sees what is sensitive in it: their names tell of illness and
    custody. Others get none."""
    if sight_of(session, actor, case_id) < Sight.SENSITIVE:
        return ()
    columns = (file.c[name] for name in StoredFile.__dataclass_fields__)
    rows = session.execute(select(*columns).where(file.c.case_id == case_id).order_by(file.c.id.desc()))
    return tuple(StoredFile(**row._asdict()) for row in rows)


def read(folder: Path, found: StoredFile) -> bytes:
    """The file's bytes.

    :raises NotFound: they are missing from the data folder.
    :raises SealBroken: they were changed.
    """
    try:
        if found.key is not None:
            return file_contents.read(folder, found.id, found.key)
        return _plain(folder, found.sha256).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"附件 {found.name} 的内容不在数据目录中") from error


def remove_bytes(session: Session, folder: Path, file_id: str, sha256: str) -> bool:
    """Remove the bytes of a file whose row is gone for good; whether there were any. Plain bytes of before, which
    several rows may name, stay as long as one does."""
    if session.scalar(select(file.c.id).where(file.c.id == file_id)) is not None:
        return False
    there = file_contents.remove(folder, file_id)
    if session.scalar(select(file.c.id).where(file.c.sha256 == sha256, file.c.key.is_(None)).limit(1)) is None:
        there = _plain(folder, sha256).exists() or there
        _plain(folder, sha256).unlink(missing_ok=True)
    return there


def names_of(session: Session, file_ids: Iterable[str], *, actor: Actor) -> dict[str, str]:
    """The names of files by id, for a form that lists them: of those that the actor uploaded, or whose case's file the
    actor sees."""
    ids = [file_id for file_id in file_ids if isinstance(file_id, str)]
    if not ids:
        return {}
    columns = (file.c.id, file.c.name, file.c.case_id, file.c.uploaded_by)
    rows = session.execute(select(*columns).where(file.c.id.in_(ids))).all()
    foreign = {row.case_id for row in rows if row.case_id and row.uploaded_by != actor.id}
    seen = {case_id for case_id in foreign if sight_of(session, actor, case_id) >= Sight.FILE}
    return {row.id: row.name for row in rows if row.uploaded_by == actor.id or row.case_id in seen}


def encipher_plain(database: Database, folder: Path) -> int:
    """Encipher the attachments of before, a transaction each; returns how many. It may be killed and started again."""
    with database.reading() as session:
        waiting = session.execute(select(file.c.id).where(file.c.key.is_(None))).scalars().all()
    done = 0
    for file_id in waiting:
        with database.transaction() as session:
            row = session.execute(select(file.c.sha256, file.c.case_id).where(file.c.id == file_id)).one()
            plain = _plain(folder, row.sha256)
            if not plain.is_file():
                continue  # gone already; reading it says so
            key = file_contents.new_key()
            file_contents.write(folder, file_id, key, plain.read_bytes())
            told = veil(session, file, {"key": key}, case_id=row.case_id)
            session.execute(update(file).where(file.c.id == file_id).values(**told))
            others = file.c.sha256 == row.sha256, file.c.key.is_(None)
            last = session.scalar(select(func.count()).where(*others)) == 0
        if last:
            plain.unlink()
        done += 1
    return done
