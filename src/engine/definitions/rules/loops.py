"""Rules on multi-instance activities."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.rules.view import Finding, View, at


def multi_instance_without_count(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.loop is None or node.loop.kind != "multi":
            continue
        collection = node.properties.get("collection")
        if not collection and not node.loop.cardinality:
            yield at(
                node,
                "是多实例,但没有说明几个。请填写扩展属性 collection(列表)和 element(变量),或 loopCardinality(次数)。",
                "is multi-instance without a count. Set collection and element, or a loop cardinality.",
            )
        elif collection and node.loop.cardinality:
            yield at(
                node,
                "同时写了列表和次数。请只保留一个。",
                "has both a collection and a cardinality. Keep one.",
            )
        elif collection and not node.properties.get("element"):
            yield at(
                node,
                "有列表 collection,但没有 element,每一项无处可放。请填写变量名。",
                "has a collection but no element variable. Name it.",
            )


def multi_instance_output(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.loop is None or node.loop.kind != "multi":
            continue
        if node.loop.data:
            yield at(
                node,
                "写了 BPMN 的数据引用,各实例会互相覆盖。请删除它们,只用扩展属性 collection 和 element。",
                "has BPMN data references, by which instances would overwrite each other. Remove them; "
                "use the properties collection and element.",
            )
        collection, element = node.properties.get("collection"), node.properties.get("element")
        if element and element == collection:
            yield at(
                node,
                "的 element 与 collection 同名,列表会被单项覆盖。请换一个变量名。",
                "uses one name for collection and element, so that an item would overwrite the list. Rename one.",
            )


def collection_without_loop(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        if node.loop is None and ("collection" in node.properties or "element" in node.properties):
            yield at(
                node,
                "写了 collection 或 element,但没有设为多实例,只会执行一次。请设为多实例或删除这些属性。",
                "has a collection or element but is not multi-instance and would run once. Mark it or remove them.",
            )
