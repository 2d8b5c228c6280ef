"""The head of a child's file on a page: masked, with the button that shows the full values for a reason.

A template includes `parts/child_head.html` with the head as `child_head`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases import case_page
from cases.children import ChildStatus
from cases.identity import LABELS, Identity, identity
from cases.unmasking import PURPOSES
from web.forms import Fact
from web.language import translate as _
from web.transaction import Visit

#: A file's status where the bare word would read as a button.
_STATUS: Mapping[str, str] = {ChildStatus.LEFT: "已退出保障"}


@dataclass(frozen=True, kw_only=True)
class ChildHead:
    """Who the child is, in words."""

    child_id: str
    archive_no: str
    facts: tuple[Fact, ...]
    tags: tuple[str, ...]
    is_sealed: bool
    is_open: bool  #: full values are shown
    may_open: bool
    purposes: Mapping[str, str]


def of_child(visit: Visit, child_id: str) -> ChildHead | None:
    """The masked head; None for whoever knows of the file by its number alone."""
    found = identity(visit.session, visit.person, child_id, now=visit.now)
    return None if found is None else in_words(found)


def of_case(visit: Visit, case_id: str | None) -> ChildHead | None:
    """The masked head of the case's child, if it has one and the person may know whose case it is."""
    if case_id is None:
        return None
    found = case_page.child_of(visit.session, visit.person, case_id, now=visit.now)
    return None if found is None else in_words(found)


def in_words(found: Identity) -> ChildHead:
    """The head as the page writes it."""
    facts = [Fact(label=_(LABELS[key]), value=found.values[key]) for key in LABELS if key in found.values]
    if found.age is not None:
        facts.append(Fact(label=_("性别、年龄"), value=f"{_(found.sex)} {_('{age} 岁', age=found.age)}".strip()))
    facts.append(Fact(label=_("户籍地"), value=found.area))
    return ChildHead(
        child_id=found.child_id,
        archive_no=found.archive_no,
        facts=tuple(facts),
        tags=tuple(_(each) for each in (_STATUS.get(found.status, found.status), *found.categories)),
        is_sealed=found.is_sealed,
        is_open=bool(found.shown),
        may_open=bool(found.may_show) and not found.shown,
        purposes=PURPOSES,
    )
