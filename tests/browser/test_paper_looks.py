"""Papers, templates, ledger and statistics at a desk's and a phone's width, and as a printer gets them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cases import agenda
from cases.agenda import AGENDA
from cases.quarters import quarter_report
from engine.commands.deploy import deploy
from engine.definitions.bundle import read_folder
from engine.store.user_task import user_task
from tests.browser.conftest import Camera
from tests.browser.county import PROCESSES, County
from tests.browser.test_looks import drawn, enter, filled, look
from tests.browser.test_looks import sized as sized
from tests.web.test_ledger import asked
from tests.web.test_paper_pages import GOOD, NOW, OWNER, file, letter
from tests.web.test_paper_pages import county as county
from tests.web.test_paper_pages import enter as enter_by_hand


@pytest.mark.timeout(300)
def test_papers_fit_and_read(sized: Page, county: County, camera: Camera) -> None:
    number, export = letter(county), asked(county)
    enter_by_hand(county, "leader").post(f"/sheets/exports/{export}/decide", decision="approve")
    enter(sized, county, "officer")
    for name, address in (
        ("ledger", "/ledger"),
        ("ledger-print", f"/sheets/exports/{export}/print"),
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
def test_what_is_signed_fits_and_reads(sized: Page, county: County, camera: Camera) -> None:
    edge = county.edge
    with edge.database.transaction() as session:
        for name in ("report", "assessment", "visit", "quarterly"):
            deploy(session, edge.env, read_folder(PROCESSES / name), actor=OWNER, now=NOW)
        agenda.open_due(session, edge.env, NOW, AGENDA)
    county.settle()
    with edge.database.reading() as session:
        query = select(quarter_report.c.case_id).where(quarter_report.c.town == "519927101")
        case_id = session.execute(query).scalar_one()
        query = select(user_task.c.id).where(user_task.c.element_id == "g_ut_report", user_task.c.place == "519927101")
        task = session.execute(query).scalar_one()
    enter(sized, county, "head")
    for name, address in (
        ("quarterly-print", f"/papers/quarterly/{case_id}/print"),
        ("signing-print", f"/papers/sheets/{task}"),
        ("signing-task", f"/tasks/{task}?paper=signed"),
    ):
        sized.goto(f"{county.address}{address}")
        if name == "signing-task":
            filled(sized)
            sized.get_by_role("tab", name="流程图").click()
            drawn(sized)
        look(sized, camera, name)


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
