"""What whoever works on a report 强制报告 must know to do it (M1): where, which child, what was seen, what was found.

Computed from the report and from the police's own record each time a form asks; stored nowhere else. Who reported is
not among it (未保法11: the reporter is kept secret).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping, or_, select

from cases.case_files import case_file
from cases.jurisdictions import full_name
from cases.plain_text import plain
from cases.reports import FLAG_OF_SITUATION, SITUATION_WORDS, report
from cases.same_child import find_running
from cases.submissions import latest_submissions
from engine.calendar import county_minute
from engine.store.session import Session

#: The flags of table D10 in words, as the report's form lists them.
DANGERS: Mapping[str, str] = MappingProxyType(
    {
        "life_threat": "危及生命",
        "ongoing_violence": "暴力正在发生",
        "sexual": "涉及性侵害",
        "missing_or_trafficked": "失踪或者被拐卖",
        "abandoned": "被遗弃或无人照料",
        "alone_under8": "不满8周岁独自在家",
        "suspected_abuse_or_neglect": "疑似虐待、忽视",
    }
)
UNKNOWN, NOTHING = "不详", "未填写"

DISPATCH, ORDER = "h_ut_dispatch", "h_ut_order_return"


#: What the forms of P_H may ask for.
NAMES = frozenset(
    f"report_{each}"
    for each in (
        "no", "where", "child", "situations", "account", "found", "wish", "relatives", "ordered", "doubles", "running"
    )
)  # fmt: skip


def facts(session: Session, case_id: str) -> Mapping[str, Any]:
    """The `NAMES`, each with its words; none where the case began with no report."""
    row = session.execute(select(report).where(report.c.case_id == case_id)).mappings().first()
    if row is None:
        return {}
    place = session.scalar(select(case_file.c.place).where(case_file.c.id == case_id))
    told = latest_submissions(session, case_id, DISPATCH, ORDER)
    return {
        "report_no": row["report_no"],
        "report_where": f"{full_name(session, str(place))} {plain(row['location'])}",
        "report_child": _child(row),
        "report_situations": "、".join(_situations(row)),
        "report_account": _account(row),
        "report_found": _found(told.get(DISPATCH)),
        "report_wish": plain((told.get(DISPATCH) or {}).get("child_wish")) or UNKNOWN,
        "report_relatives": _relatives(told.get(DISPATCH)),
        "report_ordered": _ordered(told.get(ORDER)),
        "report_doubles": _doubles(session, row["report_no"]),
        "report_running": _running(session, row["same_as"]),
    }


def _child(row: RowMapping) -> str:
    age = "年龄不详" if row["approx_age"] is None else f"约{row['approx_age']}岁"
    return f"{plain(row['child_name']) or '姓名不详'},{row['sex'] or '性别不详'},{age}"


def _situations(row: RowMapping) -> Iterator[str]:
    yield from (SITUATION_WORDS.get(each, plain(each)) for each in row["situations"])
    told = {FLAG_OF_SITUATION.get(each) for each in row["situations"]}
    yield from (words for flag, words in DANGERS.items() if row["flags"].get(flag) and flag not in told)


def _account(row: RowMapping) -> str:
    suspect = f";可能的侵害人:{plain(row['suspect'])}" if row["suspect"] else ""
    return f"{plain(row['injuries']) or NOTHING}{suspect}"


def _found(fields: Mapping[str, Any] | None) -> str:
    """What the police found on the spot."""
    if fields is None:
        return "尚未出警"
    parts = [f"{_at(fields.get('arrived_at'))}到场", f"儿童{fields.get('child_condition') or UNKNOWN}"]
    parts += [f"措施:{'、'.join(map(str, fields.get('measures') or ())) or NOTHING}"]
    if fields.get("danger_from_guardian") is True:
        parts.append("危险来自监护人")
    if note := plain(fields.get("note")):
        parts.append(f"经过:{note}")
    return ";".join(parts)


def _relatives(fields: Mapping[str, Any] | None) -> str:
    rows: Sequence[Mapping[str, Any]] = (fields or {}).get("relative") or ()
    named = [
        f"{plain(each.get('relative_name')) or UNKNOWN}({plain(each.get('relation')) or '关系不详'}),"
        f"电话 {plain(each.get('relative_phone')) or UNKNOWN}"
        for each in rows
    ]
    return ";".join(named) or "无"


def _ordered(fields: Mapping[str, Any] | None) -> str:
    """Until when the guardian was told to be back, and who cares until then."""
    if fields is None:
        return "无"
    carer = f"{plain(fields.get('interim_carer'))},电话 {plain(fields.get('interim_phone')) or UNKNOWN}"
    return f"监护人 {plain(fields.get('guardian_contacted'))} 应于 {fields.get('return_by')} 前返回;期间照料人 {carer}"


def _doubles(session: Session, number: str) -> str:
    """The reports of the same child that were joined to this one, or wait for the desk to join them, with what they
    tell of it."""
    joined = or_(report.c.merged_into == number, report.c.same_as == number)
    rows = session.execute(select(report).where(joined).order_by(report.c.report_no)).mappings()
    return ";".join(f"{row['report_no']}:{plain(row['location'])},{_account(row)}" for row in rows) or "无"


def _running(session: Session, number: str | None) -> str:
    """The case that is about the same child already, for the desk."""
    running = find_running(session, number) if number else None
    return "无" if running is None else running.in_words


def _at(value: Any) -> str:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return county_minute(value) if isinstance(value, datetime) else ""
