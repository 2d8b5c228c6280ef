"""Monthly payments: nobody twice, no month left out, nothing after the stop month, and the bank's answer read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from cases import (
    agenda,
    bank_files,
    benefits,
    case_files,
    children,
    demo_people,
    exits,
    files,
    payments,
    relief,
    sealed,
)
from cases.agenda import AGENDA
from cases.benefits import benefit_item, benefit_standard
from cases.covered_children import enter_child
from cases.handlers.exit_handlers import EXIT_HANDLERS
from cases.handlers.payment_handlers import BANK_CLERK, PAYMENT_HANDLERS
from cases.occasions import agenda_entry
from cases.stage import Stage, build
from engine.access import Actor
from engine.clock import COUNTY_ZONE
from engine.commands.start_process import start_process
from engine.domain import ServiceCall, Tools
from engine.errors import Conflict
from engine.settings import Settings
from engine.store.user_task import user_task
from tests.opened_cases import opened_case

PROCESSES = Path(__file__).parents[2] / "processes"
IDCARDS = ("519927201503110016", "519927201011110060", "519927201002140014")
COUNTY = "519927"


def at(day: str, hour: int = 8) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), COUNTY_ZONE) + timedelta(hours=hour)


@dataclass
class Till:
    """A county with children who are paid."""

    stage: Stage

    def child(self, number: int = 0, **told: Any) -> str:
        known = {
            "name": "张小明",
            "idcard": IDCARDS[number],
            "village": "519927101001",
            "categories": ["C1"],
            "enrolled_on": date(2025, 2, 10),
            "guardian": "王建国",
            "scheme": "ORPHAN",
            "amount": Decimal(1100),
            "account": "6222020000000000000",
        }
        with self.stage.database.transaction() as session:
            return enter_child(session, {**known, **told}, now=self.stage.clock.now())

    def item(self, child_id: str, benefit: str, amount: int, start: str, **more: Any) -> None:
        with self.stage.database.transaction() as session:
            case_id = session.scalar(
                select(case_files.case_file.c.id).where(case_files.case_file.c.child_id == child_id)
            )
            session.execute(
                insert(benefit_item).values(
                    case_id=case_id,
                    child_id=child_id,
                    benefit=benefit,
                    title=benefit,
                    department="MZJ",
                    mode=benefits.DIRECT,
                    amount=Decimal(amount),
                    start_month=start,
                    created_at=self.stage.clock.now(),
                    **{"result": benefits.DELIVERED, **more},
                )
            )

    def batch(self, month: str, track: str = payments.ORDINARY) -> str:
        """A list of the month, all of it paid."""
        now = at(f"{month}-02")
        with self.stage.database.transaction() as session:
            case_id = opened_case(session, "payment", now=now, place=COUNTY, actor=AGENDA)
            payments.enter_batch(session, case_id, month=month, track=track)
            for row in payments.make_list(session, case_id, now=now):
                payments.change(session, row["id"], bank_result=payments.PAID)
        return case_id

    def paid(self, case_id: str) -> list[tuple[str, str, int]]:
        with self.stage.database.reading() as session:
            return [(row["month"], row["slot"], row["amount"]) for row in payments.payments_of(session, case_id)]

    def call(self, service: str, case_id: str, *, key: str, **parameters: Any) -> Any:
        handlers = {**PAYMENT_HANDLERS, **EXIT_HANDLERS}
        call = ServiceCall(
            job_id=key,
            idempotency_key=key,
            service=service,
            parameters=parameters,
            case_id=case_id,
            instance_id="i",
            now=self.stage.clock.now(),
        )
        tools = Tools(
            database=self.stage.database,
            settings=self.stage.env.settings,
            clock=self.stage.clock,
            calendar=self.stage.env.calendar,
        )
        return handlers[service](call, tools)


@pytest.fixture
def till(database_url: str, tmp_path: Path) -> Iterator[Till]:
    stage = build(Settings(mode="demo", data_folder=tmp_path, database_url=database_url), at=at("2026-02-28"))
    stage.prepare([PROCESSES / "payment"])
    yield Till(stage=stage)
    stage.database.dispose()


def test_each_month_is_paid_once_and_none_is_left_out(till: Till) -> None:
    till.child()
    assert till.paid(till.batch("2026-03")) == [("2026-03", "LIVING", 110000)]
    assert till.paid(till.batch("2026-06")) == [(f"2026-{month}", "LIVING", 110000) for month in ("04", "05", "06")]
    assert till.paid(till.batch("2026-07")) == [("2026-07", "LIVING", 110000)]


def test_what_is_entered_late_is_paid_from_its_start(till: Till) -> None:
    child_id = till.child()
    with till.stage.database.transaction() as session:
        exits.stop_items(session, child_id, "2025-03")
    till.batch("2026-03")
    till.item(child_id, "DEFACTO", 720, "2026-02")
    assert till.paid(till.batch("2026-05")) == [(f"2026-{month}", "LIVING", 72000) for month in ("03", "04", "05")], (
        "the first list made here is of March"
    )


def test_a_change_of_category_leaves_no_gap_and_pays_nothing_twice(till: Till) -> None:
    child_id = till.child()
    till.batch("2026-03")
    with till.stage.database.transaction() as session:
        exits.stop_items(session, child_id, "2026-05")
    till.item(child_id, "TEKUN", 1050, "2026-05")
    assert till.paid(till.batch("2026-06")) == [
        ("2026-04", "LIVING", 110000),
        ("2026-05", "LIVING", 105000),
        ("2026-06", "LIVING", 105000),
    ]


def test_two_living_allowances_are_never_paid_but_a_top_up_beside_one_is(till: Till) -> None:
    child_id = till.child(scheme="DIBAO", amount=Decimal(720))
    till.item(child_id, "TEKUN", 1050, "2026-01")
    till.item(child_id, "TOP_UP", 330, "2026-01")
    assert till.paid(till.batch("2026-03")) == [("2026-03", "LIVING", 105000), ("2026-03", "TOP_UP", 33000)]
    with pytest.raises(Conflict), till.stage.database.transaction() as session:
        known = session.execute(select(payments.payment).limit(1)).mappings().one()
        session.execute(insert(payments.payment).values({**known, "id": 999, "scheme": "最低生活保障"}))


def test_what_is_not_carried_out_or_paid_by_the_household_is_not_listed(till: Till) -> None:
    till.child(0, result=None)
    till.child(1, result=benefits.PASSED_ON)
    till.child(2, scheme="DIBAO", pay_mode=benefits.BY_HOUSEHOLD)
    assert till.paid(till.batch("2026-03")) == []


def test_a_raised_standard_is_paid_from_its_month(till: Till) -> None:
    till.child(standard_key="STD", pay_mode="FULL")
    with till.stage.database.transaction() as session:
        for day, amount in ((date(2025, 1, 1), 1000), (date(2026, 4, 1), 1200)):
            session.execute(insert(benefit_standard).values(key="STD", valid_from=day, monthly_amount=Decimal(amount)))
    till.batch("2026-03")
    assert till.paid(till.batch("2026-04")) == [("2026-04", "LIVING", 120000)]


def test_sealed_children_stand_on_their_own_list_under_a_name_that_says_nothing(till: Till) -> None:
    till.child()
    till.child(1, scheme="HIV", sealed=True, name="李小雨")
    with till.stage.database.reading() as session:
        ordinary, sealed = (payments.due_until(session, "2026-03", sealed=flag) for flag in (False, True))
    assert [each.scheme for each in ordinary] == ["社会散居孤儿基本生活费"]
    assert [each.scheme for each in sealed] == ["民政直管生活费"]
    purposes = {payments.purpose_of(each.scheme) for each in (*ordinary, *sealed)}
    assert purposes == {"儿童福利生活费"}, "the bank cannot tell them apart (M2)"


def test_money_paid_beyond_the_stop_month_is_to_be_recovered(till: Till) -> None:
    child_id = till.child()
    for month in ("2026-02", "2026-03", "2026-04"):
        till.batch(month)
    with till.stage.database.transaction() as session:
        case_id = opened_case(session, "exit", now=at("2026-04-10"), child_id=child_id, actor=AGENDA)
        exits.enter(session, case_id, child_id=child_id, cause="退出情形核查", ground="2", source="乡镇核查")
    said = {"decided_on": date(2026, 4, 10), "ground": "依法被收养", "leaves": "退出", "recover": False}
    till.call("exit_stop", case_id, key="stop", stop_month="2026-03", **said)
    with till.stage.database.reading() as session:
        (item,) = [row for row in benefits.items_of(session, case_id) if row["benefit"] == "RECOVERY"]
    assert (item["title"], item["amount"]) == ("追回多发待遇", Decimal(2200))
    assert till.paid(till.batch("2026-05")) == []


def test_relief_counts_as_no_living_allowance(till: Till) -> None:
    child_id = till.child()
    with till.stage.database.transaction() as session:
        case_id = session.scalar(select(case_files.case_file.c.id))
        relief.enter(session, case_id, child_id=child_id, event="失火")
        relief.change(session, case_id, granted=300000)
        relief.pay(
            session,
            case_id,
            scheme=payments.RELIEF_NAME,
            account_masked="",
            result=payments.PAID,
            batch_no=None,
            day=date(2026, 3, 1),
            now=at("2026-03-01"),
        )
        assert payments.paid_from(session, child_id, "2026-01") == 0
    assert till.paid(till.batch("2026-03")) == [("2026-03", "LIVING", 110000)]


def test_the_month_opens_once_and_after_an_outage_once_more_for_all_months(till: Till) -> None:
    till.child()
    till.child(1, scheme="HIV", sealed=True, name="李小雨")
    opened = []
    for day in ("2026-03-01", "2026-03-01", "2026-03-20", "2026-06-17", "2026-06-18"):
        till.stage.clock.instant = at(day)
        with till.stage.database.transaction() as session:
            opened.append(agenda.open_due(session, till.stage.env, at(day), AGENDA))
    assert opened == [2, 0, 0, 2, 0]
    with till.stage.database.reading() as session:
        slots = set(session.execute(select(agenda_entry.c.slot)).scalars())
        rows = session.execute(select(payments.payment.c.month)).scalars().all()
    assert slots == {f"2026-{month}:{track}" for month in ("03", "06") for track in ("ORDINARY", "SEALED")}
    assert sorted(rows) == sorted(2 * [f"2026-{month}" for month in ("03", "04", "05", "06")])


def test_the_sealed_list_is_nobodys_but_the_pairs(till: Till) -> None:
    till.child(scheme="HIV", sealed=True)
    with till.stage.database.transaction() as session:
        agenda.open_due(session, till.stage.env, at("2026-03-01"), AGENDA)
    till.stage.run_due()
    with till.stage.database.reading() as session:
        roles = {row.role: row.case_id for row in session.execute(select(user_task))}
        sealed = case_files.find_case(session, roles["mzj_sealed"])
    assert set(roles) == {"mzj_handler", "mzj_sealed"}
    assert sealed["sealed_hiv"] is True


def _sent(till: Till) -> str:
    till.child()
    till.child(1, name="李小雨", account="6222020000000000018")
    case_id = till.batch("2026-03")
    with till.stage.database.transaction() as session:
        session.execute(update(payments.payment).values(bank_result=payments.LISTED))
    till.call("payment_file", case_id, key="file")
    return case_id


def test_the_banks_own_answer_is_read_back(till: Till) -> None:
    case_id = _sent(till)
    folder = till.stage.env.settings.data_folder
    with till.stage.database.transaction() as session:
        batch = payments.find_batch(session, case_id)
        content = files.read(folder, files.find_file(session, batch["file_id"], BANK_CLERK, now=at("2026-03-05")))
        rows = content.decode("utf-8-sig").split("\r\n")
        answer = "\r\n".join([rows[0], f"{rows[1][:-1]}成功,", f"{rows[2][:-1]}失败,户名不符"]).encode("utf-8-sig")
        stored = files.store(
            session, folder, name="回盘.csv", content=answer, actor=Actor.system("czj"), now=at("2026-03-05")
        )
        files.attach(session, [stored.id], case_id=case_id, actor=Actor.system("czj"))
        case_files.add_facts(session, case_id, {"bank_answer_file": stored.id, "bank_answer_failed": {}})
    said = till.call("payment_result", case_id, key="answer")
    assert said == {"failed_towns": [{"place": "519927101"}], "result_problem": ""}
    assert till.call("payment_result", case_id, key="answer") == said, "a second call says the same"
    with till.stage.database.reading() as session:
        results = {row["line"]: row["bank_result"] for row in payments.payments_of(session, case_id)}
    assert results == {1: payments.PAID, 2: payments.FAILED}


def test_an_answer_of_another_batch_changes_nothing_and_says_why(till: Till) -> None:
    case_id = _sent(till)
    folder = till.stage.env.settings.data_folder
    with till.stage.database.transaction() as session:
        wrong = bank_files.write("YKT-1", [])
        stored = files.store(
            session, folder, name="回盘.csv", content=wrong, actor=Actor.system("czj"), now=at("2026-03-05")
        )
        files.attach(session, [stored.id], case_id=case_id, actor=Actor.system("czj"))
        case_files.add_facts(session, case_id, {"bank_answer_file": stored.id})
    said = till.call("payment_result", case_id, key="answer")
    assert "缺少序号1、2" in said["result_problem"]
    with till.stage.database.reading() as session:
        assert {row["bank_result"] for row in payments.payments_of(session, case_id)} == {payments.SENT}


def test_the_file_is_written_once(till: Till) -> None:
    case_id = _sent(till)
    till.call("payment_file", case_id, key="file")
    with till.stage.database.reading() as session:
        assert payments.find_batch(session, case_id)["attempt"] == 1
        assert len(session.execute(select(files.file)).all()) == 1


def test_a_sealed_childs_relief_is_called_by_its_code(till: Till) -> None:
    """6.1, M2: neither its name nor its village stands in a list."""
    till.child(scheme="HIV", sealed=True)
    till.stage.prepare([PROCESSES / "relief"])
    with till.stage.database.transaction() as session:
        archive_no = session.scalar(select(children.child.c.archive_no))
        started = start_process(
            session,
            till.stage.env,
            "relief",
            fields={"archive_no": archive_no, "asker": "保护个案", "event": "家中失火,暂时没有住处和口粮"},
            actor=demo_people.holder("mzj_sealed", COUNTY).actor,
            now=till.stage.clock.now(),
            idempotency_key="relief",
        )
        row = session.execute(select(user_task).where(user_task.c.case_id == started.case_id)).one()
    assert (row.subject, row.search_key, row.place) == (sealed.subject_of(str(started.case_id)), "", COUNTY)
