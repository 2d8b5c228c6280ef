"""One line of a ledger that came in, checked: a child to be entered, or every reason why not. Pure.

What is asked of a form is asked here too: GB 11643 (domain.md 5.1), a village of the tree, no word of HIV (P_B 1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.children import ChildStatus
from cases.field_checks import sealed_words_problem
from cases.idcard import IdCard, IdCardInvalid, normalise, parse_idcard
from cases.identifiers import phone_problem
from cases.identity import CATEGORIES
from cases.jurisdictions import VILLAGE_DIGITS
from cases.ledger_columns import COLUMNS
from engine.calendar import age_on

ADULT = 18
#: As long as their columns.
_LONGEST: Mapping[str, int] = {
    "name": 20,
    "no_id_reason": 100,
    "ethnic": 20,
    "live_address": 120,
    "guardian_name": 20,
    "relation": 20,
    "stage": 12,
    "school": 60,
}
_HEADINGS = {column.key: column.heading for column in COLUMNS}
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))", re.ASCII)
_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})月?", re.ASCII)
_LOST_DIGITS = "被 Excel 存成了数字,末几位已经丢失。请把这一列设为“文本”后照证件重新填写"


@dataclass(frozen=True, kw_only=True)
class NewChild:
    """A child that a line tells of."""

    name: str
    idcard: str | None
    birth: date
    sex: str | None
    hukou_code: str
    no_id_reason: str | None
    ethnic: str | None
    live_address: str | None
    categories: tuple[str, ...]
    status: str
    enrolled_on: date | None
    effective_month: str | None
    guardian: Mapping[str, str | None] | None
    schooling: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What whoever loads the ledger may enter."""

    villages: frozenset[str]  #: codes of the own area
    known: frozenset[str]  #: codes of the whole county
    covered: bool  #: children who are under protection already: the county bureau's to say
    today: date


def check_row(cells: Mapping[str, Any], allowed: Allowed) -> NewChild | tuple[str, ...]:
    """The child, or the reasons for which the line comes back, each with its column and its remedy."""
    reader = _Reader(cells, allowed)
    child = reader.read()
    return child if child is not None and not reader.reasons else tuple(dict.fromkeys(reader.reasons))


