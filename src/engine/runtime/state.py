"""An instance's state as one binary value: only live tokens, no definition (the row names the version).

MessagePack. Per token: id, place in the tree, element, state, where it came from, its bookkeeping, and its data as the
difference to the workflow's base data. FEEL's decimals, dates, times and durations are tagged, so that they come back
as they were. `FORMAT` is checked on reading; a new format comes with a reader for the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from SpiffWorkflow.util.task import TaskState

from engine.errors import StateUnreadable, StepFailed
from engine.feel.values import YearsMonths
from engine.runtime.compaction import kept_parent, kept_tokens
from engine.runtime.compile import ProcessSpec
from engine.runtime.scripting import Scripting
from engine.runtime.tree import LiveSubWorkflow, LiveWorkflow, Token

FORMAT = 1
#: A state larger than this is a mistake: data belongs into rows (reliability.md section 3).
MAX_BYTES = 1_000_000

_DECIMAL, _DATE, _DATETIME, _TIME, _DURATION, _MONTHS, _ZONED = range(1, 8)
#: What reading a state that is none, or a damaged one, may raise.
_BROKEN = (
    msgspec.MsgspecError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
_PLAIN = (str, bool, int, float, type(None))


def encode(workflow: LiveWorkflow) -> bytes:
    """The state of a workflow. Raises `StepFailed` for data that cannot be kept, or too much of it."""
    try:
        entries = [_pack_workflow(workflow, None)]
        entries += [_pack_workflow(inner, inner.parent_task_id) for inner in workflow.subprocesses.values()]
        raw = msgspec.msgpack.encode([FORMAT, workflow.seed, workflow.count, entries])
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise StepFailed(f"流程数据无法保存: {error}", kind="state") from error
    if len(raw) > MAX_BYTES:
        raise StepFailed(f"流程数据有 {len(raw):,} 字节,超过上限 {MAX_BYTES:,}", kind="state")
    return raw


def decode(raw: bytes, spec: ProcessSpec, scripting: Scripting) -> LiveWorkflow:
    """The workflow that `encode` kept. Raises `StateUnreadable`."""
    try:
        version, seed, count, entries = msgspec.msgpack.decode(raw, ext_hook=_unpack_ext)
        if version != FORMAT:
            raise StateUnreadable(f"state format {version} is not known to this program")
        workflow = LiveWorkflow(spec.top, spec.subprocesses, scripting, seed, count)
        _unpack_tokens(workflow, entries[0])
        tokens = dict(workflow.tasks)
        for entry in entries[1:]:
            parent = tokens[entry[1]]
            inner = LiveSubWorkflow(spec.subprocesses[entry[0]], parent, workflow)
            workflow.subprocesses[parent.id] = inner
            _unpack_tokens(inner, entry)
            tokens.update(inner.tasks)
    except _BROKEN as error:
        raise StateUnreadable(f"the state cannot be read: {error!r}") from error
    return workflow


def _pack_workflow(workflow: Any, parent_id: str | None) -> list[Any]:
    tokens = kept_tokens(workflow)
    positions = {token.id: position for position, token in enumerate(tokens)}
    base = _base(workflow, tokens)
    packed = [
        [
            token.id,
            kept_parent(token, positions),
            token.task_spec.name,
            token._state,
            token.via,
            _pack(token.internal_data) if token.internal_data else None,
            *_packed_data(token, base),
        ]
        for token in tokens
    ]
    return [workflow.spec.name, parent_id, _pack(base), packed]


def _base(workflow: Any, tokens: list[Token]) -> dict[str, Any]:
    """The data to which the others are differences: as before while untouched tokens count on it, else the latest."""
    if any(token.stored is not None and token.is_live for token in tokens):
        return dict(workflow.base)
    return next((token.data for token in reversed(tokens) if token.is_live), {})


def _packed_data(token: Token, base: Mapping[str, Any]) -> tuple[Any, Any]:
    """What a token's data has and lacks against the base; nothing for a done token, whose data nobody reads again."""
    if not token.is_live:
        return None, None
    if token.stored is not None:
        return _pack(token.stored[6]), token.stored[7]
    data = token.data
    added = {key: _pack(value) for key, value in data.items() if key not in base or base[key] is not value}
    gone = [key for key in base if key not in data]
    return added or None, gone or None


