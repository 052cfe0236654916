"""The page behind a door code: say what is wrong, once, without an account."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, cast

import marshmallow as ma
from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from contracts import vocabulary as words
from server import idempotency
from server.api.fields import Body, Text, one_of
from server.console import forms, sent_photos
from server.console.formats import MONTHS
from server.console.labels import CATEGORY
from server.console.wording import gettext, language
from server.db import session, transaction, utcnow
from server.errors import Invalid, Problem, TooMany
from server.estate.models import Estate
from server.evidence import sent_along
from server.http import far_address, public, settings
from server.requests.operations import find
from server.residents import addresses, operations, preferred, queries, throttle
from server.residents.models import DoorCode

pages = Blueprint("report", __name__)
#: what is offered at a door, the most frequent first; pipes are laid on a desk's appointment
AT_A_DOOR = (
    "lamp",
    "switch",
    "tap_valve",
    "toilet_tank",
    "gas_water_heater",
    "gas_stove",
    "air_conditioner",
    "household_other",
)
AT_A_PLACE = ("public_area", *AT_A_DOOR)


class ReportIn(Body):
    """What the form says, photos apart."""

    category = one_of(*words.Category, required=True)
    content = Text(1000, load_default="")
    unit_code = Text(20, load_default="")
    name = Text(40, required=True)
    phone = Text(20, required=True)
    slot = ma.fields.String(load_default="")


@pages.get("/r/<token>")
@public("a code that anybody may scan; shows nothing of a person")
def show(token: str) -> Any:
    """The empty form of one door."""
    return _form(token, _door(session(), token))


@pages.post("/r/<token>")
@public("a code that anybody may scan; throttled, and good for one report a form")
def send(token: str) -> Any:
    """Register what was reported; the same form sent twice registers one request."""
    with transaction() as current:
        code = _door(current, token)
    try:
        number = _registered(code)
    except Problem as problem:
        answer = make_response(_form(token, code, problem), problem.status)
        if isinstance(problem, TooMany):
            answer.headers["Retry-After"] = str(problem.extra["retry_after_s"])
        return answer
    row = find(session(), number, by=operations.at_door(code.estate_id), lock=False)
    follow = addresses.follow_token(key(), row.id)
    return redirect(url_for("resident.follow.show", token=follow, new=1, lang=language()), 303)


def key() -> str:
    """The key of the installation, by which addresses are signed."""
    return cast("str", current_app.secret_key)


def _door(current: Session, token: str) -> DoorCode:
    return queries.open_door(current, *addresses.read_door(key(), token))


def _registered(code: DoorCode) -> str:
    """The number of the request. Nothing is written for a form that is refused."""
    at = utcnow()
    once = addresses.read_form(key(), request.form.get("form", ""), code.id, at)
    told = _told(code, at)
    with transaction() as current:
        if known := idempotency.answered(current, user_id=code.id, key=once):
            return known
        throttle.count_report(current, code, far_address(), at)
    pictures = sent_photos.received(once)
    digest = hashlib.sha256(once.encode()).hexdigest()
    with transaction() as current:
        answer = idempotency.begin(current, user_id=code.id, key=once, request_hash=digest, at=at)
        if answer is not None:
            return answer.body
        row = operations.report(
            current,
            settings(),
            operations.Report(code=code, pictures=pictures, **told),
            by=operations.at_door(code.estate_id),
            at=at,
        )
        idempotency.finish(
            current, user_id=code.id, key=once, status=303, body=row.number, headers={}
        )
    return row.number


def _told(code: DoorCode, at: dt.datetime) -> dict[str, Any]:
    """What was typed, judged. Raises Invalid."""
    if request.form.get("website"):  # a field that nobody sees; programs fill in all of them
        raise Invalid(
            "not-by-hand",
            "请清空“网址”一栏再提交。",
            "Empty the field “website” and send the form again.",
        )
    names = ("category", "content", "unit_code", "name", "phone", "slot")
    told = forms.loaded(ReportIn, forms.taken(*names))
    if code.place and not told["unit_code"]:
        raise _missing("unit_code")
    told["content"] = told["content"] or f"{CATEGORY[told['category']]}报修"
    chosen = told.pop("slot")
    slots = {slot.key: slot.start_at for slot in preferred.offered(at, settings().zone)}
    if chosen and chosen not in slots:
        raise Invalid(
            "slot-past",
            "您选的时间已过,请另选。",
            "The time you chose has passed; choose another.",
            errors={"slot": [gettext("请另选一个时间")]},
        )
    return {**told, "appointment_at": slots.get(chosen)}


def _missing(name: str) -> Invalid:
    return Invalid(
        "bad-form",
        "请更正标出的内容。",
        "Please correct what is marked.",
        errors={name: [gettext("必填")]},
    )


def _form(token: str, code: DoorCode, problem: Problem | None = None) -> str:
    at = utcnow()
    estate = session().get(Estate, code.estate_id)
    return render_template(
        "resident_report.html",
        token=token,
        place=code.where,
        at_place=code.place is not None,
        estate_name=estate.name if estate else "",
        categories=AT_A_PLACE if code.place else AT_A_DOOR,
        days=_days(at),
        form=addresses.form_token(key(), code.id, at),
        phone=settings().dispatch_phone,
        minutes=settings().reply_minutes,
        most_photos=sent_along.MOST_PICTURES,
        problem=problem,
        typed=request.form,
    )


def _days(at: dt.datetime) -> list[tuple[str, list[preferred.Slot]]]:
    """The times on offer, by day."""
    today = at.astimezone(settings().zone).date()
    days: dict[dt.date, list[preferred.Slot]] = {}
    for slot in preferred.offered(at, settings().zone):
        days.setdefault(slot.day, []).append(slot)
    return [(_day_words(day, today), slots) for day, slots in days.items()]


def _day_words(day: dt.date, today: dt.date) -> str:
    ahead = (day - today).days
    if ahead in (0, 1):
        return gettext("明天") if ahead else gettext("今天")
    return (
        f"{day.month}月{day.day}日" if language() == "zh" else f"{day.day} {MONTHS[day.month - 1]}"
    )
