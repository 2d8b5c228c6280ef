"""Answers to a form, drawn by chance from all that its fields can take."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from cases.sending import FILE
from engine.clock import COUNTY_ZONE
from engine.definitions.forms import Form
from engine.definitions.forms.model import Field
from tests.browser.submissions import inputs, right

_DAYS = (-2, -1, 0, 0, 0, 1, 3, 10, 40)
_HOURS = (-1, 0, 1)
_WORDS = "经核实情况属实,儿童现由祖母照料,同意按程序办理。"
_NUMBERS = ("519927201503110016", "519927198506232137", "519927201912240057")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What somebody knows who fills in a form at this instant."""

    chance: Random
    now: datetime
    lists: Mapping[str, Any]  #: by `valuesKey`, as the county offers them
    reports: Collection[str]  #: numbers of reports that there are

    def to(self, form: Form) -> dict[str, Any]:
        """All fields; of those that may stay empty about half are."""
        return {each.key: self._now_and_then(each) for each in inputs(form.fields)}

    def again(self, form: Form, before: Mapping[str, Any], refused: Collection[str]) -> dict[str, Any]:
        """The same, with other answers in the fields that were refused."""
        wrong = {re.split(r"[.\[]", name)[0] for name in refused}
        return {each.key: self.one(each) if each.key in wrong else before.get(each.key) for each in inputs(form.fields)}

    def _now_and_then(self, field: Field) -> Any:
        skipped = not field.validate.get("required") and field.kind != "checkbox" and self.chance.random() < 0.45
        return None if skipped else self.one(field)

    def one(self, field: Field) -> Any:
        """A value of the field's kind, mostly one that it takes."""
        match field.kind:
            case "group":
                return {each.key: self.one(each) for each in inputs(field.children)}
            case "dynamiclist":
                rows = range(self.chance.choice((1, 1, 2)))
                return [{each.key: self.one(each) for each in inputs(field.children)} for _ in rows]
            case "textfield" | "textarea":
                return self._text(field)
            case "number":
                low = int(field.validate.get("min", 0))
                high = max(low, int(field.validate.get("max", low + 2000)))
                return self.chance.choice((low, min(max(low, 1), high), self.chance.randint(low, high)))
            case "datetime":
                return self._moment(field)
            case "select" | "radio":
                offered = self._offered(field)
                return self.chance.choice(offered) if offered else None
            case "checklist" | "taglist":
                offered = self._offered(field)
                return self.chance.sample(offered, self.chance.randint(1, min(3, len(offered)))) if offered else []
            case "checkbox":
                return self.chance.random() < 0.6
            case _:
                return FILE + self.chance.choice(("a.pdf", "b.jpg"))

    def _text(self, field: Field) -> str:
        if "report_no" in field.key and self.reports and self.chance.random() < 0.8:
            return self.chance.choice(sorted(self.reports))
        if field.properties.get("check") == "idcard":
            return self.chance.choice(_NUMBERS)
        shape = field.validate.get("pattern")
        months = (f"{self.now:%Y-%m}", f"{self.now + timedelta(days=31):%Y-%m}")
        if shape and (fitting := [month for month in months if re.fullmatch(shape, month)]):
            return self.chance.choice(fitting)
        told = str(right(field))
        return told if shape or field.properties else _WORDS[: int(field.validate.get("maxLength") or len(_WORDS))]

    def _moment(self, field: Field) -> str:
        moment = self.now + timedelta(days=self.chance.choice(_DAYS), hours=self.chance.choice(_HOURS))
        told = moment.astimezone(COUNTY_ZONE)
        return f"{told:%Y-%m-%d}" if field.spec.get("subtype") == "date" else f"{told:%Y-%m-%dT%H:%M}"

    def _offered(self, field: Field) -> list[Any]:
        listed = field.spec.get("values") or self.lists.get(str(field.spec.get("valuesKey")), ())
        return [option["value"] for option in listed]
