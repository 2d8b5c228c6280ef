"""What a name is found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.search import MAX_KEY, search_key, search_terms


def test_a_key() -> None:
    assert search_key("张建国") == "张建国 张 建 国 张建 建国 zhangjianguo zjg"


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("张建国", "建国"),
        ("张建国", "张"),
        ("张建国", "zhangjianguo"),
        ("张建国", "jianguo"),
        ("张建国", "ZJG"),
        ("单雄信", "shanxiongxin"),
        ("单雄信", "danxiongxin"),
        ("曾小明", "zengxiaoming"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("阿依古丽·买买提", "古丽·买"),
        ("Anna Li", "anna"),
        ("张建国", "5199270001"),
        ("张建国", "建国 zjg"),
        ("张建国", "ＺＪＧ"),
    ],
)
def test_found(name: str, query: str) -> None:
    key = search_key(name, "5199270001")
    assert all(term in key for term in search_terms(query))


@pytest.mark.parametrize("query", ["国建", "李", "zjh", "建 李"])
def test_not_found(query: str) -> None:
    key = search_key("张建国")
    assert not all(term in key for term in search_terms(query))


@given(st.text(max_size=3000))
def test_any_name_has_a_key_of_bounded_length(name: str) -> None:
    assert len(search_key(name)) <= MAX_KEY
    assert len(search_terms(name)) <= 8


def test_a_long_text_is_cut_at_a_word() -> None:
    key = search_key(" ".join(f"word{i:04}" for i in range(500)))
    assert MAX_KEY - 10 < len(key) <= MAX_KEY
    assert all(len(word) == 8 for word in key.split())


def test_nothing_gives_nothing() -> None:
    assert search_key("") == ""
    assert search_terms("  ") == []
