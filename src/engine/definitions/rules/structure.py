"""Rules on the shape of a diagram: processes, starts, ends, arrows, reach, size."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.diagram import Flow, Node
from engine.definitions.reach import reachable, starts_of
from engine.definitions.rules.view import Finding, View, at, at_flow

MAX_ELEMENTS = 400


def too_many_elements(view: View) -> Iterator[Finding]:
    count = len(view.nodes)
    if count > MAX_ELEMENTS:
        yield Finding(
            zh=f"流程图有 {count} 个元素,上限为 {MAX_ELEMENTS} 个。请把部分步骤拆成独立流程,用调用活动引用。",
            en=f"The diagram has {count} elements; at most {MAX_ELEMENTS}. Move parts into called processes.",
        )


def several_processes(view: View) -> Iterator[Finding]:
    for process in view.diagram.processes:
        if process is not view.process and (process.nodes or process.executable):
            yield Finding(
                zh=f"一个文件只能有一个流程,这里还有「{process.id}」。请把它移到自己的文件夹,用消息或调用活动连接。",
                en=f"A file holds one process; here is also {process.id}. Move it to a folder of its own.",
                element=process.id,
                line=process.line,
            )


def process_id_mismatch(view: View) -> Iterator[Finding]:
    if view.process.id != view.bundle.key:
        yield Finding(
            zh=f"流程编号「{view.process.id}」与文件夹名「{view.bundle.key}」不一致。请改为与文件夹同名。",
            en=f"The process id {view.process.id} differs from the folder {view.bundle.key}. Make them equal.",
            element=view.process.id,
            line=view.process.line,
        )


def manifest_key_mismatch(view: View) -> Iterator[Finding]:
    manifest = view.bundle.manifest
    if manifest is not None and manifest.key != view.bundle.key:
        yield Finding(
            zh=f"process.toml 的 key「{manifest.key}」与文件夹名「{view.bundle.key}」不一致。请改为同名。",
            en=f"process.toml says key {manifest.key}, the folder is {view.bundle.key}. Make them equal.",
            file="process.toml",
        )


def not_executable(view: View) -> Iterator[Finding]:
    if not view.process.executable:
        yield Finding(
            zh="流程没有标记为可执行。请在建模工具的流程属性中勾选「可执行」(isExecutable)。",
            en='The process is not marked as executable. Set isExecutable="true" on it.',
            element=view.process.id,
            line=view.process.line,
        )


def duplicate_id(view: View) -> Iterator[Finding]:
    for identity, line in view.diagram.duplicates:
        yield Finding(
            zh=f"编号「{identity}」被使用了不止一次。请给每个元素不同的编号。",
            en=f"The id {identity} is used more than once. Give each element an id of its own.",
            element=identity,
            line=line,
        )


def missing_id(view: View) -> Iterator[Finding]:
    things: tuple[Node | Flow, ...] = (*view.nodes, *view.flows)
    for thing in things:
        if not thing.id:
            yield Finding(
                zh="有一个元素没有编号(id)。请在建模工具中为它填写编号。",
                en="An element has no id. Give it one.",
                line=thing.line,
            )


def dangling_flow(view: View) -> Iterator[Finding]:
    known = view.process.by_id
    for flow in view.flows:
        ends = [known.get(flow.source), known.get(flow.target)]
        if None in ends:
            yield at_flow(
                flow,
                "的一端没有连到任何元素。请重新连接或删除它。",
                "does not connect two elements. Connect it again or remove it.",
            )
        elif {end.scope for end in ends if end is not None} != {flow.scope}:
            yield at_flow(
                flow,
                "跨越了子流程的边界。请只连接同一层的元素,子流程之间用事件联系。",
                "crosses the border of a sub-process. Connect elements of the same level only.",
            )


def flow_to_itself(view: View) -> Iterator[Finding]:
    for flow in view.flows:
        if flow.source == flow.target:
            yield at_flow(
                flow,
                "从元素连回了它自己。请用排他网关决定是否再做一次。",
                "leads from an element to itself. Use an exclusive gateway to decide on another round.",
            )


def no_start(view: View) -> Iterator[Finding]:
    for scope in view.process.scopes:
        if not starts_of(view.process, scope):
            node = view.process.by_id.get(scope)
            yield Finding(
                zh=f"「{scope}」没有开始事件。请加一个开始事件。",
                en=f"{scope} has no start event. Add one.",
                element=scope,
                line=node.line if node else view.process.line,
            )


def several_starts(view: View) -> Iterator[Finding]:
    for scope in view.process.scopes:
        for extra in starts_of(view.process, scope)[1:]:
            yield at(
                extra,
                "是同一层的第二个开始事件。请只保留一个开始事件,其余入口改为消息或独立流程。",
                "is a second start event of its level. Keep one; make other entries messages or processes.",
            )


def wrong_start_or_end(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.kind in ("startEvent", "boundaryEvent") and view.process.incoming.get(node.id):
            yield at(
                node,
                "不能有进入的连线。请改连到它后面的元素。",
                "may not have incoming flows. Lead them to what follows.",
            )
        if node.kind == "endEvent" and view.process.outgoing.get(node.id):
            yield at(
                node,
                "是结束事件,不能有离开的连线。请改用中间事件。",
                "is an end; no flow may leave it. Use another event.",
            )


def no_outgoing_flow(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.kind != "endEvent" and not node.by_event and not view.process.outgoing.get(node.id):
            yield at(
                node,
                "后面没有连线,流程会在此悄悄停下。请连到下一步或结束事件。",
                "leads nowhere. Connect it to the next step or to an end event.",
            )


def unreachable_element(view: View) -> Iterator[Finding]:
    for scope in view.process.scopes:
        starts = [start.id for start in starts_of(view.process, scope)]
        found = reachable(view.process, starts)
        for node in view.process.inside(scope):
            if starts and node.id not in found and not node.by_event:
                yield at(
                    node,
                    "从开始事件走不到。请连上它或删除它。",
                    "cannot be reached from the start event. Connect it or remove it.",
                )
