"""Who may do what: the mechanism. The county's roles and what each may do stand in `cases/roles.py`.

A person holds *grants*: a role, for a place (a division code; a grant covers its whole subtree) and, for department
roles, a department. A permission is asked inside the command or query, never in a page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from engine.errors import NotAllowed


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A role that a person holds for a place."""

    role: str
    place: str = ""  #: division code prefix: "" everywhere, 6 digits county, 9 township, 12 village
    department: str | None = None


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever does something: a person with grants, or the system itself."""

    id: str
    name: str
    unit: str = ""
    grants: tuple[Grant, ...] = ()
    stands_in_for: frozenset[str] = (
        frozenset()
    )  #: ids of absent people whose tasks, of this person's own posts, may be taken now

    @property
    def is_system(self) -> bool:
        return self.id.startswith("system:")

    @staticmethod
    def system(part: str) -> Actor:
        """The program acting by itself, e.g. `Actor.system("timer")`."""
        return Actor(id=f"system:{part}", name="系统")


class Sight(IntEnum):
    """How much of a case a person sees; a higher one includes the lower ones. Who has which, the domain says
    (`engine.domain.Domain.sight`); the queries only compare."""

    NONE = 0  #: does not learn that the case exists
    CODED = 1  #: number, area, need and deadlines; no name
    MASKED = 2  #: names and numbers masked, no sensitive field
    FILE = 3  #: the ordinary file
    SENSITIVE = 4  #: what is sensitive in it too
    SEALED = 5  #: the sealed file


class Permission(StrEnum):
    """What the engine asks before it acts. The domain adds its own enum for its own things."""

    TASK_WORK = "task.work"  #: see, claim, return and complete a task
    TASK_DELEGATE = "task.delegate"  #: hand a task to another person
    PROCESS_START = "process.start"  #: start an instance
    PROCESS_CHECK = "process.check"  #: check a bundle
    PROCESS_PUBLISH = "process.publish"  #: publish a version
    INSTANCE_SEE = "instance.see"  #: see instances and incidents, without case data
    INSTANCE_MANAGE = "instance.manage"  #: retry, suspend, resume, cancel, move a token
    AUDIT_READ = "audit.read"  #: read the audit log, and nothing else
    PEOPLE_MANAGE = "people.manage"  #: enter and deactivate people, give and take roles


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a permission is asked about; fields that do not matter stay empty."""

    role: str | None = None
    place: str = ""
    department: str | None = None
    assignee: str | None = None
    roles: frozenset[str] = frozenset()  #: any of these will do (starter roles)


ANYTHING = Target()


def covers(grant: Grant, place: str) -> bool:
    """Whether the grant's place is the given division or contains it."""
    return place.startswith(grant.place)


def _holds_task_role(actor: Actor, target: Target) -> bool:
    return any(
        grant.role == target.role
        and covers(grant, target.place)
        and (target.department is None or grant.department in (None, target.department))
        for grant in actor.grants
    )


def _is_assignee(actor: Actor, target: Target) -> bool:
    return target.assignee is not None and target.assignee == actor.id


def _may_start(actor: Actor, target: Target) -> bool:
    return any(
        grant.role in target.roles and (covers(grant, target.place) or target.place == "") for grant in actor.grants
    )


def _has_program_role(*roles: str) -> Predicate:
    def predicate(actor: Actor, target: Target) -> bool:  # noqa: ARG001
        return any(grant.role in roles for grant in actor.grants)

    return predicate


Predicate = Callable[[Actor, Target], bool]

#: Any one predicate is enough. The system itself may do what its code does.
POLICY: dict[Permission, tuple[Predicate, ...]] = {
    Permission.TASK_WORK: (_holds_task_role, _is_assignee),
    Permission.TASK_DELEGATE: (_holds_task_role, _is_assignee, _has_program_role("administrator")),
    Permission.PROCESS_START: (_may_start,),
    Permission.PROCESS_CHECK: (_has_program_role("process_owner"),),
    Permission.PROCESS_PUBLISH: (_has_program_role("process_owner"),),
    Permission.INSTANCE_SEE: (_has_program_role("administrator", "process_owner"),),
    Permission.INSTANCE_MANAGE: (_has_program_role("administrator"),),
    Permission.AUDIT_READ: (_has_program_role("auditor"),),
    Permission.PEOPLE_MANAGE: (_has_program_role("security_admin"),),
}


def allowed(actor: Actor, permission: Permission, target: Target = ANYTHING) -> bool:
    """Whether the actor may do this to the target."""
    return actor.is_system or any(predicate(actor, target) for predicate in POLICY[permission])


def require(actor: Actor, permission: Permission, target: Target = ANYTHING) -> None:
    """Raise `NotAllowed` unless the actor may do this to the target."""
    if not allowed(actor, permission, target):
        raise NotAllowed(f"{actor.name} 无权执行此操作 ({permission.value})")
