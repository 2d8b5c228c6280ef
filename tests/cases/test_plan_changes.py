"""What the county changes in a plan of benefits is what is carried out (P_E 2, M16)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cases.benefits import Item
from cases.plan_changes import FACT, changed, kept, of_scheme, read
from cases.sealed import MZJ, ONE_LABEL

ORPHAN = Item(
    benefit="ORPHAN",
    title="孤儿基本生活费",
    department="MZJ",
    mode="直接落实",
    amount=Decimal(1100),
    standard_key="STD_ORPHAN_SCATTERED",
    pay_mode="FULL",
)
AID = Item(benefit="AID", title="教育资助", department="JKT", mode="转办法定程序")


def line(benefit: str, **more: object) -> dict[str, object]:
    return {"benefit": benefit, "dept": "CL", "handling": "服务类", "amount": None, "reason": "按会商意见调整", **more}


def test_what_is_not_named_stays() -> None:
    assert changed([ORPHAN, AID], []) == [ORPHAN, AID]
    assert read(None) == []


@pytest.mark.parametrize("name", ["ORPHAN", "孤儿基本生活费", ONE_LABEL])
def test_a_decided_amount_follows_no_standard(name: str) -> None:
    [item, other] = changed([ORPHAN, AID], read(kept([line(name, amount=Decimal("900.50"))])))
    assert (item.amount, item.standard_key, item.department, item.mode) == (Decimal("900.50"), None, "CL", "服务类")
    assert other == AID


def test_without_an_amount_the_standard_stays() -> None:
    [item] = changed([ORPHAN], read(kept([line("ORPHAN", dept="MZJ", handling="直接落实")])))
    assert item == ORPHAN


def test_what_no_table_gives_is_added() -> None:
    *_, added = changed([AID], read(kept([line("上学交通补助", amount=Decimal(300))])))
    assert (added.title, added.department, added.mode, added.amount) == ("上学交通补助", "CL", "服务类", Decimal(300))


def test_a_sealed_file_stays_with_one_department() -> None:
    """M2: another department would learn of the child."""
    changes = read(kept([line("AID"), line("上学交通补助")]))
    assert {item.department for item in changed([AID], changes, one_department=MZJ)} == {MZJ}


def test_the_sheet_tells_a_change_of_the_allowance_that_was_chosen() -> None:
    facts = {FACT: kept([line("儿童福利生活费", amount=Decimal(900))])}
    change = of_scheme(facts, "ORPHAN", "孤儿基本生活费")
    assert change is not None and change.amount == Decimal(900)
    assert of_scheme(facts, "DIBAO", "最低生活保障(按户)") is None
