"""Plays a told story on a scratch database, with a clock of its own, through the commands that the pages call.

Every step loads and saves the instance, as in operation, so that a story that holds also survives restarts.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from cases import agenda, bodies, ordering, story_deeds
from cases.coverage import Mark, left_behind, marks
from cases.covered_children import enter_world
from cases.expectation import Scene, differences, open_tasks
from cases.parameters import set_parameter
from cases.stage import EndlessJobs, Stage, build
from cases.story import Step, Story
from engine.access import Actor, Grant
from engine.calendar import county_minute
from engine.errors import EngineError, NotAllowed, Refused, SubmissionInvalid
from engine.settings import Settings
from engine.store import Session, incident, instance, migrate

#: Sets the parameters of a story's world.
KEEPER = Actor(id="story", name="story", grants=(Grant(role="administrator"),))

_REFUSED_BY_RIGHT = frozenset({"access", "separate_from"})

Say = Callable[[str], object]


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of a story."""

    name: str
    steps: int
    failures: tuple[str, ...]
    covers: tuple[str, ...] = ()
    reached: frozenset[Mark] = frozenset()  #: the elements and flows that it passed
    left: frozenset[tuple[str, int]] = frozenset()  #: what it left behind (`coverage.left_behind`)
    shuffled: int = 0  #: how many steps could be taken in any order

    @property
    def holds(self) -> bool:
        return not self.failures


def play(
    story: Story,
    processes: Path,
    *,
    database_url: str | None = None,
    say: Say = print,
    restarts: bool = False,
    shuffle: ordering.Shuffle | None = None,
) -> Played:
    """Play a story and compare every expectation.

    :param processes: the folder with the process bundles and the shared tables.
    :param database_url: an empty scratch database; None: a SQLite file that is thrown away afterwards.
    :param restarts: before every step the program begins anew: new connections, nothing compiled or cached.
    :param shuffle: steps of one day whose tasks are open side by side are taken in the order that this gives them.
    """
    with tempfile.TemporaryDirectory(prefix="story-") as folder:
        url = database_url or f"sqlite:///{Path(folder) / 'story.sqlite3'}"
        migrate(url)
        settings = Settings(mode="demo", data_folder=Path(folder), database_url=url)
        opener = agenda.opener if agenda.PROCESSES & {story.process, *story.others} else None

        def open_stage(at: datetime) -> Stage:
            return build(settings, at=at, services=story.services, opener=opener)

        stage = open_stage(story.clock)
        player = _Player(story=story, stage=stage, say=say, reopen=open_stage if restarts else None, shuffle=shuffle)
        try:
            stage.prepare([processes / key for key in (story.process, *story.others)])
            with stage.database.transaction() as session:
                enter_world(session, children=story.children, standards=story.standards, now=story.clock)
                for name, value in {"policy_profile": story.profile, **story.parameters}.items():
                    set_parameter(session, name, value, actor=KEEPER, now=story.clock)
                for move in story.moves:
                    bodies.enter_move(session, move, actor=KEEPER, now=story.clock)
            return player.play()
        finally:
            player.stage.database.dispose()


def play_on_copy(
    template: Path, story: Story, processes: Path, *, say: Say = print, shuffle: ordering.Shuffle | None = None
) -> Played:
    """Play a story on a copy of this migrated and empty SQLite file: the migrations are half of a short story."""
    with tempfile.TemporaryDirectory(prefix="story-") as folder:
        copy = Path(folder) / "story.sqlite3"
        shutil.copyfile(template, copy)
        return play(story, processes, database_url=f"sqlite:///{copy}", say=say, shuffle=shuffle)


def play_all(paths: Iterable[Path], processes: Path, *, read: Callable[[Path], Story], say: Say = print) -> int:
    """Play the stories in these files, each on a database of its own; returns how many do not hold."""
    with tempfile.TemporaryDirectory(prefix="stories-") as folder:
        template = Path(folder) / "empty.sqlite3"
        migrate(f"sqlite:///{template}")
        played = [play_on_copy(template, read(path), processes, say=say) for path in paths]
    bad = [each.name for each in played if not each.holds]
    for line in _by_acceptance(played):
        say(line)
    say(f"共 {len(played)} 个场景," + (f"{len(bad)} 个不符: {', '.join(bad)}" if bad else "全部符合"))
    return len(bad)


