"""Errors that no rule foresaw, at the place where a case's step is computed: whose failure they are, in words without
case data. Not a verb itself.

A bug, a domain that misses its rows, a state or a version that this program cannot read: each would come back for ever
if it were only logged. It becomes the step's failure instead, so that it ends as an incident with its cause. Trouble of
the database (a lost connection, a lock, two changes that met) is nobody's failure and is raised as it is.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from engine.decisions import DecisionInvalid
from engine.domain import ServiceError
from engine.errors import BundleInvalid, DefinitionBroken, EngineError, StateUnreadable, StepFailed
from engine.stimulus import Stimulus

log = logging.getLogger(__name__)

STATE = "state"  #: the saved state cannot be read
DEFINITION = "definition"  #: the version cannot be compiled
PROGRAM = "program"  #: anything else: a bug, or missing rows

#: Kinds of failure that another worker, or a later moment, may not meet: a job is tried again before it is given up.
WORTH_ANOTHER_TRY = frozenset({STATE, DEFINITION, PROGRAM})

_KINDS: dict[type[Exception], str] = {
    StateUnreadable: STATE,
    DefinitionBroken: DEFINITION,
    DecisionInvalid: DEFINITION,
    BundleInvalid: DEFINITION,
}
_WORDS = {STATE: "保存的办理状态无法读取", DEFINITION: "流程定义无法使用", PROGRAM: "程序出错"}
_STEP = "_met_in_step"  #: under this name an error remembers its step
_OUR_PACKAGES = ("engine", "cases", "tasks", "web")


@contextmanager
def failing_as_a_step(instance_id: str, stimulus: Stimulus, keep: Mapping[str, Any]) -> Iterator[None]:
    """A state or a version that cannot be read is the step's failure: a `StepFailed` whose `detail` holds what
    `open_incident` needs. Any other error is raised as it is, and remembers in which step it rose (`as_failure`)."""
    needed = {**keep, "instance_id": instance_id, "stimulus": stimulus}
    try:
        yield
    except StepFailed as failure:
        failure.detail = {**failure.detail, **needed}
        raise
    except tuple(_KINDS) as error:
        broken = as_failure(error)
        broken.detail = {**broken.detail, **needed}
        raise broken from error
    except BaseException as error:
        vars(error)[_STEP] = needed
        raise


def as_failure(error: Exception) -> StepFailed:
    """The error as a `StepFailed`; written to the log with the place where it rose, without its words."""
    if isinstance(error, StepFailed):
        return error
    kind = next((word for known, word in _KINDS.items() if isinstance(error, known)), PROGRAM)
    log.error("%s, at\n%s", cause_of(error), "".join(traceback.format_tb(error.__traceback__)))
    failure = StepFailed(
        message=f"{_WORDS[kind]}: {cause_of(error)}",
        kind=kind,
        detail={"error": type(error).__name__, **vars(error).get(_STEP, {})},
    )
    failure.__cause__ = error
    return failure


def cause_of(error: BaseException) -> str:
    """What went wrong, for people who may not see case data: the engine's and the connectors' own words; of any other
    error only its type and where it rose, because its text may quote what somebody filled in."""
    name = type(error).__name__
    if isinstance(error, EngineError | ServiceError):
        return f"{name}: {error}"
    passed = traceback.walk_tb(error.__traceback__)
    lines = [(frame.f_globals.get("__name__", "?"), line) for frame, line in passed]
    ours = [each for each in lines if each[0].split(".")[0] in _OUR_PACKAGES] or lines
    return f"{name} ({ours[-1][0]}:{ours[-1][1]})" if ours else name
