"""Texts that people typed, as one plain line: a form's text would read some signs as a link, a picture or markup, and
whoever reports may be anybody."""

from __future__ import annotations

import re
from typing import Any

_MARKUP = str.maketrans({"[": "〔", "]": "〕", "<": "〈", ">": "〉", "`": "'", "*": "-", "_": "-"})


def plain(text: Any) -> str:
    """A text as one line without markup; empty for none."""
    return re.sub(r"\s+", " ", str(text or "")).strip().translate(_MARKUP)
