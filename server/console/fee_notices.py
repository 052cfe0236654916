"""Fee notices on their pages: the list, one notice, and whom to chase (F-09, R-009, R-077)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.queries import names_of
from server.api.fees import FeePaymentIn, FeeReminderIn, read_place, spelled_place
from server.billing import notices, queries
from server.billing.lifecycle import NoticeState
from server.billing.models import FeeNotice
from server.billing.queries import NoticeFilter, read_month
from server.console import forms
from server.console.exports import sent
from server.console.formats import month_name, timer
from server.console.labels import label
from server.console.sheets import MOMENT, MONEY, NUMBER, Column
from server.console.sign_in import safe_next
from server.console.wording import gettext
from server.db import session, snapshot, transaction, utcnow
from server.errors import Invalid, NotFound, Problem
from server.estate.finding import as_unit_code
from server.estate.models import Unit
from server.history import history_of
from server.http import actor, requires, settings

pages = Blueprint("fees", __name__)
PAGE = 50
CHUNK = 500
KEYS = ("month", "state", "unit")


@pages.get("/finance/notices")
@requires("fee_notice.read", reading=True)
def show() -> Any:
    """Notices by month, unit and state, the newest on top."""
    words = _words()
    problem, following = None, None
    rows: list[queries.NoticeRow] = []
    try:
        rows, following = queries.notices(
            session(), actor().estate_id, _filter(words), limit=PAGE, after=_after()
        )
    except Invalid as refusal:
        problem = refusal
    page = render_template(
        "fee_notices.html",
        rows=rows,
        chosen=words,
        query=urlencode(words),
        titles={notice.month: month_name(notice.month) for notice, _unit, _count in rows},
        turn=f"/finance/notices?{urlencode({**words, 'after': spelled_place(following)})}"
        if following
        else None,
        problem=problem,
    )
    return (page, problem.status) if problem else page


@pages.get("/finance/notices/<number>")
@requires("fee_notice.read", reading=True)
def one(number: str) -> Any:
    """One notice: its orders, how often it was chased, and what can be done with it."""
    return _notice_page(number)


@pages.get("/finance/chase")
@requires("fee_notice.read", reading=True)
def chase() -> Any:
    """What is not paid, overdue first, with the number to call."""
    current, estate_id = session(), actor().estate_id
    rows, following = queries.notices(
        current, estate_id, NoticeFilter(unpaid=True), limit=PAGE, after=_after()
    )
    return render_template(
        "fee_chase.html",
        rows=rows,
        contacts=queries.contacts(current, {notice.unit_id for notice, _unit, _count in rows}),
        titles={notice.month: month_name(notice.month) for notice, _unit, _count in rows},
        following=spelled_place(following) if following else None,
        today=utcnow().astimezone(settings().zone).date(),
        back=request.full_path.rstrip("?"),
    )


@pages.post("/finance/notices/<number>/delivery")
@requires("fee_notice.deliver")
def deliver(number: str) -> Any:
    """Handed out."""

    def act(current: Session, notice: FeeNotice) -> None:
        notices.deliver(current, notice, by=actor(), at=utcnow())

    return _do(number, act, done=gettext("%(number)s 已送达。", number=number))


@pages.post("/finance/notices/<number>/reminders")
@requires("fee_notice.deliver")
def remind(number: str) -> Any:
    """Asked to pay, once more."""

    def act(current: Session, notice: FeeNotice) -> None:
        data = forms.loaded(FeeReminderIn, forms.taken("channel", "note"))
        notices.remind(current, notice, **data, by=actor(), at=utcnow())

    return _do(number, act, done=gettext("%(number)s 的催缴已记下。", number=number))


@pages.post("/finance/notices/<number>/payment")
@requires("fee_notice.issue")
def pay(number: str) -> Any:
    """Finance has the money."""

    def act(current: Session, notice: FeeNotice) -> None:
        data = forms.loaded(FeePaymentIn, forms.taken("method"))
        notices.pay(current, notice, **data, by=actor(), at=utcnow())

    return _do(number, act, done=gettext("%(number)s 已收款。", number=number))


@pages.get("/finance/notices/export.<form>")
@requires("fee_notice.read", reading=True)
def export(form: str) -> Response:
    """All that the filter of the address asks for."""
    words = _words()
    with snapshot() as current:
        return sent("fee-notices", form, columns(), _chunks(current, _filter(words)))


def columns() -> list[Column]:
    """What is told of a notice, headed in the reader's language; a row is (notice, unit, count)."""
    return [
        Column(title=gettext("缴费通知"), value=lambda row: row[0].number),
        Column(title=gettext("房号"), value=lambda row: row[1]),
        Column(title=gettext("月份"), value=lambda row: f"{row[0].month:%Y-%m}"),
        Column(title=gettext("状态"), value=lambda row: label(row[0].state, "entry_state")),
        Column(
            title=gettext("工单"),
            value=lambda row: ", ".join(line["order"] for line in row[0].lines),
        ),
        Column(title=gettext("应收"), value=lambda row: row[0].total_fen, kind=MONEY),
        Column(title=gettext("缴费期限"), value=lambda row: row[0].due_on.isoformat()),
        Column(title=gettext("送达"), value=lambda row: row[0].delivered_at, kind=MOMENT),
        Column(title=gettext("催缴次数"), value=lambda row: row[2], kind=NUMBER),
        Column(title=gettext("收款时间"), value=lambda row: row[0].paid_at, kind=MOMENT),
        Column(
            title=gettext("付款方式"),
            value=lambda row: row[0].paid_method and label(row[0].paid_method, "payment_method"),
        ),
    ]


