"""The decline and demand log (F-19): what was asked for in vain, and whether a notice has told."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from server.db import session, utcnow
from server.http import actor, requires
from server.keyset import read_place
from server.public_notices import demand

pages = Blueprint("declines", __name__)
PAGE = 50


@pages.get("/declines")
@requires("request.read")
def show() -> Any:
    """Declined requests, the last registered first, and what is wanted most."""
    current, by = session(), actor()
    chosen = {name: request.args.get(name, "")[:60] for name in ("item", "waiting")}
    places = {
        way: read_place(request.args[way]) for way in ("after", "before") if request.args.get(way)
    }
    leaf = demand.page(
        current,
        by.estate_id,
        item=chosen["item"] or None,
        waiting_only=chosen["waiting"] == "1",
        limit=PAGE,
        **places,
    )
    since = utcnow() - dt.timedelta(days=demand.DEMAND_DAYS)
    return render_template(
        "declines.html",
        leaf=leaf,
        told=demand.notices_of(current, leaf.rows),
        wanted=demand.by_item(current, by.estate_id, since=since),
        chosen=chosen,
        turn=lambda **place: f"/declines?{urlencode({**chosen, **place})}",
    )
