"""Find every problem of a bundle, as publication will: rules, soundness, forms, a trial compile."""

from __future__ import annotations

from engine.access import Actor, Permission, require
from engine.definitions.bundle import Bundle
from engine.definitions.check import check_bundle as find_problems
from engine.definitions.problem import Problem
from engine.environment import Environment
from engine.runtime import compile_bundle


def check_bundle(env: Environment, bundle: Bundle, *, actor: Actor) -> tuple[Problem, ...]:
    """Every problem of the bundle, errors first; empty if it may be published as it is. Raises `NotAllowed`."""
    require(actor, Permission.PROCESS_CHECK)
    return find_problems(
        bundle, services=frozenset(env.domain.services), roles=env.domain.roles, compile=compile_bundle
    )