def _do(number: str, act: Callable[[Session, FeeNotice], None], *, done: str) -> Any:
    try:
        with transaction() as current:
            act(current, notices.find_notice(current, number, by=actor()))
    except NotFound:
        raise
    except Problem as problem:
        return _notice_page(number, problem), problem.status
    flash(done)
    back = safe_next(request.form.get("next", "/finance/notices"))
    return redirect(back if back != "/" else url_for("console.fees.show"), 303)


def _notice_page(number: str, problem: Problem | None = None) -> str:
    current, by = session(), actor()
    notice = queries.get_notice(current, by.estate_id, number)
    reminders = queries.reminders_of(current, notice.id)
    people = {notice.delivered_by, notice.issued_by, *(one.by_id for one in reminders)}
    return render_template(
        "fee_notice.html",
        notice=notice,
        unit=current.get_one(Unit, notice.unit_id).code,
        title=month_name(notice.month),
        contact=queries.contacts(current, [notice.unit_id]).get(notice.unit_id),
        reminders=reminders,
        written=timer(),
        names=names_of(current, {one for one in people if one}),
        history=history_of(current, notices.SUBJECT, notice.number),
        problem=problem,
        typed=request.form,
    )


def _words() -> dict[str, str]:
    found = {key: request.args[key].strip() for key in KEYS if request.args.get(key, "").strip()}
    if "unit" in found:
        found["unit"] = as_unit_code(found["unit"])
    return found


def _after() -> queries.NoticePlace | None:
    text = request.args.get("after")
    return read_place(text) if text else None


def _filter(words: Mapping[str, str]) -> NoticeFilter:
    state = words.get("state")
    if state and state not in list(NoticeState):
        raise Invalid(
            "bad-filter",
            "筛选条件无效,请改正或清除。",
            "The filter cannot be used; correct or clear it.",
        )
    return NoticeFilter(
        month=read_month(words["month"]) if "month" in words else None,
        state=state,
        unit=words.get("unit"),
    )


def _chunks(current: Session, wanted: NoticeFilter) -> Iterator[list[queries.NoticeRow]]:
    after = None
    while True:
        rows, after = queries.notices(current, actor().estate_id, wanted, limit=CHUNK, after=after)
        yield rows
        if after is None:
            return
