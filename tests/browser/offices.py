"""People at their desks, of two widths and in two languages, in one county: who works a page, and who sees it next."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

import web
from cases.idcard import check_digit
from cases.story import Step, read_story
from engine.access import Actor, Grant
from engine.queries.open_tasks import open_tasks
from tests.browser.conftest import PHONE, WIDE
from tests.browser.county import County
from tests.browser.test_looks import STORY
from web.language import CHINESE, COOKIE, ENGLISH, english

TOLD = read_story(STORY)
STEP: Mapping[str, Step] = {step.task or step.do: step for step in TOLD.steps}
TOLD_PEOPLE = {step.actor.id: step.actor for step in TOLD.steps if step.actor}
TOWN, VILLAGE = "519927101", "519927101001"
NAMES = ("明杰", "春雨", "丹阳", "建国", "思远", "一鸣", "子涵", "浩然", "雨桐", "欣怡", "宇轩", "梓萱")

#: What the scripts say in English.
SCRIPTS = json.loads((Path(web.__file__).parent / "frontend" / "src" / "english.json").read_text(encoding="utf-8"))

#: Width and language: one pair shows an act at both widths and in both languages, and so does the other.
DESK, PHONE_IN_ENGLISH = (WIDE, CHINESE), (PHONE, ENGLISH)
DESK_IN_ENGLISH, ON_PHONE = (WIDE, ENGLISH), (PHONE, CHINESE)
STRAIGHT, CROSSED = (DESK, PHONE_IN_ENGLISH), (DESK_IN_ENGLISH, ON_PHONE)


def people() -> list[Actor]:
    """Those of AC-01, a colleague of the same post, a window, and the program's own."""
    unit = "青川镇人民政府"
    return [
        *TOLD_PEOPLE.values(),
        Actor(id="colleague", name="钱进", unit=unit, grants=TOLD_PEOPLE["officer"].grants),
        Actor(id="window", name="温暖", unit=unit, grants=(Grant(role="town_window", place=TOWN),)),
        Actor(id="security", name="安稳", unit="县大数据中心", grants=(Grant(role="security_admin"),)),
    ]


@dataclass(frozen=True, kw_only=True)
class Case:
    """An application on its way."""

    county: County
    id: str  #: of its instance

    def task(self, element: str) -> str:
        """The id of its open task."""
        with self.county.edge.database.reading() as session:
            tasks = open_tasks(session, self.county.edge.env, self.id, actor=Actor.system("test"))
        found = [one.id for one in tasks if one.element_id == element]
        assert found, f"{element} is not open, but {[one.element_id for one in tasks]}"
        return found[0]

    def do(self, element: str, **other: Any) -> None:
        """Complete a step as AC-01 tells it, but for what is given."""
        step = STEP[element]
        assert step.actor
        self.county.complete(self.task(element), {**step.fields, **other}, step.actor, f"{self.id}-{element}")
        self.county.settle()


def child(number: int) -> dict[str, str]:
    """Who the child is, of an application's fields; each number another one."""
    first = f"{VILLAGE[:6]}{date(2015, 3, 1) + timedelta(days=number):%Y%m%d}001"
    return {"child_name": "张" + NAMES[number % len(NAMES)], "child_idcard": first + check_digit(first)}


def begun(county: County, number: int) -> Case:
    """A child's application, handed in by the guardian a moment ago."""
    guardian = STEP["start"].actor
    assert guardian
    started = county.begin({**STEP["start"].fields, **child(number)}, guardian, f"begun-{number}")
    return Case(county=county, id=started.instance_id)


