"""Find every problem of a bundle, as publication will: rules, soundness, forms, a trial compile."""

from __future__ import annotations

from functools import lru_cache

from engine.access import Actor, Permission, require
from engine.definitions.bundle import Bundle
from engine.definitions.check import check_bundle as find_problems
from engine.definitions.problem import Problem
from engine.environment import Environment
from engine.runtime import compile_bundle


def check_bundle(env: Environment, bundle: Bundle, *, actor: Actor) -> tuple[Problem, ...]:
    """Every problem of the bundle, errors first; empty if it may be published as it is. Raises `NotAllowed`."""
    require(actor, Permission.PROCESS_CHECK)
    return _problems(bundle, frozenset(env.domain.services), env.domain.roles)


@lru_cache(maxsize=64)  # the same files, called ones included, have the same problems: see `Bundle.content_hash`
def _problems(bundle: Bundle, services: frozenset[str], roles: frozenset[str]) -> tuple[Problem, ...]:
    return find_problems(bundle, services=services, roles=roles, compile=compile_bundle)
