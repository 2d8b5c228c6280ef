"""What the reader of the inbox asks for: from the page's address, and back into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from cases.inbox_categories import cases_of_category
from cases.inbox_filters import QUESTIONS
from cases.inbox_marks import Follow, Priority, marked
from cases.search import search_terms
from engine.access import Actor
from engine.clock import COUNTY_ZONE
from engine.queries.inbox import Narrowed
from engine.queries.inbox import Tab as TabCode
from engine.store.session import Session

DUES = (("late", "逾期"), ("today", "今天到期"), ("soon", "3 日内到期"))
PRIORITIES = ((Priority.HIGHEST, "特急"), (Priority.HIGH, "优先"))
FOLLOWS = ((Follow.DUE, "该跟进了"), (Follow.LATER, "暂缓中"))
LONGEST = 200
#: So that what ends at midnight belongs to the day that ends then.
_INSTANT = timedelta(microseconds=1)
_TABS: Mapping[str, TabCode] = {
    "todo": "todo",
    "unclaimed": "unclaimed",
    "done": "done",
    "started": "started",
    "copied": "copied",
}
#: What can be asked of each tab: work that is done has no time limit to choose, a case has no one step.
_ASKED: Mapping[TabCode, tuple[str, ...]] = {
    "todo": ("process", "step", "place", "category", "due", "priority", "follow"),
    "unclaimed": ("process", "step", "place", "category", "due", "priority", "follow"),
    "done": ("process", "step", "place", "category"),
    "started": ("process", "place", "category"),
    "copied": ("process", "step", "place", "category"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question to the inbox."""

    tab: TabCode
    words: str
    choices: Mapping[str, str]  #: those of `_ASKED` that were chosen

    @staticmethod
    def of(given: Mapping[str, str]) -> Asked:
        """The question in an address, or in a filter that was saved; what a tab does not know is left out."""
        tab = _TABS.get(given.get("tab", "todo"), "todo")
        choices = {name: given.get(name, "").strip()[:LONGEST] for name in _ASKED[tab]}
        return Asked(
            tab=tab,
            words=given.get("q", "").strip()[:60],
            choices={name: value for name, value in choices.items() if value},
        )

    @property
    def keyword(self) -> str:
        """The words as search keys have them."""
        return " ".join(search_terms(self.words))

    def narrowed(self, session: Session, actor: Actor, now: datetime) -> Narrowed:
        """The filter, with what the domain and the actor's own marks answer: "today" ends with the county's day
        (24:00 included), "soon" with the day after the next two."""
        midnight = datetime.combine(now.astimezone(COUNTY_ZONE).date() + timedelta(days=1), time(), COUNTY_ZONE)
        ends = {"late": now, "today": midnight + _INSTANT, "soon": midnight + timedelta(days=2) + _INSTANT}
        due, category = self.choices.get("due", ""), self.choices.get("category", "")
        marks = {name: self.choices.get(name, "") for name in ("priority", "follow")}
        today = now.astimezone(COUNTY_ZONE).date()
        return Narrowed(
            name=self.choices.get("step", ""),
            process_key=self.choices.get("process", ""),
            place=self.choices.get("place", ""),
            cases=cases_of_category(actor, category) if category else None,
            tasks=tuple(marked(session, actor, **marks, today=today)) if any(marks.values()) else None,
            due_from=now if due in ("today", "soon") else None,
            due_before=ends.get(due),
        )

    @property
    def address(self) -> dict[str, str]:
        """The question as the variables of the page's address."""
        known = {"tab": self.tab, "q": self.words, **self.choices}
        return {name: value for name in QUESTIONS if (value := known.get(name, ""))}
