"""Rules on events: what the engine library would silently ignore, or could never fire."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.diagram import Node
from engine.definitions.rules.view import Finding, View, at

#: Which event definitions each kind of event may carry; "" is a plain event.
_KINDS = {
    "startEvent": {"", "timer", "message", "signal"},
    "endEvent": {"", "message", "error", "escalation", "terminate"},
    "intermediateCatchEvent": {"timer", "message", "signal"},
    "intermediateThrowEvent": {"", "message", "signal", "escalation"},
    "boundaryEvent": {"timer", "message", "signal", "error", "escalation"},
}
_OWN_RULE = {"link", "compensate"}


def signal_end_event(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("endEvent"):
        if node.event == "signal":
            yield at(
                node,
                "是信号结束事件,引擎会把它当作普通结束而不发出信号。请在普通结束事件前加一个信号抛出中间事件。",
                "is a signal end event, which would throw nothing. Throw the signal before a plain end event.",
            )


def link_event(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.event == "link":
            yield at(
                node,
                "是链接事件,引擎会忽略它。请用连线直接连接,或拆成调用活动。",
                "is a link event, which would be ignored. Connect with a flow or use a call activity.",
            )


def compensation_event(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.event == "compensate":
            yield at(
                node,
                "是补偿事件,引擎不会执行补偿。请用错误边界事件引到撤销步骤。",
                "is a compensation event, which would not compensate. Lead an error event to undoing steps.",
            )


def unsupported_event(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        allowed = _KINDS.get(node.kind)
        if allowed is None or node.event in _OWN_RULE or (node.kind, node.event) == ("endEvent", "signal"):
            continue
        if len(node.events) > 1:
            yield at(
                node,
                "同时等待多种事件,本引擎不支持。请拆成多个事件,或使用事件网关。",
                "has several event definitions. Split it or use an event-based gateway.",
            )
        elif (node.event or "") not in allowed:
            what = node.event or "无类型"
            yield at(
                node,
                f"的事件类型({what})不能用在这里。请改用定时、消息或信号等受支持的类型。",
                f"has an event kind ({node.event or 'none'}) that does not run here. Use timer, message or signal.",
            )


def interrupting_event_subprocess(view: View) -> Iterator[Finding]:
    for start in view.process.of_kind("startEvent"):
        holder = view.process.by_id.get(start.scope)
        if holder is not None and holder.by_event and start.interrupting:
            yield at(
                start,
                "所在的事件子流程设为中断,但引擎不会中断主流程。请改为非中断,或把主流程放入子流程并用中断边界事件。",
                "starts an event sub-process as interrupting, which would be ignored. Make it non-interrupting, or put "
                "the work into a sub-process with an interrupting boundary event.",
            )


def event_subprocess(view: View) -> Iterator[Finding]:
    """The runtime never starts one. Of interrupting ones the rule above speaks, for their remedy is another."""
    for holder in view.process.of_kind("subProcess"):
        starts = [node for node in view.process.inside(holder.id) if node.kind == "startEvent"]
        if holder.by_event and not any(start.interrupting for start in starts):
            yield at(
                holder,
                "是事件子流程,引擎不会启动它。请把主要步骤放入普通子流程,在其边框上用非中断边界事件引出这些步骤。",
                "is an event sub-process, which would never be started. Put the main steps into a sub-process and lead "
                "a non-interrupting boundary event on it to these steps.",
            )


def subprocess_start(view: View) -> Iterator[Finding]:
    for start in view.process.of_kind("startEvent"):
        holder = view.process.by_id.get(start.scope)
        if holder is not None and holder.by_event and not start.events:
            yield at(
                start,
                "是事件子流程的开始,必须写明等待的消息、信号或定时。请设置事件类型。",
                "starts an event sub-process and must name its message, signal or timer.",
            )
        elif holder is not None and not holder.by_event and start.events:
            yield at(
                start,
                "在普通子流程内,不能等待事件。请改为普通开始事件,并在其后加捕获事件。",
                "stands in a plain sub-process and may not wait. Use a plain start and a catching event after it.",
            )


_HOSTS = {
    "error": ("serviceTask", "subProcess", "callActivity"),
    "escalation": ("subProcess", "callActivity"),
}
_ANY_HOST = ("userTask", "serviceTask", "receiveTask", "subProcess", "callActivity")


def boundary_host(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("boundaryEvent"):
        host = view.process.by_id.get(node.attached_to or "")
        if host is None or host.scope != node.scope:
            yield at(
                node,
                "没有附着在任何活动上。请把它拖到活动的边框上。",
                "is attached to no activity. Drop it on the border of one.",
            )
        elif host.kind not in _HOSTS.get(node.event or "", _ANY_HOST) or host.by_event:
            yield at(
                node,
                f"附着的活动「{host.name or host.id}」({host.kind})上不会发生这种事件。请移到用户任务或子流程上。",
                f"can never happen on {host.id} ({host.kind}). Move it to a user task, service task or sub-process.",
            )
        elif node.event == "error" and not node.interrupting:
            yield at(node, "捕获错误,必须是中断型。请改为中断边界事件。", "catches an error and must be interrupting.")


def event_gateway_target(view: View) -> Iterator[Finding]:
    for gateway in view.process.of_kind("eventBasedGateway"):
        for flow in view.process.outgoing.get(gateway.id, ()):
            target = view.process.by_id.get(flow.target)
            if target is None:
                continue
            if target.kind not in ("intermediateCatchEvent", "receiveTask"):
                yield at(
                    target,
                    "接在事件网关后面,但不是捕获事件。请在事件网关后只接定时、消息或信号捕获事件。",
                    f"follows the event-based gateway {gateway.id} but catches nothing. Put a catching event there.",
                )
            elif len(view.process.incoming.get(target.id, ())) > 1:
                yield at(
                    target,
                    "在事件网关后面,不能再有别的进入连线。请把其他连线接到它之后。",
                    f"follows the event-based gateway {gateway.id} and may have no other incoming flow.",
                )


def message_without_name(view: View) -> Iterator[Finding]:
    for node in _events(view, "message"):
        if not node.events or not node.events[0].name:
            yield at(
                node,
                "没有选定消息,或消息没有名称。请选择一个消息(如 MSG_EVIDENCE_ARRIVED)并填写名称。",
                "names no message. Choose a message and give it a name.",
            )


def message_without_key(view: View) -> Iterator[Finding]:
    for node in _events(view, "message"):
        at_process_start = node.kind == "startEvent" and node.scope == view.process.id
        if not at_process_start and not node.properties.get("message_key"):
            yield at(
                node,
                "没有 message_key,消息会送到不相干的案件。请填写关联键,如 case_id。",
                "has no message_key, so that a message could reach another case. Set one, e.g. case_id.",
            )


def event_without_name(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        for event in node.events:
            if event.kind == "signal" and not event.name:
                yield at(node, "没有选定信号。请选择信号并填写名称。", "names no signal. Choose one and name it.")
            if event.kind in ("error", "escalation") and not event.name and node.kind != "boundaryEvent":
                yield at(
                    node,
                    "没有错误(升级)代码,外层无法捕获。请选择错误并填写代码。",
                    f"throws an {event.kind} without a code. Choose one and give it a code.",
                )


def empty_timer(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        for event in node.events:
            if event.kind == "timer" and not event.text:
                yield at(
                    node,
                    "没有填写时间。请填写时长(如 P5D)、日期时间或 FEEL 表达式。",
                    "has a timer without a time. Give a duration (P5D), a date and time or a FEEL expression.",
                )


def timer_cycle_on_catch(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        cyclic = any(event.timer == "timeCycle" for event in node.events)
        repeats = node.kind == "boundaryEvent" and not node.interrupting
        holder = view.process.by_id.get(node.scope)
        in_event_subprocess = node.kind == "startEvent" and holder is not None and holder.by_event
        if cyclic and not repeats and not in_event_subprocess:
            yield at(
                node,
                "使用了循环定时(timeCycle),但这里只会发生一次。请改用时长或日期,循环只用于非中断边界事件。",
                "uses a time cycle where it can fire only once. Use a duration or date; cycles belong on "
                "non-interrupting boundary events.",
            )


def _events(view: View, kind: str) -> Iterator[Node]:
    for node in view.nodes:
        if node.event == kind or (kind == "message" and node.kind in ("sendTask", "receiveTask")):
            yield node
