"""Rules on what readers of a diagram need; all of them are advice."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.rules.view import BARE, Finding, View


def missing_layout(view: View) -> Iterator[Finding]:
    missing = [node for node in view.nodes if node.id not in view.diagram.drawn]
    if missing:
        names = "、".join(node.name or node.id for node in missing[:5])
        yield Finding(
            zh=f"有 {len(missing)} 个元素没有图形位置(如 {names}),页面上看不到它们。请在建模工具中打开、摆放并保存。",
            en=f"{len(missing)} elements have no layout (such as {missing[0].id}) and will not be seen. "
            "Open the diagram in a modeler, place them and save.",
            element=missing[0].id,
            line=missing[0].line,
        )


def missing_documentation(view: View) -> Iterator[Finding]:
    if not view.process.documentation:
        yield Finding(
            zh="流程没有说明文字。请在流程的「文档」中写明办理依据和适用对象。",
            en="The process has no documentation. Say what it is for and on which rule it rests.",
            element=view.process.id,
            line=view.process.line,
        )


def missing_name(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("userTask"):
        if not (node.name or "").strip():
            yield Finding(
                zh=f"用户任务「{node.id}」没有名称,待办列表中会显示编号。请填写中文名称。",
                en=f"The user task {node.id} has no name. Give it one.",
                element=node.id,
                line=node.line,
            )


def lane_contradicts_role(view: View) -> Iterator[Finding]:
    """A lane shows one role's name; the property decides. One role drawn in two lanes misleads the reader."""
    homes: dict[str, str] = {}
    for lane in view.process.lanes:
        for node_id in lane.nodes:
            node = view.process.by_id.get(node_id)
            role = node.properties.get("role", "").strip('"') if node is not None else ""
            if node is None or not BARE.fullmatch(role):
                continue
            home = homes.setdefault(role, lane.id)
            if home != lane.id:
                yield Finding(
                    zh=f"任务「{node.name or node.id}」的角色是 {role},却画在泳道「{lane.name or lane.id}」中;"
                    "该角色的其他任务在另一泳道。请移动任务或改正角色。",
                    en=f"{node.id} has the role {role} but stands in the lane {lane.name or lane.id}; other tasks of "
                    "this role stand in another lane. Move it or correct the role.",
                    element=node.id,
                    line=node.line,
                )
