"""The processes that a person may start."""

from __future__ import annotations

from dataclasses import dataclass

from engine.access import Permission, Target, allowed
from engine.errors import NotFound
from engine.queries.processes import processes
from web.language import translate as _
from web.transaction import Visit


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A process that the person may start."""

    key: str
    title: str
    description: str
    version_id: str

    @property
    def noun(self) -> str:
        """What is submitted."""
        if "异议" in self.title:
            return _("异议")
        return _("申请") if "申请" in self.title else self.title

    @property
    def verb(self) -> str:
        """What the button says."""
        if "申请" in self.title:
            return _("填写申请")
        if "异议" in self.title:
            return _("提出异议")
        return _("开始办理:{title}", title=self.title)


def choices_of(visit: Visit) -> list[Choice]:
    """The processes that the person may start."""
    found = []
    for process in processes(visit.session):
        if not allowed(visit.person, Permission.PROCESS_START, Target(roles=frozenset(process.starters))):
            continue
        manifest = visit.env.library.bundle(visit.session, process.versions[0].id).manifest
        found.append(
            Choice(
                key=process.key,
                title=process.title,
                description=manifest.description if manifest else "",
                version_id=process.versions[0].id,
            )
        )
    return found


def choice_of(visit: Visit, process_key: str) -> Choice:
    """The process, for whoever may start it.

    :raises NotFound: there is none, or it is not this person's to start.
    """
    for choice in choices_of(visit):
        if choice.key == process_key:
            return choice
    raise NotFound(f"没有可以发起的流程 {process_key}")
