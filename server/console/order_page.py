"""One order with everything that is known of it, and the forms that are possible now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from checklists.template import Step, Template
from server.accounts.models import User
from server.accounts.permissions import Role, may
from server.accounts.queries import names_of, users_with_role
from server.alerts import operations as alerts
from server.api.orders import readable
from server.checklist_runs import queries as runs
from server.checklist_runs.models import Override, ReturnedStep, StepResult
from server.console.watch import watch
from server.db import session, utcnow
from server.devices.models import Device
from server.errors import Problem, Stale
from server.evidence import queries as evidence
from server.evidence.models import Photo
from server.fieldwork.models import DeviceEvent
from server.history import history_of
from server.http import actor, level, requires, settings
from server.prices import queries as prices
from server.quality import operations as quality
from server.requests.models import ServiceRequest
from server.stores import lifecycle as stock_lifecycle
from server.stores import operations as stores
from server.work_orders import qualifications, queries
from server.work_orders.models import WorkOrder
from server.work_orders.operations.moving import SUBJECT
from server.work_orders.reach import taken_over_at
from server.work_orders.states import AT_WORK, IN_THE_FIELD, State
from server.work_orders.transitions import TRANSITIONS

pages = Blueprint("order", __name__)


@dataclass(frozen=True, kw_only=True)
class StepView:
    """One step of the checklist with every attempt at it."""

    step: str
    template: Step | None
    attempts: list[StepResult]
    photos: list[Photo]
    returned: list[ReturnedStep]
    override: Override | None

    @property
    def last(self) -> StepResult | None:
        """The attempt that counts."""
        return self.attempts[-1] if self.attempts else None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A technician for the dispatch form: what he may, what he has to do already."""

    user: User
    lacking: tuple[str, ...]
    load: int
    online: bool


@pages.get("/orders/<number>")
@requires("order.read", reading=True)
def show(number: str) -> Any:
    """The order as it stands."""
    return page(number)


def page(number: str, problem: Problem | None = None) -> str:
    """The page, with a refusal on top and what was typed where a form was refused."""
    current, at = session(), utcnow()
    order = readable(number)
    photos = evidence.photos_of(current, order.id) if level("photo.read") else []
    rows = history_of(current, SUBJECT, order.number)
    actions = possible(order)
    assignments = queries.assignments_of(current, order.id)
    escalations = queries.escalations_of(current, order.id)
    reviews = quality.reviews_of(current, order.id)
    people = {row.technician_id for row in assignments} | {row.reviewer_id for row in reviews}
    people |= {row.decided_by for row in escalations if row.decided_by}
    stale = isinstance(problem, Stale)
    taken = taken_over_at(order, assignments)
    return render_template(
        "order.html",
        order=order,
        watch=watch(
            current, settings(), [order], taken_over={order.number: taken} if taken else {}
        ),
        request_number=current.scalar(
            sa.select(ServiceRequest.number).where(ServiceRequest.id == order.request_id)
        ),
        steps=steps_of(current, order, photos),
        loose_photos=[photo for photo in photos if not photo.step],
        one_offs=prices.one_offs_of(current, order.id),
        quotes=queries.quotes_of(current, order.id),
        signatures=queries.signatures_of(current, order.id),
        held={photo.sha256 for photo in photos},
        escalations=escalations,
        assignments=assignments,
        names=names_of(current, people),
        reviews=reviews,
        stock=[
            (line, stock_lifecycle.state(stores.quantities(line)), stores.quantities(line).out)
            for line in stores.lines_of(current, order.id)
        ],
        late_events=late_events(current, order),
        alerts=alerts.alerts_of(current, SUBJECT, order.number),
        history=rows,
        changed=_since(rows) if stale else [],
        actions=actions,
        may_dispatch=bool(actions & {"dispatch", "reassign"}),
        may_act=bool(actions - {"review", "stock"}),
        candidates=candidates(current, order, at) if actions & _NEED_TECHNICIAN else [],
        problem=problem,
        stale=stale,
        typed=request.form,
        at=at,
    )


_NEED_TECHNICIAN = {"dispatch", "reassign", "hand_over", "decide"}


