"""跨省通办 taken in here: opens the case of a household of another county (domain.md 1.5, DL-37)."""

from __future__ import annotations

from cases import case_files, outbound
from cases.forms.claim_checks import require_plain_words
from cases.forms.filing import refuse
from cases.forms.opening import Opening
from cases.jurisdictions import COUNTY_DIGITS, subtree, town_of
from cases.privacy import mask_child_name
from engine.domain import CaseRef
from engine.errors import NotAllowed

WINDOW = "town_window"


def open_outbound(opening: Opening) -> CaseRef:
    """Open the case at the window's township. No child's file is opened: the child is the home county's.

    :raises SubmissionInvalid: the household is of this county, or a free text holds what belongs into a sealed file.
    :raises NotAllowed: only a township's window takes in.
    """
    session, fields = opening.session, opening.fields
    place = next((town_of(each.place) for each in opening.actor.grants if each.role == WINDOW and each.place), None)
    if place is None:
        raise NotAllowed("跨省通办申请由乡镇便民服务窗口代收")
    require_plain_words(fields)
    for county in subtree(session, digits=COUNTY_DIGITS):
        if county.name in str(fields.get("home_place")):
            raise refuse("home_place", "own_county", f"户籍在{county.name}的,请直接办理“困境儿童分类保障申请”")
    ref = opening.open_named(mask_child_name(str(fields["child_name"])), facts={}, place=place)
    number = f"KS{place}-{opening.day:%Y%m%d}-{ref.case_id[-6:]}"
    case_files.add_facts(session, ref.case_id, {outbound.NUMBER: number})
    return CaseRef(
        case_id=ref.case_id,
        place=place,
        subject=ref.subject,
        search_key=ref.search_key,
        variables={"received_on": opening.day},
    )
