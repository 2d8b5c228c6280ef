"""Telephones, bank cards, certificates, school numbers and divisions (domain.md 5.1)."""

from __future__ import annotations

import pytest

from cases.idcard import IdCardInvalid
from cases.identifiers import (
    CHECKS,
    DisabilityCertificate,
    disability_certificate_mismatch,
    division_problem,
    parse_disability_certificate,
)

TREE = {"519927", "519927101", "519927101001"}


@pytest.mark.parametrize(
    ("check", "value"),
    [
        ("mobile", "13812345678"),
        ("mobile", " 19912345678 "),
        ("phone", "13812345678"),
        ("phone", "0834-6123456"),
        ("phone", "02885551234-801"),
        ("bankcard", "6222021234567890128"),
        ("bankcard", "4111 1111 1111 1111"),
        ("disability_cert", "51992720150311001611"),
        ("disability_cert", "51992720150311001664B1"),
        ("disability_cert", "11010519491231002x43"),
        ("student_no", "G519927201503110016"),
        ("student_no", "l519927201503110016"),
        ("division", "519927"),
        ("division", "519927101"),
        ("division", "519927101001"),
        ("idcard", "519927201503110016"),
    ],
)
def test_right_values(check: str, value: str) -> None:
    assert CHECKS[check](value) is None


@pytest.mark.parametrize(
    ("check", "value"),
    [
        ("mobile", "12812345678"),
        ("mobile", "1381234567"),
        ("mobile", "138123456789"),
        ("mobile", "0834-6123456"),
        ("mobile", "１３８１２３４５６７８"),
        ("mobile", None),
        ("phone", "6123456"),
        ("phone", "0834-612345"),
        ("phone", "110"),
        ("phone", 13812345678),
        ("bankcard", "6222021234567890127"),
        ("bankcard", "6222021234567890218"),
        ("bankcard", "411111111111111"),
        ("bankcard", "62220212345678901280"),
        ("bankcard", "6222-0212-3456-7890"),
        ("bankcard", None),
        ("disability_cert", "519927201503110016"),
        ("disability_cert", "51992720150311001681"),
        ("disability_cert", "51992720150311001615"),
        ("disability_cert", "51992720150311001711"),
        ("disability_cert", "51992720150311001611B"),
        ("disability_cert", None),
        ("student_no", "519927201503110016"),
        ("student_no", "G519927201503110017"),
        ("student_no", "X519927201503110016"),
        ("student_no", None),
        ("division", "51992"),
        ("division", "5199271010"),
        ("division", "51992710100A"),
        ("division", None),
        ("idcard", "519927201503110017"),
    ],
)
def test_wrong_values_are_told_with_a_remedy(check: str, value: object) -> None:
    problem = CHECKS[check](value)
    assert problem
    assert "请" in problem


def test_divisions_must_stand_in_the_tree_with_all_above() -> None:
    assert division_problem("519927101001", TREE) is None
    assert division_problem("519927101", TREE) is None
    assert division_problem("519927102", TREE) is not None
    assert division_problem("519927101002", TREE) is not None
    assert division_problem("519927101001", TREE - {"519927101"}) is not None


def test_a_certificate_s_parts() -> None:
    assert parse_disability_certificate("51992720150311001642B1") == DisabilityCertificate(
        idcard="519927201503110016", kind="肢体", level=2
    )
    with pytest.raises(IdCardInvalid, match="校验位"):
        parse_disability_certificate("51992720150311001742")


def test_a_certificate_must_agree_with_the_form() -> None:
    certificate = parse_disability_certificate("51992720150311001661")

    def mismatch(
        idcard: str | None = "519927201503110016", kind: str | None = "精神", level: int | str | None = 1
    ) -> int:
        return len(disability_certificate_mismatch(certificate, idcard=idcard, kind=kind, level=level))

    assert mismatch() == mismatch(kind="孤独症") == mismatch(level="一级") == 0
    assert mismatch(idcard="519927201503110024") == 1
    assert mismatch(kind="智力") == 1
    assert mismatch(level=2) == mismatch(level="二级") == mismatch(level="轻") == 1
    assert mismatch("519927201503110024", "智力", 2) == 3
    assert mismatch(None, None, None) == 0
