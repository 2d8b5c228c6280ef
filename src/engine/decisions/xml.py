"""Small readings of DMN elements, whatever their namespace prefix."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml import etree

from engine.feel.nodes import TypeOf


def local(element: Any) -> str:
    """The element's name without namespace."""
    return str(etree.QName(element).localname)


def children(element: Any, *names: str) -> Iterator[Any]:
    """The direct children of these names; of any name if none is given."""
    for each in element:
        if isinstance(each.tag, str) and (not names or local(each) in names):
            yield each


def child(element: Any, *names: str) -> Any:
    """The first direct child of these names, or None."""
    return next(children(element, *names), None)


def href(element: Any) -> str:
    """The id that a reference points to."""
    return str(element.get("href", "")).rpartition("#")[2]


def text_of(element: Any) -> str:
    """The text of the element's `text` child, trimmed; nothing if it has none."""
    found = child(element, "text")
    return "".join(found.itertext()).strip() if found is not None else ""


def type_ref(element: Any) -> TypeOf | None:
    """The type that the element's `typeRef` names, None for anything."""
    name = element.get("typeRef")
    if name is None:
        found = child(element, "typeRef")
        name = "".join(found.itertext()).strip() if found is not None else None
    return named_type(name) if name else None


@lru_cache(maxsize=1024)
def named_type(name: str) -> TypeOf | None:
    """A type by its written name, with or without the prefix of FEEL's namespace."""
    bare = name.rpartition(":")[2].strip()
    if "}" in bare:
        bare = bare.rpartition("}")[2]
    return None if bare in ("", "Any") else TypeOf(bare)
