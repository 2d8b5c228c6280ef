"""The public site as a visitor meets it: every page in both languages and at both widths without a barrier, filing by
keyboard alone, progress by receipt number and telephone, and what a page looks like on paper."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from cases import offices
from cases.benefits import benefit_standard
from cases.notices import public_notice
from engine.access import Actor, Grant
from engine.calendar import end_of_day
from tests.browser.conftest import PHONE, WIDE
from tests.browser.county import County, open_county

NOW = datetime.fromisoformat("2025-10-09T10:00:00+08:00")
NOTICE = "GS519927101-2025-0001"
PICTURES = os.environ.get("PUBLIC_PICTURES")
ADDRESSES = {
    "home": "/public",
    "policy": "/public/policy",
    "apply": "/public/policy/apply",
    "how-to-report": "/public/policy/report",
    "offices": "/public/policy/offices",
    "objection": f"/public/file/objection?notice={NOTICE}",
    "report": "/public/file/report",
    "progress": "/public/progress",
    "notices": "/notices",
    "notice": f"/notices/{NOTICE}",
    "not-found": "/notices/GS519927101-2025-9999",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[County]:
    """One server for the whole file: a notice that hangs, standards in force, offices."""
    folder = tmp_path_factory.mktemp("public")
    shutil.copyfile(sqlite_template, folder / "tongan.sqlite3")
    county = open_county(
        f"sqlite:///{folder / 'tongan.sqlite3'}",
        folder / "data",
        NOW,
        processes=("application", "exit", "objection", "report"),
    )
    keeper = Actor(id="keeper", name="李强", grants=(Grant(role="mzj_handler", place="519927"),))
    with county.edge.database.transaction() as session:
        for number, code, name in (("0110", "519927", "云岭县民政局"), ("0120", "519927101", "青川镇便民服务中心")):
            given = {"code": code, "name": name, "address": "人民路8号", "telephone": f"0839-555{number}"}
            offices.enter_office(session, {**given, "hours": "工作日9:00-17:00"}, actor=keeper, now=NOW)
        session.execute(
            sa.insert(benefit_standard),
            [
                {"key": key, "valid_from": date(2025, 1, 1), "monthly_amount": amount, "doc_no": "云民〔2025〕1号"}
                for key, amount in (("STD_ORPHAN_SCATTERED", 1100), ("STD_TEKUN", 1050), ("STD_DIBAO", 720))
            ],
        )
        session.execute(
            sa.insert(public_notice).values(
                notice_no=NOTICE,
                area="青川镇青山村",
                issuer="青川镇人民政府",
                body=(
                    f"困境儿童分类保障公示({NOTICE})\n"
                    "经本人监护人申请、村(居)委会协助、青川镇人民政府核查,青川镇青山村王某之子女(被监护人)张某某"
                    "拟纳入困境儿童分类保障,现予公示。\n"
                    "公示期间如有异议,请向青川镇人民政府反映,电话 0839-5550101。\n"
                    "青川镇人民政府"
                ),
                posted_on=date(2025, 9, 30),
                last_day=date(2025, 10, 14),
                ends_at=end_of_day(date(2025, 10, 14)),
                objection_phone="0839-5550101",
            )
        )
    yield county
    county.close()


def keep(page: Page, name: str) -> None:
    """A picture for whoever wants to look (`PUBLIC_PICTURES=<folder>`)."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def barriers(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_no_page_has_a_barrier_or_runs_off_the_side(site: County, chromium: Browser, size: dict, language: str) -> None:
    context = chromium.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_cookies([{"name": "language", "value": language, "url": site.address}])
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    for name, address in ADDRESSES.items():
        page.goto(site.address + address)
        keep(page, f"{name}-{size['width']}-{language}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            problems.append(f"{name}: {wide} px wide")
        problems += [f"{name}: {each}" for each in barriers(page)]
    context.close()
    assert problems == []
