"""The bank's file 一卡通发放文件, and its answer 回盘: text in, rows out. The layout: docs/bank-file.md.

CSV, UTF-8 with a byte order mark, lines end with CR LF; the first line names the columns. The answer is the same file
with the last two columns filled in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

COLUMNS = ("批次号", "序号", "姓名", "证件号", "开户人", "账号", "金额", "用途", "结果", "失败原因")
MARK = b"\xef\xbb\xbf"
PAID, FAILED = "成功", "失败"
#: What a table calculation would take for a formula is written with this before it.
_FORMULA, _QUOTED = ("=", "+", "-", "@", "\t"), "'"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One payment of a batch."""

    number: int
    name: str
    idcard_masked: str
    holder: str
    account: str
    cents: int
    purpose: str


class AnswerUnfit(Exception):
    """The bank's answer does not fit the batch; the message says where and what to do."""


def yuan(cents: int) -> str:
    """Cents as the file writes money: 1050.00."""
    return f"{cents // 100}.{cents % 100:02d}"


def write(batch_no: str, lines: Iterable[Line]) -> bytes:
    """The file of a batch."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow(
            [
                batch_no,
                line.number,
                _safe(line.name),
                line.idcard_masked,
                _safe(line.holder),
                line.account,
                yuan(line.cents),
                line.purpose,
                "",
                "",
            ]
        )
    return MARK + text.getvalue().encode("utf-8")


def read_answer(content: bytes, batch_no: str, expected: Mapping[int, int]) -> Mapping[int, str | None]:
    """What the bank says of each line: None if it was paid, else why not.

    :param expected: cents by line number.
    :raises AnswerUnfit: another batch, a line too many or missing, another amount, a result that is neither.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise AnswerUnfit("回盘文件不是 UTF-8 编码的 CSV,请向银行索取原文件") from error
    if not rows or tuple(rows[0]) != COLUMNS:
        raise AnswerUnfit(f"回盘文件的首行应为:{','.join(COLUMNS)}")
    answers: dict[int, str | None] = {}
    for place, row in enumerate(rows[1:], 2):
        if row:
            number, reason = _answer(row, place, batch_no, expected)
            if number in answers:
                raise AnswerUnfit(f"回盘文件第{place}行的序号{number}重复")
            answers[number] = reason
    missing = sorted(set(expected) - set(answers))
    if missing:
        raise AnswerUnfit(f"回盘文件缺少序号{'、'.join(map(str, missing[:5]))},请向银行索取完整文件")
    return answers


def _answer(row: list[str], place: int, batch_no: str, expected: Mapping[int, int]) -> tuple[int, str | None]:
    if len(row) != len(COLUMNS):
        raise AnswerUnfit(f"回盘文件第{place}行应有{len(COLUMNS)}列")
    told = dict(zip(COLUMNS, row, strict=True))
    if told["批次号"] != batch_no:
        raise AnswerUnfit(f"回盘文件第{place}行的批次号不是{batch_no}")
    number = int(told["序号"]) if told["序号"].isascii() and told["序号"].isdigit() else 0
    if number not in expected:
        raise AnswerUnfit(f"回盘文件第{place}行的序号不在本批次中")
    if told["金额"] != yuan(expected[number]):
        raise AnswerUnfit(f"回盘文件第{place}行的金额与名册的{yuan(expected[number])}不符")
    if told["结果"] == PAID:
        return number, None
    if told["结果"] == FAILED and told["失败原因"].strip():
        return number, told["失败原因"].strip()
    raise AnswerUnfit(f"回盘文件第{place}行的结果应为“成功”,或者“失败”并写明失败原因")


def _safe(text: str) -> str:
    return _QUOTED + text if text.startswith(_FORMULA) else text
