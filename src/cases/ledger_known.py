"""Who is on file already when a ledger is loaded: by id number, or by name, birth and village.

Sealed files are not looked at: nobody learns of one by loading a ledger (M2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from cases.children import child
from cases.ledger_rows import NewChild
from engine.store.session import Session

#: So many names are looked for at once.
_CHUNK = 400


class OnFile:
    """Who is on file already, and who stood in the sheet before."""

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
