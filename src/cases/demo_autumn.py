"""Lives the demo county's autumn (演示): hand-made applications and told stories by turns, each deed at its instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import select

from cases.demo_children import OPENING, Deed, DemoChild
from cases.demo_deeds import DEED_FORMS
from cases.demo_people import DEMO_USERS, holder
from cases.demo_tales import read_tales
from cases.demo_telling import Moment, Teller
from cases.sending import sent
from cases.stage import Stage
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.start_process import start_process
from engine.errors import Refused
from engine.store import Session, user_task


def live_through(stage: Stage, processes: Path, children: Sequence[DemoChild]) -> None:
    """Live through the autumn: hand-made applications and told stories by turns, each deed at its instant."""
    tellers = [Teller(story=story, stage=stage) for story in read_tales(processes)]
    moments = [moment for teller in tellers for moment in teller.moments()]
    instances: dict[int, str] = {}
    for number, each in enumerate(children):
        moments += [Moment(at=at, happen=_doing(stage, each, deed, number, instances)) for deed, at in each.course]
    for moment in sorted(moments, key=lambda each: each.at):
        stage.move_to(moment.at)
        moment.happen()
        stage.run_due()
    stage.move_to(OPENING)


def _doing(stage: Stage, each: DemoChild, deed: Deed, number: int, instances: dict[int, str]) -> Callable[[], None]:
    def do() -> None:
        if deed is Deed.APPLY:
            instances[number] = _start(stage, each)
        else:
            _complete(stage, each, deed, instances[number])

    return do


def _start(stage: Stage, each: DemoChild) -> str:
    """The application: by the guardian who has a log-in, else by village or window on the guardian's behalf."""
    now, form = stage.clock.now(), DEED_FORMS[Deed.APPLY]
    guardian = next((user for user in DEMO_USERS if user.name == each.guardian), None)
    actor = (guardian or holder("village_officer" if each.entrusted else form.role, each.place)).actor
    with stage.database.transaction() as session:
        fields = sent(session, form.fields(each, now), folder=stage.env.settings.data_folder, actor=actor, now=now)
        started = start_process(
            session,
            stage.env,
            "application",
            fields=fields,
            actor=actor,
            now=now,
            idempotency_key=f"demo:{each.idcard}:apply",
        )
    return started.instance_id


def _complete(stage: Stage, each: DemoChild, deed: Deed, instance_id: str) -> None:
    now, form = stage.clock.now(), DEED_FORMS[deed]
    actor = holder(form.role, each.place).actor
    with stage.database.transaction() as session:
        task_id = _open_task(session, instance_id, form.task, form.department)
        claim_task(session, task_id, actor=actor, now=now)
        fields = sent(session, form.fields(each, now), folder=stage.env.settings.data_folder, actor=actor, now=now)
        complete_task(
            session,
            stage.env,
            task_id,
            fields=fields,
            actor=actor,
            now=now,
            idempotency_key=f"demo:{each.idcard}:{deed}",
        )


def _open_task(session: Session, instance_id: str, element_id: str, department: str | None) -> str:
    table = user_task.user_task
    query = select(table.c.id).where(
        table.c.instance_id == instance_id,
        table.c.element_id == element_id,
        table.c.status == user_task.TaskStatus.OPEN,
    )
    if department is not None:
        query = query.where(table.c.department == department)
    found = session.scalar(query)
    if found is None:
        raise Refused(f"演示数据:没有待办 {element_id}")
    return str(found)
