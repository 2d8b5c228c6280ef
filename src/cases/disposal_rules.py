"""What becomes of every table's rows when a child's file is disposed of 销毁 (domain.md 6.3).

Numbers stay: which case was opened where and when, how it ended, which amounts were granted and paid, which deadlines
were kept. Whatever tells who the child is, or what was written about it, goes. A table that holds rows of a child, a
case, an instance or a task and is in none of these lists fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from engine.store.base import metadata

NOTHING = sa.null()

#: Rows that go altogether.
REMOVED = frozenset(
    {
        "account_change", "action_item", "appeal", "assessment", "bank_account", "benefit_sheet", "child_education",
        "child_health", "court_matter", "custody_inquiry", "document", "exit_case", "exit_fact", "file",
        "file_handover", "guardian", "handover", "household_member", "inbox_mark", "incident", "job",
        "major_matter", "match_row", "material", "meeting", "message_out", "message_wait", "objector", "opinion",
        "paper_reference", "parent_status", "protection_order", "restoration_request", "sealed_record",
        "step_reference", "submission", "task_copy", "task_draft", "task_loan", "task_opening", "task_remark",
        "task_signature", "verification",
    }
)  # fmt: skip

#: Rows that stay for the numbers, with what their telling columns become.
BLANKED: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "application": {
            "applicant_name": "", "applicant_phone": NOTHING, "statement": "", "bank_account": NOTHING,
            "account_holder": NOTHING,
        },
        "benefit_item": {"ref_no": NOTHING, "reason": "", "scheme_ref": NOTHING},
        "case_file": {"facts": {}, "owner_id": NOTHING, "opened_by": ""},
        "child_import_row": {"child_id": NOTHING, "cells": NOTHING, "reasons": []},
        "decision": {"reason": "", "appeal_text": "", "dmn_trace": [], "signed_by": NOTHING},
        "history": {"actor_name": "", "actor_unit": "", "data": NOTHING},
        "instance": {"search_key": "", "state": NOTHING, "tokens": [], "started_by": ""},
        "intake": {"fields": {}, "phone_mark": NOTHING, "answer": ""},
        "notice": {
            "masked_text": "", "places": [], "photo_post": NOTHING, "photo_remove": NOTHING,
            "takedown_reason": NOTHING,
        },
        "objection": {
            "content": "", "evidence": [], "handling_reason": NOTHING, "findings": NOTHING, "ruling_reason": NOTHING,
        },
        "payment": {"account_masked": "", "bank_reason": "", "attempts": []},
        "report": {
            "location": "", "child_name": NOTHING, "child_idcard": NOTHING, "suspect": NOTHING, "injuries": NOTHING,
            "police_receipt": NOTHING, "reporter": {}, "level_reason": NOTHING,
        },
        "temp_relief": {"event": "", "traits": [], "reason": ""},
        "user_task": {
            "search_key": "", "variables": NOTHING, "instance_key": NOTHING, "assignee_name": NOTHING,
            "closed_by_name": NOTHING, "owner_name": NOTHING, "for_person": NOTHING, "for_person_name": NOTHING,
        },
        "visit": {"found": NOTHING, "changes": [], "by_name": NOTHING},
    }
)  # fmt: skip

#: Rows that say nothing but days, places, departments and amounts.
KEPT = frozenset({"agenda_entry", "case_department", "deadline", "disposal_file", "intervention_case", "reminder_log"})

#: Of cases that are no child's: the county's own campaigns, sheets and supervisions, with retention of their own.
APART = frozenset(
    {
        "payment_batch", "quarter_report", "standard_change", "supervision", "supervision_finding",
        "supervision_indicator", "supervision_lead", "supervision_unit", "survey_campaign", "survey_draft_household",
        "survey_household", "survey_place",
    }
)  # fmt: skip

#: What the child's own row becomes; name and place are set by what kind of file it is.
CHILD: Mapping[str, Any] = MappingProxyType(
    {
        "idcard": NOTHING, "no_id_reason": NOTHING, "birth": NOTHING, "ethnic": NOTHING, "live_code": NOTHING,
        "live_address": NOTHING, "phone": NOTHING, "officer_id": NOTHING, "search_key": "", "archived": True,
        "next_review_on": NOTHING, "disposed": True, "created_by": "",
    }
)  # fmt: skip

#: Where the tables above are declared, as far as they do not come with what erases them.
_DECLARED_IN = (
    "cases.account_changes", "cases.agenda", "cases.appeals", "cases.bank_accounts", "cases.benefit_sheets",
    "cases.deadlines", "cases.decisions", "cases.documents", "cases.exits", "cases.file_handovers",
    "cases.inbox_marks", "cases.indicators", "cases.intake", "cases.leads", "cases.ledger_tables",
    "cases.materials", "cases.meetings", "cases.messages", "cases.opinions", "cases.paper_references",
    "cases.payments", "cases.protection", "cases.quarters", "cases.relief", "cases.reminder_log",
    "cases.standards", "cases.supervisions", "cases.survey_drafts", "engine.store.task_loan",
)  # fmt: skip


def tables() -> tuple[sa.Table, ...]:
    """Every table, those that refer to others first. A rule for a table that nobody declared is an error, never passed
    over: its rows would stay.

    :raises LookupError: one is missing.
    """
    for name in _DECLARED_IN:
        import_module(name)
    missing = (REMOVED | set(BLANKED) | KEPT | APART) - set(metadata.tables)
    if missing:
        raise LookupError(f"rules for tables that are not declared: {sorted(missing)}")
    return tuple(reversed(metadata.sorted_tables))
