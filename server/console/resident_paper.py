"""The page behind the code on a printed order: what the house knows, beside what the paper says."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from server.console.resident_report import key
from server.db import session
from server.estate.models import Estate
from server.http import public
from server.residents import addresses
from server.work_orders.models import WorkOrder

pages = Blueprint("paper", __name__)


@pages.get("/v/<token>")
@public("whoever holds the paper asks whether it is true; shows nothing of a person")
def verify(token: str) -> Any:
    """Whether the order is ours, and whether its charge is still what was printed."""
    order_id, charge_fen, printed_at = addresses.read_paper(key(), token)
    order = session().get(WorkOrder, order_id)
    if order is None:
        raise addresses.no_such_link()
    return render_template(
        "resident_paper.html",
        order=order,
        charge_fen=charge_fen,
        printed_at=printed_at,
        estate_name=session().get_one(Estate, order.estate_id).name,
    )
