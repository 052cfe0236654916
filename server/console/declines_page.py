"""The decline and demand log (F-19): what was asked for in vain, and whether a notice has told."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request

from server.console import exports, saved_filters
from server.console.export_columns import decline_columns
from server.console.list_filters import DECLINES
from server.db import session, snapshot, utcnow
from server.http import actor, requires
from server.keyset import Leaf, Place, read_place
from server.public_notices import demand

pages = Blueprint("declines", __name__)
PAGE = 50


@pages.get("/declines")
@requires("request.read")
def show() -> Any:
    """Declined requests, the last registered first, and what is wanted most."""
    if (opening := saved_filters.opening(DECLINES)) is not None:
        return redirect(opening, 303)
    current, by = session(), actor()
    chosen = _chosen()
    places = {
        way: read_place(request.args[way]) for way in ("after", "before") if request.args.get(way)
    }
    leaf = _leaf(chosen, limit=PAGE, **places)
    since = utcnow() - dt.timedelta(days=demand.DEMAND_DAYS)
    return render_template(
        "declines.html",
        leaf=leaf,
        told=demand.notices_of(current, leaf.rows),
        wanted=demand.by_item(current, by.estate_id, since=since),
        chosen=chosen,
        kept=saved_filters.kept(DECLINES, chosen),
        query=urlencode(chosen),
        turn=lambda **place: f"/declines?{urlencode({**chosen, **place})}",
    )


@pages.get("/declines/export.<form>")
@requires("request.read")
def export(form: str) -> Response:
    """Everything of the log that the filter of the address asks for."""
    chosen = _chosen()
    with snapshot():
        chunks = exports.leaves(lambda place: _leaf(chosen, limit=exports.CHUNK, after=place))
        return exports.sent("declines", form, decline_columns(), chunks)


def _chosen() -> dict[str, str]:
    return {name: request.args.get(name, "")[:60] for name in ("item", "waiting")}


def _leaf(
    chosen: dict[str, str], *, limit: int, after: Place | None = None, before: Place | None = None
) -> Leaf:
    return demand.page(
        session(),
        actor().estate_id,
        item=chosen["item"] or None,
        waiting_only=chosen["waiting"] == "1",
        limit=limit,
        after=after,
        before=before,
    )
