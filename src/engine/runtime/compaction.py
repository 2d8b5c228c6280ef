"""What is kept of an instance: what is alive, and what holds it together.

After each step only these tokens stay: the root, every token that waits or runs, and a done token whose children are
still its business (an activity's boundary frame, an event gateway). Everything else is history, and stands in the
history table. The cost of a step so depends on the number of live tokens, not on the age of the case.
"""

from __future__ import annotations

from typing import Any

from engine.runtime.tree import Token


def kept_tokens(workflow: Any) -> list[Token]:
    """The tokens of one workflow that stay, root first, each after its parent."""
    kept: set[str] = {workflow.task_tree.id}
    for token in workflow.tasks.values():
        if not token.is_live:
            continue
        kept.add(token.id)
        parent = token.parent
        if parent is not None and parent.task_spec.holds(token):
            kept.add(parent.id)
    return [token for token in workflow.tasks.values() if token.id in kept]


def kept_parent(token: Token, kept: dict[str, int]) -> int:
    """Position of the parent that still holds this token together with its siblings, else of the root (0).

    `kept` maps ids to positions. A token that has moved on from a boundary event or a gateway's event is nobody's
    sibling any more: it hangs at the root.
    """
    parent = token.parent
    return kept.get(parent.id, 0) if parent is not None and parent.task_spec.holds(token) else 0


def compact(workflow: Any) -> None:
    """Drop in place what is not kept: between rounds of a long step, as the codec does between steps."""
    tokens = kept_tokens(workflow)
    positions = {token.id: position for position, token in enumerate(tokens)}
    parents = [kept_parent(token, positions) for token in tokens]
    for token in tokens:
        token._children = []
    for position, token in enumerate(tokens):
        if position:
            parent = tokens[parents[position]]
            token._parent = parent.id
            parent._children.append(token.id)
    workflow.tasks = {token.id: token for token in tokens}
