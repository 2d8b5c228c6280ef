"""AC-12 as a whole on both databases, and what anybody but its own circle can read of it: no word of the sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from cases.messages import message_out
from cases.notices import notice, public_notice
from cases.scenario import play
from cases.story import read_story
from engine.store import Database
from engine.store.instance import instance
from engine.store.user_task import user_task

PROCESSES = Path(__file__).parents[2] / "processes"
TOLD = ("服刑", "判刑", "刑期", "监狱", "羁押", "刑满", "看守所")


def play_through(database_url: str, name: str) -> None:
    told = read_story(PROCESSES / "custody" / "scenarios" / f"{name}.toml")
    assert play(told, PROCESSES, database_url=database_url, say=lambda _: None).failures == ()


@pytest.mark.parametrize("name", ["ac12_whole", "ac12_mother_disappears"])
def test_the_chain_holds_and_public_views_tell_nothing(database: Database, database_url: str, name: str) -> None:
    play_through(database_url, name)
    with database.reading() as session:
        assert session.execute(select(notice.c.id)).all() == []
        assert session.execute(select(public_notice)).all() == []
        tasks = session.execute(select(user_task).where(user_task.c.role == "applicant")).mappings().all()
        seen = [
            *session.execute(select(instance.c.subject)).scalars(),
            *session.execute(select(user_task.c.subject)).scalars(),
            *(str(dict(row)) for row in session.execute(select(message_out)).mappings()),
            *(row["name"] for row in tasks),
        ]
    assert seen
    assert not [(word, text) for word in TOLD for text in seen if word in text]
