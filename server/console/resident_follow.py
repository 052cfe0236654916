"""The page behind a follow link: how it stands, the price to confirm, and the rating after."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from server.console.resident_report import key
from server.console.wording import language
from server.db import session, transaction, utcnow
from server.errors import Invalid, NotFound, Problem
from server.estate.models import Estate
from server.history import Actor
from server.http import public, settings
from server.residents import addresses, operations, queries
from server.residents.models import AXES, MOST_STARS
from server.residents.naming import greeted_en, greeted_zh
from server.residents.progress import ENDED, STAGES
from server.residents.queries import Followed
from server.work_orders.states import State

pages = Blueprint("follow", __name__)
#: before the work is over, it helps to know who comes
_BEFORE_ANYBODY = frozenset({State.CREATED, State.VOID, State.CANCEL_PENDING, State.CANCELLED})
LONGEST_COMMENT = 500


@pages.get("/f/<token>")
@public("a signed link to one request; shows nothing of a person")
def show(token: str) -> Any:
    """How the request stands."""
    return _page(token, _followed(token))


@pages.post("/f/<token>/price")
@public("a signed link to one request: the customer agrees on the price")
def confirm(token: str) -> Any:
    """Confirm exactly the price that was shown (R-056)."""
    number, by = _order_and_actor(token)
    revision = request.form.get("revision", "")
    try:
        with transaction() as current:
            operations.confirm_price(
                current,
                settings(),
                number,
                revision=int(revision) if revision.isascii() and revision.isdigit() else 0,
                by=by,
                at=utcnow(),
            )
    except Problem as problem:
        return make_response(_page(token, _followed(token), problem), problem.status)
    return _back(token)


@pages.post("/f/<token>/rating")
@public("a signed link to one request: the customer rates it")
def rate(token: str) -> Any:
    """Take the rating, once (R-147)."""
    number, by = _order_and_actor(token)
    try:
        comment = _comment()
        scores = {axis: int(stars) for axis in AXES if (stars := _stars(axis))}
        with transaction() as current:
            operations.rate(current, number, scores, comment=comment, by=by, at=utcnow())
    except Problem as problem:
        return make_response(_page(token, _followed(token), problem), problem.status)
    return _back(token)


def _followed(token: str) -> Followed:
    # Refused or changed a moment ago: read again.
    session().rollback()
    return queries.followed(session(), addresses.read_follow(key(), token), utcnow())


def _order_and_actor(token: str) -> tuple[str, Actor]:
    found = _followed(token)
    order = found.own_order
    if order is None:
        raise NotFound("no-order-yet", "还没有派工。", "There is no order yet.")
    return order.number, operations.by_link(order.estate_id)


def _stars(axis: str) -> str:
    """The stars given on an axis; empty where none were. Raises Invalid."""
    told = request.form.get(axis, "")
    if told and told not in {str(number) for number in range(1, MOST_STARS + 1)}:
        raise Invalid("bad-rating", "打分无效。", "This is no score.", errors={"stars": ["1–5"]})
    return told


def _comment() -> str | None:
    comment = request.form.get("comment", "").strip()
    if len(comment) > LONGEST_COMMENT or any(
        ord(sign) < ord(" ") and sign not in "\t\r\n" for sign in comment
    ):
        raise Invalid(
            "bad-comment",
            f"意见最多 {LONGEST_COMMENT} 字。",
            f"A comment may have up to {LONGEST_COMMENT} characters.",
            errors={"comment": [f"≤ {LONGEST_COMMENT}"]},
        )
    return comment or None


def _back(token: str) -> Any:
    return redirect(url_for("resident.follow.show", token=token, lang=language()), 303)


def _page(token: str, found: Followed, problem: Problem | None = None) -> str:
    order, row = found.order, found.request
    estate = session().get(Estate, row.estate_id)
    return render_template(
        "resident_follow.html",
        token=token,
        # Not the address of a form that was refused.
        here=url_for("resident.follow.show", token=token),
        found=found,
        standing=found.standing,
        stages=() if found.standing.stage == ENDED else STAGES,
        category=order.category if order else row.category,
        appointment_at=order.appointment_at if order else row.appointment_at,
        offered_at=row.offered_at if found.standing.word == "time_pending" else None,
        technician=_greeted(found),
        estate_name=estate.name if estate else "",
        phone=settings().dispatch_phone,
        link=link_of(token),
        axes=AXES,
        problem=problem,
        typed=request.form,
    )


def link_of(token: str) -> str:
    """The whole address, to be kept or sent."""
    return f"{settings().web_url.rstrip('/')}/f/{token}"


def _greeted(found: Followed) -> str | None:
    """What the technician is called, from the moment that somebody has the order."""
    order = found.order
    if order is None or order.technician is None or State(order.state) in _BEFORE_ANYBODY:
        return None
    name = order.technician.name
    return greeted_zh(name) if language() == "zh" else greeted_en(name)
