"""Identity numbers of GB 11643-1999: eighteen places with a birth date, a sex and a check digit (domain.md 5.1).

Residence permits of people from Hong Kong, Macao and Taiwan (81, 82, 83) and of foreigners (9) have the same build and
are as good. The first six digits are the place of first registration, which may have been abolished since; an unknown
one is worth a question, never a refusal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum import numdb

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
_EARLIEST = date(1850, 1, 1)


class CardKind(StrEnum):
    """Whose number it is."""

    RESIDENT = "居民身份证"
    HONG_KONG_MACAO_TAIWAN = "港澳台居民居住证"
    FOREIGNER = "外国人永久居留身份证"


class IdCardInvalid(ValueError):
    """The number cannot be one. The message is Chinese and says what to look at; it does not repeat the number."""


@dataclass(frozen=True, kw_only=True)
class IdCard:
    """A number whose check digit and birth date are right."""

    number: str  #: eighteen places, X upper-cased
    birth: date
    sex: str  #: 男 or 女
    kind: CardKind

    @property
    def division(self) -> str:
        """The six digits of the place of first registration."""
        return self.number[:6]


def close_up(text: str) -> str:
    """A number as it is kept, however it was typed or copied: half-width, without blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def normalise(text: str) -> str:
    """The number as it is stored: half-width, without blanks, X upper-cased."""
    return close_up(text).upper()


def parse_idcard(text: str, today: date | None = None) -> IdCard:
    """The parts of a number. With `today`, a birth after it is refused. Raises `IdCardInvalid`."""
    number = normalise(text)
    if re.fullmatch(r"\d{15}", number, re.ASCII):
        raise IdCardInvalid("是15位的旧号码,请填写换发后的18位号码")
    if len(number) != 18:
        raise IdCardInvalid(f"应为18位,现有{len(number)}位,请核对")
    if not _SHAPE.fullmatch(number):
        raise IdCardInvalid("只能由17位数字和末位数字或X组成,请核对")
    birth = _birth(number, today)
    if check_digit(number[:17]) != number[17]:
        raise IdCardInvalid("校验位不正确,请核对最后一位和其余各位")
    return IdCard(number=number, birth=birth, sex="男" if int(number[16]) % 2 else "女", kind=_kind(number))


def check_digit(first_17: str) -> str:
    """The eighteenth place of seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def idcard_problem(value: object, today: date | None = None) -> str | None:
    """What is wrong with a form's value, in words that follow the field's title; None when nothing is."""
    if not isinstance(value, str):
        return "应为18位身份证号,请重新填写"
    try:
        parse_idcard(value, today)
    except IdCardInvalid as error:
        return str(error)
    return None


def idcard_warnings(card: IdCard, own_divisions: Collection[str] = ()) -> tuple[str, ...]:
    """What a clerk should look at although the number is accepted. `own_divisions`: further codes of six digits."""
    if card.kind is CardKind.RESIDENT and card.division not in own_divisions and division_name(card.division) is None:
        return (f"身份证号前6位 {card.division} 不在行政区划代码表中(含已撤销的代码),请核对原件",)
    return ()


def division_name(code: str) -> str | None:
    """The county of a GB/T 2260 code, abolished ones included; None when there is none."""
    parts = numdb.get("cn/loc").info(code)
    name = parts[1][1].get("county") if len(parts) > 1 else None
    return None if name is None else re.sub(r"\[[^\]]*\]", "", str(name))


def birth_of(number: str) -> date:
    """The birth date in a number. Raises `IdCardInvalid`."""
    return parse_idcard(number).birth


def sex_of(number: str) -> str:
    """男 or 女. Raises `IdCardInvalid`."""
    return parse_idcard(number).sex


def _birth(number: str, today: date | None) -> date:
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdCardInvalid("中的出生日期(第7至14位)不存在,请核对") from None
    if birth < _EARLIEST:
        raise IdCardInvalid("中的出生年份过早,请核对第7至10位")
    if today is not None and birth > today:
        raise IdCardInvalid("中的出生日期晚于今天,请核对第7至14位")
    return birth


def _kind(number: str) -> CardKind:
    if number[0] == "9":
        return CardKind.FOREIGNER
    if number[:6] in ("810000", "820000", "830000"):
        return CardKind.HONG_KONG_MACAO_TAIWAN
    return CardKind.RESIDENT