def _by_acceptance(played: Iterable[Played]) -> list[str]:
    """A line for each acceptance scenario (AC-01 …): the stories that tell it, and whether they hold."""
    told: dict[str, list[Played]] = {}
    for each in played:
        for code in each.covers:
            if code.startswith("AC-"):
                told.setdefault(code, []).append(each)
    wide = max(map(len, told), default=0)
    return [
        f"{code:<{wide}}  {'符合' if all(each.holds for each in told[code]) else '不符'}  "
        + "、".join(each.name for each in told[code])
        for code in sorted(told)
    ]


def _key(story: Story, step: Step) -> str:
    return f"{story.name}:{step.number}"


@dataclass(kw_only=True)
class _Player:
    """Where the playing stands: the instance that the steps are about, and what differed so far."""

    story: Story
    stage: Stage
    say: Say
    instance_id: str = ""
    case_id: str = ""
    shown: set[str] = field(default_factory=set)
    doing: str = ""
    failures: list[str] = field(default_factory=list)
    reopen: Callable[[datetime], Stage] | None = None
    shuffle: ordering.Shuffle | None = None
    shuffled: int = 0
    side_by_side: int = 0  #: how many steps of the group that was drawn are still to come

    def play(self) -> Played:
        """All steps, then what is expected at the very end. A step that cannot be done ends the story."""
        self.say(f"《{self.story.title}》({self.story.name})")
        left = list(self.story.steps)
        while left:
            left = self._in_any_order(left)
            if not self._step(left.pop(0)):
                break
        else:
            self._compare("结尾", self.story.expect)
        self.say(f"{'全部符合' if not self.failures else f'{len(self.failures)} 处不符'}\n")
        with self.stage.database.reading() as session:
            return Played(
                name=self.story.name,
                steps=len(self.story.steps),
                failures=tuple(self.failures),
                covers=self.story.covers,
                reached=marks(session),
                left=left_behind(session),
                shuffled=self.shuffled,
            )

    def _in_any_order(self, left: list[Step]) -> list[Step]:
        """The steps that are left; those that can be done side by side now in the order that is drawn, if one is."""
        if self.side_by_side > 0:
            self.side_by_side -= 1
            return left
        with self.stage.database.reading() as session:
            group = ordering.side_by_side(left, lambda step: _aim(session, step, self.instance_id))
        self.side_by_side = max(0, group - 1)
        if group < 2:
            return left
        self.shuffled += group
        return [*ordering.drawn(left[:group], self.shuffle), *left[group:]] if self.shuffle else left

    def _step(self, step: Step) -> bool:
        """Do one step and compare; whether the story can go on."""
        where = f"第{step.number}步"
        if self.reopen is not None:
            self.stage.database.dispose()
            self.stage = self.reopen(self.stage.clock.now())
        try:
            if step.at is not None:
                self.stage.move_to(step.at)
            if step.on is not None:
                self._turn_to(step.on, step.place or "")
            self._do(step)
            self.stage.run_due()
        except (EngineError, EndlessJobs) as error:
            self._fail(where, str(error))
            return False
        self._show(step)
        before = len(self.failures)
        self._compare(where, step.expect)
        return len(self.failures) == before or not self._tell_incidents()

    def _turn_to(self, process: str, place: str) -> None:
        """Make the latest instance of a process the one that the steps are about; the program may have opened it."""
        with self.stage.database.reading() as session:
            latest = _latest(session, process, place)
        if latest is None:
            raise Refused(f"流程 {process} 还没有发起过")
        self.instance_id, self.case_id = latest.id, latest.case_id or ""

    def _do(self, step: Step) -> None:
        deeds = {
            "start": self._start,
            "complete": self._complete,
            "message": self._message,
            "search": self._look,
            "open": self._look,
        }
        deed = deeds.get(step.do)
        self.doing = "时间推进"
        if deed is None:
            return
        if not step.refused:
            deed(step)
            return
        where, wanted = f"第{step.number}步", list(step.refused)
        try:
            deed(step)
        except SubmissionInvalid as error:
            named = {problem.field for problem in error.problems}
            if not set(wanted) <= named:
                self._fail(where, f"应因 {wanted} 被拒,实际 {sorted(named)}: {error}")
        except NotAllowed as error:
            if not set(wanted) & _REFUSED_BY_RIGHT:
                self._fail(where, f"应因 {wanted} 被拒,实际无权: {error}")
        else:
            self._fail(where, f"应因 {wanted} 被拒,实际被接受")

    def _start(self, step: Step) -> None:
        process = step.process or self.story.process
        self.doing = "提出申请" if process == "application" else f"发起 {process}"
        started = story_deeds.begin(self.stage, step, process, key=_key(self.story, step))
        self.instance_id, self.case_id = started.instance_id, started.case_id or ""

    def _complete(self, step: Step) -> None:
        with self.stage.database.transaction() as session:
            task = self._task(session, step)
            self.doing = f"办理“{task.name}”{f'({task.department})' if task.department else ''}"
            story_deeds.finish(self.stage, session, step, task.id, key=_key(self.story, step))

    def _task(self, session: Session, step: Step) -> Any:
        present = open_tasks(session, self.instance_id)
        rows = _meant(present, step)
        if len(rows) != 1:
            found = ", ".join(f"{row.element_id}({row.department or '—'})" for row in present) or "无"
            raise Refused(f"任务 {step.task} 应恰有一件待办,实际 {len(rows)} 件;现有: {found}")
        return rows[0]

    def _message(self, step: Step) -> None:
        self.doing = f"消息 {step.message}"
        story_deeds.tell(self.stage, step, self.case_id)

    def _look(self, step: Step) -> None:
        """Look for a child, or open the case; what is found is compared."""
        self.doing = "打开办件" if step.do == "open" else "按身份证号查找"
        problem = story_deeds.look_for(self.stage, step, self.case_id)
        if problem:
            self._fail(f"第{step.number}步", problem)

    def _show(self, step: Step) -> None:
        """Tell the step, and the tasks that it opened with their due dates and how these were counted."""
        who = step.actor.name if step.actor else "—"
        refused = "(被拒,符合预期)" if step.refused else ""
        self.say(f"  {step.number:>2}. {county_minute(self.stage.clock.now())}  {who}  {self.doing}{refused}")
        with self.stage.database.reading() as session:
            for row in open_tasks(session, self.instance_id):
                if row.id in self.shown:
                    continue
                self.shown.add(row.id)
                due = f"时限 {county_minute(row.due_at)}" if row.due_at else "无时限"
                reason = (row.due_derivation or {}).get("text", "")
                where = f"({row.department})" if row.department else ""
                self.say(f"      → {row.name}{where}  {due}{f'  [{reason}]' if reason else ''}")

    def _compare(self, where: str, expected: Iterable[Mapping[str, Any]]) -> None:
        with self.stage.database.reading() as session:
            scene = Scene(session=session, env=self.stage.env, instance_id=self.instance_id, case_id=self.case_id)
            for each in expected:
                for problem in differences(scene, each):
                    self._fail(where, problem)

    def _tell_incidents(self) -> bool:
        """Whether an incident stops the story; its cause is told."""
        table = incident.incident
        with self.stage.database.reading() as session:
            rows = session.execute(
                select(table.c.element_id, table.c.message).where(table.c.instance_id == self.instance_id)
            ).all()
        for row in rows:
            self._fail("故障", f"{row.element_id}: {row.message}")
        return bool(rows)

    def _fail(self, where: str, problem: str) -> None:
        self.failures.append(f"{where}: {problem}")
        self.say(f"     ✗ {where}: {problem}")


def _latest(session: Session, process: str, place: str) -> Any:
    """The newest instance of a process at a place or below it, with its case; None where there is none."""
    return session.execute(
        select(instance.instance.c.id, instance.instance.c.case_id)
        .where(instance.instance.c.process_key == process, instance.instance.c.place.startswith(place))
        .order_by(instance.instance.c.started_at.desc(), instance.instance.c.id.desc())
        .limit(1)
    ).first()


def _meant(present: Iterable[Any], step: Step) -> list[Any]:
    """Those of the open tasks that a step can mean."""
    rows = [row for row in present if row.element_id == step.task and step.department in (None, row.department)]
    return [row for row in rows if step.place is None or step.on is not None or row.place == step.place]


def _aim(session: Session, step: Step, instance_id: str) -> str | None:
    """The id of the one open task that a step means; None when there is no such task yet."""
    if step.on is not None:
        latest = _latest(session, step.on, step.place or "")
        if latest is None:
            return None
        instance_id = latest.id
    rows = _meant(open_tasks(session, instance_id), step)
    return str(rows[0].id) if len(rows) == 1 else None
