"""Every combination of inputs of the shared tables, against the rules written down a second time as plain functions.

The functions follow domain.md part 3 (D2-D5, D7-D9) with amendments M1, M10 and M15, not the tables' rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from engine.decisions import evaluate_decision, parse_dmn

TABLES = Path(__file__).parents[2] / "processes" / "decisions"
CATEGORIES = ("C1", "C2", "C3", "C4", "C5", "CX")
PROFILES = ("CURRENT", "SEED_LITERAL")
YES_NO = (False, True)
STAGES = ("义务教育", "普通高中", "职高", "中专", "大专", "本科", "待入学", "硕士", "不在读")
REASONS = (
    *("死亡", "宣告失踪或死亡", "查找不到", "服刑", "强制戒毒", "其他限制人身自由"),
    *("失联", "重残", "重病", "撤销监护", "遣送出境"),
)
BOTH_PARENTS = [[], *([reason] for reason in REASONS), *(list(pair) for pair in product(REASONS, REASONS))]
DISABILITIES = ("无", "视力", "听力", "言语", "智力", "肢体", "孤独症", "精神", "多重")
Names = Mapping[str, Any]


def publicity(sealed_hiv: bool, no_publicity: bool, profile: str, category: str, dibao_linked: bool) -> tuple[Any, ...]:
    if sealed_hiv or no_publicity:
        return ("NONE", 0, 0)
    if profile == "SEED_LITERAL":
        return ("MASKED", 5, 0)
    if category in ("C1", "C2", "CX"):
        return ("NONE", 0, 0)
    mode = "MASKED_GENERIC" if category == "C3" else "MASKED"
    return (mode, 5, 7 if category == "C4" or dibao_linked else 0)


def reviewers(**given: Any) -> list[tuple[Any, ...]]:
    asked = [("MZJ", "R", "身份、类别、待遇是否符合")]
    if given["hiv"]:
        return [*asked, ("WJJ_SEALED", "R", "HIV确证报告核验（密封件）")]
    category = given["category"]
    if category == "C3" and given["child_disability"]:
        asked.append(("CL", "R", "残疾等级是否为一级、二级"))
    if category == "C3" and given["severe_illness"]:
        asked += [("WJJ", "R", "诊断是否真实、病种"), ("RSJ", "R", "是否达到大病保险起付标准")]
    if category == "C5" and given["hardship_medical"]:
        asked += [("RSJ", "R", "参保及个人负担情况"), ("WJJ", "R", "就医困难是否属实")]
    if category == "C5" and given["hardship_school"]:
        asked.append(("JKT", "R", "学籍、就学困难是否属实"))
    if given["over18_in_school"]:
        asked.append(("JKT", "R", "在读学段、预计毕业时间"))
    if category in ("C1", "C2", "C4") and given["child_disability"]:
        asked.append(("CL", "R", "残疾类别、等级（康复待遇）"))
    return asked + parents_checks(category, set(given["parent_reasons"]))


def parents_checks(category: str, reasons: set[str]) -> list[tuple[Any, ...]]:
    """Once for both parents: a reason that both have asks once."""
    police = ("GAJ", "V", "死亡注销、失联查找、限制人身自由")
    if category == "C1":
        return [police]
    if category != "C2":
        return []
    asked: list[tuple[Any, ...]] = []
    if "重残" in reasons:
        asked.append(("CL", "R", "父（母）残疾等级"))
    if "重病" in reasons:
        asked.append(("WJJ", "R", "父（母）重病诊断"))
    if reasons & {"服刑", "强制戒毒"}:
        asked.append(("SFJ", "V", "服刑、戒毒起止日期"))
    if reasons & {"死亡", "其他限制人身自由", "失联", "遣送出境"}:
        asked.append(police)
    if reasons & {"宣告失踪或死亡", "撤销监护"}:
        asked.append(("FY", "V", "生效裁判文书核验"))
    return asked


def joint(**given: Any) -> tuple[Any, ...]:
    if given["opinions_missing"]:
        return ("WAIT",)
    if given["opinions_supp"]:
        return ("SUPPLEMENT",)
    if given["opinions_disagree"]:
        return ("CONSULT",) if given["opinions_agree"] else ("REJECT",)
    return ("CONSULT",) if given["opinions_contradiction"] else ("APPROVE",)


def basic_living(**given: Any) -> tuple[Any, ...]:
    category, age = given["category"], given["age"]
    if given["gate"] == "EXIT":
        return ("NONE", "-", "STOP")
    if given["institution"] and (given["hiv"] or category == "C1"):
        return ("ORPHAN_INST", "STD_ORPHAN_INST", "FULL")
    if given["hiv"] or category == "C1":
        return ("HIV" if given["hiv"] else "ORPHAN", "STD_ORPHAN_SCATTERED", "FULL")
    if category == "C2":
        return ("DEFACTO", "STD_ORPHAN_SCATTERED", "TOP_UP")
    if category == "C4":
        return extreme_poverty(age, given["profile"], given["stage"])
    if category == "CX" or (category == "C5" and not given["dibao_ok"]):
        return ("OTHER_CASE", "CASE", "CASE")
    if given["dibao_ok"]:
        return ("DIBAO", "STD_DIBAO_CLASSIFIED", "HOUSEHOLD")
    return ("DIBAO_SINGLE", "STD_DIBAO", "FULL") if given["bianyuan_ok"] else ("NO_CASH", "-", "SERVICE")


def extreme_poverty(age: int, profile: str, stage: str) -> tuple[Any, ...]:
    if age >= 16 and profile == "SEED_LITERAL":
        return ("DIBAO", "STD_DIBAO_CLASSIFIED", "MAX")
    if age < 18 or stage in ("普通高中", "义务教育", "职高", "中专"):
        return ("TEKUN", "STD_TEKUN", "FULL")
    return ("DIBAO", "STD_TEKUN", "TOP_UP")


def age_gate(age: int, covered_before_18: bool, stage: str, profile: str) -> tuple[Any, ...]:
    if age < 18:
        return ("KEEP",)
    if covered_before_18 and stage == "待入学":
        return ("KEEP_PROVISIONAL",)
    listed = {"普通高中", "职高", "中专", "大专", "本科"} | ({"义务教育"} if profile == "CURRENT" else set())
    return ("KEEP_TO_GRADUATION",) if covered_before_18 and stage in listed else ("EXIT",)


def temporary_relief(acute_hardship: bool, emergency: bool, amount_small: bool) -> tuple[Any, ...]:
    if not acute_hardship:
        return ("NO",)
    if emergency:
        return ("EMERGENCY_FIRST",)
    return ("TOWNSHIP",) if amount_small else ("COUNTY",)


SUBCASES = ("不适用", "死亡", "户籍迁出", "自愿退出", "骗取保障", "监护情况变化", "其他")


def exit_ground(ground: str, subcase: str) -> tuple[Any, ...]:
    """From when it stops, whether the guardian is heard, whether 特困 termination hangs, whether money comes back."""
    if ground == "7" and subcase == "骗取保障":
        return ("AT_ONCE", True, True, True, "退出")
    dead, moved = ground == "7" and subcase == "死亡", ground == "7" and subcase == "户籍迁出"
    from_fact = ground in ("1", "2") or dead
    stop = "MONTH_AFTER_FACT" if from_fact else "MONTH_AFTER_DECISION"
    return (stop, not from_fact, not dead, False, "死亡" if dead else "转出" if moved else "退出")


def premium(hiv: bool, category: str) -> tuple[Any, ...]:
    if hiv or category in ("C1", "C2", "C4"):
        return ("FULL",)
    return ("ENROL_ONLY",) if category == "CX" else ("PARTIAL",)


def medical(**given: Any) -> list[tuple[Any, ...]]:
    disability = given["disability_type"]
    offers = {
        ("FAMILY_DOCTOR", "WJJ"): True,
        ("COMMERCIAL_INSURANCE", "RSJ"): True,
        ("INSURANCE_TILT", "RSJ"): given["severe"],
        ("SETTLEMENT_CHAIN", "RSJ"): given["severe"] or given["medical_aid_ok"],
        ("MEDICAL_AID", "MZJ"): given["medical_aid_ok"],
        ("TOMORROW_PLAN", "MZJ"): given["category"] == "C1" and not given["institution"] and disability != "无",
        ("REHAB_0_6", "CL"): given["age"] <= 6 and disability not in ("无", "精神", "多重"),
        ("HEARING_REHAB", "RSJ"): disability in ("听力", "言语"),
        ("PUBLIC_REHAB", "CL"): disability != "无",
    }
    return [offer for offer, given_out in offers.items() if given_out]


def education(**given: Any) -> list[tuple[Any, ...]]:
    out_of_school = given["dropout"] or (6 <= given["age"] < 16 and not given["enrolled"])
    offers = {
        "AID": given["family_poor"],
        "SANMIANYIBU": given["enrolled"] and given["stage"] not in ("大专", "本科", "硕士"),
        "FREE_12Y": given["child_disability"] and given["family_poor"],
        "INCLUSIVE": given["child_disability"],
        "KONGCHUO": out_of_school,
        "SUIQIAN": given["migrant"],
        "PRESCHOOL": given["child_disability"] and 3 <= given["age"] <= 6,
    }
    return [(benefit, "JKT") for benefit, given_out in offers.items() if given_out]


def flags(*names: str) -> dict[str, tuple[bool, ...]]:
    return dict.fromkeys(names, YES_NO)


CASES: dict[str, tuple[Callable[..., Any], tuple[str, ...], Mapping[str, Any]]] = {
    "D1_AGE_GATE": (
        age_gate,
        ("gate",),
        {"age": (0, 15, 17, 18, 19, 25), "stage": STAGES, "profile": PROFILES, **flags("covered_before_18")},
    ),
    "EXIT_GROUND": (
        exit_ground,
        ("stop_rule", "hear", "notice", "recover", "leaves"),
        {"ground": tuple("1234567"), "subcase": SUBCASES},
    ),
    "D2_PUBLICITY": (
        publicity,
        ("mode", "min_wd", "min_cd"),
        {"category": CATEGORIES, "profile": PROFILES, **flags("sealed_hiv", "no_publicity", "dibao_linked")},
    ),
    "D3_REVIEWERS": (
        reviewers,
        ("dept", "mode", "question"),
        flags("hiv", "child_disability", "severe_illness", "hardship_school", "hardship_medical", "over18_in_school")
        | {"category": CATEGORIES, "parent_reasons": [[], *([reason] for reason in REASONS)]},
    ),
    "D4_JOINT": (
        joint,
        ("outcome",),
        {f"opinions_{name}": range(3) for name in ("missing", "supp", "disagree", "agree")}
        | flags("opinions_contradiction"),
    ),
    "D5_BASIC_LIVING": (
        basic_living,
        ("scheme", "standard_key", "pay_mode"),
        {"gate": ("KEEP", "KEEP_TO_GRADUATION", "KEEP_PROVISIONAL", "EXIT"), "category": CATEGORIES}
        | {"age": (7, 15, 16, 17, 18), "profile": PROFILES, "stage": ("普通高中", "本科", "义务教育", "中专")}
        | flags("institution", "hiv", "dibao_ok", "bianyuan_ok"),
    ),
    "D6_TEMP_RELIEF": (temporary_relief, ("route",), flags("acute_hardship", "emergency", "amount_small")),
    "D7_PREMIUM": (premium, ("subsidy",), {"category": CATEGORIES, **flags("hiv")}),
    "D8_MEDICAL": (
        medical,
        ("benefit", "dept"),
        {"category": CATEGORIES, "age": (0, 3, 6, 7, 17), "disability_type": DISABILITIES}
        | flags("severe", "medical_aid_ok", "institution"),
    ),
    "D9_EDUCATION": (
        education,
        ("benefit", "dept"),
        {"age": (2, 3, 5, 6, 7, 12, 15, 16), "stage": ("义务教育", "普通高中", "大专", "本科", "硕士", "不在读")}
        | flags("enrolled", "family_poor", "child_disability", "migrant", "dropout"),
    ),
}


def combinations(domains: Mapping[str, Any]) -> Iterator[Names]:
    for values in product(*domains.values()):
        yield dict(zip(domains, values, strict=True))


def answer(value: Any, outputs: tuple[str, ...]) -> Any:
    """The outputs that decide: of a collecting table sorted, because its order says nothing."""
    if isinstance(value, list):
        return sorted(tuple(row[name] for name in outputs) for row in value)
    return tuple(value[name] for name in outputs)


def table(identity: str) -> Any:
    name = f"{identity}.dmn"
    return parse_dmn((TABLES / name).read_bytes(), name)


@pytest.mark.parametrize("identity", CASES)
def test_every_combination_gives_what_the_plan_says(identity: str) -> None:
    expected, outputs, domains = CASES[identity]
    model = table(identity)
    hit: set[int] = set()
    for names in combinations(domains):
        result = evaluate_decision(model, identity, names)
        told = result.explanation.as_dict()
        hit |= {rule["index"] for rule in told["rules"]}
        wanted = expected(**names)
        assert answer(result.value, outputs) == (sorted(wanted) if isinstance(wanted, list) else wanted), names
        assert not told["warnings"] or wanted == [], (names, told["warnings"])
    rules = (TABLES / f"{identity}.dmn").read_text(encoding="utf-8").count("<rule ")
    assert len(hit) == rules, "a rule that no case meets is a mistake"


def test_reasons_of_both_parents_are_asked_in_one_evaluation() -> None:
    model = table("D3_REVIEWERS")
    quiet = dict.fromkeys(("hiv", "child_disability", "severe_illness", "hardship_school", "over18_in_school"), False)
    for reasons in BOTH_PARENTS:
        names = {**quiet, "hardship_medical": False, "category": "C2", "parent_reasons": reasons}
        value = evaluate_decision(model, "D3_REVIEWERS", names).value
        assert answer(value, ("dept", "mode", "question")) == sorted(reviewers(**names)), reasons


def test_an_unknown_flag_never_publishes_a_sealed_child() -> None:
    names = {"no_publicity": True, "profile": "CURRENT", "category": "C5", "dibao_linked": True}
    assert evaluate_decision(table("D2_PUBLICITY"), "D2_PUBLICITY", names).value["mode"] == "NONE"
