"""Every role walks through all that it can open, and every page it meets is looked at.

For each role of `cases.roles` somebody of the demo county logs in and follows the links from the first page on: all
that the rail leads to and one page of each kind behind it (a task, a case, a child's file, a form to fill in …), so
that no list is kept by hand. Each is asked for in English: is it answered with 200, and is any Chinese left beside
data and terms of art? A browser opens it unless a page of the same kind and shape was opened before: a shape is the
page without its words (`crawling.shape_of`). What is opened is rotated through Chinese and English at 1440 and 390 px,
and a kind of fewer than four shapes is opened again, so that each kind of page is seen in all four. There axe has
nothing to say, nothing sticks out or is clipped, and no script complains; once for each kind and width the keyboard
goes through the whole page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.routing import MapAdapter, Rule

from cases.demo_people import DEMO_USERS
from cases.roles import ROLES
from tests.browser.conftest import PHONE, WIDE
from tests.browser.county import PROCESSES
from tests.browser.crawling import Stop, walk_from
from tests.browser.demo_county import DemoCounty
from tests.browser.demo_county import demo_county as demo_county
from tests.browser.english_pages import Leftovers
from tests.browser.page_checks import axe_says, drawn, look_at, tab_through
from tests.web.test_routes import DOORS
from web.edge import edge_of

#: The four ways in which every kind of page is seen.
SEATS = (("zh-CN", WIDE), ("en", PHONE), ("zh-CN", PHONE), ("en", WIDE))

#: Addresses that no link of the demo county leads to, why, and which test opens them.
NOT_WALKED = {
    "absences.handover_list": "stands behind a handover that was carried out: browser/test_task_page.py",
    "cosigning.listing": "sends old bookmarks on to the inbox: web/test_inbox_deeds.py",
    "due_feeds.calendar": "a calendar program's, under a secret address: web/test_due_feeds.py",
    "filing.receipt": "of what this browser has just filed: web/test_public_filing.py",
    "filing.saved_receipt": "of what this browser has just filed: web/test_public_filing.py",
    "home.token": "a script's: web/test_routes.py",
    "inbox.filter_count": "a part of the inbox that a script puts into it: browser/test_inbox.py",
    "inbox.to_sign_count": "a number that a script puts beside a tab: web/test_inbox_deeds.py",
    "inbox_deeds.choose_holder": "stands behind ticked rows: browser/test_inbox.py",
    "readings.of_child": "sends old bookmarks on to the file: web/test_children.py",
    "robots.rules": "for search engines: web/test_robots.py",
    "sheets.word": "a file, after a second person has agreed: web/test_ledger.py",
    "sheets.printed": "to print, after a second person has agreed: web/test_ledger.py",
    "papers.follow": "from the code on a signed paper: browser/test_paper_looks.py",
    "sheets.report": "of a ledger that was loaded: browser/test_sheet_looks.py",
    "sheets.returned": "a file, of a ledger that was loaded: browser/test_sheet_looks.py",
    "visits.households": "a script's: web/test_routes.py",
    "visits.shell": "the page kept on the device for villages without network: browser/test_visits_offline.py",
    "visits.show": "of a survey under way: browser/test_visits_offline.py",
    "visits.worker": "a script: browser/test_visits_offline.py",
}

#: Has a quarterly report to sign, which the holders found first have not.
SIGNS_A_REPORT = "yuntai_head"

#: The program's own role; nobody holds it.
NOBODYS = {"sys"}


@dataclass(kw_only=True)
class Walk:
    """What was seen so far, by whomever."""

    county: DemoCounty
    routes: MapAdapter
    leftovers: Leftovers
    met: set[str] = field(default_factory=set)  #: endpoints that were answered
    shapes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  #: by kind
    frames: set[str] = field(default_factory=set)  #: shapes of bar and rail
    #: By endpoint: how often it was seen, each time in the next way.
    seats: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    last: dict[str, tuple[str, Stop]] = field(default_factory=dict)  #: by endpoint: who met it last, and where
    tabbed: set[tuple[str, int]] = field(default_factory=set)  #: kind and width

    def of(self, person: str, context: BrowserContext) -> list[str]:
        """Somebody's walk; what is wrong on it."""
        said: list[str] = []
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
        page.on("console", lambda told: said.append(f"{page.url}: {told.text}") if _complains(told) else None)
        if person:
            self.county.enter(page, person)
        context.add_cookies([{"name": "language", "value": "en", "url": self.county.address}])
        firsts = ["/"] if person else ["/login", "/public"]
        for stop in list(walk_from(context.request, self.routes, self.county.address, *firsts)):
            self.met |= {stop.endpoint, stop.lands_on}
            told = [] if stop.status == 200 else [f"answered with {stop.status}"]
            if not told and stop.document is not None:
                told += self.leftovers.on(stop)
                told += self._opened(person, page, context, stop)
            said += [f"{person or 'nobody'} {stop.address} ({stop.kind}, from {stop.source}): {each}" for each in told]
        page.close()
        return said

    def again(self, chromium: Browser) -> list[str]:
        """What few people have is opened again, in the ways in which it was not seen."""
        said: list[str] = []
        for endpoint, (person, stop) in self.last.items():
            if self.seats[endpoint] >= len(SEATS):
                continue
            with closing(profile(chromium)) as context:
                page = context.new_page()
                if person:
                    self.county.enter(page, person)
                while self.seats[endpoint] < len(SEATS):
                    told = self._looked_at(page, context, stop)
                    said += [f"{person} {stop.address} ({stop.kind}): {each}" for each in told]
        return said

    def _opened(self, person: str, page: Page, context: BrowserContext, stop: Stop) -> list[str]:
        self.last[stop.lands_on] = (person, stop)
        known = stop.shape in self.shapes[stop.kind] and stop.frame in self.frames
        if known and self.seats[stop.lands_on] >= len(SEATS):
            return []
        self.shapes[stop.kind].add(stop.shape)
        self.frames.add(stop.frame)
        return self._looked_at(page, context, stop)

    def _looked_at(self, page: Page, context: BrowserContext, stop: Stop) -> list[str]:
        language, view = SEATS[self.seats[stop.lands_on] % len(SEATS)]
        self.seats[stop.lands_on] += 1
        context.add_cookies([{"name": "language", "value": language, "url": self.county.address}])
        page.set_viewport_size(view)
        page.goto(self.county.address + stop.address)
        drawn(page)
        told = look_at(page)
        told += axe_says(page)
        if (stop.lands_on, view["width"]) not in self.tabbed:
            self.tabbed.add((stop.lands_on, view["width"]))
            told += tab_through(page)
        return [f"{language} {view['width']} px: {each}" for each in told]


