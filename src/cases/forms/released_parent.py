"""A parent was released and is gone at once: six months pass before the child is 事实无人抚养 again (DL-34, AC-12).

Until then other help is tested first, so that support does not break.
"""

from __future__ import annotations

from collections.abc import Sequence

from cases import meetings
from cases.forms.filing import Filing, refuse

MISSING = "失联"
MONTHS = 6
UNATTENDED = "C2"


def check(filing: Filing, other: Sequence[str]) -> None:
    """Refuse C2 before the six months are over, and note the day on which it is to be looked at again.

    :raises SubmissionInvalid: no day since when; C2 goes on, or is chosen, too early; neither another category nor
        temporary relief was tested.
    """
    if filing.text("released_parent") != MISSING:
        return
    since = filing.value("missing_since")
    if since is None:
        raise refuse("missing_since", "required", "失联的,请填写失联起始日期")
    until = filing.calendar.add_months(since, MONTHS).end
    if filing.day >= until:
        return
    told = f"释放的父(母)失联未满{MONTHS}个月(至{until:%Y-%m-%d}),暂不属于事实无人抚养"
    if UNATTENDED in other:
        raise refuse("other_category", "six_months", f"{told},请选择其他类别")
    if filing.text("conclusion") == "继续保障":
        raise refuse("conclusion", "six_months", f"{told},请先核查其他类别或者临时救助")
    if not other and not filing.flag("relief_offered"):
        raise refuse("relief_offered", "required", f"{told},请先核查其他类别,或者协助申请临时救助")
    meetings.add_item(
        filing.session,
        filing.case_id,
        kind="复核",
        item_text=f"父(母)失联满{MONTHS}个月,复核是否属于事实无人抚养儿童",
        dept="MZJ",
        due_on=filing.calendar.roll_forward(until),
        now=filing.now,
        origin=f"missing:{filing.case_id}",
    )
