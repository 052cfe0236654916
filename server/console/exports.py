"""Lists as files, with the filters of their address and the rights of their page."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, request

from server.accounts.queries import names_of
from server.console import list_filters, sheets
from server.console.export_columns import yes
from server.console.labels import label
from server.console.list_filters import ORDERS, REQUESTS, NothingFits
from server.console.sheets import MOMENT, MONEY, Column
from server.console.ticks import ticked_orders
from server.console.wording import gettext
from server.db import session, snapshot, utcnow
from server.errors import NotFound
from server.http import actor, requires, settings
from server.keyset import Leaf, Place
from server.requests import listing as requests
from server.work_orders import listing as orders

pages = Blueprint("exports", __name__)
_FORMS: dict[str, tuple[Callable[..., Any], str]] = {
    "csv": (sheets.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        sheets.as_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
_PIECE = 64 * 1024
#: How many rows of a list are asked for at once.
CHUNK = 500


@pages.get("/orders/export.<form>")
@requires("order.read", reading=True)
def all_orders(form: str) -> Response:
    """Every order that the filter of the address asks for."""
    words = list_filters.chosen(ORDERS, request.args)
    by = actor()
    with snapshot() as current:
        try:
            wanted = list_filters.order_filter(current, words, by=by)
            chunks = orders.every_order(current, by.estate_id, wanted)
        except NothingFits:
            chunks = iter(())
        return sent(ORDERS, form, order_columns(), chunks)


@pages.post("/orders/ticked.<form>")
@requires("order.read", reading=True)
def ticked(form: str) -> Response:
    """The orders that were ticked."""
    return sent(ORDERS, form, order_columns(), [ticked_orders()])


@pages.get("/requests/export.<form>")
@requires("request.read", reading=True)
def all_requests(form: str) -> Response:
    """Every request that the filter of the address asks for."""
    words = list_filters.chosen(REQUESTS, request.args)
    by = actor()
    with snapshot() as current:
        try:
            wanted = list_filters.request_filter(current, words, by=by)
            chunks = requests.every_request(current, by.estate_id, wanted)
        except NothingFits:
            chunks = iter(())
        return sent(REQUESTS, form, request_columns(), chunks)


Turned = tuple[Sequence[Any], Any]


def every(turn: Callable[[Any], Turned]) -> Iterator[Sequence[Any]]:
    """All rows of a list that is turned by key: `turn` answers with the rows behind a place (from
    the beginning, with None) and the place behind them, None at the end."""
    place: Any = None
    while True:
        rows, place = turn(place)
        yield rows
        if place is None:
            return


def leaves(page: Callable[[Place | None], Leaf]) -> Iterator[Sequence[Any]]:
    """All rows of a list whose pages are leaves: `page` answers with what lies behind a place."""

    def turn(place: Place | None) -> Turned:
        leaf = page(place)
        return leaf.rows, leaf.older

    return every(turn)


def naming(
    chunks: Iterable[Sequence[Any]],
    names: dict[uuid.UUID, str],
    who: Callable[[Any], uuid.UUID | None],
) -> Iterator[Sequence[Any]]:
    """The rows as they come, whoever they speak of put into `names` before."""
    for rows in chunks:
        ids = {person for row in rows if (person := who(row)) is not None}
        names |= names_of(session(), ids - names.keys())
        yield rows


def sent(
    name: str, form: str, columns: Sequence[Column], chunks: Iterable[Sequence[Any]]
) -> Response:
    """A file of these rows, named after the list and the day. Raises NotFound for a form that we
    do not write."""
    if form not in _FORMS:
        raise NotFound("no-such-form", "只有 csv 和 xlsx。", "There are csv and xlsx.")
    write, media_type = _FORMS[form]
    # What cannot be asked for is refused before a file is begun.
    rows = iter(chunks)
    first = next(rows, ())
    file = write(columns, itertools.chain([first], rows))

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(_PIECE):
                yield piece

    response = Response(pieces(), mimetype=media_type)
    response.call_on_close(file.close)
    now = utcnow().astimezone(settings().zone)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{name}-{now:%Y%m%d-%H%M}.{form}"'
    )
    return response


def order_columns() -> list[Column]:
    """What is told of an order, headed in the reader's language."""
    return [
        Column(title=gettext("工单"), value=lambda row: row.number),
        Column(title=gettext("状态"), value=lambda row: label(row.state, "order_state")),
        Column(title=gettext("缓急"), value=lambda row: label(row.urgency, "urgency")),
        Column(title=gettext("类别"), value=lambda row: label(row.category, "category")),
        Column(title=gettext("性质"), value=lambda row: label(row.nature, "nature")),
        Column(title=gettext("房号"), value=lambda row: row.unit),
        Column(title=gettext("客户"), value=lambda row: row.person),
        Column(title=gettext("电话"), value=lambda row: row.phone),
        Column(title=gettext("内容"), value=lambda row: row.content),
        Column(title=gettext("技工"), value=lambda row: row.technician),
        Column(title=gettext("开单"), value=lambda row: row.issued_at, kind=MOMENT),
        Column(title=gettext("预约"), value=lambda row: row.appointment_at, kind=MOMENT),
        Column(title=gettext("派工"), value=lambda row: row.dispatched_at, kind=MOMENT),
        Column(title=gettext("到场"), value=lambda row: row.arrived_at, kind=MOMENT),
        Column(title=gettext("迟到"), value=lambda row: yes(row.late)),
        Column(title=gettext("隐患"), value=lambda row: yes(row.hazard)),
        Column(title=gettext("验收"), value=lambda row: row.accepted_at, kind=MOMENT),
        Column(title=gettext("核销"), value=lambda row: row.written_off_at, kind=MOMENT),
        Column(title=gettext("费用"), value=lambda row: row.charge_fen, kind=MONEY),
        Column(title=gettext("质量评审"), value=lambda row: label(row.qa_state, "qa")),
        Column(title=gettext("最后变动"), value=lambda row: row.updated_at, kind=MOMENT),
    ]


def request_columns() -> list[Column]:
    """What is told of a request, headed in the reader's language."""
    return [
        Column(title=gettext("登记号"), value=lambda row: row.number),
        Column(title=gettext("状态"), value=lambda row: label(row.state, "request_state")),
        Column(title=gettext("种类"), value=lambda row: label(row.kind, "kind")),
        Column(title=gettext("来源"), value=lambda row: label(row.channel, "channel")),
        Column(title=gettext("缓急"), value=lambda row: label(row.urgency, "urgency")),
        Column(
            title=gettext("类别"),
            value=lambda row: row.category and label(row.category, "category"),
        ),
        Column(title=gettext("房号"), value=lambda row: row.unit),
        Column(title=gettext("客户"), value=lambda row: row.person),
        Column(title=gettext("电话"), value=lambda row: row.phone),
        Column(title=gettext("内容"), value=lambda row: row.content),
        Column(title=gettext("登记时间"), value=lambda row: row.registered_at, kind=MOMENT),
        Column(title=gettext("预约"), value=lambda row: row.appointment_at, kind=MOMENT),
        Column(title=gettext("回复时限"), value=lambda row: row.reply_due_at, kind=MOMENT),
        Column(title=gettext("首次回复"), value=lambda row: row.replied_at, kind=MOMENT),
    ]
