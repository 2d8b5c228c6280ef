"""就高不就低: which allowance is chosen, what is paid, and how it is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cases.living import Candidate, Paid, choose, words


def candidate(scheme: str, amount: str | None, mode: str = "FULL", category: str = "C2") -> Candidate:
    return Candidate(
        category=category,
        scheme=scheme,
        title=scheme,
        standard_key="-",
        pay_mode=mode,
        amount=None if amount is None else Decimal(amount),
    )


def test_the_plans_own_example_tops_up_a_share_of_dibao() -> None:
    """DEFACTO 1,100, DIBAO share 380 → pay 720 (domain.md part 3)."""
    candidates = [candidate("DEFACTO", "1100", "TOP_UP"), candidate("DIBAO", "380", "HOUSEHOLD", "C5")]
    sheet = choose(candidates, [Paid(title="低保户内分摊", amount=Decimal(380))], "2026-04")
    assert (sheet.chosen.scheme, sheet.already, sheet.pay) == ("DEFACTO", Decimal(380), Decimal(720))
    told = words(sheet)
    for part in (
        "选定“DEFACTO”,因为在符合条件的2项中每月1100.00元最高(就高不就低)",
        "候选1:DEFACTO——每月1100.00元",
        "候选2:DIBAO——每月380.00元(户内人均)",
        "已发放:低保户内分摊每月380.00元,合计每月380.00元",
        "补差 1100.00 − 380.00 = 每月720.00元,自2026-04起",
    ):
        assert part in told


def test_a_full_allowance_is_paid_whole_and_stops_the_others() -> None:
    sheet = choose([candidate("ORPHAN", "1100")], [Paid(title="特困", amount=Decimal(1050))], "2026-04")
    assert sheet.stops_others
    assert sheet.pay == Decimal(1100)
    assert "其他生活费同月停发" in words(sheet)


def test_what_is_paid_already_never_makes_a_debt() -> None:
    sheet = choose([candidate("DIBAO", "720", "MAX")], [Paid(title="其他", amount=Decimal(900))], "2026-04")
    assert sheet.pay == Decimal(0)


@pytest.mark.parametrize(
    ("schemes", "chosen"),
    [
        (("DIBAO", "TEKUN", "DEFACTO", "ORPHAN", "ORPHAN_INST", "HIV"), "HIV"),
        (("DIBAO", "TEKUN", "DEFACTO", "ORPHAN", "ORPHAN_INST"), "ORPHAN_INST"),
        (("DIBAO", "TEKUN", "DEFACTO", "ORPHAN"), "ORPHAN"),
        (("DIBAO", "TEKUN", "DEFACTO"), "DEFACTO"),
        (("DIBAO", "TEKUN"), "TEKUN"),
    ],
)
def test_a_tie_is_decided_by_the_plans_order(schemes: tuple[str, ...], chosen: str) -> None:
    sheet = choose([candidate(scheme, "900") for scheme in schemes], (), "2026-04")
    assert sheet.chosen.scheme == chosen
    assert "与其他项目相同,按项目次序选定" in words(sheet)


def test_never_below_the_best_one() -> None:
    sheet = choose([candidate("TEKUN", "1050"), candidate("DIBAO", "1200", "MAX")], (), "2026-04")
    assert sheet.pay == Decimal(1200)


def test_no_standard_and_no_money_are_said() -> None:
    assert "标准未设" in words(choose([candidate("TEKUN", None)], (), "2026-04"))
    assert "一事一议" in words(choose([candidate("OTHER_CASE", None, "CASE")], (), "2026-04"))
    assert "按户核定" in words(choose([candidate("DIBAO", None, "HOUSEHOLD")], (), "2026-04"))
    nothing = words(choose([candidate("NO_CASH", None, "SERVICE")], (), "2026-04"))
    assert "没有符合条件的生活保障项目" in nothing
    assert "不发生活费" in nothing
    assert "候选" not in nothing


def test_the_same_scheme_by_two_categories_is_one_candidate() -> None:
    sheet = choose([candidate("DIBAO", "720", "MAX", "C3"), candidate("DIBAO", "720", "MAX", "C5")], (), "2026-04")
    assert [each.category for each in sheet.candidates] == ["C3"]
    assert "只符合这一项生活保障" in words(sheet)
