"""The people around a child as a small graph: parents above, the child between guardian and household, brothers and
sisters below. Positions only; the template draws them, and tells the same in words beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cases.child_people import People
from cases.privacy import mask_child_name, mask_guardian_name
from web.language import translate as _

BOX_WIDTH, BOX_HEIGHT, GAP = 150, 48, 30
#: So many brothers and sisters stand in a row.
ABREAST = 4


@dataclass(frozen=True, kw_only=True)
class Box:
    """A person in the graph."""

    x: int
    y: int
    name: str
    role: str
    look: str  #: child, guardian, parent, gone or sibling


@dataclass(frozen=True, kw_only=True)
class FamilyPicture:
    """Boxes and the lines between them."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[tuple[int, int, int, int], ...]


def draw(people: People, child_name: str) -> FamilyPicture:
    """The graph; names masked as in every list, the child's own too."""
    width = ABREAST * BOX_WIDTH + (ABREAST - 1) * GAP
    middle = (width - BOX_WIDTH) // 2
    boxes, lines = [], []
    child_y = BOX_HEIGHT + 2 * GAP if people.parents else 0
    child = Box(x=middle, y=child_y, name=mask_child_name(child_name), role=_("本人"), look="child")
    boxes.append(child)
    for number, (which, row) in enumerate(sorted(people.parents.items(), reverse=True)):
        box = Box(
            x=middle + (number * 2 - 1) * (BOX_WIDTH + GAP) // 2,
            y=0,
            name=mask_guardian_name(row["name"]) if row["name"] else _(_PARENT[which]),
            role=f"{_(_PARENT[which])} · {row['status']}",
            look="parent" if row["status"] == "健在" else "gone",
        )
        boxes.append(box)
        lines.append(_down(box, child))
    for carer in people.guardians[:1]:
        box = Box(
            x=middle - BOX_WIDTH - GAP,
            y=child_y,
            name=mask_guardian_name(carer["name"]),
            role=f"{_('监护人')} · {carer['relation']}",
            look="guardian",
        )
        boxes.append(box)
        lines.append((box.x + BOX_WIDTH, child_y + BOX_HEIGHT // 2, middle, child_y + BOX_HEIGHT // 2))
    below = child_y + BOX_HEIGHT + 2 * GAP
    left = middle - (min(len(people.siblings), ABREAST) - 1) * (BOX_WIDTH + GAP) // 2
    for number, sibling in enumerate(people.siblings):
        box = Box(
            x=left + (number % ABREAST) * (BOX_WIDTH + GAP),
            y=below + (number // ABREAST) * (BOX_HEIGHT + GAP),
            name=mask_child_name(sibling["name"]),
            role=f"{_('同户儿童')} · {sibling['status']}",
            look="sibling",
        )
        boxes.append(box)
        if number < ABREAST:
            lines.append(_down(child, box))
    return _cut_out(boxes, lines)


def _cut_out(boxes: list[Box], lines: list[tuple[int, int, int, int]]) -> FamilyPicture:
    """The part of the sheet on which something stands."""
    left = min(box.x for box in boxes)
    return FamilyPicture(
        width=max(box.x for box in boxes) + BOX_WIDTH - left,
        height=max(box.y for box in boxes) + BOX_HEIGHT,
        boxes=tuple(replace(box, x=box.x - left) for box in boxes),
        lines=tuple((x1 - left, y1, x2 - left, y2) for x1, y1, x2, y2 in lines),
    )


_PARENT = {"父": "父亲", "母": "母亲"}


def _down(above: Box, below: Box) -> tuple[int, int, int, int]:
    return above.x + BOX_WIDTH // 2, above.y + BOX_HEIGHT, below.x + BOX_WIDTH // 2, below.y
