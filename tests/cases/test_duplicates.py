"""The same child twice (P_B 1, 4): what the officer is shown, what is refused, what nobody is shown (M2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from cases import applications, case_files, children, duplicates, number_doubts
from cases.case_page import number_doubts_of
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.demo_people import DEMO_USERS
from engine.errors import SubmissionInvalid
from tests.cases.conftest import BEGIN, Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
#: No number of the child's own: known by name, birth and village.
UNNUMBERED = {"has_idcard": "无", "child_idcard": None, "no_id_reason": "尚未落户", "sex": "男", "birth": CHILD.birth}
LATER = BEGIN + timedelta(hours=1)


def alike(case: Flow) -> list[tuple[str, str]]:
    with case.stage.database.reading() as session:
        return [(each.archive_no, each.why) for each in duplicates.likenesses(session, case.case_id)]


def child_of(case: Flow) -> str:
    with case.stage.database.reading() as session:
        return str(case_files.find_case(session, case.case_id)["child_id"])


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("张小明", duplicates.SAME_NAME),
        ("章晓明", duplicates.SAME_SOUND),
        ("张晓鸣", duplicates.SAME_SOUND),
        ("张小红", None),
        ("张小", None),
    ],
)
def test_a_name_that_sounds_the_same_with_birth_and_township(
    flow: Callable[..., Flow], name: str, why: str | None
) -> None:
    flow(CHILD)
    second = flow(replace(CHILD, name=name, sequence=CHILD.sequence + 2))
    assert alike(second) == ([("519927-2025-00001", why)] if why else [])


def test_another_birth_or_another_township_is_another_child(flow: Callable[..., Flow]) -> None:
    flow(CHILD)
    assert alike(flow(replace(CHILD, birth=date(2015, 3, 12)))) == []
    assert alike(flow(replace(CHILD, place="519927102001", sequence=CHILD.sequence + 2))) == []


def test_a_sealed_file_is_like_nobody(flow: Callable[..., Flow]) -> None:
    first = flow(CHILD)
    second = flow(replace(CHILD, sequence=CHILD.sequence + 2))
    assert alike(second)
    with first.stage.database.transaction() as session:
        coded = children.coded(child_of(first), "519927101001")
        hidden = dict.fromkeys(("idcard", "live_address", "ethnic"))
        values = {**coded, **hidden, "sealed_hiv": True}
        session.execute(sa.update(children.child).where(children.child.c.id == child_of(first)).values(**values))
    assert alike(second) == []


def test_without_a_number_the_same_name_birth_and_village_is_the_same_file(flow: Callable[..., Flow]) -> None:
    flow(CHILD, **UNNUMBERED)
    with pytest.raises(SubmissionInvalid, match="已有在办的申请"):
        flow(CHILD, **UNNUMBERED)


def test_an_earlier_application_of_the_same_file_is_named(flow: Callable[..., Flow]) -> None:
    first = flow(CHILD)
    with first.stage.database.transaction() as session:
        case_files.change(session, first.case_id, closed_at=BEGIN)
    second = flow(CHILD)
    with second.stage.database.reading() as session:
        found = duplicates.likenesses(session, second.case_id)
    assert [(each.why, each.applications) for each in found] == [
        (duplicates.SAME_FILE, ("519927101-20250924-0001",)),
    ]


def test_a_duplicate_names_something_that_is_there(flow: Callable[..., Flow]) -> None:
    flow(CHILD)
    second = flow(replace(CHILD, name="章晓明", sequence=CHILD.sequence + 2))
    for nothing in ("519927101-20250924-0009", "519927101-20250924-0002"):
        with pytest.raises(SubmissionInvalid, match="没有编号为"):
            second.do(Deed.CHECK, LATER, result="重复申请", duplicate_of=nothing)
    second.do(Deed.CHECK, LATER, result="重复申请", duplicate_of="519927101-20250924-0001")
    with second.stage.database.reading() as session:
        assert case_files.find_case(session, second.case_id)["status"] == case_files.CaseStatus.MERGED


@pytest.mark.parametrize(
    "typed",
    ["５１９９２７２０１５０３１１０１８Ｘ", "51992720150311018x", "519927 20150311 018X"],
    ids=("wide", "small", "groups"),
)
def test_however_the_number_is_typed_it_is_the_same_child(flow: Callable[..., Flow], typed: str) -> None:
    numbered = {"child_idcard": "51992720150311018X", "applicant_idcard": "11010519491231002x"}
    flow(CHILD, **numbered)
    with pytest.raises(SubmissionInvalid, match="已有在办的申请"):
        flow(CHILD, **{**numbered, "child_idcard": typed})


def test_numbers_are_kept_in_one_writing(flow: Callable[..., Flow]) -> None:
    told = {
        "applicant_phone": "０８３９-555 0101",
        "bank_account": "6222 0212 3456 7890 128",
        "account_holder": "张小明",
    }
    case = flow(
        CHILD, child_idcard="51992720150311018x", applicant_idcard="１１０１０５１９４９１２３１００２ｘ", **told
    )
    with case.stage.database.reading() as session:
        found, carer = children.find_child(session, child_of(case)), children.current_guardian(session, child_of(case))
        filed = applications.find_application(session, case.case_id)
    assert found is not None and found["idcard"] == "51992720150311018X"
    assert carer is not None and (carer["idcard"], carer["phone"]) == ("11010519491231002X", "0839-5550101")
    assert filed["bank_account"] == "6222021234567890128"


def test_a_number_whose_birth_is_after_today_is_refused(flow: Callable[..., Flow]) -> None:
    with pytest.raises(SubmissionInvalid) as refused:
        flow(CHILD, child_idcard="519927202509250014")
    (problem,) = refused.value.problems
    assert (problem.field, problem.rule) == ("child_idcard", "idcard")
    assert problem.message == "「身份证号」中的出生日期晚于今天,请核对第7至14位"
    assert flow(CHILD, child_idcard="519927202509240019").case_id


def doubted(case: Flow, who: str = "qingchuan_officer") -> list[tuple[str, str]]:
    actor = next(user.actor for user in DEMO_USERS if user.user_name == who)
    with case.stage.database.transaction() as session:
        found = number_doubts_of(session, actor, case.case_id, purpose="形式审查", now=LATER)
    return [(each.whose, each.division) for each in found]


def test_a_number_of_no_division_is_taken_and_its_original_looked_at(flow: Callable[..., Flow]) -> None:
    """Divisions that were abolished are known, and so is the county's own."""
    told = {"father_idcard": "513425198506232131", "mother_idcard": "519998198506232124"}
    case = flow(CHILD, **told, applicant_idcard="529998198506232134")
    assert doubted(case) == [("申请人", "529998"), ("母亲", "519998")]
    assert doubted(flow(CHILD, child_idcard="519998201503110011")) == [("儿童", "519998")]


def test_who_does_not_see_the_file_reads_no_doubt_of_it(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD, applicant_idcard="529998198506232134")
    assert doubted(case) == [("申请人", "529998")]
    assert [doubted(case, who) for who in ("baishui_officer", "jkt_handler", "auditor")] == [[], [], []]
    with case.stage.database.transaction() as session:
        case_files.change(session, case.case_id, sealed_hiv=True)
        assert number_doubts.doubts(session, case.case_id) == ()