@dataclass
class Office:
    """Everybody's desk in one width and one language. Each person has a browser profile."""

    county: County
    browser: Browser
    viewport: Mapping[str, int]
    language: str
    log_ins: dict[str, list[Any]]  #: of all offices of the county: who logged in before need not again
    complaints: list[str] = field(default_factory=list)
    _contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def say(self, chinese: str, **names: object) -> str:
        """What stands on the page in this office's language."""
        text = {**SCRIPTS, **english()}[chinese] if self.language == ENGLISH else chinese
        return text.format(**names) if names else text

    def page(self, person: str) -> Page:
        """This person's window."""
        if person not in self._contexts:
            self._contexts[person] = self._entered(person)
        return self._contexts[person].pages[0]

    def open(self, person: str, path: str) -> Page:
        """This person opens an address."""
        page = self.page(person)
        page.goto(self.county.address + path)
        if page.locator("#task-form-fields").count():
            expect(page.locator("#task-form-fields[data-ready]")).to_be_attached()
        return page

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()
        assert not self.complaints, self.complaints

    # -- what people do -----------------------------------------------------------------------------------------------

    def button(self, page: Page | Locator, label: str) -> Locator:
        """A button or link by its whole name, in the page's language."""
        return page.get_by_role("button", name=self.say(label), exact=True)

    def act(self, page: Page, label: str, confirm: str, reason: str = "", choose: str = "") -> None:
        """One act through its dialog, from the menu or the bar."""
        opener = self.button(page.locator("main"), label)
        if not opener.first.is_visible():
            self.button(page, "其他办理").click()
        opener.locator("visible=true").first.click()
        dialog = page.locator(".modal.show")
        expect(dialog).to_be_visible()
        if choose:
            dialog.locator("select").first.select_option(choose)
        if reason:
            dialog.locator("textarea").fill(reason)
        self.button(dialog, confirm).click()

    # -- what people see ----------------------------------------------------------------------------------------------

    def told(self, page: Page, chinese: str, **names: object) -> None:
        """The page says what was done; whoever hears the page hears it first, but where the address names a part."""
        flash = page.locator("main > .flash").first
        expect(flash).to_contain_text(self.say(chinese, **names))
        if "#" not in page.url:
            expect(flash).to_be_focused()

    def sees_history(self, person: str, case: Case, name: str, *lines: tuple[str, ...]) -> None:
        """Lines of the case's history about a step: what was done, and what else stands in the line."""
        page = self.open(person, f"/cases/{case.id}")
        for chinese, *details in lines:
            said = re.compile(rf"^\s*{re.escape(self.say(chinese, name=name))}")
            line = page.locator(".history li").filter(has_text=said).first
            expect(line).to_be_visible()
            for detail in details:
                expect(line).to_contain_text(detail)

    def sees_message(self, person: str, *words: str) -> None:
        """The newest messages of a person hold one with these words; the bell counts it."""
        page = self.open(person, "/messages")
        expect(page.locator(".topbar a[href='/messages'] .badge")).to_be_visible()
        row = page.locator("tbody tr")
        for each in words:
            row = row.filter(has_text=each)
        expect(row.first).to_be_visible()

    def sees_row(self, person: str, task_id: str, tab: str = "todo", *, there: bool = True) -> None:
        """The task stands, or stands not, in a tab of the person's inbox."""
        page = self.open(person, f"/inbox?tab={tab}")
        expect(page.locator(f"a[data-row][href='/tasks/{task_id}']")).to_have_count(int(there))

    def fits(self, page: Page) -> None:
        """Nothing sticks out, and one thing at most is the thing to do."""
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{page.url} is {wider} px too wide"
        primary = page.locator("main .btn-primary:visible").all_inner_texts()
        assert len(primary) <= 1, f"{page.url}: {primary}"

    def _entered(self, person: str) -> BrowserContext:
        context = self.browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=dict(self.viewport),  # type: ignore[arg-type]
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{person}: {error}"))
        if person not in self.log_ins:
            page.goto(f"{self.county.address}/login")
            page.locator(f"button[name=person][value='{person}']").click()
            expect(page.locator("form[action='/logout'] button")).to_be_visible()
            self.log_ins[person] = list(context.cookies())
        context.add_cookies(self.log_ins[person])
        context.add_cookies([{"name": COOKIE, "value": self.language, "url": self.county.address}])
        return context
