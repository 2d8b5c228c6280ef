"""Context functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.feel.arithmetic import Undefined
from engine.feel.builtins.registry import builtin

if TYPE_CHECKING:
    from engine.feel.machine import Machine


@builtin("get value(m: context, key: string)")
def get_value(_machine: Machine, m: dict[str, Any], key: str) -> Any:
    """The value of a key, null if there is none."""
    return m.get(key)


@builtin("get entries(m: context)")
def get_entries(machine: Machine, m: dict[str, Any]) -> list[Any]:
    """All entries as contexts of key and value."""
    machine.meter.check_list(len(m))
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context(entries: list)")
def context(_machine: Machine, entries: list[Any]) -> dict[str, Any]:
    """A context of entries with key and value; null if a key is missing or twice."""
    result: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or type(entry.get("key")) is not str or "value" not in entry:
            raise Undefined("arguments")
        if entry["key"] in result:
            raise Undefined("arguments")
        result[entry["key"]] = entry["value"]
    return result


@builtin("context put(context: context, key: string, value: any)")
def context_put(machine: Machine, source: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The context with that entry added or replaced."""
    machine.meter.check_list(len(source) + 1)
    return {**source, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def context_put_nested(machine: Machine, source: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    """The context with that entry of an inner context added or replaced."""
    if not keys or not all(type(key) is str for key in keys):
        raise Undefined("arguments")
    machine.meter.check_list(len(source) + 1)
    if len(keys) == 1:
        return {**source, keys[0]: value}
    inner = source.get(keys[0])
    if not isinstance(inner, dict):
        raise Undefined("arguments")
    return {**source, keys[0]: context_put_nested(machine, inner, keys[1:], value)}


@builtin("context merge(contexts: list)")
def context_merge(machine: Machine, contexts: list[Any]) -> dict[str, Any]:
    """All contexts in one; later ones win."""
    result: dict[str, Any] = {}
    for each in contexts:
        if not isinstance(each, dict):
            raise Undefined("arguments")
        result.update(each)
        machine.meter.check_list(len(result))
    return result
