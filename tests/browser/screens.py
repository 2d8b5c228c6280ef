"""The twelve main pages, of which `make screens` keeps a picture: who sits there, and how the page is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A picture of docs/screens/."""

    name: str
    person: str  #: of the demo county; empty: nobody logs in
    address: str
    links: tuple[str, ...] = ()  #: then one after the other the first link whose address begins so
    width: int = 1440

    @property
    def picture(self) -> str:
        """The picture's name, without its ending."""
        return f"{self.name}-{self.width}"

    @property
    def view(self) -> Any:
        """The window: a clerk's desk or a telephone."""
        return {"width": self.width, "height": 1000 if self.width > 1000 else 844}


TWELVE = (
    Screen(name="inbox", person="qingchuan_officer", address="/inbox"),
    Screen(name="inbox", person="qingchuan_village", address="/inbox", width=390),
    Screen(name="task", person="qingchuan_officer", address="/inbox", links=("/tasks/",)),
    Screen(name="case", person="qingchuan_officer", address="/inbox", links=("/tasks/", "/cases/")),
    Screen(name="child", person="mzj_handler", address="/children?q=孙宇航", links=("/children/",)),
    Screen(name="ledger", person="qingchuan_officer", address="/ledger"),
    Screen(name="start", person="wang_guardian", address="/start", width=390),
    Screen(name="report", person="qingchuan_village", address="/report", width=390),
    Screen(name="notice", person="", address="/notices", links=("/notices/",)),
    Screen(name="statistics", person="mzj_leader", address="/statistics"),
    Screen(name="process", person="process_owner", address="/processes/application"),
    Screen(name="operations", person="administrator", address="/"),
)
