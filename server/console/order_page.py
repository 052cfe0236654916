"""One order with everything that is known of it, and the forms that are possible now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from checklists.template import Step, Template
from server.accounts.permissions import may
from server.accounts.queries import names_of
from server.alerts import operations as alerts
from server.api.customers import customer_shown
from server.api.orders import readable
from server.checklist_runs import queries as runs
from server.checklist_runs.models import Override, ReturnedStep, StepResult
from server.console.changes import since_version
from server.console.quality_labels import DIFFERENCES
from server.console.watch import watch
from server.db import session, utcnow
from server.errors import Problem, Stale
from server.evidence import queries as evidence
from server.evidence.models import Photo
from server.fieldwork.queries import without_effect
from server.history import HistoryRow, history_of
from server.http import actor, level, requires, settings
from server.incidents.beside_orders import matters_of
from server.prices import queries as prices
from server.quality import operations as quality
from server.return_visits.operations import visit_of_order
from server.stores import lifecycle as stock_lifecycle
from server.stores import old_parts
from server.stores import operations as stores
from server.work_orders import queries
from server.work_orders.candidates import candidates
from server.work_orders.contents import KINDS, contents_of
from server.work_orders.models import Assignment, WorkOrder
from server.work_orders.operations import escalating, supplying
from server.work_orders.operations.moving import SUBJECT
from server.work_orders.operations.undoing import given_before
from server.work_orders.reach import taken_over_at
from server.work_orders.states import AT_WORK, State
from server.work_orders.suggesting import Candidate
from server.work_orders.transitions import TRANSITIONS
from server.work_orders.undoing import Now, Undo, undoable

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


@pages.get("/orders/<number>")
@requires("order.read", reading=True)
def show(number: str) -> Any:
    """The order as it stands."""
    return page(number)


def page(number: str, problem: Problem | None = None) -> str:
    """The page, with a refusal on top and what was typed where a form was refused."""
    current, at = session(), utcnow()
    order = readable(number)
    has = contents_of(current, order)
    photos = (
        evidence.photos_of(current, order.id) if "photos" in has and level("photo.read") else []
    )
    rows = history_of(current, SUBJECT, order.number)
    actions = possible(order)
    assignments = queries.assignments_of(current, order.id)
    escalations = queries.escalations_of(current, order.id) if "escalations" in has else []
    went_up = any(one.decided_at is None for one in escalations)
    charge_is_open = escalating.charge_is_open(order, went_up=went_up)
    if not (charge_is_open or order.state == State.ESCALATED or order.hazard):
        actions.discard("decide")
    reviews = quality.reviews_of(current, order.id) if order.qa_state != "none" else []
    people = {row.technician_id for row in assignments} | {row.reviewer_id for row in reviews}
    people |= {row.decided_by for row in escalations if row.decided_by}
    stale = isinstance(problem, Stale)
    taken = taken_over_at(order, assignments)
    choosing = actions & _NEED_TECHNICIAN or (
        "decide" in actions and order.state == State.ESCALATED
    )
    found = candidates(current, order, settings().zone, at=at) if choosing else []
    return render_template(
        "order.html",
        order=order,
        customer_shown=customer_shown(order),
        watch=watch(
            current, settings(), [order], taken_over={order.number: taken} if taken else {}
        ),
        request_number=queries.request_number(current, order),
        steps=steps_of(current, order, photos, has),
        loose_photos=[photo for photo in photos if not photo.step],
        one_offs=prices.one_offs_of(current, order.id) if "one_offs" in has else [],
        quotes=queries.quotes_of(current, order.id) if "quotes" in has else [],
        signatures=queries.signatures_of(current, order.id) if "signatures" in has else [],
        held={photo.sha256 for photo in photos},
        escalations=escalations,
        matters=matters_of(current, order, by=actor()),
        assignments=assignments,
        names=names_of(current, people),
        reviews=reviews,
        visit=visit_of_order(current, order.id) if order.closed_at else None,
        stock=[
            (line, stock_lifecycle.state(stores.quantities(line)), stores.quantities(line).out)
            for line in (stores.lines_of(current, order.id) if "stock" in has else [])
        ],
        unlike={
            part.item: DIFFERENCES[part.difference]
            for part in (supplying.parts_of(current, order) if "stock" in has else ())
            if part.difference is not None
        },
        old_parts=old_parts.parts_of(current, order.id) if "old_parts" in has else [],
        late_events=without_effect(current, order.number),
        alerts=alerts.alerts_of(current, SUBJECT, order.number),
        history=rows,
        pause_note=_pause_note(rows) if order.suspension else None,
        changed=since_version(rows, request.form.get("version", "")) if stale else [],
        actions=actions,
        may_dispatch=bool(actions & {"dispatch", "reassign"}),
        may_act=bool(actions - {"review", "stock", "decide_loss"}),
        charge_is_open=charge_is_open,
        candidates=found,
        undo=undo_of(order, rows, assignments, found, at),
        problem=problem,
        stale=stale,
        typed=request.form,
        at=at,
    )


def _pause_note(rows: Sequence[HistoryRow]) -> str | None:
    """What the technician said when he last stopped the work."""
    stops = [row for row in rows if row.kind in {"order.suspended", "hazard.alarm"}]
    return stops[-1].data.get("note") if stops else None


_NEED_TECHNICIAN = {"dispatch", "reassign", "hand_over"}


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
        found |= {"decide", "decide_loss"}
    if may("order.approve_price", roles) and state in AT_WORK:
        found.add("approve_price")
    if may("order.override_limit", roles) and state in AT_WORK and order.checklist_code:
        found.add("override")
    if may("quality.review", roles) and state in quality.REVIEWABLE:
        found.add("review")
    if may("stock.issue", roles):
        found.add("stock")
    return found


def undo_of(
    order: WorkOrder,
    rows: Sequence[HistoryRow],
    assignments: Sequence[Assignment],
    found: Sequence[Candidate],
    at: dt.datetime,
) -> Undo | None:
    """What I may take back of what I did to this order a moment ago, where that still works."""
    by = actor()
    now = Now(state=State(order.state), version=order.version)
    what = undoable(rows, now, by=by.ref, at=at)
    if what in (None, Undo.RECALL):
        return what if may("order.recall", by.roles) else None
    technician = given_before(assignments, what)
    free = any(one.offered and one.standing.technician_id == technician for one in found)
    return what if free and may("order.dispatch", by.roles) else None


def steps_of(
    current: Session, order: WorkOrder, photos: Sequence[Photo], has: Collection[str] = KINDS
) -> list[StepView]:
    """The steps that have something to show, in the order of the checklist, children after.

    `has`: the kinds of rows that hang on the order, as `contents_of` names them; all are asked for
    without it.
    """
    by_id: dict[str, Step] = {}
    for template in _templates(current, order):
        by_id.update(template.by_id)
    attempts: dict[str, list[StepResult]] = defaultdict(list)
    for result in runs.results_of(current, order.id) if "results" in has else ():
        attempts[result.step].append(result)
    returned: dict[str, list[ReturnedStep]] = defaultdict(list)
    for back in runs.returned(current, order.id, open_only=False) if "returned" in has else ():
        returned[back.step].append(back)
    pictures: dict[str, list[Photo]] = defaultdict(list)
    for photo in photos:
        if photo.step:
            pictures[photo.step].append(photo)
    overrides = runs.overrides_of(current, order.id) if "overrides" in has else {}
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


def _templates(current: Session, order: WorkOrder) -> list[Template]:
    if order.checklist_code is None or order.checklist_version is None:
        return []
    pinned = [(order.checklist_code, order.checklist_version), *order.checklist_children.items()]
    return [runs.template(current, order.estate_id, code, version) for code, version in pinned]
