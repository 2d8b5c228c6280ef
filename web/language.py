"""Two languages: Chinese is the source, English stands in `translations/en.toml` beside it.

A sentence without an English line is shown in Chinese; a test lists those. `_(sentence, name=…)` fills in names.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from flask import Flask, has_request_context, request

CHINESE, ENGLISH = "zh-CN", "en"
LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
COOKIE = "language"
KEPT_ON_DEVICES = frozenset({"visits.shell"})
_CATALOGUE = Path(__file__).parent / "translations" / "en.toml"


@cache
def english() -> dict[str, str]:
    """Chinese sentence to English sentence."""
    sentences: dict[str, str] = tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))["sentences"]
    return sentences


def current_language() -> str:
    """The reader's choice; Chinese unless chosen otherwise."""
    if not has_request_context():
        return CHINESE
    # What a service worker keeps is asked for without cookies; its address says the language.
    said = request.args.get(COOKIE) if request.endpoint in KEPT_ON_DEVICES else None
    chosen = said or request.cookies.get(COOKIE, CHINESE)
    return chosen if chosen in LANGUAGES else CHINESE


def translate(sentence: str, **names: object) -> str:
    """The sentence in the reader's language, with names filled in."""
    text = english().get(sentence, sentence) if current_language() == ENGLISH else sentence
    return text.format(**names) if names else text


def attach(app: Flask) -> None:
    """Give templates `_`, and the page its language."""
    app.jinja_env.globals.update(_=translate, current_language=current_language, LANGUAGES=LANGUAGES)
