"""What the pages of a child say in words: its head, masked; the names of the file's parts and of what readers did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import url_for

from cases import child_imports, child_search, disposals, exports, ledger
from cases.child_page import ChildPage, Part
from cases.child_years import Span
from cases.identity import LABELS, category_names
from cases.privacy import mask_child_name, mask_guardian_name, mask_idcard, mask_phone
from cases.readings import ACTIONS, Reading
from cases.roles import DEPARTMENTS
from engine.access import Actor
from engine.calendar import county_day
from web.formats import age
from web.language import translate as _
from web.places import PlaceNames
from web.states import SIGHT_LABELS
from web.transaction import Visit

DEPARTMENT_NAMES: Mapping[str, str] = {code: one.name for code, one in DEPARTMENTS.items()}
#: How names and numbers stand on the page.
MASKS: Mapping[str, Any] = {
    "mask_guardian": mask_guardian_name,
    "mask_child": mask_child_name,
    "mask_phone": mask_phone,
}
PART_NAMES: Mapping[str, str] = {
    Part.FAMILY: "家庭与监护",
    Part.MONEY: "保障待遇",
    Part.CASES: "办件",
    Part.VISITS: "走访",
    Part.PAPERS: "材料",
    Part.READINGS: "查阅记录",
}


def ways_on(actor: Actor) -> Sequence[tuple[str, str, str]]:
    """Where the list of children leads this person: endpoint, words and icon. The ledger is the list on paper, the
    search by a whole number asks for a purpose first."""
    ways = {
        ("ledgers.listing", "台账(打印和导出)", "table"): ledger.may_read(actor),
        ("sheets.overview", "台账导出与导入", "file-earmark-spreadsheet"): exports.may_export(actor)
        or exports.may_export(actor, sealed=True)
        or child_imports.may_import(actor),
        ("readings.search_form", "按身份证号查找", "person-badge"): child_search.may_search(actor),
        ("disposals.listing", "销毁清单", "archive"): disposals.takes_part(actor),
    }
    return [way for way, is_open in ways.items() if is_open]


def head_of(visit: Visit, found: ChildPage) -> dict[str, Any]:
    """Who the child is, masked: the part of the page that stands above everything."""
    row = found.row
    categories = category_names(row["categories"])
    return {
        "id": row["id"],
        "archive_no": row["archive_no"],
        "name": mask_child_name(row["name"]),
        "idcard": _("身份已封存") if row["sealed_hiv"] else mask_idcard(row["idcard"] or ""),
        "no_id_reason": row["no_id_reason"] or "",
        "sex": row["sex"] or "",
        "age": age(row["birth"], county_day(visit.now)),
        "area": PlaceNames(visit.session)(row["hukou_code"]),
        "status": row["status"],
        "categories": categories if found.tells_category and not row["sealed_hiv"] else (),
        "sealed": row["sealed_hiv"],
        "enrolled_on": row["enrolled_on"],
        "alerts": found.alerts,
    }


def reading_row(each: Reading) -> Mapping[str, Any]:
    """The reading in words, with the address of the child's own list of them."""
    fields = "、".join(_(LABELS[key]) for key in LABELS if key in each.fields)
    part = PART_NAMES.get(each.part, "")
    return {
        "at": each.at,
        "who": each.who,
        "action": _(ACTIONS.get(each.action, each.action)) + (f" · {_(part)}" if part else ""),
        "what": each.what,
        "link": url_for("children.show", child_id=each.child_id, tab="readings") if each.child_id else None,
        "saw": fields or _(SIGHT_LABELS.get(each.sight, "")),
        "purpose": purpose_in_words(each.purpose),
    }


def told(span: Span) -> Span:
    """A span of the file's years with its words in the reader's language."""
    return replace(span, words=tuple(_(each) for each in span.words))


#: Purposes that the program gives begin so; what follows names the thing.
_GIVEN_FOR = ("下载附件", "下载文书", "下载公示")


def purpose_in_words(purpose: str) -> str:
    """The purpose of a reading in the reader's language; what a person typed stays as it was typed."""
    begin, _space, thing = purpose.partition(" ")
    return f"{_(begin)} {thing}" if thing and begin in _GIVEN_FOR else _(purpose)
