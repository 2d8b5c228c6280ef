"""The demo county 云岭县 for `make run`: its people, and children whose applications stand at every stage.

Everything comes about through the commands that the pages call, on a clock that is moved through autumn 2025. A second
start finds it there and leaves it alone. Production refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select, update

from cases import demo_clock
from cases.children import child as child_table
from cases.demo_children import DEMO_CHILDREN, OPENING, Deed, DemoChild
from cases.demo_deeds import DEED_FORMS
from cases.demo_people import DEMO_USERS, enter_people, holder, is_there
from cases.logins import hash_password
from cases.sending import sent
from cases.stage import Stage, build
from engine.access import Actor
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.start_process import start_process
from engine.errors import NotAllowed, Refused
from engine.settings import Settings
from engine.store import Session, user_task

#: The one password of all demo log-ins; it is printed at every start and opens nothing in production.
DEMO_PASSWORD = "yunling-demo-2025"  # noqa: S105 - meant to be known
PROCESS = "application"
#: The demonstration's clock begins before the first application.
_BEGIN = min(at for each in DEMO_CHILDREN for _, at in each.course)


@dataclass(frozen=True, kw_only=True)
class DemoCounty:
    """What a newcomer is told."""

    is_new: bool  #: it was made just now
    password: str
    log_ins: tuple[tuple[str, str, str], ...]  #: user name, name, unit


def ensure(settings: Settings, processes: Path) -> DemoCounty:
    """Make the demo county in the settings' (migrated) database unless it is there; publish the processes as they are.

    :param processes: the folder with the process bundles.
    :raises NotAllowed: in production.
    """
    if settings.is_production:
        raise NotAllowed("正式环境不能装入演示数据")
    # What is late when the demonstration begins is reminded of by its first round, as after an outage.
    stage = replace(build(settings, at=_BEGIN), reminds=False)
    try:
        with stage.database.reading() as session:
            known = is_there(session)
            if known:
                stage.clock.instant = demo_clock.load_clock(session, settings).now()
        stage.prepare([processes / PROCESS])
        if not known:
            _populate(stage)
    finally:
        stage.database.dispose()
    listed = tuple((user.user_name, user.name, user.unit) for user in DEMO_USERS)
    return DemoCounty(is_new=not known, password=DEMO_PASSWORD, log_ins=listed)


def _populate(stage: Stage) -> None:
    deeds = sorted(
        ((at, number, deed) for number, each in enumerate(DEMO_CHILDREN) for deed, at in each.course),
        key=lambda told: told[0],
    )
    instances: dict[int, str] = {}
    for at, number, deed in deeds:
        stage.move_to(at)
        each = DEMO_CHILDREN[number]
        if deed is Deed.APPLY:
            instances[number] = _start(stage, each)
        else:
            _complete(stage, each, deed, instances[number])
        stage.run_due()
    stage.move_to(OPENING)
    with stage.database.transaction() as session:
        enter_people(session, password_hash=hash_password(DEMO_PASSWORD), now=stage.clock.now())
        session.execute(update(child_table).values(demo=True))
        if stage.env.settings.demo_clock_allowed:
            demo_clock.begin_at(session, stage.env.settings, instant=OPENING, actor=Actor.system("demo"))


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
            PROCESS,
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
