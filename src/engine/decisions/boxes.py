"""Reads boxed expressions and decision tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.decisions import model as m
from engine.decisions.xml import child, children, local, text_of, type_ref
from engine.feel import FeelError, UnaryTests, parse_expression, parse_unary_tests

Report = Callable[[Any, str, str], None]

_BOXES = frozenset(
    {"literalExpression", "decisionTable", "context", "list", "relation", "invocation", "functionDefinition",
     "conditional", "for", "every", "some", "filter"}
)  # fmt: skip


class BoxReader:
    """Reads the boxed expressions of one file; `report` gets each problem with its element."""

    def __init__(self, known_names: frozenset[str], report: Report) -> None:
        self.known_names = known_names
        self.report = report

    def only(self, parent: Any) -> m.Box | None:
        """The boxed expression below an element, or None."""
        element = child(parent, *_BOXES)
        return self.box(element) if element is not None else None

    def needed(self, parent: Any) -> m.Box:
        """The boxed expression below an element; null where there is none."""
        found = self.only(parent) if parent is not None else None
        return found if found is not None else m.Literal(text="", expression=None)

    def box(self, element: Any) -> m.Box:
        """The boxed expression that the element is."""
        kind = local(element)
        if kind == "literalExpression":
            return self.literal(element)
        if kind == "decisionTable":
            return self.table(element)
        if kind == "context":
            return self.context(element)
        if kind == "list":
            items = tuple(self.box(each) for each in children(element, *_BOXES))
            return m.BoxedList(items=items, type=type_ref(element))
        if kind == "relation":
            columns = tuple(each.get("name", "") for each in children(element, "column"))
            rows = tuple(tuple(self.box(c) for c in children(r, *_BOXES)) for r in children(element, "row"))
            return m.Relation(columns=columns, rows=rows, type=type_ref(element))
        if kind == "invocation":
            return self.invocation(element)
        if kind == "functionDefinition":
            return self.function(element)
        if kind == "conditional":
            parts = [self.needed(child(element, name)) for name in ("if", "then", "else")]
            return m.Conditional(condition=parts[0], yes=parts[1], no=parts[2], type=type_ref(element))
        return self.iteration(element, kind)

    def literal(self, element: Any) -> m.Literal:
        """A literal expression; another expression language is a problem."""
        text = text_of(element)
        language = element.get("expressionLanguage", "")
        if language and "feel" not in language.lower():
            self.report(element, f"expression language {language} is not FEEL", f"表达式语言 {language} 不是 FEEL")
            return m.Literal(text=text, expression=None, type=type_ref(element))
        return self.parsed(text, element)

    def parsed(self, text: str, element: Any) -> m.Literal:
        """A FEEL text with its tree."""
        expression = None
        if text and text != "-":
            try:
                expression = parse_expression(text, self.known_names)
            except FeelError as problem:
                self.report(element, f"{problem.message}: {text[:80]}", f"{problem.message_zh}：{text[:80]}")
        return m.Literal(text=text, expression=expression, type=type_ref(element))

    def tests(self, text: str, element: Any) -> UnaryTests | None:
        """The unary tests of a cell; None where they are broken: the cell never holds."""
        try:
            return parse_unary_tests(text, self.known_names)
        except FeelError as problem:
            self.report(element, f"{problem.message}: {text[:80]}", f"{problem.message_zh}：{text[:80]}")
            return None

    def context(self, element: Any) -> m.BoxedContext:
        entries = []
        for each in children(element, "contextEntry"):
            variable = child(each, "variable")
            name = variable.get("name", "") if variable is not None else ""
            kind = type_ref(variable) if variable is not None else None
            entries.append(m.Entry(name=name, box=self.needed(each), type=kind))
        return m.BoxedContext(entries=tuple(entries), type=type_ref(element))

    def invocation(self, element: Any) -> m.Invocation:
        bindings = []
        for each in children(element, "binding"):
            parameter = child(each, "parameter")
            name = parameter.get("name", "") if parameter is not None else ""
            bindings.append(m.Entry(name=name, box=self.needed(each)))
        return m.Invocation(called=self.needed(element), bindings=tuple(bindings), type=type_ref(element))

    def function(self, element: Any) -> m.FunctionBox:
        """A function definition; functions in Java or PMML have no body here."""
        parameters = list(children(element, "formalParameter"))
        return m.FunctionBox(
            parameters=tuple(each.get("name", "") for each in parameters),
            types=tuple(type_ref(each) for each in parameters),
            body=self.only(element) if element.get("kind", "FEEL") == "FEEL" else None,
            type=type_ref(element),
        )

    def iteration(self, element: Any, kind: str) -> m.Iteration:
        body = child(element, "return", "satisfies", "match")
        return m.Iteration(
            kind=kind,
            variable=element.get("iteratorVariable", "item"),
            domain=self.needed(child(element, "in")),
            body=self.needed(body),
            type=type_ref(element),
        )

    def table(self, element: Any) -> m.Table:
        policy = element.get("hitPolicy", "UNIQUE")
        aggregation = element.get("aggregation", "")
        letter = m.HIT_POLICIES.get(policy)
        if letter == "C":
            letter = m.AGGREGATORS.get(aggregation)
        if letter is None:
            self.report(
                element, f"unknown hit policy {policy} {aggregation}", f"不支持的命中策略 {policy} {aggregation}"
            )
            letter = "U"
        inputs = tuple(self._input(each) for each in children(element, "input"))
        outputs = tuple(self._output(each) for each in children(element, "output"))
        rules = tuple(
            self._rule(index, each, len(inputs), len(outputs))
            for index, each in enumerate(children(element, "rule"), start=1)
        )
        return m.Table(hit_policy=letter, inputs=inputs, outputs=outputs, rules=rules, type=type_ref(element))

    def _input(self, element: Any) -> m.InputClause:
        inner = child(element, "inputExpression")
        expression = self.literal(inner) if inner is not None else m.Literal(text="", expression=None)
        if expression.expression is None and not expression.text:
            self.report(element, "an input column has no expression", "输入列没有表达式")
        allowed = child(element, "inputValues")
        allowed_text = text_of(allowed) if allowed is not None else ""
        return m.InputClause(
            id=element.get("id", ""),
            label=element.get("label") or expression.text,
            expression=expression,
            allowed=self.tests(allowed_text, allowed) if allowed_text else None,
        )

    def _output(self, element: Any) -> m.OutputClause:
        values = child(element, "outputValues")
        ranked = text_of(values) if values is not None else ""
        default = child(element, "defaultOutputEntry")
        return m.OutputClause(
            id=element.get("id", ""),
            name=element.get("name", ""),
            label=element.get("label") or element.get("name", ""),
            type=type_ref(element),
            ranking=(self.parsed(f"[{ranked}]", values),) if ranked else (),
            default=self.literal(default) if default is not None and text_of(default) else None,
        )

    def _rule(self, index: int, element: Any, inputs: int, outputs: int) -> m.Rule:
        tests = tuple(self.tests(text_of(each), each) for each in children(element, "inputEntry"))
        entries = tuple(self.literal(each) for each in children(element, "outputEntry"))
        if len(tests) != inputs or len(entries) != outputs:
            self.report(
                element, f"rule {index} does not have a cell for each column", f"规则 {index} 的单元格数与列数不符"
            )
        notes = [text_of(each) for each in children(element, "annotationEntry")]
        description = child(element, "description")
        if not any(notes) and description is not None:
            notes = ["".join(description.itertext()).strip()]
        return m.Rule(
            index=index,
            id=element.get("id", ""),
            tests=tests,
            outputs=entries,
            annotation="；".join(note for note in notes if note),
        )