def _unpack_tokens(workflow: Any, entry: list[Any]) -> None:
    specs = workflow.spec.task_specs
    workflow.base = entry[2]
    if not isinstance(workflow.base, dict):
        raise StateUnreadable("the data of the state is damaged")
    tokens: list[Token] = []
    tasks: dict[str, Token] = workflow.tasks
    for stored in entry[3]:
        id_, parent, name, state, via, internal, added, gone = stored
        if not isinstance(state, int) or not isinstance(internal or {}, dict):
            raise StateUnreadable("a token of the state is damaged")
        if not isinstance(added or {}, dict) or not isinstance(gone or [], list):
            raise StateUnreadable("the data of a token of the state is damaged")
        token = Token.__new__(Token)
        token.__dict__ = {
            "id": id_,
            "workflow": workflow,
            "task_spec": specs[name],
            "triggered": False,
            "thread_id": 0,
            "_data": None,
            "stored": stored,
            "internal_data": internal or {},
            "last_state_change": 0.0,
            "_children": [],
            "_state": state,
            "via": via,
            "_parent": tokens[parent].id if tokens else None,
        }
        if tokens:
            tokens[parent]._children.append(id_)
        tokens.append(token)
        tasks[id_] = token
    workflow.task_tree = tokens[0]
    if tokens[0]._state != TaskState.COMPLETED:
        raise StateUnreadable("the root token is not done")


def _pack(value: Any) -> Any:
    """Plain MessagePack values, FEEL's own kinds tagged. Raises `TypeError` for what is no FEEL value."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        return {str(key): _pack(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_pack(each) for each in value]
    return _pack_tagged(value)


def _pack_tagged(value: Any) -> msgspec.msgpack.Ext:
    if isinstance(value, Decimal):
        return _ext(_DECIMAL, str(value))
    if isinstance(value, datetime):
        zone = value.tzinfo
        if isinstance(zone, ZoneInfo):
            return _ext(_ZONED, f"{value.astimezone(UTC).isoformat()}|{zone.key}")
        return _ext(_DATETIME, value.isoformat())
    if isinstance(value, date):
        return _ext(_DATE, value.isoformat())
    if isinstance(value, time):
        zone = value.tzinfo
        return _ext(_TIME, f"{value.isoformat()}|{zone.key}" if isinstance(zone, ZoneInfo) else value.isoformat())
    if isinstance(value, timedelta):
        return _ext(_DURATION, f"{value.days} {value.seconds} {value.microseconds}")
    if isinstance(value, YearsMonths):
        return _ext(_MONTHS, str(value.months))
    raise TypeError(f"{type(value).__name__} cannot be kept in the state")


def _ext(code: int, text: str) -> msgspec.msgpack.Ext:
    return msgspec.msgpack.Ext(code, text.encode())


def _unpack_ext(code: int, raw: memoryview) -> Any:
    text = bytes(raw).decode()
    if code == _DECIMAL:
        return Decimal(text)
    if code == _DATE:
        return date.fromisoformat(text)
    if code == _DATETIME:
        return datetime.fromisoformat(text)
    if code == _ZONED:
        instant, _, zone = text.partition("|")
        return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone))
    if code == _TIME:
        clock, _, zone = text.partition("|")
        read = time.fromisoformat(clock)
        return read.replace(tzinfo=ZoneInfo(zone)) if zone else read
    if code == _DURATION:
        days, seconds, microseconds = map(int, text.split())
        return timedelta(days=days, seconds=seconds, microseconds=microseconds)
    if code == _MONTHS:
        return YearsMonths(int(text))
    raise ValueError(f"unknown tag {code}")
