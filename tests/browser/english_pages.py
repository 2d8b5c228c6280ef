"""Tells Chinese that was forgotten on an English page from what stays Chinese: the data and the terms of art."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from cases.roles import DEPARTMENTS, ROLE
from engine.store.session import Database
from tests.browser.crawling import Stop, chinese_in, pieces
from web.language import english

#: What a process's folder holds in words: its steps' names, its forms' labels and answers, its letters.
_WORDED = (".bpmn", ".dmn", ".form", ".toml")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
#: A name as it is masked.
_MASKED = re.compile(r"[\u4e00-\u9fff]某{1,2}")
#: Pages that tell what the county's own forms and diagrams say, in the county's words: questions, answers, steps.
_TELL_THE_COUNTYS_WORDS = ("tasks.", "instances.", "inbox.", "operations.", "home.", "start.", "processes.", "notices.")
#: Terms of art that an English sentence keeps, and names that programs have.
_TERMS = frozenset({"政务微信", "政务钉钉", "中文"})


class Leftovers:
    """Knows what the county's data say, and finds the rest."""

    def __init__(self, database: Database, processes: Path) -> None:
        self._data = "\n".join((*_rows(database), *_folders(processes), *_names(), *_kept()))
        self._sentences = {chinese for chinese, told in english().items() if chinese != told} - set(_names())

    def on(self, stop: Stop) -> list[str]:
        """Texts of the page that should be English."""
        assert stop.document is not None
        return sorted(
            {f"left in Chinese: {text[:60]}" for text in chinese_in(stop.document) if self._is_left(stop, text)}
        )

    def _is_left(self, stop: Stop, text: str) -> bool:
        if text in self._sentences and not stop.endpoint.startswith(_TELL_THE_COUNTYS_WORDS):
            return True
        return any(not self._is_known(piece) for piece in pieces(_MASKED.sub("", text)))

    def _is_known(self, piece: str) -> bool:
        """Whether the data say this, or its two halves one beside the other (a township and its village)."""
        if piece in self._data or piece in _TERMS:
            return True
        return any(piece[:at] in self._data and piece[at:] in self._data for at in range(2, len(piece) - 1))


def _rows(database: Database) -> Iterator[str]:
    """Every Chinese text in the database."""
    with database.reading() as session:
        for name in sa.inspect(session.connection).get_table_names():
            for row in session.execute(sa.text(f'SELECT * FROM "{name}"')):
                for value in row:
                    if isinstance(value, str) and not value.isascii():
                        yield value
                    elif isinstance(value, str) and "\\u" in value:
                        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)


def _folders(processes: Path) -> Iterator[str]:
    return (path.read_text(encoding="utf-8") for path in processes.rglob("*") if path.suffix in _WORDED)


def _kept() -> Iterator[str]:
    """The terms of art that English sentences keep beside."""
    return (told for told in english().values() if not told.isascii())


def _names() -> Iterator[str]:
    yield from (role.name for role in ROLE.values())
    yield from (department.name for department in DEPARTMENTS.values())
