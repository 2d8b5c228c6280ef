"""What can be said of a tree without evaluating it: its depth and its free names. Without recursion."""

from __future__ import annotations

from collections.abc import Iterator

from engine.feel import nodes


def children(node: nodes.Node) -> Iterator[nodes.Node]:
    """The nodes directly below."""
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, nodes.Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, nodes.Node):
                    yield item


def depth_of(root: nodes.Node) -> int:
    """The number of levels of the tree."""
    deepest = 0
    open_nodes = [(root, 1)]
    while open_nodes:
        node, level = open_nodes.pop()
        deepest = max(deepest, level)
        open_nodes.extend((child, level + 1) for child in children(node))
    return deepest


def mentions(root: nodes.Node, name: str) -> bool:
    """Whether the name occurs in the tree."""
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        if type(node) is nodes.Name and node.name == name:
            return True
        if type(node) is not nodes.Literal:
            open_nodes.extend(children(node))
    return False


def free_names(root: nodes.Node) -> frozenset[str]:
    """Names that the expression takes from outside.

    Names in a filter's condition may be components of the filtered items, so they are not reported; neither are
    names bound by `for`, `some`, `every`, functions and contexts, and `?`.
    """
    found: set[str] = set()
    open_nodes: list[tuple[nodes.Node, frozenset[str]]] = [(root, frozenset({"?"}))]
    while open_nodes:
        node, bound = open_nodes.pop()
        if isinstance(node, nodes.Name):
            if node.name not in bound:
                found.add(node.name)
        elif isinstance(node, nodes.Filter):
            open_nodes.append((node.base, bound))
        elif isinstance(node, nodes.For | nodes.Quantified):
            for iterator in node.iterators:
                open_nodes.extend((part, bound) for part in children(iterator))
                bound = bound | {iterator.name}
            body = node.body if isinstance(node, nodes.For) else node.condition
            open_nodes.append((body, bound | {"partial"}))
        elif isinstance(node, nodes.FunctionOf):
            if not node.external:
                open_nodes.append((node.body, bound | frozenset(node.parameters)))
        elif isinstance(node, nodes.ContextOf):
            for key, value in zip(node.keys, node.values, strict=True):
                open_nodes.append((value, bound))
                bound = bound | {key}
        else:
            open_nodes.extend((child, bound) for child in children(node))
    return frozenset(found)