class _Reader:
    """Reads the cells of one line and gathers what is wrong."""

    def __init__(self, cells: Mapping[str, Any], allowed: Allowed) -> None:
        self._cells = cells
        self._allowed = allowed
        self.reasons: list[str] = []

    def read(self) -> NewChild | None:
        for key, cell in self._cells.items():
            if (problem := sealed_words_problem(cell)) is not None:
                self._wrong(key, problem)
        card = self._idcard("idcard", born_until=self._allowed.today)
        birth, sex = self._birth(card), self._sex(card)
        name, village = self._text("name"), self._village()
        status = self._status(birth)
        categories = self._categories(needed=status == ChildStatus.PROTECTED)
        enrolled_on, month = self._date("enrolled_on"), self._month("effective_month")
        guardian, schooling = self._guardian(), self._schooling()
        if len(name) < 2:
            self._wrong("name", "应为2至20个字,请照户口簿填写")
        if card is None and "idcard" not in self._cells and not self._text("no_id_reason"):
            self._wrong("idcard", "没有填写;没有证件的,请填“无证原因”")
        if birth is None or self.reasons:
            return None
        return NewChild(
            name=name,
            idcard=card.number if card else None,
            birth=birth,
            sex=sex,
            hukou_code=village,
            no_id_reason=self._text("no_id_reason") or None,
            ethnic=self._text("ethnic") or None,
            live_address=self._text("live_address") or None,
            categories=categories,
            status=status,
            enrolled_on=enrolled_on,
            effective_month=month,
            guardian=guardian,
            schooling=schooling,
        )

    def _wrong(self, key: str, why: str) -> None:
        self.reasons.append(f"{_HEADINGS[key]}{why}")

    def _text(self, key: str) -> str:
        cell = self._cells.get(key, "")
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        text = unicodedata.normalize("NFKC", text).strip()
        if len(text) > _LONGEST.get(key, 200):
            self._wrong(key, f"太长,最多{_LONGEST.get(key, 200)}个字")
        return text

    def _idcard(self, key: str, *, born_until: date) -> IdCard | None:
        cell = self._cells.get(key)
        if cell is None:
            return None
        if isinstance(cell, int | float):
            self._wrong(key, _LOST_DIGITS)
            return None
        try:
            return parse_idcard(normalise(str(cell)).lstrip("'"), born_until)
        except IdCardInvalid as error:
            self._wrong(key, str(error))
            return None

    def _birth(self, card: IdCard | None) -> date | None:
        told = self._date("birth")
        if card is None:
            if told is None and "birth" not in self._cells and "idcard" not in self._cells:
                self._wrong("birth", "没有填写;没有身份证号的必须填写")
            return told
        if told is not None and told != card.birth:
            self._wrong("birth", f"与身份证号不一致(证件为 {card.birth.isoformat()}),请照户口簿核对")
        return card.birth

    def _sex(self, card: IdCard | None) -> str | None:
        told = self._text("sex")
        if told and told not in ("男", "女"):
            self._wrong("sex", "只能填“男”或“女”")
        if card is not None and told in ("男", "女") and told != card.sex:
            self._wrong("sex", f"与身份证号不一致(证件为{card.sex}),请核对")
        return card.sex if card is not None else told or None

    def _village(self) -> str:
        code = self._text("hukou_code")
        if len(code) != VILLAGE_DIGITS or code not in self._allowed.known:
            self._wrong("hukou_code", "不在本县辖区表中,应为12位村(社区)代码")
        elif code not in self._allowed.villages:
            self._wrong("hukou_code", "不在您的辖区,请交所在乡镇或县民政局导入")
        return code

    def _status(self, birth: date | None) -> str:
        told = self._text("status") or ChildStatus.SURVEYED
        if told not in (ChildStatus.SURVEYED, ChildStatus.PROTECTED):
            self._wrong("status", f"只能导入“{ChildStatus.SURVEYED}”或“{ChildStatus.PROTECTED}”的儿童")
        if told == ChildStatus.PROTECTED and not self._allowed.covered:
            self._wrong("status", f"为“{ChildStatus.PROTECTED}”的,由县民政局导入")
        if told == ChildStatus.SURVEYED and birth is not None and age_on(birth, self._allowed.today) >= ADULT:
            self._wrong("birth", "表明已满18周岁,不能再作摸底登记")
        return told

    def _categories(self, *, needed: bool) -> tuple[str, ...]:
        by_name = {name: code for code, name in CATEGORIES.items()}
        told = [part for part in re.split(r"[、,,;;/\s]+", self._text("categories")) if part]
        unknown = [part for part in told if part not in by_name and part.upper() not in CATEGORIES]
        if unknown:
            self._wrong("categories", f"中的“{unknown[0]}”不认识,应为:{'、'.join(by_name)}")
        if needed and not told:
            self._wrong("categories", f"没有填写;“{ChildStatus.PROTECTED}”的必须填写")
        return tuple(dict.fromkeys(by_name.get(part, part.upper()) for part in told if part not in unknown))

    def _date(self, key: str) -> date | None:
        cell = self._cells.get(key)
        if cell is None:
            return None
        found = _day_of(cell)
        if found is None:
            self._wrong(key, f"“{str(cell)[:20]}”不是日期,请按 2015-03-11 的样子填写")
        elif found > self._allowed.today:
            self._wrong(key, "晚于今天,请核对")
            return None
        return found

    def _month(self, key: str) -> str | None:
        cell = self._cells.get(key)
        if cell is None:
            return None
        if isinstance(cell, datetime | date):
            return f"{cell:%Y-%m}"
        match = _MONTH.fullmatch(self._text(key))
        if match is None or not 1 <= int(match[2]) <= 12:
            self._wrong(key, f"“{str(cell)[:20]}”不是月份,请按 2025-03 的样子填写")
            return None
        return f"{match[1]}-{int(match[2]):02d}"

    def _guardian(self) -> Mapping[str, str | None] | None:
        name, relation, phone = (self._text(key) for key in ("guardian_name", "relation", "guardian_phone"))
        card = self._idcard("guardian_idcard", born_until=self._allowed.today)
        if phone and (problem := phone_problem(phone)) is not None:
            self._wrong("guardian_phone", problem)
        if name and not relation:
            self._wrong("relation", "没有填写;填了监护人就要填与儿童的关系")
        if not name:
            return None
        return {"name": name, "relation": relation, "phone": phone or None, "idcard": card.number if card else None}

    def _schooling(self) -> Mapping[str, str]:
        told = {key: self._text(key) for key in ("stage", "school")}
        return {key: text for key, text in told.items() if text}


def _day_of(cell: Any) -> date | None:
    """A date cell, or a date as people write it."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    year, month, day = match[1], match[2] or match[4], match[3] or match[5]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
