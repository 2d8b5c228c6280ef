"""process.toml: what a process is called, whose it is, who may start it, and how its services are retried."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.definitions.problem import Problem
from engine.errors import EngineError

FILE = "process.toml"
KEY_PATTERN = r"^[a-z][a-z0-9_]{1,62}$"

Name = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", max_length=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Retry(_Strict):
    """How often and how long a service is tried again; seconds."""

    attempts: Annotated[int, Field(ge=1, le=100)] = 5
    base_seconds: Annotated[float, Field(gt=0, le=86_400)] = 10.0
    factor: Annotated[float, Field(ge=1, le=10)] = 2.0
    max_seconds: Annotated[float, Field(gt=0, le=604_800)] = 3600.0


class Manifest(_Strict):
    """The settings of one process."""

    key: Annotated[str, Field(pattern=KEY_PATTERN)]
    title: Name
    owner: Name
    starters: tuple[Code, ...] = ()  #: role codes; empty: only other processes and the program start it
    case_kind: Code | None = None  #: None: the process works on its caller's case
    description: str = ""
    retry: Mapping[str, Retry] = Field(default_factory=dict)  #: per service name; "default" for the others
    queue: Mapping[str, Code] = Field(default_factory=dict)  #: queue per service name; "default" for all other jobs


class ManifestInvalid(EngineError):
    """process.toml breaks its rules."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def parse_manifest(raw: bytes, file: str = FILE) -> Manifest:
    """The manifest. In: the file's bytes. Raises `ManifestInvalid` with every problem of the file."""
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ManifestInvalid(
            (
                _problem(
                    file,
                    f"process.toml 无法读取:{error}。请检查引号、等号和编码(UTF-8)。",
                    f"process.toml cannot be read: {error}. Check quotes, equal signs and the encoding (UTF-8).",
                    _line_in(str(error)),
                ),
            )
        ) from error
    try:
        return Manifest.model_validate(_lists_as_tuples(data))
    except ValidationError as error:
        raise ManifestInvalid(tuple(_translated(file, item) for item in error.errors())) from error


def _lists_as_tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


_WORDS: Mapping[str, tuple[str, str]] = {
    "missing": ("缺少此项,请补写", "is missing; add it"),
    "extra_forbidden": ("不是可用的设置项,请检查拼写或删除", "is not a setting; check the spelling or remove it"),
    "string_type": ("应为文字,请写在引号内", "must be text in quotes"),
    "string_too_short": ("不能为空,请填写", "may not be empty; fill it in"),
    "string_too_long": ("太长,请缩短", "is too long; shorten it"),
    "string_pattern_mismatch": (
        "只能用英文字母、数字和下划线,并以字母开头,请改写",
        "may hold only letters, digits and underscores; rewrite it",
    ),
    "tuple_type": ('应为列表,请写成 ["town_officer"]', 'must be a list such as ["town_officer"]'),
    "int_type": ("应为整数,请修改", "must be a whole number"),
    "float_type": ("应为数字,请修改", "must be a number"),
}


def _translated(file: str, item: Any) -> Problem:
    where = ".".join(str(part) for part in item["loc"]) or FILE
    zh, en = _WORDS.get(item["type"], ("的值不在允许范围内,请修改", f"has a bad value ({item['msg']}); change it"))
    return _problem(file, f"process.toml 的 {where} {zh}。", f"process.toml: {where} {en}.")


def _problem(file: str, message: str, message_en: str, line: int | None = None) -> Problem:
    return Problem(rule="manifest-invalid", file=file, line=line, message=message, message_en=message_en)


def _line_in(text: str) -> int | None:
    found = re.search(r"line (\d+)", text)
    return int(found.group(1)) if found else None
