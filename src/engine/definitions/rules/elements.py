"""Rules on which elements the engine runs: an allow-list, so that nothing is silently skipped."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.rules.view import Finding, View, at

RUNS = frozenset({
    "userTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "subProcess",
    "callActivity", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
})  # fmt: skip

_REMEDIES = {
    "transaction": ("请改用普通子流程加边界事件", "Use a sub-process with boundary events"),
    "adHocSubProcess": ("请改用普通子流程,写明先后顺序", "Use a sub-process with an explicit order"),
    "complexGateway": ("请改用排他、并行或包容网关", "Use an exclusive, parallel or inclusive gateway"),
}


def unsupported_element(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.kind not in RUNS and node.kind not in ("task", "manualTask"):
            zh, en = _REMEDIES.get(node.kind, ("请删除它", "Remove it"))
            yield at(
                node,
                f"的类型 {node.kind} 本引擎不执行。{zh}。",
                f"is a {node.kind}, which this engine does not run. {en}.",
            )
    for stray in view.process.strays:
        yield Finding(
            zh=f"元素 {stray.tag}({stray.id or '无编号'})本引擎不使用。请删除它;数据请用表单、变量或服务。",
            en=f"{stray.tag} ({stray.id or 'no id'}) has no effect in this engine. Remove it; use forms, variables, "
            "services.",
            element=stray.id,
            line=stray.line,
        )


def manual_task(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("task", "manualTask"):
        yield at(
            node,
            "没有人也没有程序办理,引擎会直接跳过。人办的请改为用户任务并指定表单和角色,程序办的请改为服务任务。",
            "would be passed without anybody doing it. Make it a user task (form, role) or a service task.",
        )


def unsupported_loop(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.loop is not None and node.loop.kind == "standard":
            yield at(
                node,
                "使用了标准循环标记,本引擎不支持。请用排他网关连回,或改为多实例。",
                "has a standard loop marker. Loop with an exclusive gateway or use multi-instance.",
            )
        elif node.loop is not None and node.kind not in ("userTask", "serviceTask", "subProcess", "callActivity"):
            yield at(
                node,
                "不能设为多实例。请只在用户任务、服务任务、子流程或调用活动上使用多实例。",
                "may not be multi-instance. Only user and service tasks, sub-processes and call activities may.",
            )


def foreign_extension(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        names = ", ".join(dict.fromkeys(tag.rpartition("}")[2] for tag in node.extensions))
        if names:
            yield at(
                node,
                f"带有其他引擎的扩展(如前后置脚本):{names},本引擎不执行。请删除,改用扩展属性或脚本任务。",
                f"holds foreign extensions such as pre- or post-scripts: {names}. Remove them; "
                "use properties or a script task.",
            )
