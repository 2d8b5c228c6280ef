"""Rules on what a diagram calls: other processes and decision tables, and the files of those tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.decisions import DecisionInvalid, parse_dmn
from engine.decisions.model import AGGREGATORS, HIT_POLICIES
from engine.definitions.bundle import decision_ids
from engine.definitions.gate import FileRefused, parse_xml
from engine.definitions.rules.view import BARE, Finding, View, at


def unknown_called_process(view: View) -> Iterator[Finding]:
    known = {called.key for called in view.bundle.called} | set(view.callers) | {view.bundle.key}
    for node in view.process.of_kind("callActivity"):
        if not node.called or node.called not in known:
            yield at(
                node,
                f"调用的流程「{node.called or '(空)'}」不存在。请填写 processes/ 下的流程文件夹名。",
                f"calls the process {node.called or '(none)'}, which does not exist. Name a folder of processes/.",
            )


def call_cycle(view: View) -> Iterator[Finding]:
    chain = (*view.callers, view.bundle.key)
    for node in view.process.of_kind("callActivity"):
        if node.called in chain:
            ring = (*chain[chain.index(node.called) :], node.called)
            yield at(
                node,
                f"形成了循环调用:{' → '.join(ring)}。请断开其中一处,循环请在一个流程内用网关表示。",
                f"closes a ring of calls: {' -> '.join(ring)}. Break it; loop inside one process instead.",
            )


def business_rule_without_decision(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("businessRuleTask"):
        if not node.properties.get("decision"):
            yield at(
                node,
                "没有指定决策表。请在扩展属性 decision 中填写决策编号。",
                "names no decision. Set the property decision.",
            )
        elif not node.properties.get("variables") and not node.properties.get("result"):
            yield at(
                node,
                "的结果没有去处。请填写扩展属性 result(整个结果)或 variables(要取的输出)。",
                "keeps nothing of its decision. Set the property result or variables.",
            )


def unknown_decision(view: View) -> Iterator[Finding]:
    known = {identity for raw in view.bundle.decision_files.values() for identity in decision_ids(raw)}
    for node in view.process.of_kind("businessRuleTask"):
        name = node.properties.get("decision", "").strip('"')
        if BARE.fullmatch(name) and name not in known:
            yield at(
                node,
                f"引用的决策「{name}」不存在。请加入含此决策的 .dmn 文件,或改正编号。",
                f"names the decision {name}, which no .dmn file defines. Add it or correct the id.",
            )


def decision_not_bare(view: View) -> Iterator[Finding]:
    for node in view.process.of_kind("businessRuleTask"):
        name = node.properties.get("decision", "").strip('"')
        if name and not BARE.fullmatch(name):
            yield at(
                node,
                f"的决策编号「{name}」不是简单编号。请只写编号。",
                f"has a decision that is not a bare id: {name}. Write the id alone.",
            )


def duplicate_decision(view: View) -> Iterator[Finding]:
    counted = Counter(identity for raw in view.bundle.decision_files.values() for identity in decision_ids(raw))
    for identity, times in counted.items():
        if times > 1:
            yield Finding(
                zh=f"决策「{identity}」定义了 {times} 次,不知用哪一个。请只保留一个。",
                en=f"The decision {identity} is defined {times} times. Keep one.",
                element=identity,
            )


def decision_invalid(view: View) -> Iterator[Finding]:
    for name, raw in view.bundle.decision_files.items():
        try:
            parse_dmn(raw, name)
        except DecisionInvalid as invalid:
            told = {table.get("id") for table in _wrong_tables(raw)}
            for problem in invalid.problems:
                if not problem.element_id or problem.element_id not in told:
                    yield Finding(
                        zh=f"决策文件 {name} 有误:{problem.message_zh}。请在决策表中改正。",
                        en=f"The decision file {name} is wrong: {problem.message}. Correct the table.",
                        element=problem.element_id or None,
                        file=name,
                    )


def hit_policy(view: View) -> Iterator[Finding]:
    for name, raw in view.bundle.decision_files.items():
        for table in _wrong_tables(raw):
            policy = f"{table.get('hitPolicy', 'UNIQUE')} {table.get('aggregation', '')}".strip()
            line = table.sourceline
            yield Finding(
                zh=f"决策表「{table.get('id')}」的命中策略 {policy} 不受支持。请改用 UNIQUE、FIRST、ANY 或 COLLECT。",
                en=f"The table {table.get('id')} has the hit policy {policy}, which is not run. "
                "Use UNIQUE, FIRST, ANY or COLLECT.",
                element=table.get("id"),
                file=name,
                line=line if isinstance(line, int) else None,
            )


def _wrong_tables(raw: bytes) -> Iterator[etree._Element]:
    """Tables with a hit policy that is not evaluated."""
    try:
        root = parse_xml(raw)
    except FileRefused:
        return
    for table in root.iter("{*}decisionTable"):
        policy = table.get("hitPolicy", "UNIQUE")
        aggregated = policy != "COLLECT" or table.get("aggregation", "") in AGGREGATORS
        if policy not in HIT_POLICIES or not aggregated:
            yield table
