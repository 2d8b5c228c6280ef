"""Excel sheets of the ledger: read with whatever stands in them, written so that nothing in them is ever a formula.

What comes in is not believed: it must be a workbook without macros that unpacks to a bearable size.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from cases.ledger_columns import COLUMNS, COMES_IN, HEADINGS, NEEDED, REASON
from engine.errors import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_BYTES = 20 * 1024 * 1024
#: Unpacked, a larger one is a bomb, no ledger.
MAX_UNPACKED = 300 * 1024 * 1024
#: Children in one file: a township's ledger several times over. More take longer than a page may wait.
MOST_ROWS = 5_000
#: The headings stand in one of the first lines: above them a title, or the line that says whose copy it is.
_HEADING_LINES = 5
#: With these a spreadsheet begins a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """A line of a sheet that came in."""

    line: int  #: as the spreadsheet numbers it
    cells: Mapping[str, Any]  #: by key of the column; empty ones are left out
    whole: tuple[str, ...]  #: every cell of the line as text, to be given back


@dataclass(frozen=True, kw_only=True)
class LedgerSheet:
    """A sheet that came in."""

    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_sheet(content: bytes) -> LedgerSheet:
    """The first sheet of a workbook.

    :raises Refused: it is no sound workbook, not the county's columns, empty, or too long; the sentence says which.
    """
    _require_sound(content)
    try:
        lines = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError) as error:
        raise Refused("这个 Excel 文件打不开,可能已损坏。请用 Excel 打开后另存为 .xlsx 再传") from error
    at, headings = _headings(lines)
    rows = tuple(_rows(lines, at, headings))
    if not rows:
        raise Refused("表里没有儿童:请从表头的下一行开始,每行填一名儿童")
    if len(rows) > MOST_ROWS:
        raise Refused(f"一个文件最多 {MOST_ROWS} 名儿童,现有 {len(rows)} 行。请按乡镇或村分成几个文件")
    return LedgerSheet(headings=headings, rows=rows)


def _require_sound(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise Refused("文件太大:Excel 文件不超过 20 MB")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names, unpacked = archive.namelist(), sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise Refused("这不是 .xlsx 文件。旧的 .xls 或 .csv 请用 Excel 另存为 .xlsx 再传") from error
    if "xl/workbook.xml" not in names:
        raise Refused("这不是 Excel 工作簿。请用 Excel 另存为 .xlsx 再传")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("文件带有宏,不能导入。请另存为不带宏的 .xlsx 再传")
    if unpacked > MAX_UNPACKED:
        raise Refused("文件解开后太大,不能导入。请只保留台账这一张表再传")


def _headings(lines: Sequence[Sequence[Any]]) -> tuple[int, tuple[str, ...]]:
    for at, line in enumerate(lines[:_HEADING_LINES]):
        headings = tuple(_text(cell) for cell in line)
        if "姓名" in headings:
            return at, _checked(headings)
    raise Refused(f"前 {_HEADING_LINES} 行里没有找到表头。表头须有:{'、'.join(NEEDED)}。可以先下载空表再填")


def _checked(headings: tuple[str, ...]) -> tuple[str, ...]:
    named = [heading for heading in headings if heading]
    missing = [heading for heading in NEEDED if heading not in named]
    if missing:
        raise Refused(f"表头缺少:{'、'.join(missing)}。可以先下载空表再填")
    unknown = [heading for heading in named if heading not in HEADINGS and heading != REASON]
    if unknown:
        raise Refused(f"表头中有不认识的列:{'、'.join(unknown[:8])}。请删去或按空表改名,以免内容丢失")
    twice = sorted({heading for heading in named if named.count(heading) > 1})
    if twice:
        raise Refused(f"表头中有重复的列:{'、'.join(twice)}。请只保留一列")
    return headings


def _rows(lines: Sequence[Sequence[Any]], at: int, headings: tuple[str, ...]) -> Iterator[SheetRow]:
    for number, line in enumerate(lines[at + 1 :], at + 2):
        cells = {
            COMES_IN[heading]: cell
            for heading, cell in zip(headings, line, strict=False)
            if heading in COMES_IN and _text(cell)
        }
        whole = tuple(_text(cell) for cell in line)
        if any(whole):
            yield SheetRow(line=number, cells=cells, whole=whole)


def _text(cell: Any) -> str:
    """A cell as text: a date as 2015-03-11, a whole number without its point; a sign that guards against formulas is no
    part of it."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula (ASVS 1.2.10)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_sheet(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, mark: str = "", title: str = "台账"
) -> bytes:
    """A workbook with one sheet, all of it text. `mark` stands above the headings and on every printed page."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    widths = {column.heading: column.width for column in COLUMNS}
    for number, heading in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(number)].width = widths.get(heading, 40)
    sheet.freeze_panes = f"A{3 if mark else 2}"
    if mark:
        sheet.oddHeader.center.text = mark.replace("&", "&&")
        sheet.append([_cell(sheet, mark, bold=True)])
    sheet.append([_cell(sheet, heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=safe("".join(sign for sign in text if sign.isprintable() or sign == "\n")))
    cell.number_format = "@"
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=False)
    return cell


def empty_sheet() -> bytes:
    """The sheet to be filled in: the columns that are read."""
    return write_sheet([column.heading for column in COLUMNS if column.comes_in], [])
