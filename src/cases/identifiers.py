"""Other numbers that people copy wrongly: telephones, bank cards, disability certificates, school numbers, divisions
(domain.md 5.1). Each `…_problem` gives words that follow a field's title, or None."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from cases.idcard import IdCardInvalid, idcard_problem, normalise, parse_idcard

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?", re.ASCII)
_CERTIFICATE = re.compile(r"(?P<idcard>\d{17}[\dX])(?P<kind>[1-7])(?P<level>[1-4])(B\d)?", re.ASCII)
_DIVISION = re.compile(r"\d{6}|\d{9}|\d{12}", re.ASCII)

#: 残疾类别 by the certificate's nineteenth place. 孤独症 is certified as 精神残疾 (M3).
DISABILITY_KINDS: Mapping[str, str] = {
    "1": "视力",
    "2": "听力",
    "3": "言语",
    "4": "肢体",
    "5": "智力",
    "6": "精神",
    "7": "多重",
}
_CERTIFIED_AS = {"孤独症": "精神"}
_LEVEL_NAMES = {"一级": 1, "二级": 2, "三级": 3, "四级": 4}


@dataclass(frozen=True, kw_only=True)
class DisabilityCertificate:
    """The parts of a 残疾人证 number."""

    idcard: str
    kind: str  #: a value of `DISABILITY_KINDS`
    level: int  #: 1 the gravest, 4 the lightest


def mobile_problem(value: object) -> str | None:
    """A mainland mobile number of eleven digits."""
    if isinstance(value, str) and _MOBILE.fullmatch(value.strip()):
        return None
    return "不是有效的手机号,请填写以1开头的11位号码"


def phone_problem(value: object) -> str | None:
    """A mobile number, or a land line with its area code."""
    text = value.strip() if isinstance(value, str) else ""
    if _MOBILE.fullmatch(text) or _LANDLINE.fullmatch(text):
        return None
    return "不是有效的电话号码,请填写11位手机号,或带区号的座机号,例如 0834-6123456"


def bankcard_problem(value: object) -> str | None:
    """A bank card number: 16 to 19 digits, the last by Luhn's rule. Blanks between groups are allowed."""
    digits = re.sub(r"\s", "", value) if isinstance(value, str) else ""
    if not re.fullmatch(r"\d{16,19}", digits, re.ASCII):
        return "应为16至19位数字,请对照银行卡核对"
    return None if luhn_sum(digits) % 10 == 0 else "校验不通过,可能有一位写错,请对照银行卡逐位核对"


def luhn_sum(digits: str) -> int:
    """Luhn's sum: every second digit from the right doubled, digits of products added."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


def parse_disability_certificate(text: str, today: date | None = None) -> DisabilityCertificate:
    """The parts of a certificate's number. With `today`, a birth after it is refused.

    :raises IdCardInvalid: with a Chinese message.
    """
    match = _CERTIFICATE.fullmatch(normalise(text))
    if match is None:
        raise IdCardInvalid("应为18位身份证号加1位类别和1位等级(补发的再加B和次数),请对照残疾人证核对")
    idcard = parse_idcard(match["idcard"], today).number
    return DisabilityCertificate(idcard=idcard, kind=DISABILITY_KINDS[match["kind"]], level=int(match["level"]))


def disability_certificate_problem(value: object, today: date | None = None) -> str | None:
    """Whether a form's value has the build of a certificate's number; with `today`, its holder is born by then."""
    if not isinstance(value, str):
        return "应为残疾人证号,请重新填写"
    try:
        parse_disability_certificate(value, today)
    except IdCardInvalid as error:
        return str(error)
    return None


def disability_certificate_mismatch(
    certificate: DisabilityCertificate,
    *,
    idcard: str | None,
    kind: str | None,
    level: int | str | None,
    holder: str = "儿童",
) -> tuple[str, ...]:
    """Where a certificate contradicts the form: another holder, another kind, another level. None: not known."""
    found = []
    if idcard and certificate.idcard != normalise(idcard):
        found.append(f"残疾人证号中的身份证号与{holder}身份证号不一致,请核对是否为本人的证件")
    if kind and certificate.kind != _CERTIFIED_AS.get(kind, kind):
        found.append(f"残疾人证号表示的类别是{certificate.kind}残疾,与所填的「{kind}」不一致,请核对")
    if level and certificate.level != (_LEVEL_NAMES.get(level) if isinstance(level, str) else level):
        found.append(f"残疾人证号表示的等级是{certificate.level}级,与所填的「{level}」不一致,请核对")
    return tuple(found)


def student_number_problem(value: object, today: date | None = None) -> str | None:
    """A national school number: G (or L, provisional) and the identity number."""
    text = normalise(value) if isinstance(value, str) else ""
    if text[:1] not in ("G", "L"):
        return "应以G(正式)或L(临时)开头,后接18位身份证号,请核对"
    problem = idcard_problem(text[1:], today)
    return f"中的身份证号{problem}" if problem else None


def division_problem(value: object, known: Collection[str] | None = None) -> str | None:
    """A division code of 6, 9 or 12 digits. With `known`, it and the divisions above it must be among them."""
    if not isinstance(value, str) or not _DIVISION.fullmatch(value):
        return "应为6位(县)、9位(乡镇)或12位(村)代码,请从列表中选择"
    if known is not None and any(value[:length] not in known for length in (6, 9, 12) if length <= len(value)):
        return "不在本县的行政区划中,请从列表中选择"
    return None


#: What a form's `properties.check` may name.
CHECKS: Mapping[str, Callable[[object], str | None]] = {
    "idcard": idcard_problem,
    "mobile": mobile_problem,
    "phone": phone_problem,
    "bankcard": bankcard_problem,
    "disability_cert": disability_certificate_problem,
    "student_no": student_number_problem,
    "division": division_problem,
}
