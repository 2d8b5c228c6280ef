"""FEEL in forms: when a component hides, which limits and options hold. Where the browser decides too, both must agree,
so expressions see the values as the browser has them: dates and times are texts there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from engine import feel
from engine.clock import COUNTY_ZONE


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, kw_only=True)
class FieldCheck:
    """A rule of the domain that a field asks for by name (`properties.check`)."""

    problem: Callable[[Any, date], str | None]  #: of a value on the county's present day: words that follow the title
    kept: Callable[[str], str] = _as_it_is  #: how a text is written before it is judged and kept


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a form's rules may look at besides the submission."""

    now: datetime
    names: Mapping[str, Any] = field(default_factory=dict)  #: data of the process and facts of the case, prefilled
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)  #: FEEL functions, e.g. "age on"
    checks: Mapping[str, FieldCheck] = field(default_factory=dict)  #: of `properties.check`


class BrowserView(Mapping[str, Any]):
    """Scopes of values, the nearest first, as the browser would have them."""

    def __init__(self, *scopes: Mapping[str, Any]) -> None:
        self._scopes = scopes

    def __getitem__(self, name: str) -> Any:
        for scope in self._scopes:
            if name in scope:
                return browser_value(scope[name])
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter({name: None for scope in self._scopes for name in scope})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def browser_value(value: Any) -> Any:
    """The value with its dates and times as ISO texts."""
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: browser_value(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [browser_value(inner) for inner in value]
    return value


def is_expression(value: object) -> bool:
    """Whether form-js takes the value for FEEL."""
    return isinstance(value, str) and value.startswith("=")


def resolved(value: Any, view: Mapping[str, Any], around: Surroundings) -> Any:
    """The value itself, or what its expression gives; None when that cannot be computed."""
    if not is_expression(value):
        return value
    try:
        now = around.now.astimezone(COUNTY_ZONE)
        return feel.evaluate(value[1:], view, functions=around.functions, now=now).value
    except feel.FeelError:
        # Published forms parse (`check_form`); what is left is a budget. The rule then does not loosen: a field
        # whose condition fails is shown and checked.
        return None


def _instant(value: datetime) -> str:
    return (value.astimezone(COUNTY_ZONE) if value.tzinfo else value).isoformat(timespec="minutes")