def _complains(told: ConsoleMessage) -> bool:
    return told.type == "error"


@pytest.fixture(scope="module")
def walk(demo_county: DemoCounty) -> Walk:
    """Before anybody went anywhere."""
    return Walk(
        county=demo_county,
        routes=demo_county.app.url_map.bind("127.0.0.1"),
        leftovers=Leftovers(edge_of(demo_county.app).database, PROCESSES),
    )


def profile(chromium: Browser) -> BrowserContext:
    """A browser profile of somebody's own."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=WIDE)
    context.set_default_timeout(20_000)
    return context


def holders() -> dict[str, str]:
    """Role to the demo person who holds it, first come."""
    found: dict[str, str] = {}
    for user in DEMO_USERS:
        for grant in user.grants:
            found.setdefault(grant.role, user.user_name)
    return found


@pytest.mark.timeout(900)
def test_every_role_walks_through_all_it_can_open(walk: Walk, chromium: Browser) -> None:
    people = holders()
    assert set(people) == set(ROLES) - NOBODYS, "the demo county has somebody for each role"
    said: list[str] = []
    for person in ("", *dict.fromkeys(people.values()), SIGNS_A_REPORT):
        with closing(profile(chromium)) as context:
            said += walk.of(person, context)
    said += walk.again(chromium)
    assert not said, f"{len(said)}\n" + "\n".join(said)
    assert {page: times for page, times in walk.seats.items() if times < len(SEATS)} == {}
    asked = {rule.endpoint for rule in demo_rules(walk)}
    assert asked - walk.met == set(NOT_WALKED), "no link leads there, or a reason that holds no more"


def demo_rules(walk: Walk) -> Iterator[Rule]:
    """The addresses that answer GET."""
    rules = walk.county.app.url_map.iter_rules()
    return (rule for rule in rules if "GET" in (rule.methods or ()) and rule.endpoint != "static")


def test_the_reasons_name_tests_that_are_there() -> None:
    assert set(NOT_WALKED) <= set(DOORS)
    tests = Path(__file__).parents[1]
    for reason in NOT_WALKED.values():
        assert (tests / reason.rpartition(": ")[2]).is_file(), reason
