"""The lines of a sheet of the ledger: everything that the county's columns tell of a child, in full but the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, select

from cases import benefits
from cases.bank_accounts import bank_account
from cases.benefits import benefit_item
from cases.case_files import case_file
from cases.children import OVER, child, child_education, child_health, guardian, parent_status
from cases.decisions import DecisionKind, decision
from cases.exits import LIVING_SCHEMES
from cases.identity import category_names
from cases.jurisdictions import TOWN_DIGITS, subtree
from cases.ledger_columns import COLUMNS
from cases.privacy import mask_account
from engine.calendar import county_day
from engine.store.session import Session


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """A child's line."""

    child_id: str
    cells: tuple[str, ...]  #: in the order of the columns


def lines_of(session: Session, wanted: ColumnElement[bool], *, now: datetime) -> Sequence[LedgerLine]:
    """The lines of these children, by place and archive number; eight queries, whatever their number."""
    query = select(child).where(wanted).order_by(child.c.hukou_code, child.c.archive_no)
    rows = tuple(session.execute(query).mappings())
    ids = [row["id"] for row in rows]
    beside = {
        "health": _one_each(session, child_health, ids),
        "schooling": _one_each(session, child_education, ids),
        "guardian": _one_each(session, guardian, ids, guardian.c.is_current.is_(True)),
        "account": _one_each(session, bank_account, ids),
    }
    causes, schemes, places = _causes(session, ids), _schemes(session, ids, now), _places(session)
    exits = _exits(session, [row["id"] for row in rows if row["status"] in OVER])
    lines = []
    for row in rows:
        own = {name: found.get(row["id"], {}) for name, found in beside.items()}
        told = {
            **_of_file(row, places),
            **_of_people(own, causes.get(row["id"], "")),
            **_of_money(own, schemes.get(row["id"], {})),
            **exits.get(row["id"], {}),
        }
        cells = tuple(told.get(column.key) or "" for column in COLUMNS)
        lines.append(LedgerLine(child_id=row["id"], cells=cells))
    return lines


def _of_file(row: RowMapping, places: Mapping[str, str]) -> dict[str, str]:
    plain = ("archive_no", "name", "idcard", "no_id_reason", "sex", "ethnic", "hukou_code", "live_address", "status")
    return {
        **{key: row[key] or "" for key in (*plain, "effective_month", "stop_month")},
        "birth": _day(row["birth"]),
        "enrolled_on": _day(row["enrolled_on"]),
        "hukou_name": places.get(row["hukou_code"], ""),
        "categories": "、".join(category_names(row["categories"])),
    }


def _of_people(own: Mapping[str, Mapping[str, Any]], cause: str) -> dict[str, str]:
    health, schooling, carer = own["health"], own["schooling"], own["guardian"]
    kind = health.get("disability_kind") or ""
    level = f"{health['disability_level']}级" if health.get("disability_level") else ""
    return {
        "cause": cause,
        "guardian_name": carer.get("name", ""),
        "guardian_idcard": carer.get("idcard") or "",
        "guardian_phone": carer.get("phone") or "",
        "relation": carer.get("relation", ""),
        "disability": "" if kind in ("", "无") else f"{kind}{level}",
        "illness": health.get("illness_name") or "",
        "stage": schooling.get("stage") or "",
        "school": schooling.get("school") or "",
        "insured": {True: "是", False: "否"}.get(health["insured"], "") if "insured" in health else "",
    }


def _of_money(own: Mapping[str, Mapping[str, Any]], scheme: Mapping[str, str]) -> dict[str, str]:
    number = own["account"].get("account")
    return {**scheme, "account": mask_account(number) if number else ""}


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _one_each(
    session: Session, table: Table, ids: Sequence[str], *conditions: ColumnElement[bool]
) -> Mapping[str, Mapping[str, Any]]:
    rows = session.execute(select(table).where(table.c.child_id.in_(ids), *conditions)).mappings()
    return {row["child_id"]: dict(row) for row in rows}


def _causes(session: Session, ids: Sequence[str]) -> Mapping[str, str]:
    """What became of the parents, in the words of the file."""
    rows = session.execute(
        select(parent_status.c.child_id, parent_status.c.which, parent_status.c.status)
        .where(parent_status.c.child_id.in_(ids))
        .order_by(parent_status.c.which.desc())
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.child_id, []).append(f"{row.which}{row.status}")
    return {child_id: "、".join(words) for child_id, words in found.items()}


def _exits(session: Session, ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """When and why the protection of these children ended: the latest decision to that effect. Who is covered again has
    no exit that counts."""
    rows = session.execute(
        select(case_file.c.child_id, decision.c.decided_on, decision.c.reason)
        .join(case_file, case_file.c.id == decision.c.case_id)
        .where(case_file.c.child_id.in_(ids), decision.c.kind == DecisionKind.LEFT)
        .order_by(decision.c.id)
    )
    return {row.child_id: {"exit_on": _day(row.decided_on), "exit_reason": row.reason} for row in rows}


def _schemes(session: Session, ids: Sequence[str], now: datetime) -> Mapping[str, Mapping[str, str]]:
    """The living allowance that runs this month, and how much it is."""
    month = f"{county_day(now):%Y-%m}"
    rows = session.execute(
        select(benefit_item)
        .where(benefit_item.c.child_id.in_(ids), benefit_item.c.benefit.in_(LIVING_SCHEMES))
        .order_by(benefit_item.c.id)
    ).mappings()
    found: dict[str, dict[str, str]] = {}
    for item in rows:
        if benefits.runs_in(item, month):
            amount = benefits.amount_in(session, item, month)
            found[item["child_id"]] = {"scheme": item["title"], "amount": "" if amount is None else f"{amount:.2f}"}
    return found


def _places(session: Session) -> Mapping[str, str]:
    names = {each.code: each.name for each in subtree(session)}
    return {code: names.get(code[:TOWN_DIGITS], "") + name for code, name in names.items() if len(code) > TOWN_DIGITS}
