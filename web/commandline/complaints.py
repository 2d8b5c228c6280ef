"""Turns what the engine refuses into one line on the terminal and an exit status, without a stack of frames."""

from __future__ import annotations

from typing import Any

import click

from engine.errors import EngineError


class Polite(click.Group):
    """A group whose commands end with a sentence instead of a traceback when the engine refuses."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except EngineError as refused:
            raise click.ClickException(str(refused)) from refused
