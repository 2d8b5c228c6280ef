"""事实无人抚养, asked again (ground 4): both parents as the file knows them today."""

from __future__ import annotations

from datetime import date

import pytest

from cases.parents_test import Care, Outcome, Parent, care_of, outcome_of, told
from engine.calendar import default_calendar

TODAY = date(2026, 9, 27)


def state(status: str, start: date | None = None, end: date | None = None) -> Parent:
    return Parent(status=status, start=start, end=end)


DEAD = state("死亡", date(2020, 1, 1))
IN_PRISON = state("服刑", date(2026, 1, 28), date(2027, 9, 27))
RELEASED = state("服刑", date(2026, 1, 28), TODAY)
SHORT = state("强制戒毒", date(2026, 6, 1), date(2026, 11, 1))
GONE_LATELY = state("失联", date(2026, 5, 1))
GONE_LONG = state("失联", date(2026, 3, 1))


@pytest.mark.parametrize(
    ("father", "mother", "outcome"),
    [
        (DEAD, IN_PRISON, Outcome.STANDS),
        (DEAD, RELEASED, Outcome.ENDED),  # mother dead, father released: C2 ends
        (IN_PRISON, RELEASED, Outcome.ENDED),  # both were in prison and one is released: C2 ends
        (IN_PRISON, IN_PRISON, Outcome.STANDS),
        (DEAD, SHORT, Outcome.ENDED),  # custody under six months does not count
        (DEAD, GONE_LATELY, Outcome.ENDED),  # missing for less than six months does not yet count
        (DEAD, GONE_LONG, Outcome.STANDS),
        (DEAD, DEAD, Outcome.ORPHAN),
        (DEAD, state("健在"), Outcome.ENDED),
        (DEAD, None, Outcome.UNKNOWN),
        (state("不详"), RELEASED, Outcome.ENDED),
        (state("不详"), IN_PRISON, Outcome.UNKNOWN),
    ],
)
def test_one_parent_who_can_care_ends_it(father: Parent | None, mother: Parent | None, outcome: Outcome) -> None:
    calendar = default_calendar()
    cares = (care_of(father, TODAY, calendar), care_of(mother, TODAY, calendar))
    assert outcome_of(*cares) is outcome is outcome_of(*reversed(cares))


def test_the_words_tell_of_no_custody_and_no_illness() -> None:
    words = told({"父": Care.GONE, "母": Care.ABLE}, Outcome.ENDED)
    assert words.startswith("父:已不在;母:已可履行抚养义务。")
    assert not any(word in words for word in ("服刑", "戒毒", "死亡", "失联", "重病", "重残"))
