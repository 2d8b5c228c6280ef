"""重新办理: a ruling that sets a decision aside begins the procedure anew, an application from the visit and opinion,
an exit from its verification on (domain.md P_K). The agenda opens it; nobody asks the family for anything again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from cases import appeals, case_files, decisions, documents, exits
from cases.appeals import appeal
from cases.case_files import case_file
from cases.children import ChildStatus, child
from cases.deadlines import DeadlineCode, set_deadline
from cases.decisions import decision
from cases.documents import DocumentKind
from cases.letters import Head, chinese_day
from engine.calendar import Calendar, Roll, county_day
from engine.store.session import Session

APPLICATION, EXIT = "application", "exit"
#: The channel of an application, and the source of an exit, that a ruling began.
CHANNEL = "救济重办"
#: Where the new procedure begins, in the letter's words.
_FROM = {APPLICATION: "自入户核查起", EXIT: "自退出核查起"}


def procedure_for(session: Session, decided: RowMapping) -> str | None:
    """The process that decides anew what this decision decided; None: nothing that is begun by the program."""
    kind = case_files.find_case(session, decided["case_id"])["kind"]
    return kind if kind in (APPLICATION, EXIT) else None


def waiting(session: Session, process_key: str) -> Sequence[str]:
    """The appeals whose ruling orders this procedure anew and for which none was begun. A child has one application and
    one exit at a time; the dead have none, and whoever is not covered has nothing to leave."""
    now_open = case_file.alias("now_open")
    occupied = select(now_open.c.id).where(
        now_open.c.child_id == child.c.id, now_open.c.kind == process_key, now_open.c.closed_at.is_(None)
    )
    query = (
        select(appeal.c.case_id)
        .join(decision, decision.c.id == appeal.c.decision_id)
        .join(case_file, case_file.c.id == decision.c.case_id)
        .join(child, child.c.id == case_file.c.child_id)
        .where(
            appeal.c.redo_as == process_key,
            appeal.c.redo_case_id.is_(None),
            appeal.c.redone_on.is_(None),
            child.c.status != ChildStatus.DECEASED,
            ~child.c.disposed,
            ~occupied.exists(),
        )
        .order_by(appeal.c.case_id)
    )
    if process_key == EXIT:
        query = query.where(child.c.status.in_(sorted(exits.COVERED)))
    return tuple(session.execute(query).scalars())


def original_of(session: Session, row: RowMapping) -> Mapping[str, Any]:
    """The case whose decision was set aside."""
    return case_files.find_case(session, decisions.find(session, row["decision_id"])["case_id"])


def begun(
    session: Session, row: RowMapping, new_case: str, number: str, head: Head, *, calendar: Calendar, now: datetime
) -> None:
    """Tie the new case to its ruling: the body's deadline runs on it, the family is written to, and the appeal names it
    by `number`."""
    appeals.change(session, row["case_id"], redo_case_id=new_case)
    case_files.add_facts(session, row["case_id"], {"redo_no": number, "redo_begun_on": chinese_day(county_day(now))})
    start = min(row["result_on"], row["redo_due"])
    derivation = calendar.add_calendar_days(start, (row["redo_due"] - start).days, Roll.NONE)
    set_deadline(session, new_case, DeadlineCode.REDO, derivation, now=now)
    decided = decisions.find(session, row["decision_id"])
    body = letter(head, row, decided_no=decided["no"], process_key=row["redo_as"], now=now)
    key = f"redo:{row['case_id']}"
    documents.write(session, new_case, DocumentKind.REDO, body, idempotency_key=key, now=now)


def letter(head: Head, row: RowMapping, *, decided_no: str, process_key: str, now: datetime) -> str:
    """《重新办理告知书》: what became of the decision, what is done now, until when."""
    ruled = "责令重新作出" if row["result"] == "责令重作" else "撤销"
    body = (
        f"{row['body']}于{chinese_day(row['result_on'])}{ruled}了关于{head.child}的决定(文号 {decided_no})。"
        f"现{_FROM[process_key]}重新办理,你无需重新提出申请,原有材料继续有效;"
        f"新的决定应于{chinese_day(row['redo_due'])}前作出,作出后书面送达。"
    )
    day = chinese_day(county_day(now))
    return f"重新办理告知书\n编号:{head.number}\n\n{head.applicant}:\n{body}\n\n县民政局\n{day}"


def is_decided(session: Session, new_case: str) -> bool:
    """Whether the new procedure has come to its decision, or to another end."""
    closed = case_files.find_case(session, new_case)["closed_at"] is not None
    return closed or decisions.current(session, new_case) is not None
