"""The bank's file and its answer: the layout of docs/bank-file.md, and every way in which an answer is unfit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cases.bank_files import COLUMNS, AnswerUnfit, Line, read_answer, write

BATCH = "YKT-519927-202603-A1"
LINES = [
    Line(
        number=number,
        name=name,
        idcard_masked="5199**********0016",
        holder="王建国",
        account="6222020000000000000",
        cents=cents,
        purpose="儿童福利生活费",
    )
    for number, name, cents in ((1, "张小明", 110000), (2, "=李小雨", 72005))
]
EXPECTED = {line.number: line.cents for line in LINES}


def answered(*results: tuple[str, str]) -> bytes:
    rows = write(BATCH, LINES).decode("utf-8-sig").split("\r\n")
    told = [f"{row[:-1]}{result},{reason}" for row, (result, reason) in zip(rows[1:], results, strict=False)]
    return "\r\n".join([rows[0], *told]).encode("utf-8")


def test_the_layout() -> None:
    content = write(BATCH, LINES)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = content.decode("utf-8-sig").split("\r\n")
    assert rows[0] == "批次号,序号,姓名,证件号,开户人,账号,金额,用途,结果,失败原因"
    assert rows[1] == f"{BATCH},1,张小明,5199**********0016,王建国,6222020000000000000,1100.00,儿童福利生活费,,"
    assert rows[2].split(",")[2] == "'=李小雨", "no formula"
    assert rows[2].split(",")[6] == "720.05"
    told = (Path(__file__).parents[3] / "docs" / "bank-file.md").read_text(encoding="utf-8")
    assert all(f"| {column} |" in told for column in COLUMNS)


def test_an_answer_is_read_with_or_without_the_mark() -> None:
    content = answered(("成功", ""), ("失败", "户名不符"))
    assert read_answer(content, BATCH, EXPECTED) == {1: None, 2: "户名不符"}
    assert read_answer(b"\xef\xbb\xbf" + content, BATCH, EXPECTED) == {1: None, 2: "户名不符"}


GOOD = answered(("成功", ""), ("成功", ""))
UNFIT: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "not UTF-8": (lambda raw: raw.decode().encode("gb18030"), "UTF-8"),
    "other columns": (lambda raw: raw.replace("批次号,".encode(), "批号,".encode()), "首行"),
    "another batch": (lambda raw: raw.replace(b"A1,2", b"A2,2"), "批次号不是"),
    "another amount": (lambda raw: raw.replace(b"720.05", b"720.06"), "金额"),
    "a strange line": (lambda raw: raw.replace(b"A1,2", b"A1,9"), "不在本批次"),
    "a line twice": (lambda raw: raw + b"\r\n" + raw.split(b"\r\n")[1], "重复"),
    "a line missing": (lambda raw: b"\r\n".join(raw.split(b"\r\n")[:2]), "缺少序号2"),
    "no result": (lambda raw: raw.replace("成功".encode(), b"", 1), "结果应为"),
    "failed without a reason": (lambda raw: raw.replace("成功".encode(), "失败".encode(), 1), "失败原因"),
    "a column too many": (lambda raw: raw + b",x", "应有10列"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_an_unfit_answer_says_why(case: str) -> None:
    spoil, said = UNFIT[case]
    assert read_answer(GOOD, BATCH, EXPECTED) == {1: None, 2: None}
    with pytest.raises(AnswerUnfit, match=said):
        read_answer(spoil(GOOD), BATCH, EXPECTED)
