"""From what a browser, an API client or a told story sends to typed values; a wrong type is said in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.calendar import FIRST_DAY, LAST_DAY
from engine.clock import COUNTY_ZONE
from engine.definitions.forms.model import Field

MAX_FIELD_BYTES = 64 * 1024
MAX_SUBMISSION_BYTES = 1024 * 1024
MAX_DIGITS = 15
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE = re.compile(r"[\r\n\t]")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,199}")


class Unfit(Exception):
    """The value does not fit its field. `rule` names the rule, the message is Chinese and says what to do."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def is_empty(value: Any) -> bool:
    """Whether nothing was given."""
    return value is None or value == "" or value == [] or (isinstance(value, str) and not value.strip())


def text_value(field: Field, value: Any) -> str:
    """A text without blanks around it. Of one line for a textfield."""
    if not isinstance(value, str):
        raise Unfit("type", "应为文字,请重新填写")
    text: str = value.strip()
    if _CONTROL.search(text) or (field.kind == "textfield" and _LINE.search(text)) or not _encodable(text):
        raise Unfit("characters", "含有无法保存的字符(如换行或控制符),请删除后重新填写")
    return text


def number_value(field: Field, value: Any) -> Decimal | int:
    """A Decimal; an int when the field has no decimals."""
    number = _decimal(value)
    is_money = field.properties.get("type") == "money"
    digits = field.spec.get("decimalDigits", 2 if is_money else None)
    if is_money and number < 0:
        raise Unfit("money", "金额不能为负数,请填写 0 或正数")
    if digits is not None and _decimals(number) > int(digits):
        raise Unfit("decimals", "应为整数,请去掉小数" if int(digits) == 0 else f"最多 {digits} 位小数,请修改")
    return int(number) if digits is not None and int(digits) == 0 else number


def checkbox_value(field: Field, value: Any) -> bool:  # noqa: ARG001
    """True or False; the words of an HTML form are understood."""
    words = {"true": True, "on": True, "false": False}
    if isinstance(value, str):
        value = words.get(value)
    if not isinstance(value, bool):
        raise Unfit("type", "应为勾选或不勾选,请重新选择")
    return value


def moment_value(field: Field, value: Any) -> date | datetime | time:
    """A date, a time of day, or an aware instant in the county's zone, as `subtype` says."""
    subtype = field.spec.get("subtype", "date")
    if subtype == "time":
        return _time(value)
    moment = _datetime(value) if subtype == "datetime" else _date(value)
    day = moment.date() if isinstance(moment, datetime) else moment
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unfit("range", f"年份应在 {FIRST_DAY.year} 至 {LAST_DAY.year} 之间,请核对")
    return moment


def file_value(field: Field, value: Any) -> list[str]:
    """References of uploaded files."""
    references = [value] if isinstance(value, str) else value
    if not isinstance(references, list) or not all(
        isinstance(reference, str) and _FILE.fullmatch(reference) for reference in references
    ):
        raise Unfit("file", "的附件无法识别,请重新上传")
    if len(references) > 1 and not field.spec.get("multiple"):
        raise Unfit("file", "只能上传一个附件,请删除多余的附件")
    return list(dict.fromkeys(references))


def choice_value(value: Any, options: list[Any]) -> Any:
    """The option that was chosen."""
    for option in options:
        if type(option) is type(value) and option == value:
            return option
        if _is_number(option) and _is_number(value) and Decimal(str(option)) == Decimal(str(value)):
            return option
    raise Unfit("option", "的选项不存在或已变更,请从列表中重新选择")


def choices_value(value: Any, options: list[Any]) -> list[Any]:
    """The options that were chosen, each once."""
    if not isinstance(value, list):
        raise Unfit("type", "应为多个选项的列表,请重新选择")
    chosen: list[Any] = []
    for each in value:
        option = choice_value(each, options)
        if option not in chosen:
            chosen.append(option)
    return chosen


#: How each plain component reads its value.
READERS: dict[str, Callable[[Field, Any], Any]] = {
    "textfield": text_value,
    "textarea": text_value,
    "number": number_value,
    "checkbox": checkbox_value,
    "datetime": moment_value,
    "filepicker": file_value,
}


def measure(value: Any, limit: int) -> int:
    """About how many bytes the value takes; stops counting beyond the limit."""
    size, pending = 0, [value]
    while pending and size <= limit:
        each = pending.pop()
        if isinstance(each, str):
            size += len(each.encode("utf-8", "surrogatepass"))
        elif isinstance(each, dict):
            pending.extend(each.keys())
            pending.extend(each.values())
        elif isinstance(each, list | tuple):
            pending.extend(each)
        size += 4
    return size


def _decimal(value: Any) -> Decimal:
    if not isinstance(value, int | float | str | Decimal):
        raise Unfit("type", "应为数字,请重新填写")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise Unfit("type", "应为数字,请只填写数字和小数点") from None
    if not number.is_finite() or number.adjusted() >= MAX_DIGITS or _decimals(number) > MAX_DIGITS:
        raise Unfit("range", f"的数字过大或过长(最多 {MAX_DIGITS} 位),请核对")
    return number


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return _datetime(value).date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip(), re.ASCII):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    raise Unfit("date", "不是有效的日期,请按 2025-09-24 的格式填写")


def _datetime(value: Any) -> datetime:
    if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", value.strip(), re.ASCII):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            value = None
    if not isinstance(value, datetime):
        raise Unfit("datetime", "不是有效的日期时间,请按 2025-09-24 10:00 的格式填写")
    try:
        local = value if value.tzinfo else value.replace(tzinfo=COUNTY_ZONE)
        return local.astimezone(COUNTY_ZONE)
    except OverflowError:
        raise Unfit("range", "年份超出范围,请核对") from None


def _time(given: Any) -> time:
    value = given
    if isinstance(value, str) and re.match(r"\d{2}:\d{2}", value.strip(), re.ASCII):
        try:
            value = time.fromisoformat(value.strip())
        except ValueError:
            value = None
    if not isinstance(value, time):
        raise Unfit("time", "不是有效的时间,请按 17:30 的格式填写")
    if value.tzinfo:
        return datetime.combine(date(2000, 1, 1), value).astimezone(COUNTY_ZONE).time()
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
