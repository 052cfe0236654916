"""The reviewer's desk: the queue of finished work. One order of it: `quality_order`."""

from __future__ import annotations

import re
import uuid
from typing import Any

from flask import Blueprint, Response, render_template, request

from server.console import exports, findings, quality_order
from server.console.export_columns import queue_columns
from server.db import session, snapshot
from server.errors import Invalid, NotFound
from server.http import actor, requires
from server.quality import review_queue
from server.quality.review_queue import Place, Tab

pages = Blueprint("quality", __name__)
PAGE = 50
#: Findings that stand in the queue; all of them stand on the order's own page.
TOP_FINDINGS = 3
_AFTER = re.compile(r"(-1|[0-9]{1,3})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@pages.get("/quality")
@requires("quality.review", reading=True)
def queue() -> Any:
    """Finished work that waits for a judgement, the most suspicious first (QA1)."""
    tab, after = _tab(), request.args.get("after")
    page = review_queue.page(
        session(), actor().estate_id, tab, after=_read(after) if after else None, limit=PAGE
    )
    return render_template(
        "quality_queue.html",
        tab=tab.value,
        entries=page.entries,
        after=f"{page.after.place}.{page.after.order_id}" if page.after else None,
        counts={
            one.value: count
            for one, count in review_queue.counts(session(), actor().estate_id).items()
        },
        most=review_queue.MOST_COUNTED,
        top=TOP_FINDINGS,
        explain=findings.explain,
    )


@pages.get("/quality/export.<form>")
@requires("quality.review", reading=True)
def export(form: str) -> Response:
    """Every order of a tab."""
    tab, estate_id = _tab(), actor().estate_id
    with snapshot() as current:

        def turn(place: Place | None) -> exports.Turned:
            page = review_queue.page(current, estate_id, tab, after=place, limit=exports.CHUNK)
            return page.entries, page.after

        return exports.sent(f"quality-{tab}", form, queue_columns(), exports.every(turn))


pages.add_url_rule("/quality/<number>", "show", quality_order.show)
pages.add_url_rule("/quality/<number>", "judge", quality_order.judge, methods=["POST"])
pages.add_url_rule("/quality/<number>/next", "following", quality_order.following)


def _tab() -> Tab:
    try:
        return Tab(request.args.get("tab", Tab.CHOSEN))
    except ValueError as error:
        raise NotFound("no-such-list", "没有这个列表。", "There is no such list.") from error


def _read(after: str) -> Place:
    told = _AFTER.fullmatch(after)
    if told is None:
        raise Invalid("bad-cursor", "分页位置无效。", "The place is not one of ours.")
    return Place(place=int(told[1]), order_id=uuid.UUID(told[2]))
