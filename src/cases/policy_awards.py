"""What a child gets, as the decision tables in force say it: each table is asked for the usual child and for the
circumstances that change its answer, so that the public page follows a table that was changed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.decisions import evaluate_decision
from engine.decisions.model import DecisionModel

Models = Mapping[str, DecisionModel]
Circumstances = Sequence[tuple[str, Mapping[str, Any]]]

USUAL = "一般情况"
EVERYBODY = "所有困境儿童"
_IN_SCHOOL = {"gate": "KEEP_TO_GRADUATION", "age": 18}
_CHILD: Mapping[str, Any] = MappingProxyType(
    {
        "gate": "KEEP",
        "hiv": False,
        "institution": False,
        "age": 10,
        "stage": "义务教育",
        "dibao_ok": False,
        "bianyuan_ok": False,
        "disability_type": "无",
        "severe": False,
        "medical_aid_ok": False,
        "enrolled": True,
        "family_poor": False,
        "child_disability": False,
        "migrant": False,
        "dropout": False,
        "covered_before_18": True,
        "sealed_hiv": False,
        "no_publicity": False,
        "dibao_linked": False,
    }
)
#: From the usual to the special; a later answer is told only where it differs from those before.
LIVING: Circumstances = (
    (USUAL, {}),
    ("由儿童福利机构养育", {"institution": True}),
    ("家庭享受最低生活保障", {"dibao_ok": True}),
    ("家庭属于低保边缘家庭", {"bianyuan_ok": True}),
    ("满16周岁", {"age": 16}),
    ("满18周岁仍在高中、中职就读", {**_IN_SCHOOL, "stage": "普通高中"}),
    ("满18周岁在大专、本科就读", {**_IN_SCHOOL, "stage": "本科"}),
)
MEDICAL: Circumstances = (
    (EVERYBODY, {}),
    ("重病或重度残疾儿童", {"severe": True}),
    ("符合医疗救助条件的儿童", {"medical_aid_ok": True}),
    ("残疾儿童", {"disability_type": "肢体"}),
    ("听力、言语残疾儿童", {"disability_type": "听力"}),
    ("6周岁以下残疾儿童", {"disability_type": "肢体", "age": 6}),
    ("社会散居的残疾孤儿", {"disability_type": "肢体", "category": "C1"}),
)
EDUCATION: Circumstances = (
    ("在校就读的困境儿童", {}),
    ("家庭经济困难的儿童", {"family_poor": True}),
    ("残疾儿童", {"child_disability": True}),
    ("家庭经济困难的残疾儿童", {"child_disability": True, "family_poor": True}),
    ("3至6周岁残疾儿童", {"child_disability": True, "age": 4, "stage": "不在读"}),
    ("随父母迁入的儿童", {"migrant": True}),
    ("失学、辍学的儿童", {"dropout": True, "enrolled": False}),
)
STAGES = ("义务教育", "普通高中", "职高", "中专", "大专", "本科", "待入学", "硕士")
#: The answer of table D2 that hangs nothing on a board.
NO_NOTICE = "NONE"
#: What the public says of a danger, the flag of table D10 that it sets; none: any other report.
DANGERS: Sequence[tuple[str, str | None]] = (
    ("有生命危险", "life_threat"),
    ("伤害正在发生", "ongoing_violence"),
    ("性侵害", "sexual"),
    ("失踪、被拐卖", "missing_or_trafficked"),
    ("被遗弃或长期无人照料", "abandoned"),
    ("不满8周岁独自在家", "alone_under8"),
    ("疑似虐待、忽视", "suspected_abuse_or_neglect"),
    ("其他情形", None),
)


@dataclass(frozen=True, kw_only=True)
class Award:
    """One thing that a child gets."""

    circumstance: str
    text: str  #: as the table says it
    standard_key: str | None = None  #: the county's standard that sets the amount
    tops_up: bool = False  #: what others pay is taken off


@dataclass(frozen=True, kw_only=True)
class Board:
    """How long a notice hangs at least; no working days: there is none."""

    workdays: int
    days: int
    linked_only: bool = False  #: `days` binds only where a statutory scheme (低保, 特困) is asked for too


def living_of(models: Models, category: str, profile: str) -> tuple[Award, ...]:
    """The living allowance (table D5) of the category, by circumstance."""
    found: dict[tuple[str, str], Award] = {}
    for circumstance, facts in LIVING:
        answer = _ask(models, "D5_BASIC_LIVING", {**facts, "category": category, "profile": profile})
        key = answer["standard_key"]
        found.setdefault(
            (answer["ui"], key),
            Award(
                circumstance=circumstance,
                text=answer["ui"],
                standard_key=key if key.startswith("STD_") else None,
                tops_up=answer["pay_mode"] in ("TOP_UP", "HOUSEHOLD"),
            ),
        )
    return tuple(found.values())


def premium_of(models: Models, category: str) -> str:
    """Who pays the health insurance's premium (table D7)."""
    return str(_ask(models, "D7_PREMIUM", {"category": category})["ui"])


def board_of(models: Models, category: str, profile: str) -> Board:
    """The longest notice that table D2 has for the category."""
    linked = (False, True)
    answers = [
        _ask(models, "D2_PUBLICITY", {"category": category, "profile": profile, "dibao_linked": each})
        for each in linked
    ]
    hung = [each for each in answers if each["mode"] != NO_NOTICE]
    return Board(
        workdays=max((int(each["min_wd"]) for each in hung), default=0),
        days=max((int(each["min_cd"]) for each in hung), default=0),
        linked_only=len({int(each["min_cd"]) for each in hung}) > 1,
    )


def medical_of(models: Models) -> tuple[Award, ...]:
    """Treatment and rehabilitation (table D8), each under the widest circumstance that gives it."""
    return tuple(_each_once(models, "D8_MEDICAL", MEDICAL))


def education_of(models: Models) -> tuple[Award, ...]:
    """Schooling (table D9), each under the widest circumstance that gives it."""
    return tuple(_each_once(models, "D9_EDUCATION", EDUCATION))


def stages_kept(models: Models, profile: str) -> tuple[str, ...]:
    """The stages of schooling in which one who was covered before stays covered after the 18th birthday (D1)."""
    asked = {"age": 18, "profile": profile}
    return tuple(
        stage
        for stage in STAGES
        if _ask(models, "D1_AGE_GATE", {**asked, "stage": stage})["gate"] == "KEEP_TO_GRADUATION"
    )


def minutes_by_danger(models: Models) -> tuple[tuple[str, int], ...]:
    """Within how many minutes somebody must act on a report (table D10)."""
    flags = {flag: False for _words, flag in DANGERS if flag}
    return tuple(
        (words, int(_ask(models, "D10_TRIAGE", {**flags, **({flag: True} if flag else {})})["respond_minutes"]))
        for words, flag in DANGERS
    )


def _each_once(models: Models, table: str, circumstances: Circumstances) -> Iterator[Award]:
    told: set[str] = set()
    for circumstance, facts in circumstances:
        for answer in _ask(models, table, {"category": "C5", **facts}):
            if answer["ui"] not in told:
                told.add(answer["ui"])
                yield Award(circumstance=circumstance, text=answer["ui"])


def _ask(models: Models, table: str, facts: Mapping[str, Any]) -> Any:
    return evaluate_decision(models[table], table, {**_CHILD, **facts}, require_hit=True).value
