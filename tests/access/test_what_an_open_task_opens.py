"""What an open task opens of its case, role by role, against `tests/data/access/open_task.csv` (6.1, M1, M14)."""

from __future__ import annotations

import csv

import pytest
import sqlalchemy as sa

from cases import roles
from cases.seeing import cases_seen, sight_of, working_on
from engine.access import Sight
from engine.store.user_task import OPEN, user_task
from tests.access.conftest import DATA, FOREIGN, SIGHTS, VILLAGE, Prepared, department_of, holder

OPENED = {row["role"]: row for row in csv.DictReader((DATA / "open_task.csv").read_text(encoding="utf-8").splitlines())}


def test_every_role_stands_in_the_table() -> None:
    assert OPENED.keys() == roles.ROLES


@pytest.mark.parametrize("column", ["ordinary", "protection"])
def test_an_open_task_opens_so_much_to_whoever_may_do_it_and_nothing_elsewhere(prepared: Prepared, column: str) -> None:
    case_id, wrong = prepared.cases[column], []
    of_case = sa.update(user_task).where(
        user_task.c.instance_id == prepared.instances[column], user_task.c.status == OPEN
    )
    with prepared.world.database.transaction() as session:
        for row in SIGHTS:
            given = {"role": row["role"], "place": VILLAGE, "department": department_of(row["role"])}
            session.execute(of_case.values(**given))
            opened, mine = Sight[OPENED[row["role"]][column]], holder(row)
            seen = max(opened, Sight[row[column]])
            if working_on(session, mine, [case_id]).get(case_id, Sight.NONE) != opened:
                wrong.append((row["role"], "by task"))
            if sight_of(session, mine, case_id) != seen:
                wrong.append((row["role"], "in all"))
            if (case_id in cases_seen(session, mine, [case_id])) != (seen > Sight.NONE):
                wrong.append((row["role"], "in lists"))
            if row["level"] in FOREIGN and working_on(session, holder(row, FOREIGN), [case_id]):
                wrong.append((row["role"], "foreign"))
    assert wrong == []
