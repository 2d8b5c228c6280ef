"""Papers that come one by one, and those that a claim lacks, named before the list is written (domain.md 2.1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cases import materials
from cases.demo_children import DEMO_CHILDREN, Deed
from cases.missing_papers import missing_of
from engine.errors import SubmissionInvalid
from tests.cases.conftest import Flow

CHILD = next(each for each in DEMO_CHILDREN if each.name == "张小明")
BASE = ["M01", "M02", "M03", "M05"]


def lacking(case: Flow) -> list[str]:
    with case.stage.database.reading() as session:
        return sorted(materials.title_of(group) for group in missing_of(session, case.case_id))


@pytest.mark.parametrize(
    ("claimed", "have", "titles"),
    [
        ({"categories": ["C5"], "difficulty": ["生活"]}, [*BASE, "M25", "M27"], []),
        ({"categories": ["C5"], "difficulty": ["就学"]}, [*BASE, "M25", "M27"], ["在读证明或学籍"]),
        ({"categories": ["C3"]}, BASE, ["儿童残疾人证(一、二级)或诊断证明及医保结算单"]),
        ({"categories": ["C2"], "father_status": "服刑", "mother_status": "健在"}, BASE, ["刑事判决书及执行通知"]),
        ({"categories": ["C4"], "income_decl": 3600}, [*BASE, "M28"], ["家庭经济状况申报与核对授权书"]),
    ],
)
def test_what_the_claim_lacks_is_named(
    flow: Callable[..., Flow], claimed: dict[str, object], have: list[str], titles: list[str]
) -> None:
    assert lacking(flow(CHILD, **claimed, materials=have)) == titles


def test_nothing_is_lacking_once_the_application_is_accepted(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD, materials=["M01"])
    assert lacking(case)
    case.do(Deed.CHECK)
    assert lacking(case) == []


def test_a_paper_sent_by_itself_is_held_with_its_file(flow: Callable[..., Flow]) -> None:
    case = flow(CHILD, materials=["M01"], material_list=[{"code": "M25", "file": "file:dibao.pdf"}])
    rows = {row["code"]: row["file_id"] for row in case.rows(materials.material)}
    assert rows["M01"] is None and rows["M25"]


def test_a_paper_in_the_list_needs_its_file(flow: Callable[..., Flow]) -> None:
    with pytest.raises(SubmissionInvalid, match="必须上传"):
        flow(CHILD, material_list=[{"code": "M25"}])
