"""The ledger's list: copies registered by payment method, many at once, and as a file (R-074)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request
from sqlalchemy.orm import Session

from server.billing import ledger, queries
from server.billing.lifecycle import METHODS, EntryState
from server.billing.queries import EntryFilter, EntryRow, read_month
from server.console import sheets
from server.console.exports import sent
from server.console.formats import month_name, timer
from server.console.labels import label
from server.console.sheets import MOMENT, MONEY, Column
from server.console.wording import gettext, said
from server.db import session, snapshot, transaction, utcnow
from server.errors import Invalid, Problem
from server.estate.finding import as_unit_code
from server.http import actor, requires, settings

pages = Blueprint("ledger", __name__)
PAGE = 50
CHUNK = 500
MOST = 200
KEYS = ("month", "state", "method", "category", "unit", "held")


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A copy that was not registered, and why."""

    number: str
    why: str
    rule: str | None


@pages.get("/finance/entries")
@requires("billing.register", reading=True)
def show() -> Any:
    """Copies of the month by state, method and unit, the last ones first."""
    words = _words()
    problem, following = None, None
    rows: list[EntryRow] = []
    try:
        after = request.args.get("after")
        rows, following = queries.entries(
            session(),
            actor().estate_id,
            _filter(words),
            limit=PAGE,
            after=read_id(after) if after else None,
        )
    except Invalid as refusal:
        problem = refusal
    written = timer()
    page = render_template(
        "finance_entries.html",
        lines=[(row, written(row.written_off_at)) for row in rows],
        chosen=words,
        query=spelled(words),
        month_title=month_name(read_month(words["month"])) if not problem else words["month"],
        following=following,
        turn=lambda place: f"/finance/entries?{spelled({**words, 'after': str(place)})}",
        methods=METHODS,
        problem=problem,
    )
    return (page, problem.status) if problem else page


@pages.post("/finance/entries/register")
@requires("billing.register")
def register() -> Any:
    """Every ticked copy, in one way or as each slip says; the page tells which were refused."""
    numbers = list(dict.fromkeys(request.form.getlist("order")))[:MOST]
    if not numbers:
        raise Invalid("nothing-ticked", "请先勾选工单。", "Tick some orders first.")
    method = request.form.get("method", "")
    stated = queries.stated_methods(session(), actor().estate_id, numbers)
    refused = []
    for number in numbers:
        try:
            with transaction() as current:
                ledger.register_order(
                    current,
                    settings(),
                    number,
                    payment_method=method or stated.get(number),
                    by=actor(),
                    at=utcnow(),
                )
        except Problem as problem:
            refused.append(Refused(number=number, why=said(problem), rule=problem.rule))
    done = len(numbers) - len(refused)
    back = f"/finance/entries?{spelled(_kept())}"
    if refused:
        return render_template("finance_refused.html", refused=refused, done=done, back=back)
    flash(gettext("已登记 %(count)s 张第三联。", count=done))
    return redirect(back, 303)


@pages.get("/finance/entries/export.<form>")
@requires("billing.register", reading=True)
def export(form: str) -> Response:
    """All that the filter of the address asks for."""
    words = _words()
    with snapshot() as current:
        chunks = _chunks(current, _filter(words))
        return sent(f"ledger-{words['month']}", form, columns(), chunks)


def columns() -> list[Column]:
    """What is told of a copy, headed in the reader's language."""
    return [
        Column(title=gettext("工单"), value=lambda row: row.number),
        Column(title=gettext("房号"), value=lambda row: row.unit),
        Column(title=gettext("类别"), value=lambda row: label(row.category, "category")),
        Column(title=gettext("月份"), value=lambda row: f"{row.month:%Y-%m}"),
        Column(title=gettext("状态"), value=lambda row: label(row.state, "entry_state")),
        Column(
            title=gettext("付款方式"), value=lambda row: label(row.payment_method, "payment_method")
        ),
        Column(title=gettext("人工"), value=lambda row: row.labour_fen, kind=MONEY),
        Column(title=gettext("材料"), value=lambda row: row.material_fen, kind=MONEY),
        Column(title=gettext("减免"), value=lambda row: row.waived_fen, kind=MONEY),
        Column(title=gettext("应收"), value=lambda row: row.charge_fen, kind=MONEY),
        Column(title=gettext("核销"), value=lambda row: row.written_off_at, kind=MOMENT),
        Column(title=gettext("记账时间"), value=lambda row: row.registered_at, kind=MOMENT),
        Column(title=gettext("收款时间"), value=lambda row: row.paid_at, kind=MOMENT),
        Column(title=gettext("说明"), value=lambda row: row.paid_note, kind=sheets.TEXT),
    ]


def spelled(words: Mapping[str, str]) -> str:
    """The filters as they stand in an address."""
    return urlencode(words)


def _words() -> dict[str, str]:
    found = {key: request.args[key].strip() for key in KEYS if request.args.get(key, "").strip()}
    return {"month": _this_month(), **found}


def _kept() -> dict[str, str]:
    """The filters of the page whose form was sent."""
    found = {key: request.form[f"f_{key}"] for key in KEYS if request.form.get(f"f_{key}")}
    return found or {"month": _this_month()}


def _this_month() -> str:
    return f"{utcnow().astimezone(settings().zone):%Y-%m}"


def _filter(words: Mapping[str, str]) -> EntryFilter:
    state, method, unit = words.get("state"), words.get("method"), words.get("unit")
    if (state and state not in list(EntryState)) or (method and method not in METHODS):
        raise Invalid(
            "bad-filter",
            "筛选条件无效,请改正或清除。",
            "The filter cannot be used; correct or clear it.",
        )
    return EntryFilter(
        month=read_month(words["month"]),
        states=[state] if state else (),
        method=method,
        category=words.get("category"),
        unit=as_unit_code(unit) if unit else None,
        held={"1": True, "0": False}.get(words.get("held", "")),
    )


def _chunks(current: Session, wanted: EntryFilter) -> Iterator[list[EntryRow]]:
    after = None
    while True:
        rows, after = queries.entries(current, actor().estate_id, wanted, limit=CHUNK, after=after)
        yield rows
        if after is None:
            return


def read_id(text: str) -> uuid.UUID:
    """Where a list goes on, as it stands in an address. Raises Invalid."""
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Invalid(
            "bad-cursor", "分页位置无效。", "The place in the list is not one of ours."
        ) from error
