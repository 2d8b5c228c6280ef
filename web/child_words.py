"""What the pages of a child say in words: its head, masked; the names of the file's parts and of what readers did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.child_page import ChildPage, Part
from cases.child_years import category_names
from cases.privacy import mask_child_name, mask_guardian_name, mask_idcard, mask_phone
from cases.roles import DEPARTMENTS
from engine.calendar import county_day
from web.formats import age
from web.language import translate as _
from web.places import PlaceNames
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
READ_AS: Mapping[str, str] = {
    "child.read": "查阅档案",
    "child.search": "查找",
    "child.unmask": "查看完整信息",
    "child.export": "导出",
    "case.read": "查阅办件",
}


def head_of(visit: Visit, found: ChildPage) -> dict[str, Any]:
    """Who the child is, masked: the part of the page that stands above everything."""
    row = found.row
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
        "categories": category_names(row["categories"]) if found.tells_category and not row["sealed_hiv"] else "",
        "sealed": row["sealed_hiv"],
        "enrolled_on": row["enrolled_on"],
        "alerts": found.alerts,
    }
