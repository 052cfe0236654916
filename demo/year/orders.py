"""Orders: who was sent, how far it has come, and what it leaves behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from uuid_utils.compat import uuid7

from demo.year.calendar import Month
from demo.year.cast import Call, Catalogue, People
from demo.year.course import STILL, course, row_of
from demo.year.jobs import Jobs
from demo.year.rosters import Rosters
from demo.year.slip import Slip
from demo.year.writing import Basis, By, Event, Sheaf
from server.search import index
from server.work_orders.models import Assignment, Escalation, WorkOrder
from server.work_orders.operations.escalating import AUDIENCE
from server.work_orders.operations.moving import SUBJECT

COMMENTS = ("很好", "师傅认真", "来得快", "收费清楚", "还可以", "", "", "")
_METHODS = {"monthly_notice": 80, "cash": 5, "mobile_pay": 12, "transfer": 3}
#: What QA makes of a thousand orders: some are drawn and judged, some still wait for that.
_JUDGED = {"passed": 110, "failed": 5, "chosen": 4, "not_drawn": 881}
_PARTS = 0.55
_CANCELLED, _VOID, _LATE = 0.055, 0.012, 0.07


class Orders:
    """Writes the order of one call after the other."""

    def __init__(
        self,
        people: People,
        catalogue: Catalogue,
        rosters: Rosters,
        basis: Basis,
        scenes: Sequence[bytes],
        strokes: Sequence[bytes],
    ) -> None:
        self._people, self._catalogue, self._rosters = people, catalogue, rosters
        self._basis, self._dice, self._now = basis, basis.dice, basis.now
        self.jobs = Jobs(
            reviewer=people.reviewer,
            storekeeper=people.storekeeper,
            steps={kind: catalogue.steps(kind) for kind in STILL},
            stock=catalogue.stock,
            numbers=basis.numbers,
            scenes=scenes,
            strokes=strokes,
            dice=basis.dice,
        )

    def order(self, sheaf: Sheaf, month: Month, call: Call) -> Slip:
        """One order from the slip to its end, or as far as it has come by now."""
        slip = self._slip(self._basis.numbers.next("FW", month.key), call)
        order = {"id": slip.id, "estate_id": sheaf.estate_id, "number": slip.number, **slip.row()}
        known = self._catalogue.templates.get(call.category)
        order["checklist_code"] = known[0].code if known else None
        order["checklist_version"] = known[1] if known else None
        steps = self._catalogue.steps(call.category)
        if slip.rounds:
            order["rework_from_position"] = len(steps) + slip.rounds - 1
        events = self._went_up(sheaf, slip)
        order["version"] = len(events)
        sheaf.add(WorkOrder, **order)
        sheaf.story(SUBJECT, slip.number, events)
        who = call.resident
        words = f"{slip.number} {who.unit} {who.name} {who.phone} {call.content}"
        sheaf.found_by(index.ORDER, slip.number, words)
        if slip.state not in {"created", "void"}:
            sheaf.add(
                Assignment,
                id=uuid7(),
                order_id=slip.id,
                technician_id=slip.technician.id,
                from_at=slip.moments["dispatched_at"],
                until_at=slip.updated_at if slip.state == "cancelled" else None,
                reason=None,
            )
        if slip.passed("quoted_at"):
            self.jobs.quoted(sheaf, slip)
        if not slip.worked:
            return slip
        self.jobs.evidence(sheaf, order, slip)
        if slip.passed("accepted_at") and slip.decided is None:
            self.jobs.signed(sheaf, order, slip)
        self.jobs.stock(sheaf, month, slip)
        return slip

    def _slip(self, number: str, call: Call) -> Slip:
        dice = self._dice
        fate, late = dice.random(), dice.random() < _LATE
        moments = self._until_work(call, late=late)
        called_off = fate < _VOID + _CANCELLED and moments["arrived_at"] <= self._now
        goes = course(
            moments["started_at"],
            call.category,
            manager=self._people.manager,
            gpm=self._people.gpm,
            zone=self._basis.zone,
            dice=dice,
        )
        moments["finished_at"], moments["accepted_at"] = goes.ready_at[-1], goes.accepted_at
        moments["closed_at"] = self._later(goes.accepted_at, 15, 240)
        offered = self._catalogue.material.get(call.category, ())
        free = call.covered or call.category not in self._catalogue.labour
        return Slip(
            id=uuid7(),
            number=number,
            call=call,
            technician=self._technician(call),
            front=self._people.front,
            ended="void" if fate < _VOID else "cancelled" if called_off else None,
            late=late,
            moments=moments,
            goes=goes,
            labour=self._catalogue.labour.get(call.category),
            # What a plan asks for needs no parts.
            materials=[one for one in offered if call.asset is None and dice.random() < _PARTS],
            method="free_of_charge"
            if free
            else dice.choices(list(_METHODS), list(_METHODS.values()))[0],
            comment=dice.choice(COMMENTS),
            qa=dice.choices(list(_JUDGED), list(_JUDGED.values()))[0],
            qa_after=dt.timedelta(hours=dice.uniform(1, 30)),
            zone=self._basis.zone,
            now=self._now,
        )

    def _technician(self, call: Call) -> By:
        """Somebody who may do it and has a shift then; else somebody who is not away."""
        able = self._people.technicians.get(call.category, self._people.technicians[""])
        on_duty = self._rosters.on_duty(able, call.appointment_at)
        there = on_duty or self._rosters.there(able, call.appointment_at)
        return self._dice.choice(there or able)

    def _later(self, moment: dt.datetime, low: float, high: float) -> dt.datetime:
        return moment + dt.timedelta(seconds=int(60 * self._dice.uniform(low, high)))

    def _until_work(self, call: Call, *, late: bool) -> dict[str, dt.datetime]:
        """Until the work begins; how it goes on is the order's course."""
        later, dice = self._later, self._dice
        dispatched = later(call.at, 1, 12)
        acknowledged = later(dispatched, 0.3, 4)
        wanted = call.appointment_at + dt.timedelta(
            minutes=dice.uniform(3, 40) if late else -dice.uniform(1, 15)
        )
        arrived = max(later(acknowledged, 5, 9), wanted)
        inspected = later(arrived, 4, 12)
        quoted = inspected + dt.timedelta(seconds=20)
        confirmed = later(quoted, 1, 6)
        return {
            "dispatched_at": dispatched,
            "received_at": later(dispatched, 0.01, 0.05),
            "opened_at": acknowledged,
            "acknowledged_at": acknowledged,
            "set_out_at": max(acknowledged, arrived - dt.timedelta(minutes=12)),
            "arrived_at": arrived,
            "inspected_at": inspected,
            "quoted_at": quoted,
            "quote_confirmed_at": confirmed,
            "started_at": confirmed,
        }

    def _went_up(self, sheaf: Sheaf, slip: Slip) -> list[Event]:
        """The escalations of an order (F-15), those that wait among the alerts; its history."""
        numbers, alerted = dict[dt.datetime, str](), list[Event]()
        subject = (SUBJECT, slip.number)
        for up in slip.goes.went_up:
            if slip.ended or up.opened_at > self._now:
                numbers[up.opened_at] = ""
                continue
            month = self._basis.month_key(up.opened_at)
            numbers[up.opened_at] = number = self._basis.numbers.next("YS", month)
            sheaf.register(
                index.ESCALATION,
                Escalation,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                number=number,
                order_id=slip.id,
                **row_of(up, now=self._now),
            )
            if up.decided_at <= self._now:
                continue
            alerted.append(
                sheaf.alert(
                    f"escalation.{up.level}",
                    subject,
                    [role.value for role in AUDIENCE[up.level]],
                    up.opened_at,
                    "R-062",
                    reason=up.reason,
                    escalation=number,
                )
            )
            if up.due_at is not None:
                sheaf.clock("decision", subject, up.opened_at, up.due_at, escalation=number)
        return [*slip.events(numbers, self._people.reviewer), *alerted]
