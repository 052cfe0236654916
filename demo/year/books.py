"""The hand-over book of the desk and of technicians (F-21), and the front desk's slips (F-12)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from uuid_utils.compat import uuid7

from demo.year.calendar import Month
from demo.year.cast import Office, People
from demo.year.rosters import Rosters
from demo.year.writing import Basis, By, Event, Sheaf
from server.deadlines.timers import DESK
from server.handovers.left_open import NEXT_SHIFT
from server.handovers.models import Handover, SlipHandover
from server.handovers.operations import ALERT, DESK_ALERT, SUBJECT
from server.handovers.slip_days import daily_due, list_day
from server.search import index
from server.work_orders.models import WorkOrder

#: When the desk changes hands: the end of the early, the late and the night shift.
_CHANGES = (14, 22, 6)
_DESK_NOTES = (
    "一切正常",
    "3栋2单元水压低,已报运行维修部",
    "晚间热水器报修多,优先派燃气师傅",
    "客户王女士要求周末上门,已约",
    "道闸故障,访客走人工登记",
    "空调配件明早到货,三张单等料",
)
_SHIFT_NOTES = ("工具已还库", "明早先去 5 栋", "压力表电量低", "一户不在家,已约明天")
_SHIFT_BOOK, _LATE_SLIPS, _TOLD = 0.25, 0.05, 0.8
_MINUTE, _DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
_Row = Mapping[str, Any]


class Books:
    """Writes what passed from hand to hand in a month, in order of time."""

    def __init__(self, people: People, office: Office, rosters: Rosters, basis: Basis) -> None:
        self._people, self._office, self._rosters = people, office, rosters
        self._basis, self._dice, self._now = basis, basis.dice, basis.now
        #: slips of the front desk that lie there until the day's list goes out
        self._slips: dict[dt.date, list[_Row]] = defaultdict(list)
        self._units: dict[Any, str] = {}

    def month(self, sheaf: Sheaf, month: Month, units: Mapping[Any, str]) -> None:
        """Every change of the desk, some technicians' ends of shift, each day's list of slips."""
        orders = sheaf.rows[WorkOrder]
        for row in orders:
            if row["return_point"] == "front_desk":
                self._slips[list_day(row["written_off_at"], self._basis.zone)].append(row)
        day = month.first
        while day < month.following.first:
            self._day(sheaf, day, orders, units)
            day += _DAY

    def _day(
        self, sheaf: Sheaf, day: dt.date, orders: Sequence[_Row], units: Mapping[Any, str]
    ) -> None:
        moments = [(self._basis.at(day, hour), True) for hour in sorted(_CHANGES)]
        moments.append((self._basis.at(day, 17, 20), False))
        for at, is_desk in sorted(moments):
            if at > self._now:
                return
            if is_desk:
                self._desk(sheaf, at, orders, units)
                self._technicians(sheaf, at, orders)
            else:
                self._slips_of(sheaf, day)

    def _desk(
        self, sheaf: Sheaf, at: dt.datetime, orders: Sequence[_Row], units: Mapping[Any, str]
    ) -> None:
        desk = (*self._people.desk, self._people.front)
        leaving = self._rosters.on_duty(desk, at - _MINUTE) or [self._people.desk[-1]]
        coming = [one for one in desk if one is not leaving[0]]
        there = self._rosters.on_duty(coming, at + _MINUTE) or coming
        said_at = at - self._dice.uniform(1, 9) * _MINUTE
        self._entry(
            sheaf,
            "desk",
            leaving[0],
            there[0],
            said_at,
            self._dice.choice(_DESK_NOTES),
            list(_left_open(orders, said_at, units)),
        )

    def _technicians(self, sheaf: Sheaf, at: dt.datetime, orders: Sequence[_Row]) -> None:
        technicians = self._people.technicians[""]
        for who in self._rosters.on_duty(technicians, at - 5 * _MINUTE):
            ends = not self._rosters.on_duty([who], at + _MINUTE)
            if not ends or self._dice.random() >= _SHIFT_BOOK:
                continue
            mine = [
                {"number": row["number"], "state": "acknowledged"}
                for row in orders
                if row["technician_id"] == who.id
                and row["acknowledged_at"] is not None
                and row["acknowledged_at"] <= at < (row["arrived_at"] or self._now)
            ]
            said_at = at - self._dice.uniform(1, 9) * _MINUTE
            note = self._dice.choice(_SHIFT_NOTES)
            self._entry(sheaf, "shift", who, self._people.desk[0], said_at, note, mine)

    def _entry(
        self,
        sheaf: Sheaf,
        kind: str,
        leaving: By,
        coming: By,
        at: dt.datetime,
        note: str,
        left_open: list[dict[str, Any]],
    ) -> None:
        confirmed = at + self._dice.uniform(3, 40) * _MINUTE
        known = confirmed <= self._now
        number = self._basis.numbers.next("YJ", self._basis.month_key(at))
        sheaf.register(
            index.HANDOVER,
            Handover,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            number=number,
            kind=kind,
            from_id=leaving.id,
            from_name=leaving.name,
            to_name=coming.name if kind == "desk" else None,
            note=note,
            open_orders=left_open,
            stock_out=[],
            made_at=at,
            received_at=at,
            confirmed_by=coming.id if known else None,
            confirmed_at=confirmed if known else None,
        )
        counted = {"to": coming.name, "note": note, "orders": len(left_open), "stock": 0}
        events: list[Event] = [("shift.handed_over", at, leaving, counted)]
        if known:
            events.append(("shift.taken_over", confirmed, coming, {"from": leaving.name}))
        else:
            alert = DESK_ALERT if kind == "desk" else ALERT
            said = {"technician": leaving.name, "to": coming.name}
            events.append(sheaf.alert(alert, (SUBJECT, number), DESK, at, "X-014", **said))
        sheaf.story(SUBJECT, number, events)

    def _slips_of(self, sheaf: Sheaf, day: dt.date) -> None:
        """F-12: what came back at the front desk until 17:30, now and then too late (R-081)."""
        slips = sorted(self._slips.pop(day, ()), key=lambda row: row["written_off_at"])
        late = self._dice.random() < _LATE_SLIPS
        last = [self._basis.at(day, 17, 20), *(row["written_off_at"] for row in slips)]
        given = max(last) + (self._dice.uniform(30, 90) if late else 1) * _MINUTE
        if not slips or given > self._now:
            return
        received = given + self._dice.uniform(2, 25) * _MINUTE
        number = self._basis.numbers.next("YJ", self._basis.month_key(given))
        numbers = [row["number"] for row in slips]
        head, front = self._office.dispatch_head, self._people.front
        sheaf.register(
            index.SLIPS,
            SlipHandover,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            number=number,
            kind="daily",
            period_on=day,
            due_at=daily_due(day, self._basis.zone),
            orders=numbers,
            gaps=[],
            oral_reports=[one for one in numbers if self._dice.random() < _TOLD],
            given_by=front.id,
            given_at=given,
            received_by=head.id if received <= self._now else None,
            received_at=received if received <= self._now else None,
        )
        said = {"kind": "daily", "period": day.isoformat(), "slips": len(numbers)}
        events: list[Event] = [("slips.handed_over", given, front, said)]
        if received <= self._now:
            events.append(("slips.received", received, head, {"kind": "daily"}))
        sheaf.story("slips", number, events)


def _left_open(
    orders: Sequence[_Row], at: dt.datetime, units: Mapping[Any, str]
) -> list[dict[str, Any]]:
    """What the desk left open then, as the server would have put it down."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in orders:
        issued, sent, arrived = row["issued_at"], row["dispatched_at"], row["arrived_at"]
        if not at - 2 * _DAY < issued <= at or (arrived is not None and arrived <= at):
            continue
        if row["state"] == "void" or (row["state"] == "cancelled" and row["updated_at"] <= at):
            continue
        taken = row["acknowledged_at"]
        state, what, moment = "acknowledged", None, None
        if sent is None or sent > at:
            state, what, moment = "created", "not_dispatched", issued
        elif taken is None or taken > at:
            state, what, moment = "dispatched", "not_acknowledged", sent
        item = {"number": row["number"], "state": state, "unit": units[row["unit_id"]]}
        if what is not None and moment is not None:
            found[what].append({**item, "what": what, "at": moment.isoformat()})
        if at <= row["appointment_at"] < at + NEXT_SHIFT:
            said = row["appointment_at"].isoformat()
            found["promise"].append({**item, "what": "promise", "at": said})
    return [
        one for what in ("not_dispatched", "not_acknowledged", "promise") for one in found[what]
    ]
