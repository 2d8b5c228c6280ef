"""What a case's page says of the case beside where it stands: the child, papers, letters, time limits, ties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases import paper_page
from cases.department_review import department_review
from web import child_head
from web.case_facts import case_facts, clocks, money, papers
from web.case_ties import NO_TIES, ties
from web.transaction import Visit

#: What the page says of a case to whoever is told nothing of it.
NO_CASE: Mapping[str, Any] = {
    **NO_TIES,
    "child_head": None,
    "facts": (),
    "papers": (),
    "missing": (),
    "clocks": [],
    "review": (),
    "paper_list": paper_page.CasePapers(),
    "paper_case": None,
    "money": None,
}


def of_case(visit: Visit, case_id: str, purpose: str) -> Mapping[str, Any]:
    """All of that, as far as this person sees it; each reading is noted with the purpose."""
    shown = papers(visit, case_id, purpose)
    return {
        **ties(visit, case_id, purpose),
        "child_head": child_head.of_case(visit, case_id),
        "facts": case_facts(visit, case_id, purpose),
        "papers": shown,
        "money": money(visit, case_id, purpose),
        "missing": tuple(paper.title for paper in shown if paper.is_missing),
        "clocks": list(clocks(visit, case_id)),
        "review": department_review(visit.session, visit.person, case_id, purpose=purpose, now=visit.now),
        "paper_list": paper_page.papers_of_case(visit.session, visit.person, case_id, purpose=purpose, now=visit.now),
        "paper_case": case_id,
    }
