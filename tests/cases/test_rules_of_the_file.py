"""Small rules without a database: papers, categories, counting opinions, ages, documents' words."""

from __future__ import annotations

from datetime import date

import pytest

from cases import letters, opinions
from cases.benefits import month_after
from cases.case_facts import age_gate, parent_reasons, primary_category
from cases.decisions import limits
from cases.materials import Claim, missing, required, title_of
from cases.roles import DEPARTMENTS, ROLES
from engine.calendar import default_calendar

BASE = ("M01", "M02", "M03", "M05")


def claim(*categories: str, **more: object) -> Claim:
    return Claim(categories=frozenset(categories), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "have", "lacking"),
    [
        (claim("C1"), (*BASE, "M11"), ()),
        (claim("C1"), BASE, (frozenset({"M10", "M11"}),)),
        (claim("C2", parent_reasons=("服刑", "死亡")), (*BASE, "M13"), (frozenset({"M10"}),)),
        (claim("C2", parent_reasons=("重残", "死亡")), (*BASE, "M16父", "M10母"), ()),
        (claim("C2", parent_reasons=("重残", "重残")), (*BASE, "M16"), (frozenset({"M16父"}), frozenset({"M16母"}))),
        (claim("C2", parent_reasons=("重残", "重残")), (*BASE, "M16父"), (frozenset({"M16母"}),)),
        (claim("C2", parent_reasons=("服刑", "服刑")), (*BASE, "M13"), ()),
        (claim("C2", parent_reasons=("服刑", "服刑")), (*BASE, "M13母"), (frozenset({"M13", "M13父"}),)),
        (claim("C1", parent_reasons=("死亡", "死亡")), (*BASE, "M10父"), (frozenset({"M10", "M10母", "M11"}),)),
        (claim("C3"), (*BASE, "M22"), ()),
        (claim("C4"), (*BASE, "M24"), (frozenset({"M28"}),)),
        (claim("C5"), (*BASE, "M25", "M27"), ()),
        (claim("C5", hardship_school=True), (*BASE, "M25", "M27"), (frozenset({"M26"}),)),
        (claim("C5", entrusted=True), (*BASE, "M25", "M27"), (frozenset({"M06"}),)),
        (claim("C5", filed_by_village=True), ("M01", "M02", "M05", "M25", "M27"), ()),
        (claim("C5", hiv=True), BASE, (frozenset({"M23"}),)),
    ],
)
def test_missing_papers(asked: Claim, have: tuple[str, ...], lacking: tuple[frozenset[str], ...]) -> None:
    assert missing(asked, have) == lacking


def test_the_consent_form_is_never_demanded() -> None:
    everything = claim("C1", "C2", "C3", "C4", "C5", hardship_school=True, entrusted=True, parent_reasons=("失联",))
    assert not any("M07" in group for group in required(everything))


def test_a_group_of_papers_reads_as_a_choice() -> None:
    assert title_of({"M21", "M22"}) == "儿童残疾人证(一、二级)或诊断证明及医保结算单"
    assert title_of({"M13", "M13父"}) == "父亲的刑事判决书及执行通知"


@pytest.mark.parametrize(
    ("categories", "primary"), [(["C5", "C1"], "C1"), (["C3", "C4"], "C4"), (["CX", "C5"], "C5"), ([], None)]
)
def test_one_category_stands_for_several(categories: list[str], primary: str | None) -> None:
    assert primary_category(categories) == primary


def test_parents_reasons_in_the_words_of_the_table() -> None:
    assert parent_reasons("宣告失踪", "健在") == ("宣告失踪或死亡",)
    assert parent_reasons("其他限制自由", "不详") == ("其他限制人身自由",)
    assert parent_reasons(None, "重残") == ("重残",)


@pytest.mark.parametrize(
    ("age", "covered", "stage", "profile", "gate"),
    [
        (17, False, "不在读", "CURRENT", "KEEP"),
        (18, False, "普通高中", "CURRENT", "EXIT"),
        (18, True, "普通高中", "CURRENT", "KEEP_TO_GRADUATION"),
        (18, True, "义务教育", "CURRENT", "KEEP_TO_GRADUATION"),
        (18, True, "义务教育", "SEED_LITERAL", "EXIT"),
        (18, True, "待入学", "CURRENT", "KEEP_PROVISIONAL"),
        (19, True, "硕士", "CURRENT", "EXIT"),
    ],
)
def test_the_age_gate(age: int, covered: bool, stage: str, profile: str, gate: str) -> None:
    assert age_gate(age=age, covered_before_18=covered, stage=stage, profile=profile) == gate


def row(department: str, mode: str, opinion: str | None, *, original_seen: bool = False) -> dict[str, object]:
    return {"department": department, "mode": mode, "opinion": opinion, "original_seen": original_seen}


def test_opinions_are_counted_over_reviewers_and_facts_only_contradict() -> None:
    counted = opinions.count(
        [row("MZJ", "R", "同意"), row("WJJ", "R", "不同意"), row("RSJ", "R", None), row("GAJ", "V", "矛盾")]
    )
    assert (counted.agree, counted.disagree, counted.missing, counted.contradiction) == (1, 1, 1, True)


def test_a_silent_fact_check_holds_nothing() -> None:
    assert opinions.count([row("MZJ", "R", "同意"), row("GAJ", "V", None)]).missing == 0


@pytest.mark.parametrize(("original_seen", "contradiction"), [(False, True), (True, False)])
def test_no_record_is_a_contradiction_unless_the_original_was_seen(original_seen: bool, contradiction: bool) -> None:
    counted = opinions.count([row("GAJ", "V", "无记录", original_seen=original_seen)])
    assert counted.contradiction is contradiction


def test_departments_that_want_more_are_named() -> None:
    counted = opinions.count([row("RSJ", "R", "需补充"), row("WJJ", "R", "同意")])
    assert (counted.supplement, counted.asking) == (1, ("RSJ",))


def test_a_benefit_starts_the_month_after_the_decision() -> None:
    assert month_after(date(2025, 10, 22)) == "2025-11"
    assert month_after(date(2025, 12, 31)) == "2026-01"


def test_every_department_has_a_handler_and_a_leader() -> None:
    assert {f"{code.lower()}_{part}" for code in DEPARTMENTS for part in ("handler", "leader")} <= ROLES


HEAD = letters.Head(
    number="519927101-20250924-0001",
    applicant="王建国",
    child="张小明",
    area="青川镇青山村",
    issuer="青川镇人民政府",
    sealed=False,
)


def test_the_one_time_list_says_everything_and_the_last_day() -> None:
    text = letters.supplement(HEAD, ["低保证", "学籍"], day=date(2025, 12, 30), until=date(2026, 1, 29))
    assert "1. 低保证" in text and "2. 学籍" in text
    assert "2026年1月29日24时" in text and "一次性告知" in text


def test_a_refusal_names_reasons_papers_and_both_remedies() -> None:
    day = date(2025, 11, 28)
    until = limits(default_calendar(), day)
    text = letters.refusal(HEAD, reasons="理由一", returned=["儿童户口簿"], signed="县民政局", day=day, until=until)
    named = ("理由一", "儿童户口簿", "60日", "6个月", "县民政局", "2026年1月27日", "2026年5月28日")
    assert all(part in text for part in named)


def test_the_recognition_names_no_category() -> None:
    text = letters.recognition(HEAD, number="云困保〔2025〕1号", effective_month="2025-11", day=date(2025, 10, 22))
    assert "2025年11月起" in text
    assert not any(word in text for word in ("孤儿", "特困", "贫困", "C5"))
