"""The walk's checks notice what they are for: each on a page broken in one way, and none on one that is sound."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from lxml import html
from playwright.sync_api import Page

from tests.browser.crawling import chinese_in, kind_of, shape_of
from tests.browser.page_checks import axe_says, look_at, tab_through

SOUND = """<!doctype html><html lang="zh-CN"><head><title>待办 · 童安</title><style>
  :focus-visible {{ outline: 3px solid #00f }} a.skip {{ display: inline-block; padding: 8px }} {style}</style></head>
  <body><a class="skip" href="#content">跳到正文</a><main id="content" tabindex="-1"><h1>待办</h1>{body}
  <form><label for="q">查找</label> <input id="q"> <button>查找</button></form></main></body></html>"""


def shown(page: Page, *, body: str = "", style: str = "") -> Page:
    page.set_content(SOUND.format(body=body, style=style))
    return page


def all_of(page: Page) -> str:
    return "\n".join((*look_at(page), *axe_says(page), *tab_through(page)))


def test_a_sound_page_is_left_alone(page: Page) -> None:
    assert all_of(shown(page)) == ""


@pytest.mark.parametrize(
    ("body", "style", "said"),
    [
        ("<input name=unnamed>", "", "axe label"),
        ("<p style='color:#bbb;background:#fff'>这些字太淡了</p>", "", "axe color-contrast"),
        ("<button class=t>x</button><button class=t>y</button>", ".t { width: 9px; padding: 0 }", "axe target-size"),
        ("<h1>还有一个</h1>", "", "2 h1"),
        ("<div style='width:3000px'>宽</div>", "", "px too wide"),
        ("<button style='width:40px;overflow:hidden;white-space:nowrap'>提交入户调查意见</button>", "", "clipped"),
        ("<button tabindex=-1>只能用鼠标</button>", "", "not reached by Tab"),
        ("", ":focus-visible { outline: 0 }", "focus is not seen"),
        (
            "<div class=bar></div><div style='height:2000px'></div><a href='#x'>在下面</a>",
            ".bar { position: fixed; inset: 20% 0 0 0; background: #fff; z-index: 9 }",
            "covered while it has the focus",
        ),
    ],
)  # fmt: skip
def test_a_broken_page_is_noticed(page: Page, body: str, style: str, said: str) -> None:
    assert said in all_of(shown(page, body=body, style=style))


def test_the_skip_link_has_to_lead_somewhere(page: Page) -> None:
    page.set_content(SOUND.format(body="", style="").replace('href="#content"', 'href="#nowhere"'))
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforebegin', '<a href=\"#x\">菜单</a>')")
    assert "the skip link does not lead to the content" in all_of(page)


def test_chinese_on_an_english_page_is_found_unless_it_is_marked() -> None:
    page = html.fromstring("<body><p>Inbox 待办</p><p lang=zh-CN>公示</p><input placeholder='查找'></body>")
    assert list(chinese_in(page)) == ["Inbox 待办", "查找"]


def test_a_shape_knows_structure_and_no_words() -> None:
    def of(main: str) -> str:
        return shape_of(html.fromstring(f"<html><body><main>{main}</main></body></html>"))

    assert of("<ul><li>一</li><li>二</li></ul>") == of("<ul><li>三</li></ul>")
    assert of("<label for=a>甲</label><input id=a>") != of("<input id=a>")


def test_a_link_that_leads_nowhere_is_a_kind_of_its_own() -> None:
    from werkzeug.exceptions import NotFound

    def nothing(*_args: object, **_more: object) -> None:
        raise NotFound

    assert kind_of(SimpleNamespace(match=nothing), "/gone") == ("no such page", "no such page: /gone")  # type: ignore[arg-type]
