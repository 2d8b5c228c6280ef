"""What the county changed in a benefit plan: the tables give the items, the summary of the opinions may change one or
add one, each with its reason (domain.md P_E 2, in `d_ut_consolidate` by M16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cases import sealed
from cases.benefits import Item

#: The case's fact that holds the changes; diagrams hand it to `open_items`.
FACT = "plan_changes"
#: An item that no table gives: its name is its title.
_ADDED = "PLAN"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of 待遇方案调整. `amount` is in yuan, a living allowance's for a month; None leaves it as it was."""

    benefit: str  #: the item's title or code
    dept: str
    mode: str
    amount: Decimal | None
    reason: str

    def means(self, *names: str) -> bool:
        """Whether the line is about the item with these names."""
        return self.benefit in names


def kept(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The form's rows as a fact."""
    return [
        {"benefit": row["benefit"], "dept": row["dept"], "mode": row["handling"], "amount": row.get("amount"),
         "reason": row["reason"]}
        for row in rows
    ]  # fmt: skip


def read(fact: Iterable[Mapping[str, Any]] | None) -> list[Change]:
    """The changes from the fact."""
    return [
        Change(
            benefit=str(row["benefit"]),
            dept=str(row["dept"]),
            mode=str(row["mode"]),
            amount=None if row.get("amount") is None else Decimal(str(row["amount"])),
            reason=str(row["reason"]),
        )
        for row in fact or ()
    ]


def changed(items: Sequence[Item], changes: Sequence[Change], *, one_department: str | None = None) -> list[Item]:
    """The items as the county decided them; what no item answers to is added.

    :param one_department: of a sealed file: it carries out everything, whatever a line says (M2).
    """
    result = list(items)
    for number, change in enumerate(changes, 1):
        department = one_department or change.dept
        place = next((at for at, item in enumerate(result) if change.means(*_names(item))), None)
        if place is None:
            result.append(
                Item(
                    benefit=f"{_ADDED}_{number}",
                    title=change.benefit,
                    department=department,
                    mode=change.mode,
                    amount=change.amount,
                )
            )
        else:
            result[place] = _changed(result[place], change, department)
    return result


def _names(item: Item) -> tuple[str, ...]:
    return item.benefit, item.title, sealed.outside_label(item.benefit, item.title)


def _changed(item: Item, change: Change, department: str) -> Item:
    """A decided amount stands as it is: it no longer follows a standard."""
    moved = replace(item, department=department, mode=change.mode)
    return moved if change.amount is None else replace(moved, amount=change.amount, standard_key=None)


def of_scheme(facts: Mapping[str, Any], scheme: str, title: str) -> Change | None:
    """The change of the living allowance that was chosen, if it is changed."""
    names = (scheme, title, sealed.outside_label(scheme, title))
    return next((change for change in read(facts.get(FACT)) if change.means(*names)), None)
