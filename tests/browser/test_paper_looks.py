"""Papers, templates, ledger and statistics at a desk's and a phone's width, and as a printer gets them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Camera
from tests.browser.county import County
from tests.browser.test_looks import enter, look
from tests.browser.test_looks import sized as sized
from tests.web.test_paper_pages import GOOD, asked, file, letter
from tests.web.test_paper_pages import county as county
from tests.web.test_paper_pages import enter as enter_by_hand


@pytest.mark.timeout(300)
def test_papers_fit_and_read(sized: Page, county: County, camera: Camera) -> None:
    number, export = letter(county), asked(county)
    enter_by_hand(county, "leader").post(f"/ledger/exports/{export}/decide", decision="grant")
    enter(sized, county, "officer")
    for name, address in (
        ("ledger", "/ledger"),
        ("ledger-print", f"/ledger/exports/{export}/print"),
        ("letter-print", f"/papers/{number}/print"),
        ("statistics", "/statistics"),
        ("unknown-code", "/q/nonsense"),
    ):
        sized.goto(f"{county.address}{address}")
        look(sized, camera, name)
    sized.goto(f"{county.address}/papers/{number}/print")
    sized.emulate_media(media="print")
    expect(sized.locator(".topbar")).to_be_hidden()
    expect(sized.locator(".paper-bar")).to_be_hidden()
    look(sized, camera, "letter-printed", axe=False)


@pytest.mark.timeout(300)
def test_templates_fit_and_read(sized: Page, county: County, camera: Camera) -> None:
    owner = enter_by_hand(county, "owner")
    for note in ("加县名", "改字号"):
        owner.post("/templates/letter.docx", file=file(GOOD), note=note)
    enter(sized, county, "owner")
    for name, address in (("templates", "/templates"), ("template", "/templates/letter.docx")):
        sized.goto(f"{county.address}{address}")
        look(sized, camera, name)
    sized.get_by_role("button", name="恢复 第 1 版").click()
    expect(sized.get_by_role("dialog")).to_contain_text("此后的文书按这一版制作")
    sized.get_by_role("dialog").get_by_role("button", name="不做了").click()
    expect(sized.get_by_role("dialog")).to_be_hidden()
    sized.locator("#file").set_input_files({"name": "a.docx", "mimeType": "application/octet-stream", "buffer": b"x"})
    sized.get_by_role("button", name="只检查").click()
    expect(sized.locator(".error-summary")).to_contain_text("不是 Word 文件")
    look(sized, camera, "template-refused")
