"""Masks, and what a public notice may never say (domain.md 6.1, 6.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.privacy import (
    mask_account,
    mask_child_name,
    mask_guardian_name,
    mask_idcard,
    mask_phone,
    notice_problems,
    surname,
)


@pytest.mark.parametrize(
    ("name", "child", "guardian"),
    [
        ("张三", "张某某", "张某"),
        ("张建国", "张某某", "张某"),
        ("欧阳小明", "欧阳某某", "欧阳某"),
        ("欧阳明", "欧阳某某", "欧阳某"),
        ("诸葛 亮", "诸葛某某", "诸葛某"),
        ("单于", "单某某", "单某"),
        ("阿依古丽·买买提", "阿某某", "阿某"),
        ("  王强 ", "王某某", "王某"),
        ("", "", ""),
    ],
)
def test_names(name: str, child: str, guardian: str) -> None:
    assert (mask_child_name(name), mask_guardian_name(name)) == (child, guardian)


@given(st.text("张王李赵欧阳诸葛建国明", min_size=3, max_size=5))
def test_no_more_than_the_surname_is_left(name: str) -> None:
    assert mask_child_name(name) == surname(name) + "某某"
    assert len(surname(name)) <= 2


def test_numbers() -> None:
    assert mask_idcard("519927201503110016") == "5199**********0016"
    assert mask_idcard("51992720") == "********"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("0834-6123456") == "********3456"
    assert mask_phone("110") == "***"
    assert mask_account("6222021234567890128") == "***************0128"
    assert mask_account("622202") == "******"


NOTICE = """云岭县青川镇人民政府公示
公示编号:青川公示〔2025〕12号
青川镇双河村 监护人王某之子(女)张某某,拟纳入困境儿童分类保障。
公示期:2025年9月30日至2025年10月14日。如有异议,请于公示期内向青川镇人民政府反映,监督电话 13900001111,座机 0834-6123456。
云岭县残疾人联合会、青川镇人民政府"""


def found(text: str, category: str = "C5", name: str = "张建国") -> set[str]:
    return {
        problem.item
        for problem in notice_problems(
            text, child_name=name, category=category, hotline="139 0000 1111", guardian_name="王强"
        )
    }


def test_a_proper_notice_passes() -> None:
    assert notice_problems(NOTICE, child_name="张建国", category="C5", hotline="13900001111") == []
    assert found(NOTICE.replace("拟纳入困境儿童分类保障", "拟纳入特困供养")) == set()
    assert found(NOTICE.replace("拟纳入困境儿童分类保障", "拟纳入最低生活保障")) == set()


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("张建国", "name"),
        ("张 建 国", "name"),
        ("张\u200b建国", "name"),
        ("王强", "name"),
        ("519927201503110016", "id"),
        ("51992720150311001x", "id"),
        ("519927 20150311 0016", "id"),
        ("５１９９２７２０１５０３１１００１６", "id"),
        ("519927150311001", "id"),
        ("13812345678", "phone"),
        ("138-1234-5678", "phone"),
        ("138 1234 5678", "phone"),
        ("13812345678 2025年", "phone"),
        ("13812345678\n2025年", "phone"),
        ("519927201503110016 2025年", "id"),
        ("2015年3月11日出生", "birth"),
        ("10周岁", "birth"),
        ("十岁", "birth"),
        ("张某某,男,", "birth"),
        ("女童", "birth"),
        ("双河村3组", "address"),
        ("双河村三组", "address"),
        ("幸福路8号", "address"),
        ("2栋", "address"),
        ("青川镇中心小学", "school"),
        ("三年级", "school"),
        ("一级", "health"),
        ("二级", "health"),
        ("艾滋", "health"),
        ("hiv", "health"),
        ("白血病", "health"),
        ("残疾儿童", "health"),
        ("其父服刑", "parents"),
        ("强制隔离戒毒", "parents"),
        ("母亲失联", "parents"),
        ("孤儿", "category"),
        ("事实无人抚养", "category"),
        ("每月1050元", "money"),
        ("6222021234567890128", "money"),
    ],
)
def test_what_stops_a_notice(words: str, item: str) -> None:
    assert item in found(NOTICE + words)


def test_the_notice_of_a_gravely_ill_child_does_not_even_name_the_federation() -> None:
    assert found(NOTICE, category="C3") == {"health"}
    assert found(NOTICE.replace("云岭县残疾人联合会、", ""), category="C3") == set()


def test_problems_say_what_to_do() -> None:
    problems = notice_problems(NOTICE + "其父服刑", child_name="张建国", category="C5", hotline="13900001111")
    assert [(problem.found, problem.message) for problem in problems] == [
        ("服刑", "公示稿中出现「服刑」:父母的情况不得公示,请删除")
    ]


def test_another_number_is_no_hotline() -> None:
    problems = notice_problems(NOTICE, child_name="张建国", category="C5", hotline="13900002222")
    assert [problem.item for problem in problems] == ["phone"]
    assert notice_problems(NOTICE, child_name="", category="C5", hotline="13900001111") == []
