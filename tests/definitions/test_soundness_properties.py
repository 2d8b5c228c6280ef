"""Random diagrams: well-built ones are sound, damaged ones are refused or still sound, nothing crashes the check."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.definitions.bundle import from_files
from engine.definitions.check import check_bundle, render
from engine.definitions.diagram import Process
from engine.definitions.problem import Problem
from engine.definitions.reading import parse_diagram
from tests.definitions_builder import ROLES, SERVICES, Builder

LEAVES = st.sampled_from(["user", "service", "withdrawable", "reminded", "event"])


def blocks(leaf: st.SearchStrategy) -> st.SearchStrategy:
    """Sequences, choices, parallel and inclusive blocks, loops and sub-processes, nested."""
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(
                st.sampled_from(["sequence", "exclusive", "parallel", "inclusive"]),
                st.lists(inner, min_size=2, max_size=3),
            ),
            st.tuples(st.sampled_from(["loop", "sub"]), st.lists(inner, min_size=1, max_size=1)),
        ),
        max_leaves=6,
    )


class Drawer:
    """Draws a block tree. A loop beside a parallel sibling stands in a sub-process, as the dialect demands."""

    def __init__(self) -> None:
        self.builder = Builder()
        self.count = 0

    def new(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def draw(self, block: object, scope: str, beside: bool) -> tuple[str, str]:
        """Entry and exit element of the block."""
        if isinstance(block, str):
            return self.leaf(block, scope, beside)
        kind, inner = block  # type: ignore[misc]
        if kind == "sequence":
            return self.sequence([self.draw(each, scope, beside) for each in inner])
        if kind == "sub" or (kind == "loop" and beside):
            return self.sub(inner[0] if kind == "sub" else block, scope)
        if kind == "loop":
            return self.loop(inner[0], scope)
        return self.gateway(kind, inner, scope, beside)

    def sequence(self, ends: list[tuple[str, str]]) -> tuple[str, str]:
        for (_, leaving), (entering, _) in pairwise(ends):
            self.builder.flow(leaving, entering)
        return ends[0][0], ends[-1][1]

    def leaf(self, kind: str, scope: str, beside: bool) -> tuple[str, str]:
        task = self.new("task")
        if kind == "event":
            self.builder.catch(task, "message", scope=scope)
            return task, task
        getattr(self.builder, "service" if kind == "service" else "user")(task, scope=scope)
        if kind == "withdrawable":
            late, merge = self.new("late"), self.new("merge")
            self.builder.boundary(late, task, scope=scope).exclusive(merge, scope=scope)
            self.builder.flow(task, merge).flow(late, merge)
            return task, merge
        if kind == "reminded" and not beside:
            late, told, end = self.new("late"), self.new("told"), self.new("end")
            self.builder.boundary(late, task, interrupting=False, scope=scope).node(
                "scriptTask",
                told,
                scope=scope,
                attributes='scriptFormat="feel"',
                body="<bpmn:script>x = 1</bpmn:script>",
            ).end(end, scope=scope).chain(late, told, end)
        return task, task

    def sub(self, inner: object, scope: str) -> tuple[str, str]:
        home, start, end = self.new("sub"), self.new("start"), self.new("end")
        self.builder.sub(home, scope=scope).start(start, scope=home)
        entering, leaving = self.draw(inner, home, beside=False)
        self.builder.end(end, scope=home).flow(start, entering).flow(leaving, end)
        return home, home

    def loop(self, inner: object, scope: str) -> tuple[str, str]:
        merge, again, after = self.new("merge"), self.new("again"), self.new("after")
        self.builder.exclusive(merge, scope=scope)
        entering, leaving = self.draw(inner, scope, beside=False)
        self.builder.exclusive(again, scope=scope).service(after, scope=scope)
        self.builder.flow(merge, entering).flow(leaving, again)
        self.builder.choice(again, after, **{merge: "round = true"})
        return merge, after

    def gateway(self, kind: str, inner: list[object], scope: str, beside: bool) -> tuple[str, str]:
        split, join = self.new("split"), self.new("join")
        getattr(self.builder, kind)(split, scope=scope)
        getattr(self.builder, kind)(join, scope=scope)
        ends = [self.draw(each, scope, beside or kind != "exclusive") for each in inner]
        if kind == "parallel":
            for entering, _ in ends:
                self.builder.flow(split, entering)
        else:
            self.builder.choice(split, ends[0][0], **{entering: "x = 1" for entering, _ in ends[1:]})
        for _, leaving in ends:
            self.builder.flow(leaving, join)
        return split, join


def drawn(block: object) -> Builder:
    drawer = Drawer()
    drawer.builder.start()
    entering, leaving = drawer.draw(block, "demo", beside=False)
    drawer.builder.end().flow("s", entering).flow(leaving, "e")
    return drawer.builder


def check(xml: bytes, builder: Builder) -> tuple[Problem, ...]:
    files = {**builder.files, "demo.bpmn": xml}
    return check_bundle(from_files("demo", files, {}), services=SERVICES, roles=ROLES)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(blocks(LEAVES))
def test_well_built_diagrams_are_sound(block: object) -> None:
    builder = drawn(block)
    problems = check(builder.xml(), builder)
    assert [problem.rule for problem in problems if problem.rule != "too-large-to-prove"] == [], render(problems, "en")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(blocks(LEAVES), st.integers(min_value=0))
def test_a_damaged_diagram_is_refused_or_plays_to_its_end(block: object, seed: int) -> None:
    builder = drawn(block)
    chance = random.Random(seed)
    damaged = mutated(builder.xml(), chance)
    problems = check(damaged, builder)
    for problem in problems:
        assert problem.message
        assert problem.rule
    if not any(problem.is_error for problem in problems):
        process = parse_diagram(damaged).process
        assert process is not None
        for _ in range(20):
            assert ends(process, chance), damaged.decode()


def mutated(xml: bytes, chance: random.Random) -> bytes:
    """One change: an element dropped or doubled, an attribute dropped, garbled or taken from another, a tag changed."""
    root = etree.fromstring(xml)
    process = root.find("{*}process")
    assert process is not None
    if chance.random() < 0.5:
        return reshaped(root, process, chance)
    elements = [element for element in process.iter() if isinstance(element.tag, str) and element is not process]
    victim = chance.choice(elements)
    parent = victim.getparent()
    assert parent is not None
    change = chance.choice(["drop", "double", "attribute", "garble", "swap", "tag"])
    key = chance.choice(sorted(victim.attrib) or [""])
    if change == "drop":
        parent.remove(victim)
    elif change == "double":
        parent.append(etree.fromstring(etree.tostring(victim)))
    elif change == "tag":
        namespace = etree.QName(victim).namespace
        tags = ["parallelGateway", "exclusiveGateway", "inclusiveGateway", "userTask", "endEvent", "startEvent", "task"]
        victim.tag = f"{{{namespace}}}{chance.choice(tags)}"
    elif key and change == "attribute":
        del victim.attrib[key]
    elif key and change == "garble":
        victim.set(key, chance.choice(["", "x", "0", "a b", "<&>", "true", "e"]))
    elif key:
        other = chance.choice(elements).get(key)
        if other is not None:
            victim.set(key, other)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def reshaped(root: etree._Element, process: etree._Element, chance: random.Random) -> bytes:
    """One change that keeps the file well-formed BPMN: an arrow led elsewhere, a gateway or an end of another kind."""
    flows = process.findall(".//{*}sequenceFlow")
    gateways = [each for each in process.iter() if str(each.tag).endswith("Gateway")]
    ends = process.findall(".//{*}endEvent")
    namespace = etree.QName(process).namespace
    change = chance.choice(["target", "swap", "gateway", "end"])
    if change == "gateway" and gateways:
        gateway = chance.choice(gateways)
        gateway.tag = f"{{{namespace}}}{chance.choice(['parallel', 'exclusive', 'inclusive'])}Gateway"
        if gateway.tag.endswith("parallelGateway"):
            gateway.attrib.pop("default", None)
            for flow in flows:
                if flow.get("sourceRef") == gateway.get("id"):
                    for condition in list(flow):
                        flow.remove(condition)
    elif change == "end":
        etree.SubElement(chance.choice(ends), f"{{{namespace}}}terminateEventDefinition")
    else:
        one = chance.choice(flows)
        siblings = [flow for flow in flows if flow.getparent() is one.getparent()]
        other = chance.choice(siblings)
        ours, theirs = one.get("targetRef", ""), other.get("targetRef", "")
        one.set("targetRef", theirs)
        if change == "swap":
            other.set("targetRef", ours)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def ends(process: Process, chance: random.Random) -> bool:
    """Whether a random run of all tokens comes to its end: a second, simpler player than the check's own."""
    return Player(process, chance).play(process.id)


