"""Reads a notice about holidays and made-up working days from a file: TOML, which says everything, or CSV, whose source
and year are given beside it.

    year = 2027
    source_doc = "国务院办公厅关于2027年部分节假日安排的通知"
    [[day]]
    date = 2027-01-04
    workday = false
    reason = "元旦"

    date,workday,reason
    2027-01-04,no,元旦
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.calendars import OverrideRow
from engine.errors import FieldProblem, SubmissionInvalid

_YES_NO = {"yes": True, "true": True, "1": True, "是": True, "no": False, "false": False, "0": False, "否": False}


@dataclass(frozen=True, kw_only=True)
class NoticeFile:
    """What a file says."""

    rows: tuple[OverrideRow, ...]
    year: int | None = None  #: the year that the notice arranges; None: single days
    source_doc: str = ""


def read_notice(raw: bytes, name: str) -> NoticeFile:
    """A notice's file; its kind is told by its name's ending.

    :raises SubmissionInvalid: it is neither TOML nor CSV, or a line of it cannot be read; the message says which.
    """
    try:
        text = raw.decode("utf-8-sig")
        return _from_csv(text) if name.lower().endswith(".csv") else _from_toml(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(str(error)) from error


def _from_toml(text: str) -> NoticeFile:
    told = tomllib.loads(text)
    year, source_doc, days = told.get("year"), told.get("source_doc", ""), told.get("day", [])
    if not (year is None or type(year) is int) or not isinstance(source_doc, str) or not isinstance(days, list):
        raise _unreadable("year 应为数字,source_doc 应为文字,日期用 [[day]] 列出")
    rows = [_row(number, each) for number, each in enumerate(days, start=1)]
    return NoticeFile(rows=tuple(rows), year=year, source_doc=source_doc)


def _from_csv(text: str) -> NoticeFile:
    rows = []
    for number, line in enumerate(csv.DictReader(io.StringIO(text)), start=1):
        try:
            told = {**line, "date": date.fromisoformat(line.get("date") or "")}
        except ValueError as error:
            raise _unreadable(f"第{number}个日期:{error}") from error
        told["workday"] = _YES_NO.get((line.get("workday") or "").strip().lower())
        rows.append(_row(number, told))
    return NoticeFile(rows=tuple(rows))


def _row(number: int, told: Mapping[str, Any]) -> OverrideRow:
    day, workday, reason = told.get("date"), told.get("workday"), told.get("reason") or ""
    if type(day) is not date or not isinstance(workday, bool) or not isinstance(reason, str):
        raise _unreadable(f"第{number}个日期应有 date(年-月-日)、workday(是否上班)和 reason(事由)")
    return OverrideRow(day=day, is_workday=workday, reason=reason)


def _unreadable(why: str) -> SubmissionInvalid:
    return SubmissionInvalid([FieldProblem(field="file", rule="format", message=f"无法读取节假日文件:{why}")])
