"""Finds the pages that a person can open: from the first page on by links alone, one page of each kind."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from lxml import html
from playwright.sync_api import APIRequestContext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

#: What a shape keeps of an element: what axe, the layout and the keyboard go by; never words, ids or addresses.
_KEPT = ("class", "role", "type", "tabindex", "disabled", "hidden", "open", "scope", "colspan")
_NAMED = ("aria-label", "aria-labelledby", "aria-describedby", "for", "alt", "title", "lang")


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A page of somebody's walk."""

    kind: str  #: endpoint, with the form's or the tab's key where one address shows several pages
    endpoint: str
    lands_on: str  #: endpoint of the page that is shown, where the address sends on to another
    address: str
    source: str  #: the page with the first link to it
    status: int
    document: html.HtmlElement | None = field(repr=False)  #: none: a file, no page
    frame: str  #: shape of all around the content: bar and rail
    shape: str  #: of the content; equal for pages that differ in words only


def kind_of(routes: MapAdapter, address: str) -> tuple[str, str] | None:
    """The page's endpoint and kind; none for what is not the program's own page."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("/static/"):
        return None
    try:
        endpoint, arguments = routes.match(parts.path, method="GET")
    except HTTPException:
        return ("no such page", f"no such page: {parts.path}")
    tab = parse_qs(parts.query).get("tab", [""])[0]
    return endpoint, " ".join(filter(None, (endpoint, str(arguments.get("key", "")), tab)))


def walk_from(request: APIRequestContext, routes: MapAdapter, base: str, *firsts: str) -> Iterator[Stop]:
    """Follow the links breadth first from these pages on, one page of each kind."""
    waiting = [(first, "", *(kind_of(routes, first) or (first, first))) for first in firsts]
    known = {kind for _address, _source, _endpoint, kind in waiting}
    while waiting:
        address, source, endpoint, kind = waiting.pop(0)
        answer = request.get(base + address)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        document = html.fromstring(answer.body().decode()) if is_page else None
        landed = kind_of(routes, answer.url.removeprefix(base)) or (endpoint, kind)
        yield Stop(
            kind=landed[1],
            lands_on=landed[0],
            endpoint=endpoint,
            address=address,
            source=source,
            status=answer.status,
            document=document,
            frame="" if document is None else frame_of(document),
            shape="" if document is None else shape_of(document),
        )
        for link in () if document is None else document.xpath("//a[@href]/@href"):
            found = kind_of(routes, str(link))
            if found is not None and found[1] not in known:
                known.add(found[1])
                waiting.append((str(link), address, *found))


def shape_of(document: html.HtmlElement) -> str:
    """A digest of the content without its words: elements, classes, roles and which of them are named. Neighbours of
    one shape (rows of a table, lines of a list) count once. A page with a form that its script draws is told apart by
    its heading, for the script draws another one for each."""
    drawn = document.xpath("string(//h1)") if document.xpath("//*[@id='task-form-data']") else ""
    return _digest(_shape(document.find(".//main")) + drawn)


def frame_of(document: html.HtmlElement) -> str:
    """A digest of what stands around the content."""
    return _digest(_shape(document.body, leaving="main"))


def _digest(shape: str) -> str:
    return hashlib.sha256(shape.encode()).hexdigest()


def _shape(element: html.HtmlElement, *, leaving: str = "") -> str:
    kept = [f"{name}={element.get(name)}" for name in _KEPT if element.get(name) is not None]
    kept += [name for name in _NAMED if element.get(name) is not None]
    inside: list[str] = []
    for child in element:
        if not isinstance(child.tag, str) or child.tag in ("script", "svg", leaving):
            continue
        shape = _shape(child, leaving=leaving)
        if shape not in inside[-4:]:
            inside.append(shape)
    worded = "w" if (element.text or "").strip() else ""
    return f"<{element.tag} {' '.join(kept)}{worded}>{''.join(inside)}</>"


_HANZI = re.compile(r"[\u4e00-\u9fff]+")
_SHOWN = ("aria-label", "title", "placeholder", "alt")


def chinese_in(document: html.HtmlElement) -> Iterator[str]:
    """The texts with Chinese in them that are not marked as Chinese: words and names that a reader is told."""
    for element in document.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "template"):
            continue
        if any(each.get("lang", "").startswith("zh") for each in (element, *element.iterancestors())):
            continue
        texts = [element.text, *(child.tail for child in element), *(element.get(name) for name in _SHOWN)]
        yield from (" ".join(text.split()) for text in texts if text and _HANZI.search(text))


def pieces(text: str) -> list[str]:
    """The runs of Chinese characters of a text."""
    return _HANZI.findall(text)
