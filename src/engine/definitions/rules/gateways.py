"""Rules on gateways and on the arrows that leave elements."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.diagram import ACTIVITIES, EVENTS, Flow
from engine.definitions.rules.view import Finding, View, at, at_flow

_DECIDING = ("exclusiveGateway", "inclusiveGateway")


def conditional_flow_from_task(view: View) -> Iterator[Finding]:
    for flow in view.flows:
        source = view.process.by_id.get(flow.source)
        if source is not None and flow.condition is not None and source.kind in ACTIVITIES | EVENTS:
            yield at_flow(
                flow,
                "直接从活动带条件离开,引擎会忽略条件。请在活动后加一个排他网关,把条件放在网关的连线上。",
                "leaves a task with a condition, which would be ignored. Put an exclusive gateway after the task.",
            )


def several_outgoing_flows(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.kind in ACTIVITIES | EVENTS and len(view.process.outgoing.get(node.id, ())) > 1:
            yield at(
                node,
                "有不止一条离开的连线。请在它后面加网关:并行用并行网关,选择用排他网关。",
                "has more than one outgoing flow. Put a gateway after it: parallel or exclusive.",
            )


def gateway_lacks_condition(view: View) -> Iterator[Finding]:
    for gateway in view.process.of_kind(*_DECIDING):
        outgoing = view.process.outgoing.get(gateway.id, ())
        if len(outgoing) < 2:
            continue
        for flow in outgoing:
            if not flow.condition and flow.id != gateway.default_flow:
                yield at_flow(
                    flow,
                    f"离开网关「{gateway.name or gateway.id}」,既没有条件也不是默认连线。请填写 FEEL 条件或设为默认。",
                    f"leaves the gateway {gateway.id} without a condition and is not its default. Give it either.",
                )


def gateway_lacks_default(view: View) -> Iterator[Finding]:
    for gateway in view.process.of_kind(*_DECIDING):
        outgoing = view.process.outgoing.get(gateway.id, ())
        all_conditional = all(flow.condition for flow in outgoing)
        if len(outgoing) > 1 and not gateway.default_flow and all_conditional and not _complementary(outgoing):
            yield at(
                gateway,
                "没有默认连线,所有条件都不成立时流程会卡住。请把一条连线设为默认。",
                "has no default flow; a case that meets no condition would get stuck. Make one flow the default.",
            )


def wrong_default_flow(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.default_flow is None:
            continue
        flow = view.process.flow_by_id.get(node.default_flow)
        if node.kind not in _DECIDING or flow is None or flow.source != node.id:
            yield at(
                node,
                f"的默认连线「{node.default_flow}」不是从它离开的连线。请重新选择默认连线。",
                f"has the default flow {node.default_flow}, which does not leave it. Choose again.",
            )
        elif flow.condition:
            yield at(
                node,
                f"的默认连线「{flow.id}」上写了条件,条件不会被看。请删除条件。",
                f"has a condition on its default flow {flow.id}, which is never looked at. Remove it.",
            )


def condition_ignored(view: View) -> Iterator[Finding]:
    for gateway in view.process.of_kind("parallelGateway", "eventBasedGateway"):
        for flow in view.process.outgoing.get(gateway.id, ()):
            if flow.condition is not None:
                yield at_flow(
                    flow,
                    f"从「{gateway.name or gateway.id}」离开,这种网关不看条件。请删除条件或改用包容网关。",
                    f"leaves {gateway.id}, where conditions have no effect. Remove it or use an inclusive gateway.",
                )


def _complementary(outgoing: tuple[Flow, ...]) -> bool:
    """Whether exactly one of two conditions always holds: `a = b` beside `a != b`.

    `a` beside `not(a)` is not enough: where `a` is null, so is the other.
    """
    conditions = ["".join((flow.condition or "").split()) for flow in outgoing]
    if len(conditions) != 2 or any(word in condition for condition in conditions for word in ("and", "or", "(")):
        return False
    return any(
        one.count("=") == 1 and "!" not in one and one.replace("=", "!=") == other
        for one, other in (conditions, conditions[::-1])
    )
