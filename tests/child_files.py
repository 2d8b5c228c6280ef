"""A child's file as tests open it: 王小明 of 青山村, where nothing else is said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from cases import children
from engine.clock import COUNTY_ZONE
from engine.store.session import Session


def open_child(session: Session, *, now: datetime, **told: Any) -> str:
    """Open the file at this instant and return its id; `told` stands over what is usual (`children.open_file`)."""
    usual = {
        "name": "王小明",
        "idcard": None,
        "birth": date(2015, 3, 11),
        "sex": "男",
        "hukou_code": "519927101001",
        "search_key": "",
        "actor_id": "li",
        "day": now.astimezone(COUNTY_ZONE).date(),
    }
    return children.open_file(session, now=now, **{**usual, **told})
