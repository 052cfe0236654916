"""The reviewer's desk: the queue of finished work. One order of it: `quality_order`."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import uuid
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request

from server.console import quality_order
from server.db import session
from server.errors import Invalid
from server.http import actor, requires
from server.quality import operations as quality
from server.work_orders.models import WorkOrder

pages = Blueprint("quality", __name__)
PAGE = 50


@pages.get("/quality")
@requires("quality.review", reading=True)
def queue() -> Any:
    """Finished work that waits for a judgement, the longest waiting first."""
    query = sa.select(WorkOrder).where(
        WorkOrder.estate_id == actor().estate_id,
        WorkOrder.qa_state == "pending",
        WorkOrder.state.in_([state.value for state in quality.REVIEWABLE]),
    )
    if after := request.args.get("after"):
        at, last = _read(after)
        later = (WorkOrder.updated_at == at) & (WorkOrder.id > last)
        query = query.where((WorkOrder.updated_at > at) | later)
    rows = list(
        session().scalars(query.order_by(WorkOrder.updated_at, WorkOrder.id).limit(PAGE + 1))
    )
    more = len(rows) > PAGE
    return render_template(
        "quality_queue.html", orders=rows[:PAGE], after=_after(rows[PAGE - 1]) if more else None
    )


pages.add_url_rule("/quality/<number>", "show", quality_order.show)
pages.add_url_rule("/quality/<number>", "judge", quality_order.judge, methods=["POST"])
pages.add_url_rule("/quality/<number>/next", "following", quality_order.following)


def _after(order: WorkOrder) -> str:
    key = json.dumps([order.updated_at.isoformat(), str(order.id)])
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _read(after: str) -> tuple[dt.datetime, uuid.UUID]:
    try:
        moment, last = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        return dt.datetime.fromisoformat(moment).astimezone(dt.UTC), uuid.UUID(last)
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise Invalid("bad-cursor", "分页位置无效。", "The place is not one of ours.") from error
