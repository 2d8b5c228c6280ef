"""Identity numbers of GB 11643-1999 (domain.md 5.1), right ones and every kind of wrong one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.idcard import (
    CardKind,
    IdCardInvalid,
    birth_of,
    check_digit,
    division_name,
    idcard_problem,
    idcard_warnings,
    parse_idcard,
    sex_of,
)

FIXTURES = [
    ("519927201503110016", date(2015, 3, 11), "男"),
    ("519927201503110024", date(2015, 3, 11), "女"),
    ("519927200909300026", date(2009, 9, 30), "女"),
    ("519927200710080038", date(2007, 10, 8), "男"),
    ("519927200801110044", date(2008, 1, 11), "女"),
    ("519927200802290083", date(2008, 2, 29), "女"),
    ("519927201002140014", date(2010, 2, 14), "男"),
    ("519927201011110060", date(2010, 11, 11), "女"),
    ("519927201912240057", date(2019, 12, 24), "男"),
    ("519927198506232137", date(1985, 6, 23), "男"),
]


@pytest.mark.parametrize(("number", "birth", "sex"), FIXTURES)
def test_the_fictitious_county_s_numbers(number: str, birth: date, sex: str) -> None:
    card = parse_idcard(number, date(2025, 9, 24))
    assert (card.number, card.birth, card.sex, card.kind) == (number, birth, sex, CardKind.RESIDENT)
    assert (birth_of(number), sex_of(number)) == (birth, sex)
    assert idcard_problem(number) is None


def test_the_check_digit_may_be_x_in_either_case() -> None:
    assert check_digit("11010519491231002") == "X"
    assert parse_idcard(" 11010519491231002x ").number == "11010519491231002X"
    assert parse_idcard("１１０１０５１９４９１２３１００２Ｘ").number == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("519927201503110017", "校验位不正确"),
        ("519927201503110061", "校验位不正确"),
        ("591927201503110016", "校验位"),
        ("51992720150311001", "应为18位,现有17位"),
        ("5199272015031100166", "应为18位,现有19位"),
        ("", "应为18位,现有0位"),
        ("519927150311001", "15位的旧号码"),
        ("51992720150311001A", "只能由17位数字"),
        ("5199272015O3110016", "只能由17位数字"),
        ("٥١٩٩٢٧٢٠١٥٠٣١١٠٠١٦", "只能由17位数字"),
        ("519927201502300016", "出生日期.*不存在"),
        ("519927201513110016", "出生日期.*不存在"),
        ("519927200902290016", "出生日期.*不存在"),
        ("519927184901010016", "出生年份过早"),
        ("109927201503110016", "校验位"),
    ],
)
def test_wrong_numbers(number: str, words: str) -> None:
    with pytest.raises(IdCardInvalid, match=words) as caught:
        parse_idcard(number)
    assert number == "" or number not in str(caught.value)
    assert idcard_problem(number) == str(caught.value)


def with_check(first_17: str) -> str:
    return first_17 + check_digit(first_17)


def test_an_unknown_province_is_a_warning_and_no_error() -> None:
    number = with_check("16992720150311001")
    assert idcard_problem(number) is None
    assert "169927" in idcard_warnings(parse_idcard(number))[0]


def test_a_birth_in_the_future_is_refused_when_today_is_known() -> None:
    number = with_check("51992720260311001")
    assert parse_idcard(number).birth == date(2026, 3, 11)
    assert parse_idcard(number, date(2026, 3, 11)).birth == date(2026, 3, 11)
    with pytest.raises(IdCardInvalid, match="晚于今天"):
        parse_idcard(number, date(2026, 3, 10))
    assert idcard_problem(number, date(2026, 3, 10)) is not None


@pytest.mark.parametrize("value", [None, 519927201503110016, ["519927201503110016"]])
def test_what_is_no_text_is_no_number(value: object) -> None:
    assert idcard_problem(value) is not None


@pytest.mark.parametrize("code", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macao_and_taiwan(code: str) -> None:
    card = parse_idcard(with_check(f"{code}20150311001"))
    assert card.kind is CardKind.HONG_KONG_MACAO_TAIWAN
    assert idcard_warnings(card) == ()


def test_foreigners_permits() -> None:
    card = parse_idcard(with_check("91184020150311001"))
    assert card.kind is CardKind.FOREIGNER
    assert idcard_warnings(card) == ()


def test_an_unknown_division_is_a_warning_and_no_error() -> None:
    card = parse_idcard("519927201503110016")
    assert len(idcard_warnings(card)) == 1
    assert "519927" in idcard_warnings(card)[0]
    assert idcard_warnings(card, {"519927"}) == ()


@pytest.mark.parametrize(
    ("code", "name"), [("110105", "朝阳区"), ("513425", "会理县"), ("519927", None), ("000000", None)]
)
def test_divisions_abolished_ones_included(code: str, name: str | None) -> None:
    assert division_name(code) == name


@given(st.text(max_size=20) | st.from_regex(r"\d{17}[\dX]", fullmatch=True))
def test_any_text_is_answered(text: str) -> None:
    problem = idcard_problem(text)
    assert problem is None or problem


@given(st.sampled_from([number for number, _, _ in FIXTURES]), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, shift: int) -> None:
    wrong = str((int(number[place]) + shift) % 10)
    assert idcard_problem(number[:place] + wrong + number[place + 1 :]) is not None


@given(st.sampled_from([number for number, _, _ in FIXTURES]), st.integers(0, 16))
def test_two_neighbours_exchanged_are_always_found(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or idcard_problem(swapped) is not None
