"""Runs BPMN, purely: see README.md in this folder."""

from engine.runtime.advance import advance
from engine.runtime.compile import Element, ProcessSpec, SpecCache, compile_bundle
from engine.runtime.scripting import Context

__all__ = ["Context", "Element", "ProcessSpec", "SpecCache", "advance", "compile_bundle"]
