"""Item definitions: the types that a model declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.decisions.xml import child, children, text_of, type_ref
from engine.feel import Declared, FeelError, UnaryTests, test_unary
from engine.feel.nodes import TypeOf

if TYPE_CHECKING:
    from engine.decisions.boxes import BoxReader

_ANY = TypeOf("Any")


def read_types(root: Any, boxes: BoxReader) -> dict[str, Declared]:
    """All item definitions by name. Parts with allowed values of their own become types named after their place."""
    found: dict[str, Declared] = {}
    for element in children(root, "itemDefinition"):
        name = element.get("name", "")
        _declare(element, name, found, boxes)
    return found


def _declare(element: Any, name: str, found: dict[str, Declared], boxes: BoxReader) -> None:
    single = _structure(element, name, found, boxes)
    allowed_element = child(element, "allowedValues", "typeConstraint")
    tests = boxes.tests(text_of(allowed_element), allowed_element) if allowed_element is not None else None
    allowed = _allowed(tests) if tests is not None else None
    if element.get("isCollection") == "true":
        if allowed is not None:
            found[f"{name}[]"] = Declared(single, allowed)
            single = TypeOf(f"{name}[]")
        found[name] = Declared(TypeOf("list", (single,)))
    else:
        found[name] = Declared(single, allowed)


def _structure(element: Any, name: str, found: dict[str, Declared], boxes: BoxReader) -> TypeOf:
    components = list(children(element, "itemComponent"))
    if components:
        keys = []
        parts = []
        for component in components:
            key = component.get("name", "")
            keys.append(key)
            inner = f"{name}.{key}"
            _declare(component, inner, found, boxes)
            parts.append(TypeOf(inner))
        return TypeOf("context", tuple(parts), tuple(keys))
    function = child(element, "functionItem")
    if function is not None:
        parameters = tuple(type_ref(each) or _ANY for each in children(function, "parameters"))
        result = function.get("outputTypeRef")
        return TypeOf("function", parameters, (), TypeOf(result) if result else _ANY)
    return type_ref(element) or _ANY


def _allowed(tests: UnaryTests) -> Callable[[Any], bool]:
    def allowed(value: Any) -> bool:
        try:
            return test_unary(tests, value) is True
        except FeelError:
            return False

    return allowed
