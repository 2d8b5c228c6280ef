"""Whether a text names the child of a case: proposals, minutes and items call children by codes (P_I 1, 6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import select

from cases.case_files import case_file
from cases.children import child
from cases.reports import report
from engine.store.session import Session

_ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
#: A file's, an application's, a report's or a case's number; the code of a sealed file.
_CODE = re.compile(r"(涉密件)?[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_BETWEEN = re.compile(r"[\s、,,;;]+")
_SHORTEST = 6


def names_the_child(session: Session, case_id: str, text: str) -> bool:
    """Whether the text holds the child's name, as the file or the report has it, or any identity number."""
    return bool(_ID_NUMBER.search(text)) or any(name in text for name in _names(session, case_id))


def _names(session: Session, case_id: str) -> Iterator[str]:
    of_file = select(child.c.name).join(case_file, case_file.c.child_id == child.c.id).where(case_file.c.id == case_id)
    told = select(report.c.child_name).where(report.c.case_id == case_id)
    for query in (of_file, told):
        for (name,) in session.execute(query):
            if name and len(name) > 1:
                yield str(name)


def are_codes(text: str) -> bool:
    """Whether the text is a list of codes and nothing else, none of them an identity number."""
    parts = [part for part in _BETWEEN.split(text) if part]
    return all(len(part) >= _SHORTEST and _CODE.fullmatch(part) and not _ID_NUMBER.fullmatch(part) for part in parts)