def possible(order: WorkOrder) -> set[str]:
    """Forms that the state's row in the table and my roles allow."""
    roles, state = actor().roles, State(order.state)
    found = {
        row.action
        for row in TRANSITIONS
        if state in row.sources and may(row.permission, roles) and row.permission != "order.archive"
    }
    if "recall" in found and may("order.dispatch", roles):
        found.add("reassign")
    if may("order.decide", roles):
        found.add("decide")
    if may("order.approve_price", roles) and state in AT_WORK:
        found.add("approve_price")
    if may("order.override_limit", roles) and state in AT_WORK and order.checklist_code:
        found.add("override")
    if may("quality.review", roles) and state in quality.REVIEWABLE:
        found.add("review")
    if may("stock.issue", roles):
        found.add("stock")
    return found


def steps_of(current: Session, order: WorkOrder, photos: Sequence[Photo]) -> list[StepView]:
    """The steps that have something to show, in the order of the checklist, children after."""
    by_id: dict[str, Step] = {}
    for template in _templates(current, order):
        by_id.update(template.by_id)
    attempts: dict[str, list[StepResult]] = defaultdict(list)
    for result in runs.results_of(current, order.id):
        attempts[result.step].append(result)
    returned: dict[str, list[ReturnedStep]] = defaultdict(list)
    for back in runs.returned(current, order.id, open_only=False):
        returned[back.step].append(back)
    pictures: dict[str, list[Photo]] = defaultdict(list)
    for photo in photos:
        if photo.step:
            pictures[photo.step].append(photo)
    overrides = {
        row.step: row
        for row in current.scalars(sa.select(Override).where(Override.order_id == order.id))
    }
    touched = attempts.keys() | pictures.keys() | overrides.keys()
    known = [step for step in by_id if step in touched]
    return [
        StepView(
            step=step,
            template=by_id.get(step),
            attempts=attempts.get(step, []),
            photos=pictures.get(step, []),
            returned=returned.get(step, []),
            override=overrides.get(step),
        )
        for step in (*known, *sorted(touched - set(known)))
    ]


def candidates(current: Session, order: WorkOrder, at: dt.datetime) -> list[Candidate]:
    """Every technician with his load; those who lack a licence last."""
    load: dict[Any, int] = {
        row[0]: row[1]
        for row in current.execute(
            sa.select(WorkOrder.technician_id, sa.func.count())
            .where(
                WorkOrder.estate_id == order.estate_id,
                WorkOrder.state.in_([state.value for state in IN_THE_FIELD]),
                WorkOrder.technician_id.is_not(None),
            )
            .group_by(WorkOrder.technician_id)
        )
    }
    online = set(
        current.scalars(
            sa.select(Device.technician_id).where(
                Device.estate_id == order.estate_id, Device.state == "active", Device.online
            )
        )
    )
    day = at.astimezone(settings().zone).date()
    found = [
        Candidate(
            user=user,
            lacking=qualifications.lacking(
                order.category,
                frozenset(row.kind for row in user.qualifications if row.valid_on(day)),
            ),
            load=load.get(user.id, 0),
            online=user.id in online,
        )
        for user in users_with_role(current, order.estate_id, Role.TECHNICIAN)
        if user.id != order.technician_id
    ]
    return sorted(found, key=lambda one: (bool(one.lacking), one.load, one.user.username))


def late_events(current: Session, order: WorkOrder) -> list[DeviceEvent]:
    """What handhelds sent that did not change the order: kept as evidence, or refused (P-18)."""
    return list(
        current.scalars(
            sa.select(DeviceEvent)
            .where(
                DeviceEvent.order_number == order.number,
                DeviceEvent.outcome.in_(["recorded", "rejected"]),
            )
            .order_by(DeviceEvent.server_at, DeviceEvent.seq)
            .limit(100)
        )
    )


def _templates(current: Session, order: WorkOrder) -> list[Template]:
    if order.checklist_code is None or order.checklist_version is None:
        return []
    pinned = [(order.checklist_code, order.checklist_version), *order.checklist_children.items()]
    return [runs.template(current, order.estate_id, code, version) for code, version in pinned]


def _since(rows: Sequence[Any]) -> list[Any]:
    """What happened after the version on which the refused form was made."""
    seen = request.form.get("version", "")
    if not (seen.isascii() and seen.isdigit()):
        return []
    return [row for row in rows if row.data.get("version", 0) > int(seen)]
