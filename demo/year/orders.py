"""Requests and their orders: who called, what was done, what it cost, what was photographed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any

from uuid_utils.compat import uuid7

from demo.year.calendar import Month, category
from demo.year.cast import Call, Catalogue, Done, People, Resident
from demo.year.jobs import Jobs
from demo.year.writing import By, Numbers, Sheaf
from server.prices.models import PriceItem
from server.requests.models import Reply, ServiceRequest
from server.work_orders.models import Assignment, WorkOrder

FAULTS: Mapping[str, tuple[str, ...]] = {
    "lamp": ("客厅灯不亮", "卧室灯闪烁", "厨房灯管两头发黑"),
    "switch": ("开关打火", "合闸就跳闸", "插座没电"),
    "tap_valve": ("洗手盆龙头滴水", "角阀渗水", "水龙头关不紧"),
    "gas_water_heater": ("热水器打不着火", "热水器点火有爆鸣"),
    "gas_stove": ("煤气灶打不着", "灶火发红"),
    "toilet_tank": ("马桶水箱一直流水", "水箱不上水"),
    "air_conditioner": ("空调不凉", "空调滴水", "空调噪音大"),
    "water_pipe_install": ("改装洗衣机水管", "新装净水器水管"),
    "household_other": ("防盗门锁不灵", "窗户关不严"),
}
COMMENTS = ("很好", "师傅认真", "来得快", "收费清楚", "还可以", "", "", "")
_JUDGED = 0.96
_CANCELLED, _VOID, _LATE, _REWORKED = 0.055, 0.012, 0.07, 0.05
_STAGES = ("created", "dispatched", "acknowledged", "on_site", "in_progress")


class Orders:
    """Writes the requests and orders of one call after the other."""

    def __init__(
        self,
        people: People,
        residents: Sequence[Resident],
        catalogue: Catalogue,
        numbers: Numbers,
        scenes: Sequence[bytes],
        strokes: Sequence[bytes],
        dice: random.Random,
    ) -> None:
        self._people, self._residents, self._catalogue = people, residents, catalogue
        self._numbers, self._dice = numbers, dice
        self.jobs = Jobs(
            reviewer=people.reviewer,
            storekeeper=people.storekeeper,
            steps={kind: catalogue.steps(kind) for kind in FAULTS},
            stock=catalogue.stock,
            numbers=numbers,
            scenes=scenes,
            strokes=strokes,
            dice=dice,
        )

    def call(self, sheaf: Sheaf, month: Month, at: dt.datetime, now: dt.datetime) -> Done | None:
        """One call from the registration to its end, or as far as it came by now."""
        dice, resident = self._dice, self._dice.choice(self._residents)
        kind = category(month, dice)
        content = dice.choice(FAULTS[kind])
        desk = dice.choice(self._people.desk)
        number = self._numbers.next("DJ", month.key)
        replied = at + dt.timedelta(seconds=int(dice.expovariate(1 / 340)) + 30)
        appointment = at + dt.timedelta(minutes=dice.choice((45, 60, 90, 120, 240, 1440)))
        request_id = uuid7()
        front_desk = dice.random() < 0.3  # noqa: PLR2004  # a third comes to the desk
        sheaf.add(
            ServiceRequest,
            id=request_id,
            estate_id=sheaf.estate_id,
            number=number,
            version=3,
            state="converted",
            channel="service_desk" if front_desk else "phone",
            kind="service_need",
            urgency="urgent" if dice.random() < _LATE else "normal",
            nature="paid_special",
            category=kind,
            person_id=resident.person_id,
            unit_id=resident.unit_id,
            content=content,
            appointment_at=appointment,
            received_at=at,
            registered_at=at,
            registered_by=desk.id,
            reply_due_at=at + dt.timedelta(minutes=15),
            replied_at=replied,
            judged_by=desk.id,
            judged_at=at + dt.timedelta(minutes=1),
            price_item_code=self._catalogue.labour[kind].code
            if kind in self._catalogue.labour
            else None,
            price_list_version=next(iter(self._catalogue.labour.values())).list_version,
            read_back=True,
        )
        sheaf.add(
            Reply,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            request_id=request_id,
            channel="phone",
            text="已受理,师傅将于约定时间上门。",
            suspect=[],
            replied_by=desk.id,
            replied_at=replied,
        )
        words = f"{number} {resident.unit} {resident.name} {resident.phone} {content}"
        sheaf.found_by("request", number, words)
        sheaf.story(
            "request",
            number,
            [
                ("request.registered", at, desk, {"kind": "service_need"}),
                ("request.judged_accepted", at + dt.timedelta(minutes=1), desk, {}),
                ("request.replied", replied, desk, {"channel": "phone"}),
            ],
        )
        call = Call(
            request_id=request_id,
            resident=resident,
            category=kind,
            content=content,
            desk=desk,
            at=at + dt.timedelta(minutes=2),
            appointment_at=appointment,
            front_desk=front_desk,
        )
        return self._order(sheaf, month, call, now)

    def _order(self, sheaf: Sheaf, month: Month, call: Call, now: dt.datetime) -> Done | None:
        dice, resident, kind, desk, at = (
            self._dice,
            call.resident,
            call.category,
            call.desk,
            call.at,
        )
        content, appointment, front_desk = call.content, call.appointment_at, call.front_desk
        number, order_id = self._numbers.next("FW", month.key), uuid7()
        technician = dice.choice(self._people.technicians.get(kind, self._people.technicians[""]))
        fate = dice.random()
        state = "void" if fate < _VOID else "cancelled" if fate < _VOID + _CANCELLED else "closed"
        late = dice.random() < _LATE
        reworked = 1 if dice.random() < _REWORKED else 0
        moments = self._moments(at, appointment, late=late, rework_round=reworked)
        if state == "closed" and moments["closed_at"] > now:
            reached = [
                name
                for name, moment in zip(_STAGES, self._stages(at, moments), strict=True)
                if moment <= now
            ]
            state = reached[-1] if reached else "created"
        labour, materials, total = self._price(kind)
        charge = total if state == "closed" else 0
        method = dice.choices(("monthly_notice", "cash", "mobile_pay", "transfer"), (80, 5, 12, 3))[
            0
        ]
        known = self._catalogue.templates.get(kind)
        over = state in {"closed", "cancelled", "void"}
        went_on = state == "closed"
        last = moments["closed_at"] if went_on else min(now, moments["arrived_at"])
        order = {
            "id": order_id,
            "estate_id": sheaf.estate_id,
            "number": number,
            "state": state,
            "resume_state": None,
            "request_id": call.request_id,
            "person_id": resident.person_id,
            "unit_id": resident.unit_id,
            "nature": "paid_special",
            "category": kind,
            "urgency": "normal",
            "content": content,
            "appointment_at": appointment,
            "intake_point": "front_desk" if front_desk else "dispatch",
            "return_point": ("front_desk" if front_desk else "dispatch") if went_on else None,
            "technician_id": None if state in {"created", "void"} else technician.id,
            "checklist_code": known[0].code if known else None,
            "checklist_version": known[1] if known else None,
            "checklist_children": {},
            "issued_at": at,
            "issued_by": desk.id,
            "updated_at": last,
            "late": late and went_on,
            "inspection_note": "已勘查,确认故障" if went_on else None,
            "inspection_photos": [],
            "month": month_of(moments["closed_at"], month) if went_on else None,
            "rework_round": reworked if went_on else 0,
            "rework_from_position": 0,
            "hazard": False,
            "total_fen": charge,
            "charge_fen": charge,
            "billing_held": False,
            "payment_method": method,
            "warranty_code": "paid",
            "closed_by_decision": False,
            "comment": dice.choice(COMMENTS) if went_on else None,
            "cancelled_by_whom": resident.name if state == "cancelled" else None,
            "cancel_reason": "客户说自己已修好" if state == "cancelled" else None,
            "written_off_at": (
                moments["closed_at"] if went_on else last if state == "cancelled" else None
            ),
            "written_off_by": self._people.front.id if over else None,
            "qa_state": "passed"
            if went_on and dice.random() < _JUDGED
            else ("pending" if went_on else "none"),  # a few wait
            "qa_place": 100,
            "qa_chosen": False,
        }
        for name, moment in moments.items():
            order[name] = moment if went_on else None
        if state not in {"created", "void"}:
            order["dispatched_at"] = moments["dispatched_at"]
            sheaf.add(
                Assignment,
                id=uuid7(),
                order_id=order_id,
                technician_id=technician.id,
                from_at=moments["dispatched_at"],
                until_at=None if state != "cancelled" else last,
                reason=None,
            )
        if state in {"acknowledged", "on_site", "in_progress"}:
            order["acknowledged_at"] = order["received_at"] = moments["acknowledged_at"]
        if state in {"on_site", "in_progress"}:
            order["arrived_at"] = moments["arrived_at"]
        events = self._events(order, moments, desk, technician)
        order["version"] = len(events)
        sheaf.add(WorkOrder, **order)
        words = f"{number} {resident.unit} {resident.name} {resident.phone} {content}"
        sheaf.found_by("order", number, words)
        sheaf.story("order", number, events)
        if not went_on:
            return None
        self.jobs.evidence(sheaf, order, moments, kind)
        self.jobs.quoted(
            sheaf, order, moments, kind, [*([labour] if labour else []), *materials], resident.name
        )
        self.jobs.stock(sheaf, month, order, moments, technician, materials)
        return Done(
            id=order_id,
            number=number,
            resident=resident,
            category=kind,
            technician=technician,
            closed_at=moments["closed_at"],
            charge_fen=total,
            labour_fen=labour.price_fen if labour else 0,
            material_fen=total - (labour.price_fen if labour else 0),
            payment_method=method,
            rework_round=reworked,
            front_desk=front_desk,
        )

    def _moments(
        self, at: dt.datetime, appointment: dt.datetime, *, late: bool, rework_round: int
    ) -> dict[str, dt.datetime]:
        dice = self._dice

        def later(moment: dt.datetime, low: float, high: float) -> dt.datetime:
            return moment + dt.timedelta(seconds=int(60 * dice.uniform(low, high)))

        dispatched = later(at, 1, 12)
        acknowledged = later(dispatched, 0.3, 4)
        wanted = appointment + dt.timedelta(
            minutes=dice.uniform(3, 40) if late else -dice.uniform(1, 15)
        )
        arrived = max(later(acknowledged, 5, 9), wanted)
        inspected = later(arrived, 4, 12)
        confirmed = later(inspected, 1, 6)
        finished = later(confirmed, 12 + 25 * rework_round, 60 + 60 * rework_round)
        accepted = later(finished, 1, 9)
        return {
            "dispatched_at": dispatched,
            "received_at": later(dispatched, 0.01, 0.05),
            "opened_at": acknowledged,
            "acknowledged_at": acknowledged,
            "set_out_at": max(acknowledged, arrived - dt.timedelta(minutes=12)),
            "arrived_at": arrived,
            "inspected_at": inspected,
            "quote_confirmed_at": confirmed,
            "started_at": confirmed,
            "finished_at": finished,
            "accepted_at": accepted,
            "closed_at": later(accepted, 15, 240),
        }

    @staticmethod
    def _stages(at: dt.datetime, moments: Mapping[str, dt.datetime]) -> list[dt.datetime]:
        names = ("dispatched_at", "acknowledged_at", "arrived_at", "started_at")
        return [at, *(moments[name] for name in names)]

    def _price(self, kind: str) -> tuple[PriceItem | None, list[PriceItem], int]:
        labour = self._catalogue.labour.get(kind)
        offered = self._catalogue.material.get(kind, ())
        materials = [item for item in offered if self._dice.random() < 0.55]  # noqa: PLR2004  # parts
        return (
            labour,
            materials,
            (labour.price_fen if labour else 0) + sum(item.price_fen for item in materials),
        )

    def _events(
        self,
        order: Mapping[str, Any],
        moments: Mapping[str, dt.datetime],
        desk: By,
        technician: By,
    ) -> list[tuple[str, dt.datetime, By, Mapping[str, Any]]]:
        state = order["state"]
        events: list[tuple[str, dt.datetime, By, Mapping[str, Any]]] = [
            ("order.issued", order["issued_at"], desk, {"category": order["category"]})
        ]
        if state == "void":
            events.append(("order.voided", order["updated_at"], desk, {"reason": "重复开单"}))
            return events
        if state == "created":
            return events
        events.append(
            ("order.dispatched", moments["dispatched_at"], desk, {"technician": technician.name})
        )
        if state == "dispatched":
            return events
        if state == "cancelled":
            at = order["updated_at"]
            events += [
                ("order.cancel_requested", at, technician, {"reason": order["cancel_reason"]}),
                ("order.written_off", at, self._people.front, {}),
            ]
            return events
        whole = (
            ("order.acknowledged", "acknowledged_at"),
            ("order.arrived", "arrived_at"),
            ("order.inspected", "inspected_at"),
            ("quote.confirmed", "quote_confirmed_at"),
            ("order.ready", "finished_at"),
            ("order.accepted", "accepted_at"),
            ("order.written_off", "closed_at"),
        )
        upto = {"acknowledged": 1, "on_site": 2, "in_progress": 4}.get(state, len(whole))
        for kind, name in whole[:upto]:
            by = self._people.front if kind == "order.written_off" else technician
            events.append((kind, moments[name], by, {}))
        return events


def month_of(closed_at: dt.datetime, month: Month) -> dt.date:
    """The month in which an order of `month` was closed: that one, or the next (P-21)."""
    local = closed_at + dt.timedelta(hours=8)
    return month.first if local.date() < month.following.first else month.following.first
