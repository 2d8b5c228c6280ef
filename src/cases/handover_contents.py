"""What the letter that goes with a handed-over file 档案移交函 says: who the child is, until when what was paid, which
papers come along, what was decided (domain.md 1.5).

Of a sealed file the benefit bears the label that it has outside, and the sealed report is not named: sealed handlers
hand both over apart (M2). Nothing of protection cases is told (M1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, select

from cases import benefits, children, exits, sealed, sealed_identity
from cases.case_files import case_file
from cases.decisions import decision
from cases.documents import DocumentKind, document
from cases.exit_letters import chinese_month
from cases.identity import category_names
from cases.jurisdictions import full_name
from cases.letters import chinese_day
from cases.materials import COMPARED, material
from engine.store.session import Session

#: The cases whose papers and decisions belong to the child's file.
_OF_THE_FILE = ("application", "exit")
_LETTERS = (DocumentKind.DECISION, DocumentKind.EXIT_CHANGE, DocumentKind.EXIT_STOP)
_SEALED_REPORT = "M23"
_PURPOSE = "出具档案移交函"


def paragraphs(session: Session, case_id: str, found: RowMapping, *, now: Any) -> tuple[str, ...]:
    """The letter's sections, line by line; the reading of a sealed file is noted."""
    told = sealed_identity.told(session, found, purpose=_PURPOSE, now=now)
    stop_month = str(exits.find(session, case_id)["stop_month"])
    return (
        "一、儿童基本情况",
        *_person(session, told),
        *_people(session, found["id"]),
        "二、保障情况",
        *_standing(found),
        *_benefits(session, found, stop_month),
        "三、随附材料",
        *_numbered(_papers(session, found["id"])),
        "四、已作出的决定",
        *_numbered(_decisions(session, found["id"])),
    )


def _person(session: Session, told: Mapping[Any, Any]) -> Iterator[str]:
    birth = chinese_day(told["birth"]) if told["birth"] else "不详"
    yield f"姓名:{told['name']};性别:{told['sex'] or '不详'};出生日期:{birth};身份证号:{told['idcard'] or '无'}。"
    area = full_name(session, told["hukou_code"])
    yield f"原户籍地:{area};原住址:{told['live_address'] or area};档案编号:{told['archive_no']}。"


def _people(session: Session, child_id: str) -> Iterator[str]:
    guardian = children.current_guardian(session, child_id)
    if guardian is not None:
        yield f"监护人:{guardian['name']}({guardian['relation']});电话:{guardian['phone'] or '无'}。"
    for which, row in sorted(children.parents(session, child_id).items(), reverse=True):
        until = f"(至{chinese_day(row['end_date'])})" if row["end_date"] else ""
        yield f"{which}亲:{row['status']}{until}。"
    learns = session.execute(
        select(children.child_education).where(children.child_education.c.child_id == child_id)
    ).mappings()
    for row in learns:
        yield "就学:" + ",".join(part for part in (row["stage"], row["school"]) if part) + "。"


def _standing(found: RowMapping) -> Iterator[str]:
    since = f"自{chinese_day(found['enrolled_on'])}起纳入保障;" if found["enrolled_on"] else ""
    yield f"{since}类别:{'、'.join(category_names(found['categories'])) or '未定'}。"


def _benefits(session: Session, found: RowMapping, stop_month: str) -> Iterator[str]:
    last = benefits.month_before(stop_month)
    ended = [
        row
        for row in benefits.of_child(session, found["id"])
        if row["stop_month"] == stop_month and row["benefit"] != exits.RECOVERY
    ]
    for row in ended:
        title = sealed.outside_label(row["benefit"], row["title"]) if found["sealed_hiv"] else row["title"]
        yield f"{title}:{_paid(session, row, last)}。"
    if not ended:
        yield "没有正在发放的待遇。"


def _paid(session: Session, row: RowMapping, last: str) -> str:
    if not benefits.is_carried_out(row):
        return "尚未落实,请接续办理"
    if row["start_month"] > last:
        return "尚未开始发放"
    amount = benefits.amount_in(session, row, last)
    monthly = f"每月{amount:,.2f}元," if amount is not None else ""
    return f"{monthly}自{chinese_month(row['start_month'])}起,发至{chinese_month(last)}"


def _papers(session: Session, child_id: str) -> Iterator[str]:
    query = (
        select(material.c.code, material.c.title, material.c.source)
        .join(case_file, case_file.c.id == material.c.case_id)
        .where(case_file.c.child_id == child_id, case_file.c.kind.in_(_OF_THE_FILE), material.c.returned_on.is_(None))
        .order_by(material.c.code, material.c.id)
    )
    latest = {row.code: row for row in session.execute(query)}
    for row in latest.values():
        kept = "比对记录" if row.source == COMPARED else "复印件"
        yield "密封件(另行交接)" if row.code == _SEALED_REPORT else f"{row.title}({kept})"
    letters = (
        select(document.c.kind, document.c.created_at)
        .join(case_file, case_file.c.id == document.c.case_id)
        .where(case_file.c.child_id == child_id, document.c.kind.in_(_LETTERS))
        .order_by(document.c.id)
    )
    for row in session.execute(letters):
        yield f"{row.kind}(副本)"


def _decisions(session: Session, child_id: str) -> Iterator[str]:
    query = (
        select(decision.c.no, decision.c.kind, decision.c.decided_on)
        .join(case_file, case_file.c.id == decision.c.case_id)
        .where(case_file.c.child_id == child_id, case_file.c.kind.in_(_OF_THE_FILE))
        .order_by(decision.c.id)
    )
    for row in session.execute(query):
        yield f"{row.no},{row.kind},{chinese_day(row.decided_on)}"


def _numbered(lines: Iterator[str]) -> Sequence[str]:
    return tuple(f"{number}. {line};" for number, line in enumerate(lines, 1)) or ("无。",)
