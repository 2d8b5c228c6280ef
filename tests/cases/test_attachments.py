"""The bytes of attachments stand enciphered, those of a sealed file under the second ring."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases import files
from cases.case_files import case_file
from cases.demo_children import DEMO_CHILDREN
from cases.demo_people import holder
from engine.errors import SealBroken
from engine.sealing import APART, is_sealed
from engine.store import Session
from tests.cases.conftest import Flow

REPORT = b"%PDF-1.7 HIV antibody: positive"
SENT = holder("mzj_handler", "519927").actor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder of the attachments alone."""
    return tmp_path / "attachments"


def stored(case: Flow, folder: Path, *, name: str = "m23.pdf") -> files.StoredFile:
    with case.stage.database.transaction() as session:
        return files.store(session, folder, name=name, content=REPORT, actor=SENT, now=case.stage.clock.now())


def attached(case: Flow, found: files.StoredFile, *, sealed: bool) -> None:
    with case.stage.database.transaction() as session:
        session.execute(sa.update(case_file).where(case_file.c.id == case.case_id).values(sealed_hiv=sealed))
        files.attach(session, [found.id], case_id=case.case_id, actor=SENT)


def readable(session: Session, file_id: str) -> tuple[str, str]:
    """Name and key as they stand in the table."""
    plain = sa.table("file", sa.column("id"), sa.column("name"), sa.column("key"))
    row = session.execute(sa.select(plain.c.name, plain.c.key).where(plain.c.id == file_id)).one()
    return row.name, row.key


def bytes_in(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("sealed", [False, True])
def test_the_disk_tells_nothing_and_the_reader_gets_all(flow: Callable[..., Flow], folder: Path, sealed: bool) -> None:
    case = flow(DEMO_CHILDREN[0])
    found = stored(case, folder)
    attached(case, found, sealed=sealed)
    assert len(bytes_in(folder)) == 1
    assert not any(b"HIV" in each for each in bytes_in(folder))
    with case.stage.database.transaction() as session:
        name, key = readable(session, found.id)
        assert (is_sealed(name, APART), is_sealed(key, APART)) == (sealed, sealed)
        seen = files.find_file(session, found.id, SENT, now=case.stage.clock.now())
    assert files.read(folder, seen) == REPORT
    assert seen.key not in repr(seen)


def test_bytes_that_were_changed_or_exchanged_are_refused(flow: Callable[..., Flow], folder: Path) -> None:
    case = flow(DEMO_CHILDREN[0])
    one, other = stored(case, folder), stored(case, folder, name="other.pdf")
    paths = {path.name: path for path in folder.rglob("*") if path.is_file()}
    paths[one.id].write_bytes(paths[other.id].read_bytes())
    with pytest.raises(SealBroken, match="备份"):
        files.read(folder, one)
    assert files.read(folder, other) == REPORT


def test_attachments_of_before_are_read_and_enciphered_once(flow: Callable[..., Flow], folder: Path) -> None:
    """Two rows had one file of bytes: it goes when the last of them is enciphered."""
    case = flow(DEMO_CHILDREN[0])
    found = [stored(case, folder), stored(case, folder, name="again.pdf")]
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        path.unlink()
    digest = hashlib.sha256(REPORT).hexdigest()
    before = folder / "files" / digest[:2] / digest
    before.parent.mkdir(parents=True, exist_ok=True)
    before.write_bytes(REPORT)
    with case.stage.database.transaction() as session:
        session.execute(sa.update(files.file).values(key=None))
    attached(case, found[0], sealed=True)
    with case.stage.database.transaction() as session:
        assert files.read(folder, files.find_file(session, found[0].id, SENT, now=case.stage.clock.now())) == REPORT
    assert [files.encipher_plain(case.stage.database, folder) for _ in range(2)] == [2, 0]
    assert not before.exists() and not any(b"HIV" in each for each in bytes_in(folder))
    with case.stage.database.transaction() as session:
        assert [is_sealed(readable(session, each.id)[1], APART) for each in found] == [True, False]
        for each in found:
            assert files.read(folder, files.find_file(session, each.id, SENT, now=case.stage.clock.now())) == REPORT
