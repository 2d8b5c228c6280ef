"""The quarterly report 季度报表 on paper: what the township's head seals and the county bureau takes (P_G 4).

The township's own numbers stand as they were added up and signed; the villages' beside them are statistics, of which
small ones are not told (domain.md 6.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cases import quarters
from cases.case_files import find_case
from cases.jurisdictions import full_name
from cases.letters import chinese_day, issuer_of
from cases.small_cells import hide
from engine.store.session import Session

#: Where the sealed report is handed in.
SEALED_AT = "g_ut_report"
FEW = "不列明"
_PER_CENT = 100


def is_report(session: Session, case_id: str) -> bool:
    """Whether the case is a township's quarterly report."""
    table = quarters.quarter_report.c
    return session.scalar(select(table.case_id).where(table.case_id == case_id)) is not None


def words_of(session: Session, case_id: str) -> Mapping[str, Any]:
    """The report in words, for the template and the page. Whoever calls this has asked what the reader may see.

    :raises NotFound: the case is no quarterly report.
    """
    row = quarters.find_report(session, case_id)
    due = find_case(session, case_id)["facts"]["report_due"]
    by_village = quarters.visits_by_village(session, case_id)
    return {
        "title": "困境儿童季度动态更新报表",
        "area": full_name(session, row["town"]),
        "year": str(row["year"]),
        "quarter": str(row["quarter"]),
        "children": str(sum(listed for listed, _ in by_village.values())),
        **{name: _number(row[name]) for name in ("added", "changed", "exited")},
        "zero_report": "尚未报送" if row["zero_report"] is None else "是" if row["zero_report"] else "否",
        "due": chinese_day(due),
        "signer": issuer_of(session, row["town"]),
        "villages": _villages(session, by_village),
    }


def _number(value: int | None) -> str:
    return "待汇总" if value is None else str(value)


def _villages(session: Session, by_village: Mapping[str, tuple[int, int]]) -> list[Mapping[str, str]]:
    """The villages' lines. The report's total stands beside them: where it would tell a hidden one, all are hidden."""
    *shown, total = (row[0] for row in hide([[listed] for listed, _ in by_village.values()]))
    lines: list[Mapping[str, str]] = []
    for (place, (listed, done)), number in zip(by_village.items(), shown, strict=True):
        is_hidden = number is None or total is None
        lines.append(
            {
                "name": full_name(session, place),
                "visits": FEW if is_hidden else str(number),
                "done": FEW if is_hidden else f"{done * _PER_CENT // max(1, listed)}%",
            }
        )
    return lines
