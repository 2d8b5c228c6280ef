"""Checks that a form's field asks for by name (`"check": "idcard"`): the engine knows none of them (domain.md 5.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from cases.identifiers import CHECKS

FIELD_CHECKS: Mapping[str, Callable[[Any], str | None]] = MappingProxyType(dict(CHECKS))
