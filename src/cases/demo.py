"""The demo county 云岭县 for `make run`: its people, cases of every process at different steps, and children's files.

Cases that run come about through the commands that the pages call, on a clock that is moved through autumn 2025; the
files of children who need nothing today are entered in bulk. A second start finds it there and leaves it alone.
Production refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import update

from cases import agenda, demo_clock
from cases.children import child as child_table
from cases.demo_applicants import applicants
from cases.demo_autumn import live_through
from cases.demo_children import DEMO_CHILDREN, OPENING
from cases.demo_invented import DEFAULT_SEED
from cases.demo_people import DEMO_USERS, enter_people, is_there
from cases.demo_roster import enter_roster
from cases.demo_rows import fill_up
from cases.logins import hash_password
from cases.stage import Stage, build
from engine.access import Actor
from engine.clock import COUNTY_ZONE
from engine.errors import NotAllowed
from engine.settings import Settings

#: The one password of all demo log-ins; it is printed at every start and opens nothing in production.
DEMO_PASSWORD = "yunling-demo-2025"  # noqa: S105 - meant to be known
#: The demonstration's clock begins before the first application.
_BEGIN = datetime(2025, 7, 9, 9, 0, tzinfo=COUNTY_ZONE)


@dataclass(frozen=True, kw_only=True)
class DemoCounty:
    """What a newcomer is told."""

    is_new: bool  #: it was made just now
    password: str
    log_ins: tuple[tuple[str, str, str], ...]  #: user name, name, unit


def ensure(
    settings: Settings,
    processes: Path,
    *,
    children: int = 0,
    seed: int = DEFAULT_SEED,
    say: Callable[[int], object] = lambda _: None,
) -> DemoCounty:
    """Make the demo county in the settings' (migrated) database unless it is there; publish the processes as they are.

    :param processes: the folder with the process bundles.
    :param children: how many the county shall have at least; those that are missing are invented. 0: only those whose
        stories are told.
    :param seed: the same seed invents the same children.
    :param say: is told how many children there are while they are entered.
    :raises NotAllowed: in production.
    :raises Refused: the county was filled with another seed before.
    """
    if settings.is_production:
        raise NotAllowed("正式环境不能装入演示数据")
    # What is late when the demonstration begins is reminded of by its first round, as after an outage.
    stage = replace(build(settings, at=_BEGIN, opener=agenda.opener), reminds=False)
    try:
        with stage.database.reading() as session:
            known = is_there(session)
            if known:
                stage.clock.instant = demo_clock.load_clock(session, settings).now()
        stage.prepare(sorted(each.parent for each in processes.glob("*/process.toml")))
        if not known:
            live_through(stage, processes, (*DEMO_CHILDREN, *applicants(children, seed=seed)))
        fill_up(stage.database, children=children, seed=seed, say=say)
        if not known:
            _open_doors(stage)
    finally:
        stage.database.dispose()
    listed = tuple((user.user_name, user.name, user.unit) for user in DEMO_USERS)
    return DemoCounty(is_new=not known, password=DEMO_PASSWORD, log_ins=listed)


def _open_doors(stage: Stage) -> None:
    """The people can log in, and the clock goes on: the county is complete."""
    with stage.database.transaction() as session:
        enter_people(session, password_hash=hash_password(DEMO_PASSWORD), now=stage.clock.now())
        enter_roster(session, now=stage.clock.now())
        session.execute(update(child_table).values(demo=True))
        if stage.env.settings.demo_clock_allowed:
            demo_clock.begin_at(session, stage.env.settings, instant=OPENING, actor=Actor.system("demo"))
