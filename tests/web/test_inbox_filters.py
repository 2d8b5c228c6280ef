"""The inbox narrowed to time limit, step and place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from cases.story import read_story
from tests.browser.county import PROCESSES, County, open_county
from tests.web.conftest import Browser

STORY = read_story(PROCESSES / "application" / "scenarios" / "ac01_straight_approval.toml")


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[County]:
    opened = open_county(sqlite_url, tmp_path / "data", datetime.fromisoformat("2025-09-24T09:00:00+08:00"))
    yield opened
    opened.close()


def test_time_limit_step_and_place_narrow_the_inbox(county):
    county.tell(STORY, "b_ut_formal_check")  # on 09-24; due 09-25 17:30
    officer = Browser(county.app)
    officer.post("/login/demo", person="officer")

    def finds(asked: str) -> int:
        return officer.get(f"/inbox?{asked}").get_data(as_text=True).count("data-row href=")

    assert finds("") == 1
    assert [finds(f"due={due}") for due in ("late", "today", "soon", "nonsense")] == [0, 0, 1, 1]
    assert [finds(f"step={step}") for step in ("形式审查", "入户调查")] == [1, 0]
    assert [finds(f"place={place}") for place in ("519927101", "519927101001", "519927102")] == [1, 1, 0]
    assert finds("due=soon&step=形式审查&place=519927101001&q=zxm") <= 1
    county.set_clock(datetime.fromisoformat("2025-09-25T09:00:00+08:00"))
    assert [finds(f"due={due}") for due in ("late", "today", "soon")] == [0, 1, 1]
    county.set_clock(datetime.fromisoformat("2025-09-26T09:00:00+08:00"))
    assert [finds(f"due={due}") for due in ("late", "today", "soon")] == [1, 0, 0]


def test_an_empty_filter_says_what_to_do_and_a_full_page_where_it_ends(county):
    county.tell(STORY, "b_ut_formal_check")
    officer = Browser(county.app)
    officer.post("/login/demo", person="officer")
    assert "放宽时限、环节或地区" in officer.get("/inbox?due=late").get_data(as_text=True)
    page = officer.get("/inbox").get_data(as_text=True)
    assert "本页 1 项" in page
    assert "已到末页" in page
    assert '<option value="形式审查">形式审查</option>' in page
    done = officer.get("/inbox?tab=done&due=late&step=x").get_data(as_text=True)
    assert 'id="due"' not in done
