"""What the rows of a dynamic list cannot do: in the browser an expression inside a row does not see the row's fields,
while the server's does. The two would disagree, so that publication refuses such a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine import feel
from engine.definitions.forms.conditions import is_expression
from engine.definitions.forms.model import Field, Form, in_scope

#: form-js's own names for the place where an expression stands; the server knows none of them.
_OF_THE_PLACE = frozenset({"this", "parent", "i"})


def blind_expressions(form: Form) -> Iterator[tuple[str, str, str]]:
    """List, component and name, for each expression inside a row that reads a field of its row."""
    return _walk(form.fields, "", frozenset())


def _walk(fields: tuple[Field, ...], row_of: str, row: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    for each in fields:
        for name in sorted(_names(each) & (row | _OF_THE_PLACE)) if row_of else ():
            yield row_of, each.title or str(each.spec.get("id", each.kind)), name
        if each.kind == "dynamiclist":
            own = frozenset(inner.key for inner in in_scope(each.children) if inner.key)
            yield from _walk(each.children, each.title, row | own)
        else:
            yield from _walk(each.children, row_of, row)


def _names(field: Field) -> frozenset[str]:
    own = {name: value for name, value in field.spec.items() if name != "components"}
    found: frozenset[str] = frozenset()
    for text in _expressions(own):
        try:
            found |= feel.names_used(text[1:])
        except feel.FeelError:
            continue  # `check_form` says that it does not parse
    return found


def _expressions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("pattern", "value"):
                yield from _expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _expressions(inner)
    elif is_expression(value):
        yield value
