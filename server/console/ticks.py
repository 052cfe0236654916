"""The rows of a list that somebody ticked: `number:version`, as they stood when he looked."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import request

from server.db import session
from server.errors import Invalid
from server.http import actor, level
from server.work_orders import listing as orders

MOST = 200


def ticked() -> dict[str, int]:
    """Number -> version seen, in the order of the page. Raises Invalid without any."""
    found: dict[str, int] = {}
    for text in request.form.getlist("order"):
        number, _, version = text.partition(":")
        if not (number and version.isascii() and version.isdigit() and len(version) < 10):  # noqa: PLR2004
            raise Invalid("bad-form", "表单无效,请刷新。", "The form cannot be read; load it anew.")
        found[number] = int(version)
    if not found:
        raise Invalid("nothing-ticked", "请先勾选工单。", "Tick some orders first.")
    if len(found) > MOST:
        raise Invalid(
            "too-many-ticked", f"一次最多 {MOST} 张。", f"At most {MOST} at once, please."
        )
    return found


def ticked_orders() -> list[sa.Row[*tuple[Any, ...]]]:
    """The orders that were ticked, of them those that one may see (5.1)."""
    by = actor()
    own = by.user_id if level("order.read") == "O" else None
    return orders.orders_numbered(session(), by.estate_id, list(ticked()), technician_id=own)
