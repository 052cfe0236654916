"""Calls every month, maintenance every quarter, service every year: the plans and their times (X-007)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from uuid_utils.compat import uuid7

from demo.year.calendar import Month
from demo.year.cast import Appliance, Call, Office
from demo.year.intake import Intake
from demo.year.orders import Orders
from demo.year.slip import Slip
from demo.year.writing import HOUSE, Basis, Event, Sheaf
from server.assets.models import WarrantyCheck
from server.deadlines.policy import next_working_day_at
from server.preventive.calendar import EVERY_MONTHS, Kind, due_until, next_due
from server.preventive.models import PreventivePlan, PreventiveRun
from server.preventive.operations import CALL_ALERT, CALLERS, CLOCK, IN_THE_MORNING, RUN, SUBJECT
from server.preventive.running import VISIT_TIME

#: Which appliances have which plan: the share of each kind, what it says.
_CONTENTS = {
    (Kind.MAINTENANCE, "air_conditioner"): (0.30, "季度保养:清洗滤网,测压力和电流"),
    (Kind.SERVICE, "gas_water_heater"): (0.50, "年度安全检查:烟道、气密、点火"),
    (Kind.SERVICE, "air_conditioner"): (0.25, "年度保养:内外机清洗"),
    (Kind.CALL_BACK, "air_conditioner"): (0.30, "电话询问使用情况"),
    (Kind.CALL_BACK, "gas_water_heater"): (0.25, "电话询问使用情况"),
}
_ANSWERS = ("使用正常", "正常,制冷好", "没有问题", "偶尔有异响,已约上门", "遥控器不灵,已告诉换电池")
_CALLED, _PAUSED = 0.95, 0.05
_DAY = dt.timedelta(days=1)


@dataclass(kw_only=True)
class Plan:
    """One plan, and what came of its due days."""

    id: uuid.UUID
    kind: Kind
    asset: Appliance
    content: str
    starts_on: dt.date
    paused_on: dt.date | None
    due: list[dt.date] = field(default_factory=list)


class Preventive:
    """The plans of one estate over the year."""

    def __init__(
        self,
        assets: Sequence[Appliance],
        office: Office,
        intake: Intake,
        orders: Orders,
        basis: Basis,
        *,
        first: dt.date,
    ) -> None:
        self._office, self._intake, self._orders, self._basis = office, intake, orders, basis
        self._dice, self._now = basis.dice, basis.now
        self._plans = [
            self._plan(asset, kind, content, first)
            for asset in assets
            for (kind, of), (share, content) in _CONTENTS.items()
            if of == asset.kind and self._dice.random() < share
        ]

    def write(self, sheaf: Sheaf) -> None:
        """The plans themselves, and the clock of each."""
        for plan in self._plans:
            active = plan.paused_on is None
            after = plan.due[-1] if plan.due else plan.starts_on - _DAY
            next_on = next_due(plan.starts_on, EVERY_MONTHS[plan.kind], after=after)
            sheaf.add(
                PreventivePlan,
                id=plan.id,
                estate_id=sheaf.estate_id,
                asset_id=plan.asset.id,
                person_id=plan.asset.resident.person_id,
                kind=plan.kind.value,
                every_months=EVERY_MONTHS[plan.kind],
                content=plan.content,
                starts_on=plan.starts_on,
                next_on=next_on,
                active=active,
            )
            made_at = self._basis.at(plan.starts_on - 6 * _DAY, 15)
            said = {"kind": plan.kind.value, "asset": plan.asset.label}
            self._note(plan, ("preventive.planned", made_at, self._office.supervisor, said))
            if plan.paused_on is not None:
                at = self._basis.at(plan.paused_on, 11)
                self._note(plan, ("preventive.paused", at, self._office.supervisor, {}))
            else:
                due_at = self._basis.at(next_on, IN_THE_MORNING.hour)
                started = self._basis.at(after, 8, 1) if plan.due else made_at
                sheaf.clock(CLOCK, (SUBJECT, str(plan.id)), started, due_at)

    def calls(self, sheaf: Sheaf, month: Month) -> None:
        """What customers said on the monthly calls of this month (R-002)."""
        for plan, day, at in self._due(month):
            if plan.kind is not Kind.CALL_BACK:
                continue
            run_id = uuid7()
            newest = day == plan.due[-1]
            by = self._dice.choice(self._office.visitors)
            called = self._basis.by_day(at + dt.timedelta(hours=self._dice.uniform(1, 30)))
            done = called <= self._now and (self._dice.random() < _CALLED)
            note = self._dice.choice(_ANSWERS)
            self._run(
                sheaf,
                plan,
                run_id,
                day,
                at,
                note=note if done else None,
                done_by=by.id if done else None,
                done_at=called if done else None,
            )
            self._note(plan, ("preventive.due", at, HOUSE, {"due": day.isoformat(), "missed": 0}))
            if done:
                said = {"due": day.isoformat(), "note": note}
                self._note(plan, ("preventive.called", called, by, said))
            elif newest and plan.paused_on is None:
                who = plan.asset.resident
                place = f"{who.unit} {who.name} {who.phone} · {plan.asset.label}"
                roles = [role.value for role in CALLERS]
                alerted = sheaf.alert(
                    CALL_ALERT, (RUN, str(run_id)), roles, at, "X-007", place=place
                )
                sheaf.story(RUN, str(run_id), [alerted])

    def wanted(self, month: Month) -> Iterator[tuple[dt.datetime, Plan, dt.date]]:
        """When an order is issued by a plan in this month, and for which due day."""
        for plan, day, at in self._due(month):
            if plan.kind is not Kind.CALL_BACK:
                yield at, plan, day

    def issue(self, sheaf: Sheaf, month: Month, plan: Plan, day: dt.date, at: dt.datetime) -> Slip:
        """The order that a plan wants, registered and issued by the house itself."""
        call = Call(
            request_id=uuid7(),
            resident=plan.asset.resident,
            category=plan.asset.kind,
            content=plan.content,
            issuer=HOUSE,
            desk=self._intake.desk(at),
            at=at,
            appointment_at=next_working_day_at(at, self._basis.zone, time=VISIT_TIME),
            front_desk=False,
            nature="routine",
            asset=plan.asset,
        )
        self._intake.planned(sheaf, month, call)
        slip = self._orders.order(sheaf, month, call)
        self._run(
            sheaf,
            plan,
            uuid7(),
            day,
            call.at,
            request_id=call.request_id,
            order_id=slip.id,
        )
        said = {"due": day.isoformat(), "missed": 0, "order": slip.number}
        self._note(plan, ("preventive.due", at, HOUSE, said))
        sheaf.add(
            WarrantyCheck,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            asset_id=plan.asset.id,
            order_number=slip.number,
            asked_on=self._basis.day(at),
            covered=call.covered,
            until_on=plan.asset.covered_until(),
            code=call.warranty_code,
            finding=None,
            reason=None,
            confirmed_by=None,
            checked_by=None,
            checked_at=at,
        )
        return slip

    def _plan(self, asset: Appliance, kind: Kind, content: str, first: dt.date) -> Plan:
        # They were sold over the first half of the year.
        today = self._basis.day(self._now)
        half = (today - first).days // 2
        starts_on = first + dt.timedelta(days=6 + self._dice.randrange(half))
        paused_on = (
            starts_on + dt.timedelta(days=30 + self._dice.randrange(120))
            if self._dice.random() < _PAUSED
            else None
        )
        if paused_on is not None and paused_on >= today:
            paused_on = None
        days = due_until(starts_on, EVERY_MONTHS[kind], starts_on, paused_on or today)
        if days and self._basis.at(days[-1], IN_THE_MORNING.hour) > self._now:
            days.pop()
        return Plan(
            id=uuid7(),
            kind=kind,
            asset=asset,
            content=content,
            starts_on=starts_on,
            paused_on=paused_on,
            due=days,
        )

    def _due(self, month: Month) -> Iterator[tuple[Plan, dt.date, dt.datetime]]:
        for plan in self._plans:
            for day in plan.due:
                if month.first <= day < month.following.first:
                    at = self._basis.at(day, IN_THE_MORNING.hour)
                    yield plan, day, at + dt.timedelta(seconds=self._dice.randrange(90))

    def _note(self, plan: Plan, *events: Event) -> None:
        self._basis.diary.note(SUBJECT, str(plan.id), *events)

    @staticmethod
    def _run(
        sheaf: Sheaf, plan: Plan, run_id: uuid.UUID, day: dt.date, at: dt.datetime, **values: Any
    ) -> None:
        row = dict.fromkeys(("request_id", "order_id", "note", "done_by", "done_at"))
        sheaf.add(
            PreventiveRun,
            id=run_id,
            estate_id=sheaf.estate_id,
            plan_id=plan.id,
            due_on=day,
            made_at=at,
            **{**row, **values},
        )
