"""What stands beside the intake form while the call goes on: whom it is, what is known, advice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from server.complaints import queries as complaints
from server.console import forms
from server.console.labels import label
from server.console.watch import reply_clock, watch
from server.console.wording import gettext
from server.db import session, utcnow
from server.errors import Invalid
from server.estate import finding
from server.estate.models import Unit
from server.http import actor, requires, settings
from server.prices.queries import items_in_force
from server.requests import queries as requests
from server.requests import repeats
from server.requests.proposing import propose_categories, propose_urgency
from server.requests.repeats import Report
from server.work_orders import of_unit
from server.work_orders.candidates import candidates_for
from server.work_orders.slot_facts import offered_slots

pages = Blueprint("intake_beside", __name__)
#: How far back the recent things of a unit go.
RECENT = dt.timedelta(days=365)
TECHNICIANS = 3
LONGEST_QUERY = 60


@dataclass(frozen=True, kw_only=True)
class _Call:
    """The form as it stands, half filled in."""

    unit: Unit | None
    content: str
    #: chosen at the desk; empty while it is not
    category: str
    appointment_at: dt.datetime | None
    #: the form's fields as they stand, to show which proposal was taken
    typed: Mapping[str, str]


@pages.get("/requests/new/callers")
@requires("request.register")
def callers() -> Any:
    """Options of the search list: people and units that fit what is being typed."""
    typed = request.args.get("q", "")[:LONGEST_QUERY]
    found = finding.find_callers(session(), actor().estate_id, typed)
    return render_template("intake_found.html", found=found)


@pages.get("/requests/new/unit")
@requires("request.register")
def unit() -> Any:
    """Everything at hand about the unit: people, what is open, what was done, complaints."""
    typed = request.args.get("unit_code", "")[:LONGEST_QUERY]
    current, by, at = session(), actor(), utcnow()
    code = finding.as_unit_code(typed)
    found = finding.unit_with(current, by.estate_id, code) if code else None
    if found is None:
        similar = finding.similar_units(current, by.estate_id, code) if code else []
        return render_template("intake_unit.html", unit=None, code=code, similar=similar)
    under_way = of_unit.open_orders(current, found.id)
    done = of_unit.done_orders(current, found.id, since=at - RECENT)
    open_requests = requests.open_of_unit(current, found.id)
    return render_template(
        "intake_unit.html",
        unit=found,
        people=finding.people_of(current, found),
        orders=under_way,
        watch=watch(current, settings(), under_way),
        requests=[(row, reply_clock(row, settings())) for row in open_requests],
        done=done,
        ended=requests.ended_of_unit(current, found.id, since=at - RECENT),
        warranties=of_unit.warranties(current, done, settings().zone),
        complaints=complaints.open_of_unit(current, found.id),
        today=at.astimezone(settings().zone).date(),
        at=at,
    )


@pages.post("/requests/new/advice")
@requires("request.register")
def advice() -> Any:
    """Warnings and proposals for the form as it stands. Changes nothing; the desk decides."""
    current, at = session(), utcnow()
    call = _call(current)
    proposed = propose_categories(call.content)
    category = call.category or (proposed[0].value if proposed else "")
    urgency = propose_urgency(call.content)
    return render_template(
        "intake_advice.html",
        call=call,
        category=category,
        categories=proposed,
        urgency=urgency,
        **_warnings(current, call, at),
        **_offers(current, call, category, at),
    )


def _warnings(current: Session, call: _Call, at: dt.datetime) -> dict[str, Any]:
    if call.unit is None or not (call.content or call.category):
        return {"double": None, "shared": None}
    reports = of_unit.reports_near(current, call.unit, at=at)
    facts: dict[str, Any] = {
        "unit_id": call.unit.id,
        "category": call.category or None,
        "content": call.content,
        "at": at,
    }
    double = repeats.double_report(reports, **facts)
    return {
        "double": double,
        "told": _told(double, call) if double else "",
        "shared": repeats.shared_fault(reports, **facts),
    }


def _offers(current: Session, call: _Call, category: str, at: dt.datetime) -> dict[str, Any]:
    if not category:
        return {"prices": [], "slots": [], "technicians": []}
    zone, estate_id = settings().zone, actor().estate_id
    listed = items_in_force(current, estate_id, at.astimezone(zone).date())
    whom = (
        candidates_for(
            current,
            estate_id,
            category=category,
            building_id=call.unit.building_id,
            appointment_at=call.appointment_at,
            zone=zone,
            at=at,
        )
        if call.unit
        else []
    )
    return {
        "prices": [item for item in listed if item.category == category],
        "slots": offered_slots(current, estate_id, category, zone, at=at),
        "technicians": [one for one in whom if one.offered][:TECHNICIANS],
        "nobody": bool(whom) and not any(one.offered for one in whom),
    }


def _told(double: Report, call: _Call) -> str:
    """What was typed for this report stays; for another one the words begin anew."""
    if call.typed.get("told_of") == double.number:
        return call.typed.get("told", "")
    return told_how_it_stands(double)


def told_how_it_stands(report: Report) -> str:
    """What a customer who calls again can be told, to begin with."""
    if report.order is None:
        return gettext("您报的事已登记(%(number)s),正在安排。", number=report.number)
    return gettext(
        "您报的事已开工单 %(order)s,现在的状态:%(state)s。",
        order=report.order,
        state=label(report.order_state, "order_state"),
    )


def _call(current: Session) -> _Call:
    typed = request.form
    try:
        moment = forms.taken(moments=("appointment_at",)).get("appointment_at")
    except Invalid:
        moment = None
    code = finding.as_unit_code(typed.get("unit_code", "")[:LONGEST_QUERY])
    return _Call(
        unit=finding.unit_with(current, actor().estate_id, code) if code else None,
        content=typed.get("content", "").strip()[:4000],
        category=typed.get("category", ""),
        typed=typed,
        appointment_at=dt.datetime.fromisoformat(moment) if moment else None,
    )
