"""The county's divisions 辖区, keyed by code: county 6 digits, township 9, village or community 12 (domain.md 1.5).

A parent's code is the prefix of its children's, so that a subtree is a prefix and `engine.access.covers` needs no tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Date, ForeignKey, String, Table, insert, or_, select

from engine.errors import NotFound, Refused
from engine.store.base import metadata
from engine.store.session import Session

division = Table(
    "division",
    metadata,
    Column("code", String(12), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("parent_code", String(12), ForeignKey("division.code"), nullable=True, index=True),
)

#: Which body stands for a department of the plan, and from when (domain.md 1.4).
org_alias = Table(
    "org_alias",
    metadata,
    Column("department", String(12), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("alias", String(12), nullable=False),
    Column("source_doc", String(200), nullable=False, server_default=""),
)

COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS = 6, 9, 12
_PARENT_DIGITS = {COUNTY_DIGITS: 0, TOWN_DIGITS: COUNTY_DIGITS, VILLAGE_DIGITS: TOWN_DIGITS}


@dataclass(frozen=True, kw_only=True)
class Division:
    """One division of the tree."""

    code: str
    name: str
    parent_code: str | None


def county_of(code: str) -> str:
    """The county's six digits of any division code."""
    return code[:COUNTY_DIGITS]


def town_of(code: str) -> str:
    """The township's nine digits; a county code is returned as it is."""
    return code[:TOWN_DIGITS]


def add_division(session: Session, *, code: str, name: str) -> None:
    """Enter a division under its parent.

    :raises Refused: the code has no allowed length, or its parent is not in the tree (domain.md 5.1).
    """
    if not code.isdigit() or len(code) not in _PARENT_DIGITS:
        raise Refused(f"区划代码应为6、9或12位数字: {code}")
    parent = code[: _PARENT_DIGITS[len(code)]] or None
    if parent is not None and find_division(session, parent) is None:
        raise Refused(f"上级区划 {parent} 不在辖区表中")
    session.execute(insert(division).values(code=code, name=name, parent_code=parent))


def enter_divisions(session: Session, listed: Iterable[tuple[str, str]]) -> None:
    """Enter divisions by code and name, parents first; those that are there stay as they are."""
    for code, name in listed:
        if find_division(session, code) is None:
            add_division(session, code=code, name=name)


def find_division(session: Session, code: str) -> Division | None:
    """The division with this code, if it is in the tree."""
    row = session.execute(select(division).where(division.c.code == code)).mappings().first()
    return Division(**row) if row else None


def require_division(session: Session, code: str, *, digits: int | None = None) -> Division:
    """The division with this code.

    :raises NotFound: it is not in the tree, or it is of another level than asked.
    """
    found = find_division(session, code)
    if found is None or (digits is not None and len(code) != digits):
        raise NotFound(f"辖区表中没有区划 {code}")
    return found


def subtree(session: Session, root: str = "", *, digits: int | None = None) -> Sequence[Division]:
    """All divisions at and under `root`, by code; `digits` keeps one level."""
    rows = session.execute(
        select(division).where(division.c.code.startswith(root, autoescape=True)).order_by(division.c.code)
    ).mappings()
    return tuple(Division(**row) for row in rows if digits is None or len(row["code"]) == digits)


def full_name(session: Session, code: str) -> str:
    """The name with its township, e.g. 青川镇石门村; the county itself is left out below county level."""
    codes = [code[:digits] for digits in (TOWN_DIGITS, VILLAGE_DIGITS) if len(code) >= digits] or [code]
    rows = session.execute(
        select(division.c.name).where(or_(*(division.c.code == part for part in codes))).order_by(division.c.code)
    )
    return "".join(name for (name,) in rows) or code
