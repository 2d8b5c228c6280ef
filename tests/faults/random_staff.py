"""Staff who do whatever lies open, in any order, with any answers that a form can take, while time goes by.

Nobody would work like that. But no answer that a form takes, and no order in which tasks may be done, may end in
anything but a step forward or a refusal in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from cases.reports import report
from cases.sending import sent
from cases.stage import Stage
from engine.access import Actor, Grant
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.start_process import start_process
from engine.commands.stepping import spec_of
from engine.errors import Refused, SubmissionInvalid
from engine.outcome import InstanceStatus
from engine.queries.processes import processes
from engine.store.instance import instance
from engine.store.session import Session
from engine.store.user_task import TaskStatus, user_task
from tests.faults.random_answers import Answers

#: So often somebody tries a form before giving up; each time what was refused is answered anew.
TRIES = 10
#: So often a task is tried before it is left lying.
ROUNDS = 6
#: For how long nobody does anything.
PAUSES = tuple(timedelta(hours=hours) for hours in (1, 4, 20, 30, 72, 9 * 24, 20 * 24))
PLACES = ("519927", "519927101", "519927101001")
DEPARTMENTS = (None, "MZJ", "GAJ")

#: What is sent with a submission beside the session: the fields, by whom, when, under which key.
Submission = dict[str, Any]
Send = Callable[[Session, Actor, Submission], object]


@dataclass(frozen=True, kw_only=True)
class _Form:
    """A form that somebody fills in."""

    version_id: str
    process: str
    key: str


@dataclass
class Staff:
    """Three people in every post, one of whom does the next thing."""

    stage: Stage
    chance: Random
    done: Counter[str] = field(default_factory=Counter)  #: by element, or `start` and process
    refused: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)  #: by task: how often nobody knew the answer
    tries: int = 0

    def deed(self) -> None:
        """One thing: mostly a task, rare ones first; now and then something new, or nothing for a while."""
        lying, drawn = self._lying(), self.chance.random()
        if not lying or drawn < 0.12:
            self.stage.move_to(self.stage.clock.now() + self.chance.choice(PAUSES))
        elif drawn < 0.2:
            self._begin()
        else:
            rarity = [1 / (1 + self.done[task.element_id] + self.refused[task.element_id]) for task in lying]
            self._work(self.chance.choices(lying, rarity)[0])
        self.stage.run_due()

    def _lying(self) -> Sequence[sa.Row[Any]]:
        with self.stage.database.reading() as session:
            query = sa.select(user_task, instance.c.version_id).join(instance, instance.c.id == user_task.c.instance_id)
            query = query.where(user_task.c.status == TaskStatus.OPEN, instance.c.status == InstanceStatus.RUNNING)
            rows = session.execute(query.order_by(user_task.c.opened_at, user_task.c.id)).all()
        return [row for row in rows if self.left[row.id] < ROUNDS]

    def _work(self, task: sa.Row[Any]) -> None:
        def complete(session: Session, actor: Actor, made: Submission) -> None:
            claim_task(session, task.id, actor=actor, now=made["now"])
            complete_task(session, self.stage.env, task.id, actor=actor, **made)

        grant = Grant(role=task.role, place=task.place, department=task.department)
        form = _Form(version_id=task.version_id, process=task.element_process, key=task.form)
        if not self._tried(task.element_id, form, (grant,), complete, holder=task.assignee):
            self.left[task.id] += 1

    def _begin(self) -> None:
        with self.stage.database.reading() as session:
            offered = [each for each in processes(session) if each.starters]
            process = self.chance.choice(offered)
            version = process.versions[0].id
            start_form = spec_of(session, self.stage.env, version).start_form
        if start_form is None:
            return

        def start(session: Session, actor: Actor, made: Submission) -> None:
            start_process(session, self.stage.env, process.key, actor=actor, **made)

        posts = tuple(
            Grant(role=role, place=place, department=department)
            for role in sorted(process.starters)
            for place in PLACES
            for department in DEPARTMENTS
        )
        form = _Form(version_id=version, process=process.key, key=start_form)
        self._tried(f"start {process.key}", form, posts, start)

    def _tried(self, name: str, form: _Form, posts: Sequence[Grant], send: Send, *, holder: str | None = None) -> bool:
        """Whether the form was taken in the end. Raises whatever is no refusal."""
        fields: Mapping[str, Any] | None = None
        wrong: Collection[str] = ()
        for _ in range(TRIES):
            self.tries += 1
            person = holder or f"random-{self.chance.randrange(3)}"
            actor = Actor(id=person, name=person, grants=(self.chance.choice(posts),))
            try:
                with self.stage.database.transaction() as session:
                    drawn = self.stage.env.library.form(session, form.version_id, form.process, form.key)
                    answers = self._answers(session)
                    fields = answers.again(drawn, fields, wrong) if fields and wrong else answers.to(drawn)
                    send(session, actor, self._submission(session, actor, fields))
            except SubmissionInvalid as refusal:
                wrong = {problem.field for problem in refusal.problems}
            except Refused:
                wrong = ()
            else:
                self.done[name] += 1
                return True
        self.refused[name] += 1
        return False

    def _answers(self, session: Session) -> Answers:
        now = self.stage.clock.now()
        lists = self.stage.env.domain.choices(session, now)
        reports = [row.report_no for row in session.execute(sa.select(report.c.report_no))]
        return Answers(chance=self.chance, now=now, lists=lists, reports=reports)

    def _submission(self, session: Session, actor: Actor, fields: Mapping[str, Any]) -> Submission:
        given = {name: value for name, value in fields.items() if value is not None}
        folder, now = self.stage.env.settings.data_folder, self.stage.clock.now()
        made = sent(session, given, folder=folder, actor=actor, now=now)
        return {"fields": made, "now": now, "idempotency_key": f"random:{self.tries}"}
