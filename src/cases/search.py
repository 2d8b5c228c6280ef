"""What a person is found by: the name, its pairs of characters, its pinyin and its initials.

Full-text indexes split Chinese into nothing useful, so the key brings its own words, parted by blanks: 张建国 gives
"张建国 张 建 国 张建 建国 zhangjianguo zjg". Readings that differ (单: dan, shan) are all in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pypinyin import Style, lazy_pinyin, pinyin

_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z0-9]+")
#: No more readings of one surname than this, and no more characters of one text.
MAX_READINGS = 8
MAX_HAN = 40
MAX_KEY = 1_000


def search_key(name: str, *more: str) -> str:
    """The words by which a row is found, at most 1,000 signs. `more`: numbers and other names, as an archive number."""
    words: dict[str, None] = {}
    for text in (name, *more):
        words |= dict.fromkeys(_words(normalise(text)))
    key = ""
    for word in words:
        if len(key) + len(word) + 1 > MAX_KEY:
            break
        key = f"{key} {word}" if key else word
    return key


def search_terms(query: str) -> list[str]:
    """The words of a query; a row is found when its key contains each of them."""
    text = normalise(query)
    return [part for part in re.split(r"\s+", text) if part][:8]


def sounds_like(one: str, other: str) -> bool:
    """Whether two Chinese names may be read alike, whatever their characters: 张伟 and 章炜."""
    first, second = (normalise(each)[:MAX_HAN] for each in (one, other))
    if len(first) != len(second) or not first:
        return False
    return all(
        left == right or bool(_syllables(left) & _syllables(right)) for left, right in zip(first, second, strict=True)
    )


def _syllables(sign: str) -> frozenset[str]:
    """Every reading of one character, without its tone."""
    return frozenset(pinyin(sign, style=Style.NORMAL, heteronym=True)[0]) if _HAN.fullmatch(sign) else frozenset()


def normalise(text: str) -> str:
    """Half-width, lower case, without the dot of minority names."""
    return re.sub(r"[·•・‧']", "", unicodedata.normalize("NFKC", text)).lower().strip()


def _words(text: str) -> Iterator[str]:
    for han in _HAN.findall(text):
        han = han[:MAX_HAN]
        yield han
        yield from han
        yield from (han[i : i + 2] for i in range(len(han) - 1))
        yield from _readings(han)
    yield from _WORD.findall(text)


def _readings(han: str) -> Iterator[str]:
    """Every reading of the surname with the usual one of the rest, and the initials of each."""
    rest = lazy_pinyin(han)[1:]
    for first in pinyin(han[0], style=Style.NORMAL, heteronym=True)[0][:MAX_READINGS]:
        yield "".join((first, *rest))
        yield "".join(syllable[0] for syllable in (first, *rest))
