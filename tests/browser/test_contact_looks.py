"""Contacts, with the daily digest and the calendar's address, and the messages, at a desk's and a phone's width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from cases.digests import wants_digest
from tests.browser.conftest import Camera
from tests.browser.county import County
from tests.browser.test_children import OFFICER, look
from tests.browser.test_looks import enter
from tests.browser.test_looks import sized as sized


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_contacts_and_the_digest_fit_and_read(sized: Page, county: County, camera: Camera, language: str) -> None:
    county.people([OFFICER])
    enter(sized, county, "officer")
    if language == "en":
        sized.get_by_role("button", name="English").click()
    sized.goto(f"{county.address}/messages")
    look(sized, camera, f"messages-{language}")
    sized.goto(f"{county.address}/messages/contacts")
    look(sized, camera, f"contacts-{language}")
    sized.locator("input[name=digest]").uncheck()
    sized.locator("form[action$='/digest'] button").click()
    expect(sized.locator(".flash")).to_be_visible()
    look(sized, camera, f"contacts-without-digest-{language}")
    with county.edge.database.reading() as session:
        assert not wants_digest(session, OFFICER)
