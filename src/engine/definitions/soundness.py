"""Can every case come to its end? Plays a diagram's tokens through all orders and refuses what can go wrong.

Each sub-process is examined on its own and stands for one element in the scope around it; a multi-instance activity is
one activity; a called process is known by what it may throw. The run shown with a problem is a shortest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.definitions.diagram import SUBPROCESSES, Flow, Node, Process
from engine.definitions.markings import KILLED, Graph, explore
from engine.definitions.net import (
    Behaviour,
    Net,
    TooLarge,
    build,
    killers,
    mark_bit,
    side_nodes,
    takes_time,
    uncaught,
)
from engine.definitions.problem import Problem, Severity
from engine.definitions.reach import is_join, on_cycle, reachable, shortest_walk, starts_of
from engine.definitions.rounds import second_rounds

RULES = (
    "deadlock", "lack-of-synchronization", "cannot-finish", "dead-element", "discarded-task", "join-on-cycle",
    "too-large-to-prove",
)  # fmt: skip


@dataclass(kw_only=True)
class _Study:
    process: Process
    file: str
    inner: dict[str, Behaviour] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, rule: str, element: str, texts: tuple[str, str], path: tuple[str, ...] = ()) -> None:
        node = self.process.by_id.get(element)
        self.problems.append(
            Problem(
                rule=rule,
                severity=Severity.WARNING if rule == "too-large-to-prove" else Severity.ERROR,
                file=self.file,
                line=node.line if node else self.process.line,
                element_id=element,
                message=texts[0],
                message_en=texts[1],
                path=path,
            )
        )

    def label(self, element: str) -> str:
        node = self.process.by_id.get(element)
        return f"「{node.name}」" if node is not None and node.name else f"「{element}」"


def examine(process: Process, called: Mapping[str, Behaviour], file: str = "") -> tuple[tuple[Problem, ...], Behaviour]:
    """All problems of behaviour, and what the process may do to one that calls it.

    In: a process whose structure the rules found right; `called` holds the behaviour of called processes by key.
    """
    study = _Study(process=process, file=file)
    for node in process.of_kind("callActivity"):
        study.inner[node.id] = called.get(node.called or "", Behaviour())
    for scope in reversed(process.scopes):
        study.inner[scope] = _examine_scope(study, scope)
    return tuple(study.problems), study.inner[process.id]


def _examine_scope(study: _Study, scope: str) -> Behaviour:
    before = len(study.problems)
    completes = True
    try:
        net = build(study.process, scope, study.inner)
        main = explore(net, list(net.initial()))
        graphs = [main, *(explore(net, [net.side_start(side)]) for side in net.sides)]
        for graph in graphs:
            _judge(study, graph)
        for marked in _with_side_alive(study, net):
            _judge_kills(study, marked)
            _judge_rounds(study, marked)
        if len(study.problems) == before:
            _judge_dead(study, scope, graphs)
            completes = _completes(study, main)
    except TooLarge:
        study.report(
            "too-large-to-prove", scope,
            (
                f"流程 {study.label(scope)} 的并行组合太多,无法证明它不会卡住。可以发布,但建议把并行部分放入子流程。",
                "The parallel paths have too many combinations to prove that no case gets stuck. "
                "It may be published; moving parallel parts into sub-processes makes it provable.",
            ),
        )  # fmt: skip
    return _behaviour(study, scope, completes)


def _completes(study: _Study, graph: Graph) -> bool:
    """Whether the scope can end well: by a plain end or a terminate end, not by errors alone."""
    terminated = any(study.process.by_id[move.element].event == "terminate" for _, move in graph.kills)
    return terminated or any(marking != KILLED for marking in graph.finals)


def _behaviour(study: _Study, scope: str, completes: bool) -> Behaviour:
    nodes = list(study.process.inside(scope))
    thrown = {node.events[0].name or "" for node in nodes if node.kind == "endEvent" and node.event == "error"}
    for node in nodes:
        thrown |= uncaught(study.process, node, study.inner)
    inner = [study.inner[node.id] for node in nodes if node.id in study.inner]
    return Behaviour(
        throws=frozenset(thrown),
        any_error=any(node.kind == "serviceTask" for node in nodes) or any(each.any_error for each in inner),
        escalates=any(event.kind == "escalation" for node in nodes for event in node.events)
        or any(each.escalates for each in inner),
        completes=completes,
        has_work=any(node.kind == "userTask" for node in nodes) or any(each.has_work for each in inner),
        waits=any(takes_time(node, study.inner) for node in nodes),
    )


def _judge(study: _Study, graph: Graph) -> None:
    before = len(study.problems)
    _judge_overflow(study, graph)
    _judge_stuck(study, graph)
    _judge_kills(study, graph)
    if len(study.problems) == before:
        _judge_rounds(study, graph)


def _judge_stuck(study: _Study, graph: Graph) -> None:
    for marking in graph.stuck:
        where = graph.net.elements(marking)
        names = "、".join(study.label(element) for element in where)
        study.report(
            "deadlock", where[0],
            (
                f"流程会卡在 {names}:所等的分支不会再来。请让汇聚网关与前面的分支网关类型一致(排他分支用排他汇聚)。",
                f"The process gets stuck at {', '.join(where)}: the branch waited for will never come. "
                "Join with the same kind of gateway that split.",
            ),
            (*graph.path(marking), *where),
        )  # fmt: skip
        return
    if not graph.overflows:
        _judge_endless(study, graph)


def _judge_endless(study: _Study, graph: Graph) -> None:
    """Every marking must be able to come to an end; searched backwards from the ends."""
    sources: dict[int, list[int]] = {}
    for marking, moves in graph.edges.items():
        for _, following in moves:
            sources.setdefault(following, []).append(marking)
    waiting = list(graph.finals)
    ending = set(waiting)
    while waiting:
        for marking in sources.get(waiting.pop(), ()):
            if marking not in ending:
                ending.add(marking)
                waiting.append(marking)
    for marking in graph.edges:
        if marking not in ending:
            where = graph.net.elements(marking)
            study.report(
                "cannot-finish", where[0],
                (
                    f"流程到达 {study.label(where[0])} 后再也不能结束。请为循环加一个通向结束事件的出口。",
                    f"After {where[0]} the process can never end. Give the loop a way out to an end event.",
                ),
                (*graph.path(marking), *where),
            )  # fmt: skip
            return


def _judge_overflow(study: _Study, graph: Graph) -> None:
    seen: set[str] = set()
    flows = study.process.flow_by_id
    for overflow in graph.overflows:
        element = flows[overflow.position].target if overflow.position in flows else overflow.position
        if seen:
            return
        seen.add(element)
        node = study.process.by_id[element]
        if is_join(study.process, node):
            zh = f"汇聚网关 {study.label(element)} 可能被通过两次:同一入口会来两个令牌。请在此之前先汇聚这些分支。"
            en = f"The join {element} may be passed twice: two tokens come in by one arrow. Join those branches before."
        else:
            zh = f"{study.label(element)} 可能同时被执行两次:并行的分支没有先汇聚。请在它之前加并行(或包容)网关汇聚。"
            en = f"{element} may run twice at once: parallel branches reach it without a join. Join them before."
        path = (*graph.path(overflow.marking), overflow.move.element, *overflow.move.passes, element)
        study.report("lack-of-synchronization", element, (zh, en), path)


def _judge_kills(study: _Study, graph: Graph) -> None:
    net = graph.net
    seen = {problem.element_id for problem in study.problems if problem.rule == "discarded-task"}
    for marking, move in graph.kills:
        others = marking & ~move.needs
        open_work = net.elements(others & net.work) + _open_side(study, net, others)
        if open_work and move.element not in seen:
            seen.add(move.element)
            names = "、".join(study.label(element) for element in open_work)
            study.report(
                "discarded-task", move.element,
                (
                    f"{study.label(move.element)} 会在 {names} 还未办完时结束整个流程,待办会被丢弃。"
                    "请改用普通结束事件,或先汇聚各分支再结束。",
                    f"{move.element} would end everything while {', '.join(open_work)} is still open and discard it. "
                    "Use a plain end event, or join the branches first.",
                ),
                (*graph.path(marking), move.element),
            )  # fmt: skip


def _judge_rounds(study: _Study, graph: Graph) -> None:
    known = {problem.element_id for problem in study.problems if problem.rule == "join-on-cycle"}
    for found in second_rounds(graph):
        if found.join not in known:
            known.add(found.join)
            study.report(
                "join-on-cycle", found.join,
                (
                    f"汇聚网关 {study.label(found.join)} 在循环上,而同一流程的另一分支 {study.label(found.sibling)} "
                    "可能跨轮次仍在进行,第二轮会出错。请把这一轮并行办理放进子流程,或改用多实例任务。",
                    f"The join {found.join} lies on a loop while a sibling branch ({found.sibling}) may outlive "
                    "a round. Put the round into a sub-process or use a multi-instance task.",
                ),
                found.path,
            )  # fmt: skip


def _judge_dead(study: _Study, scope: str, graphs: list[Graph]) -> None:
    """Elements that never run; of those in a row only the first, where the remedy lies."""
    process = study.process
    starts = [start.id for start in starts_of(process, scope)]
    alive = set(starts).union(*(graph.visited for graph in graphs))
    alive |= {node.id for node in process.inside(scope) if node.by_event}
    alive |= {name for graph in graphs for name in graph.ever_marked}
    for node in process.inside(scope):
        before = {flow.source for flow in process.incoming.get(node.id, ())} | {node.attached_to}
        if node.id not in alive and before & alive:
            study.report(
                "dead-element", node.id,
                (
                    f"{study.label(node.id)} 永远不会被执行(例如所捕获的错误没有人抛出)。请修正前面的连线或删除它。",
                    f"{node.id} can never run: nothing leads to it (for instance, nobody throws the error that it "
                    "catches). Correct what leads to it or remove it.",
                ),
                shortest_walk(process, starts[0], node.id),
            )  # fmt: skip


def _with_side_alive(study: _Study, net: Net) -> Iterator[Graph]:
    """The markings once more for each side branch that could matter while it is alive."""
    process, scope = net.process, net.scope
    ends = bool(killers(process, scope, study.inner))
    rounds = any(is_join(process, node) and on_cycle(process, node.id) for node in process.inside(scope))
    for side in net.sides:
        nodes = [process.by_id[node] for node in side_nodes(process, side)]
        if (ends and _any(nodes, study, lambda each: each.has_work, "userTask")) or (
            rounds and any(takes_time(node, study.inner) for node in nodes)
        ):
            followed = build(process, scope, study.inner, marked=side.id)
            yield explore(followed, list(followed.initial()))
    for node in process.inside(scope):
        if node.by_event and (rounds or (ends and study.inner[node.id].has_work)):
            followed = build(process, scope, study.inner, marked=node.id)
            yield explore(followed, list(followed.initial()), marked=True)


def _any(nodes: list[Node], study: _Study, test: Callable[[Behaviour], bool], kind: str) -> bool:
    return any(node.kind == kind or (node.id in study.inner and test(study.inner[node.id])) for node in nodes)


def _open_side(study: _Study, net: Net, marking: int) -> tuple[str, ...]:
    """The user tasks of the followed side branch, if it is alive in the marking."""
    if net.marked is None or not marking & mark_bit(net):
        return ()
    node = study.process.by_id.get(net.marked)
    if node is not None and node.kind in SUBPROCESSES:
        return (node.id,) if study.inner[node.id].has_work else ()
    side: Node | Flow = node if node is not None else study.process.flow_by_id[net.marked]
    region = reachable(net.process, (side.id if isinstance(side, Node) else side.target,))
    return tuple(
        each for each in sorted(region)
        if study.process.by_id[each].kind == "userTask" or (each in study.inner and study.inner[each].has_work)
    )  # fmt: skip
