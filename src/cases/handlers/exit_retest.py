"""Test age and category again before anybody is sent out, from what the file knows today (P_F 1, ground 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cases import case_facts, case_files, children, exits, parents_test
from cases.handlers.once import once
from cases.parents_test import Outcome, Parent
from cases.redo import CHANNEL
from engine.calendar import county_day
from engine.domain import ServiceCall, Tools
from engine.store.session import Session

KEEP, VERIFY = "KEEP", "VERIFY"
AGE, RELEASE = "1", "4"
#: What the agenda found by itself: nobody told of a fact that the file does not know.
BY_DATE = "系统到期"
UNDER_AGE = "未满18周岁,年龄不构成退出情形。"


def exit_retest(call: ServiceCall, tools: Tools) -> Mapping[str, Any]:
    """No parameters. Returns `retest`: KEEP where the file itself shows that the ground does not hold, else VERIFY, and
    leaves what it found for the township to read (`retest_words`). A fact that somebody told is always verified by a
    person, except an age that is not reached; so is whatever a ruling orders anew (P_K)."""
    case_id = call.case_for("复核")

    def test(session: Session, case_id: str) -> None:
        known = exits.find(session, case_id)
        answer, words = VERIFY, ""
        if known["ground"] == AGE:
            gate = case_facts.gather(session, case_id, call.now)["gate"]
            answer, words = (KEEP, UNDER_AGE) if gate == KEEP and known["source"] != CHANNEL else (VERIFY, "")
        elif known["ground"] == RELEASE:
            outcome, words = _parents(session, known["child_id"], county_day(call.now), tools)
            if outcome is Outcome.STANDS and known["source"] == BY_DATE:
                answer = KEEP
        case_files.add_facts(session, case_id, {"retest": answer, "retest_words": words})

    once(call, tools, test)
    with tools.database.transaction() as session:
        return {"retest": case_files.find_case(session, case_id)["facts"]["retest"]}


def _parents(session: Session, child_id: str, today: date, tools: Tools) -> tuple[Outcome, str]:
    known = children.parents(session, child_id)
    cares = {
        which: parents_test.care_of(
            Parent(status=row["status"], start=row["start_date"], end=row["end_date"])
            if (row := known.get(which)) is not None
            else None,
            today,
            tools.calendar,
        )
        for which in ("父", "母")
    }
    outcome = parents_test.outcome_of(cares["父"], cares["母"])
    return outcome, parents_test.told(cares, outcome)
