"""The ledger's sheets at a desk's and a phone's width: asked for, approved, downloaded; loaded and sent back."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from cases.demo_rows import fill_up
from cases.ledger_columns import COLUMNS, REASON
from engine.access import Actor, Grant
from tests.browser.conftest import Camera
from tests.browser.county import County
from tests.browser.test_children import OFFICER, TOWN, look
from tests.browser.test_looks import enter
from tests.browser.test_looks import sized as sized

LEADER = Actor(id="leader", name="郑国", unit="青川镇人民政府", grants=(Grant(role="town_leader", place=TOWN),))
HEADINGS = [column.heading for column in COLUMNS if column.comes_in]


def a_ledger(folder: Path) -> Path:
    """Three children, of whom one is right."""
    book = Workbook()
    page = book.active
    page.append(HEADINGS)
    for name, number in (
        ("张小明", "519927201503110016"),
        ("李", "519927201503110017"),
        ("张小明", "519927201503110016"),
    ):
        row = {"姓名": name, "身份证号": number, "户籍村代码": f"{TOWN}001"}
        page.append([row.get(heading) for heading in HEADINGS])
    path = folder / "ledger.xlsx"
    book.save(path)
    return path


def change_to(page: Page, county: County, person: str) -> None:
    """Somebody else sits down, whatever the language."""
    page.goto(f"{county.address}/login")
    page.locator(f"button[name=person][value='{person}']").click()
    page.wait_for_url("**/inbox")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_sheet_goes_out_after_approval_and_comes_in_line_by_line(
    sized: Page, county: County, camera: Camera, tmp_path: Path, language: str
) -> None:
    fill_up(county.edge.database, children=60, seed=3)
    county.people([OFFICER, LEADER])
    enter(sized, county, "officer")
    if language == "en":
        sized.get_by_role("button", name="English").click()
    sized.goto(f"{county.address}/children?status=保障中")
    sized.locator("main details.panel summary").click()
    sized.locator("#purpose").fill("季度核对台账")
    look(sized, camera, f"export-{language}")
    sized.locator("main details.panel button").click()
    expect(sized.locator(".flash")).to_be_visible()
    look(sized, camera, f"ledger-{language}")
    change_to(sized, county, "leader")
    sized.goto(f"{county.address}/sheets")
    look(sized, camera, f"ledger-to-decide-{language}")
    sized.locator("button[value=approve]").click()
    expect(sized.locator(".flash")).to_be_visible()
    change_to(sized, county, "officer")
    sized.goto(f"{county.address}/sheets")
    with sized.expect_download() as got:
        sized.locator("form[action$='/take'] button").click()
    rows = list(load_workbook(BytesIO(got.value.path().read_bytes())).active.iter_rows(values_only=True))
    assert "季度核对台账" in rows[0][0]
    assert len(rows) > 5
    sized.locator("#file").set_input_files(a_ledger(tmp_path))
    sized.locator("form[action$='/imports'] button").click()
    expect(sized.locator(".figures b")).to_have_text(["1", "1", "1"])
    look(sized, camera, f"ledger-report-{language}")
    with sized.expect_download() as got:
        sized.locator("a[href$='/returned']").click()
    back = list(load_workbook(BytesIO(got.value.path().read_bytes())).active.iter_rows(values_only=True))
    assert back[0][-1] == REASON
    assert len(back) == 3
