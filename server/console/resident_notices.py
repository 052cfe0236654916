"""The notice board that anybody may read: what is published, the newest first (R-004)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for

from server.db import session
from server.estate.operations import the_estate
from server.http import public
from server.public_notices.queries import on_the_board

pages = Blueprint("notice_board", __name__)


@pages.get("/n")
@public("what hangs on the notice board for everybody to read")
def show() -> Any:
    """What hangs."""
    estate = the_estate(session())
    return render_template(
        "resident_notices.html",
        notices=on_the_board(session(), estate.id) if estate else [],
        estate_name=estate.name if estate else "",
        here=url_for("resident.notice_board.show"),
    )
