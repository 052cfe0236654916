"""The month of finance: how it stands, its report, what is checked before it goes up (R-075, K-18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from server.accounts.queries import names_of
from server.api.billing import ReportReviewIn, ReportSubmissionIn
from server.billing import ledger, notices, queries, reports
from server.billing.models import FinanceReport
from server.billing.queries import read_month
from server.billing.sums import holds_fast, unfinished
from server.console import forms
from server.console.formats import month_name
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import NotFound, Problem
from server.history import history_of
from server.http import actor, requires, settings

pages = Blueprint("finance", __name__)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One payment method or category: this month's sums beside the charge of the month before."""

    word: str
    sums: Mapping[str, int]
    before_fen: int | None

    @property
    def more_fen(self) -> int | None:
        """How much more is charged than the month before."""
        if self.before_fen is None:
            return None
        return self.sums["charge_fen"] - self.before_fen


@pages.get("/finance")
@requires("billing.register", reading=True)
def show() -> Any:
    """A month: its state, its sums, what does not agree; this month without one named."""
    return _month_page(read_month(request.args["month"]) if request.args.get("month") else None)


@pages.get("/finance/reports/<number>")
@requires("billing.register", reading=True)
def report(number: str) -> Any:
    """One report: what the reviewer decides on."""
    return _report_page(number)


@pages.post("/finance/<month>/report")
@requires("billing.register")
def make(month: str) -> Any:
    """Make the month's draft, or make it anew."""
    wanted = read_month(month)

    def act(current: Session) -> FinanceReport:
        return reports.make_report(current, settings(), wanted, by=actor(), at=utcnow())

    return _do(act, refused=lambda problem: _month_page(wanted, problem), done=None)


@pages.post("/finance/reports/<number>/submission")
@requires("billing.register")
def submit(number: str) -> Any:
    """Up to the general property manager."""

    def act(current: Session) -> FinanceReport:
        return reports.submit(
            current,
            settings(),
            _numbered(number).month,
            note=_loaded(ReportSubmissionIn, "note")["note"],
            expected_version=forms.seen_version(),
            by=actor(),
            at=utcnow(),
        )

    return _do(
        act,
        refused=lambda problem: _report_page(number, problem),
        done=gettext("报表已报审。"),
    )


@pages.post("/finance/reports/<number>/review")
@requires("billing.review")
def review(number: str) -> Any:
    """Approved, or back with a reason."""

    def act(current: Session) -> FinanceReport:
        data, by, at = _loaded(ReportReviewIn, "outcome", "note"), actor(), utcnow()
        found = reports.find_report(
            current, _numbered(number).month, by=by, expected_version=forms.seen_version()
        )
        if data["outcome"] == "approved":
            reports.approve(current, found, note=data["note"], by=by, at=at)
        else:
            reports.give_back(current, found, reason=data["note"] or "", by=by, at=at)
        return found

    return _do(
        act,
        refused=lambda problem: _report_page(number, problem),
        done=gettext("审核意见已记下。"),
    )


@pages.post("/finance/reports/<number>/notices")
@requires("fee_notice.issue")
def issue(number: str) -> Any:
    """One notice for each unit that owes."""
    try:
        with transaction() as current:
            month = _numbered(number).month
            issued = notices.issue_notices(current, settings(), month, by=actor(), at=utcnow())
    except Problem as problem:
        return _report_page(number, problem), problem.status
    flash(gettext("已发出 %(count)s 份缴费通知。", count=len(issued)))
    return redirect(url_for("console.fees.show", month=f"{month:%Y-%m}"), 303)


def _do(
    act: Callable[[Session], FinanceReport],
    *,
    refused: Callable[[Problem], str],
    done: str | None,
) -> Any:
    try:
        with transaction() as current:
            found = act(current)
    except NotFound:
        raise
    except Problem as problem:
        return refused(problem), problem.status
    if done:
        flash(done)
    return redirect(url_for("console.finance.report", number=found.number), 303)


def _loaded(schema: type[ma.Schema], *names: str) -> dict[str, Any]:
    return forms.loaded(schema, forms.taken(*names))


def _numbered(number: str) -> FinanceReport:
    found = queries.numbered_report(session(), actor().estate_id, number)
    if found is None:
        raise NotFound("no-such-report", "没有这份报表。", "There is no such report.")
    return found


def _month_page(month: dt.date | None, problem: Problem | None = None) -> str:
    current, by, at = session(), actor(), utcnow()
    this_month = at.astimezone(settings().zone).date().replace(day=1)
    month = month or this_month
    totals = reports.totals_now(current, settings(), by.estate_id, month, at=at)
    found = queries.report_of(current, by.estate_id, month)
    return render_template(
        "finance.html",
        month=month,
        key=f"{month:%Y-%m}",
        title=month_name(month),
        before=ledger.before(month),
        after=ledger.following(month) if month < this_month else None,
        totals=totals.as_json(),
        widest=max([one.charge_fen for one in totals.by_method.values()] or [0]),
        widest_category=max([one.charge_fen for one in totals.by_category.values()] or [0]),
        report=found,
        notices=queries.notice_counts(current, by.estate_id, month),
        waivers=len(queries.waivers_asked(current, by.estate_id, month)),
        reports=queries.reports(current, by.estate_id, limit=12),
        problem=problem,
    )


def _report_page(number: str, problem: Problem | None = None) -> str:
    current, by, at = session(), actor(), utcnow()
    found = _numbered(number)
    previous = queries.report_of(current, by.estate_id, ledger.before(found.month))
    now = reports.totals_now(current, settings(), by.estate_id, found.month, at=at)
    # A draft shows what would go up now; what has gone up is shown as it went.
    held = found.totals if holds_fast(found.state) else now.as_json()
    then = previous.totals if previous is not None else None
    issued = queries.notice_counts(current, by.estate_id, found.month)
    people = {one for one in (found.author_id, found.reviewed_by) if one is not None}
    return render_template(
        "finance_report.html",
        report=found,
        key=f"{found.month:%Y-%m}",
        title=month_name(found.month),
        totals=held,
        differences=now.as_json()["differences"],
        unfinished=[one.code for one in unfinished(now.differences)],
        methods=_compared(held["by_method"], then and then["by_method"]),
        categories=_compared(held["by_category"], then and then["by_category"]),
        previous=previous,
        issued=issued,
        issued_fen=sum(fen for _count, fen in issued.values()),
        names=names_of(current, people),
        mine=found.author_id == by.user_id,
        history=history_of(current, reports.SUBJECT, found.number),
        problem=problem,
        typed=request.form,
    )


def _compared(now: Any, then: Any) -> list[Compared]:
    words = [*now, *(word for word in then or {} if word not in now)]
    nothing = {"orders": 0, "labour_fen": 0, "material_fen": 0, "waived_fen": 0, "charge_fen": 0}
    return [
        Compared(
            word=word,
            sums=now.get(word, nothing),
            before_fen=None if then is None else then.get(word, nothing)["charge_fen"],
        )
        for word in words
    ]
