"""The month's list beside its form and on the case's page, at a desk's and a phone's width."""

from __future__ import annotations

from playwright.sync_api import Page
from sqlalchemy import select

from engine.store.user_task import user_task
from tests.browser.conftest import Camera
from tests.browser.county import County
from tests.browser.test_looks import drawn, enter, look
from tests.browser.test_looks import sized as sized
from tests.web.test_money import county as county


def test_the_list_fits_and_reads(sized: Page, county: County, camera: Camera) -> None:
    with county.edge.database.reading() as session:
        task = session.execute(select(user_task).where(user_task.c.role == "mzj_handler")).mappings().one()
    enter(sized, county, "mzj")
    sized.goto(f"{county.address}/tasks/{task['id']}")
    look(sized, camera, "payment-list")
    sized.goto(f"{county.address}/cases/{task['instance_id']}")
    drawn(sized)
    look(sized, camera, "payment-case")