class Player:
    """Plays one scope after another with a plain list of tokens, each the id of a flow or of a waiting element."""

    def __init__(self, process: Process, chance: random.Random) -> None:
        self.process = process
        self.chance = chance

    def play(self, scope: str) -> bool:
        starts = [node for node in self.process.inside(scope) if node.kind == "startEvent"]
        tokens = [flow.id for flow in self.process.outgoing[self.chance.choice(starts).id]]
        for _ in range(3000):
            if not tokens:
                return True
            moves = list(self.moves(tokens))
            if not moves:
                return False
            taken, given = self.chance.choice(moves)
            for token in taken:
                tokens.remove(token)
            tokens.extend(given)
        return True  # a long run of rounds is no failure

    def moves(self, tokens: list[str]) -> Iterator[tuple[list[str], list[str]]]:
        for token in dict.fromkeys(tokens):
            target = self.process.by_id[self.process.flow_by_id[token].target]
            incoming = [flow.id for flow in self.process.incoming[target.id]]
            outgoing = [flow.id for flow in self.process.outgoing.get(target.id, ())]
            if target.kind == "parallelGateway":
                if all(flow in tokens for flow in incoming):
                    yield incoming, outgoing
            elif target.kind == "inclusiveGateway":
                here = [flow for flow in incoming if flow in tokens]
                others = [self.ways(each, target.id) for each in tokens if each not in incoming]
                if not any(way - set(here) and not way & set(here) for way in others):
                    yield here, self.chosen(outgoing, target.default_flow)
            elif target.kind in ("exclusiveGateway", "eventBasedGateway"):
                yield [token], [self.chance.choice(outgoing)]
            elif target.kind == "endEvent" and target.event in ("terminate", "error"):
                yield list(tokens), []
            elif target.kind != "subProcess" or self.play(target.id):
                yield [token], outgoing

    def chosen(self, outgoing: list[str], default: str | None) -> list[str]:
        """Any of the flows, but the default only by itself."""
        others = [flow for flow in outgoing if flow != default]
        if not others or (default in outgoing and self.chance.random() < 0.3):
            return outgoing if not others else [flow for flow in outgoing if flow == default]
        return self.chance.sample(others, self.chance.randint(1, len(others)))

    def ways(self, flow: str, goal: str) -> set[str]:
        """Flows into the goal that a token on the flow may come by."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [flow]
        while waiting:
            current = self.process.flow_by_id[waiting.pop()]
            if current.target == goal:
                found.add(current.id)
            elif current.target not in seen:
                seen.add(current.target)
                waiting.extend(each.id for each in self.process.outgoing.get(current.target, ()))
        return found


def test_the_player_can_fail() -> None:
    """Negative control: without it a player that always says yes would prove nothing."""
    stuck = Builder().start().exclusive("g1").user("a").user("b").parallel("g2").end().chain("s", "g1")
    stuck.choice("g1", "a", b="x = 1").chain("a", "g2", "e").chain("b", "g2")
    process = parse_diagram(stuck.xml()).process
    assert process is not None
    assert not ends(process, random.Random(1))
