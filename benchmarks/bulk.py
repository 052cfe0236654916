"""Orders by the thousand, written as rows: requests, orders, assignments, clocks, whole histories.

The newest orders are under way in every state, older ones are over; technicians, units, categories
and days are spread as in an estate with some 130 orders a day. History rows form valid chains.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from benchmarks.estate import Estate
from benchmarks.house import House
from server.db import Base, session, transaction, utcnow
from server.deadlines.models import Timer
from server.estate.models import Person, Unit
from server.history import GENESIS, HistoryChain, HistoryRow, row_hash
from server.requests.models import ServiceRequest
from server.search import index
from server.search.tokens import folded, tokens
from server.work_orders.models import Assignment, WorkOrder

CATEGORIES = ("lamp", "tap_valve", "toilet_tank", "air_conditioner", "switch", "gas_water_heater")
FAULTS = ("客厅灯不亮", "洗手盆龙头滴水", "坐便器水箱一直流水", "空调不凉", "开关打火", "打不着火")
_PATH = (
    "created",
    "dispatched",
    "acknowledged",
    "on_site",
    "quoted",
    "in_progress",
    "awaiting_acceptance",
    "accepted",
    "closed",
    "archived",
)
_KINDS = {
    "created": ("order.issued",),
    "dispatched": ("order.dispatched",),
    "acknowledged": ("order.received", "order.opened", "order.acknowledged"),
    "on_site": ("order.arrived",),
    "quoted": ("order.quoted",),
    "in_progress": ("order.quote_confirmed", "step.recorded", "step.recorded", "step.recorded"),
    "awaiting_acceptance": ("order.ready",),
    "accepted": ("order.accepted",),
    "closed": ("order.written_off",),
    "archived": ("order.reviewed",),
}
_A_DAY = 130
_UNDER_WAY = 240
_CHUNK = 2000
#: Only the newest orders have their whole history; older ones a short one, to be done in time.
_WHOLE_HISTORIES = 2_000
#: The newest order is this old, so that no moment of its history lies ahead.
_SETTLED = dt.timedelta(hours=4)


def under_way_and_over(place: int, dice: random.Random, *, under_way: int, recent: int) -> str:
    """The state of the order at `place`, 0 the newest: so many under way, so many of late over."""
    if place < under_way:
        return dice.choice(_PATH[:8])
    if place < recent:
        return "closed" if dice.random() < 0.95 else "cancelled"
    return dice.choices(("archived", "closed", "cancelled", "void"), (90, 4, 4, 2))[0]


@dataclass(kw_only=True)
class Rows:
    """One chunk, ready to be inserted table by table."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    assignments: list[dict[str, Any]] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    chains: list[dict[str, Any]] = field(default_factory=list)
    #: (id, estate, kind, subject, text) and (kind, token, document)
    documents: list[tuple[Any, ...]] = field(default_factory=list)
    tokens: list[tuple[Any, ...]] = field(default_factory=list)

    def insert(self, current: Session) -> None:
        """Write all rows; the caller commits."""
        for model, rows in (
            (ServiceRequest, self.requests),
            (WorkOrder, self.orders),
            (Assignment, self.assignments),
            (Timer, self.timers),
            (HistoryRow, self.history),
            (HistoryChain, self.chains),
        ):
            if rows:
                current.connection().execute(sa.insert(_table(model)), rows)
        # As tuples to the driver: fifty of these stand beside every order.
        for table, marks, tuples in (
            ("search_document", "?, ?, ?, ?, ?", self.documents),
            ("search_token", "?, ?, ?", sorted(self.tokens)),
        ):
            current.connection().exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", tuples)


def _table(model: type[Base]) -> sa.Table:
    return cast("sa.Table", model.__table__)


class Writer:
    """Writes orders of one estate; go on with the next places to let its history grow."""

    def __init__(
        self,
        house: House,
        estate: Estate,
        *,
        seed: int = 20,
        under_way: int = _UNDER_WAY,
        recent: int = 30 * _A_DAY,
    ) -> None:
        self._under_way, self._recent = under_way, recent
        self.house = house
        self.estate = estate
        self._dice = random.Random(seed)
        self._now = utcnow()
        self._month_counts: dict[str, Iterator[int]] = {}
        self.numbers: list[str] = []
        #: what people and units are found by; documents of the product's own begin far below
        self._documents = itertools.count(1_000_000)
        self._known = _residents(house)

    @property
    def written(self) -> int:
        """How many orders so far."""
        return len(self.numbers)

    def spread(self, upto: int) -> None:
        """Write older and older orders until there are `upto`."""
        for start in range(self.written, upto, _CHUNK):
            places = range(start, min(start + _CHUNK, upto))
            self._write([(self._state(place), self._age(place)) for place in places])

    def all_in(self, state: str, count: int) -> list[tuple[str, int]]:
        """`count` fresh orders in one state, dealt out to the technicians in turn: (number,
        version)."""
        return self._write([(state, dt.timedelta(seconds=count - one)) for one in range(count)])

    def _state(self, place: int) -> str:
        return under_way_and_over(place, self._dice, under_way=self._under_way, recent=self._recent)

    def _age(self, place: int) -> dt.timedelta:
        return dt.timedelta(days=place / _A_DAY, seconds=self._dice.random())

    def _write(self, wanted: Sequence[tuple[str, dt.timedelta]]) -> list[tuple[str, int]]:
        rows = Rows()
        made = [self._order(rows, state, self._now - _SETTLED - age) for state, age in wanted]
        with self.house.app.app_context(), transaction() as current:
            rows.insert(current)
        self.numbers += [number for number, _ in made]
        return made

    def _order(self, rows: Rows, state: str, at: dt.datetime) -> tuple[str, int]:
        month = at.astimezone(self.house.settings.zone).strftime("%Y%m")
        # Far from the product's own counter, which begins anew in this estate.
        count = next(self._month_counts.setdefault(month, itertools.count(20_000)))
        number = f"FW-{month}-{count}"
        person, unit = self._dice.choice(self.estate.residents)
        kind = self._dice.randrange(len(CATEGORIES))
        shared = {
            "id": uuid7(),
            "estate_id": self.estate.desk.estate_id,
            "person_id": person,
            "unit_id": unit,
            "nature": "paid_special",
            "category": CATEGORIES[kind],
            "urgency": "urgent" if self._dice.random() < 0.05 else "normal",
            "content": FAULTS[kind],
            "appointment_at": at + _SETTLED + dt.timedelta(hours=2),
        }
        technicians = self.estate.technicians
        rows.requests.append(self._request(shared, number, at))
        reached = _PATH.index(state) if state in _PATH else 1
        given = reached >= 1
        turn = len(rows.orders) % len(technicians)
        path = _PATH[: reached + 1]
        if self.written > _WHOLE_HISTORIES:
            path = tuple(dict.fromkeys((*path[:2], path[-1])))
        chain = self._history(rows, number, path, at)
        order = {
            **shared,
            "id": uuid7(),
            "number": number,
            "version": chain,
            "state": state,
            "request_id": shared["id"],
            "technician_id": technicians[turn].id if given else None,
            "updated_at": at + dt.timedelta(minutes=20 * reached),
        }
        rows.orders.append({**_order_defaults(at, reached), **order})
        if given:
            rows.assignments.append(
                {
                    "id": uuid7(),
                    "order_id": order["id"],
                    "technician_id": order["technician_id"],
                    "from_at": at,
                }
            )
        self._index(rows, number, person, str(shared["content"]))
        if state in {"created", "dispatched", "acknowledged"}:
            rows.timers.append(self._timer(number, state, at))
        return number, chain

    def _index(self, rows: Rows, number: str, person: uuid.UUID, content: str) -> None:
        name, phone, unit = self._known[person]
        for kind, subject in ((index.REQUEST, number.replace("FW", "DJ")), (index.ORDER, number)):
            document = next(self._documents)
            text = folded(f"{subject} {unit} {name} {phone} {content}")
            estate = self.estate.desk.estate_id.hex
            rows.documents.append((document, estate, kind, subject, text))
            rows.tokens += [(kind, token, document) for token in tokens(text)]

    def _request(self, shared: dict[str, Any], number: str, at: dt.datetime) -> dict[str, Any]:
        return {
            **shared,
            "number": number.replace("FW", "DJ"),
            "version": 3,
            "state": "converted",
            "channel": "phone",
            "kind": "service_need",
            "received_at": at,
            "registered_at": at,
            "registered_by": self.estate.desk.user_id,
            "reply_due_at": at + dt.timedelta(minutes=15),
            "replied_at": at + dt.timedelta(minutes=5),
            "judged_by": self.estate.desk.user_id,
            "judged_at": at,
            "read_back": True,
        }

    def _history(self, rows: Rows, number: str, path: Sequence[str], at: dt.datetime) -> int:
        previous, position = GENESIS, 0
        for stage, state in enumerate(path):
            for kind in _KINDS[state]:
                position += 1
                # The real class would cost ten times as much as what it carries.
                row = SimpleNamespace(
                    estate_id=self.estate.desk.estate_id,
                    subject_kind="order",
                    subject=number,
                    position=position,
                    kind=kind,
                    actor=self.estate.desk.ref,
                    actor_name=self.estate.desk.name,
                    at=at + dt.timedelta(minutes=20 * stage),
                    device_at=None,
                    data={"version": position, "to": state},
                    previous_hash=previous,
                )
                previous = row_hash(cast("HistoryRow", row))
                rows.history.append({**vars(row), "hash": previous})
        rows.chains.append(
            {"subject_kind": "order", "subject": number, "length": position, "head": previous}
        )
        return position

    def _timer(self, number: str, state: str, at: dt.datetime) -> dict[str, Any]:
        kind = {"created": "dispatch", "dispatched": "acknowledge"}.get(state, "arrival")
        due_at = max(at, self._now) + dt.timedelta(hours=2)
        return {
            "id": uuid7(),
            "estate_id": self.estate.desk.estate_id,
            "kind": kind,
            "subject_kind": "order",
            "subject": number,
            "started_at": at,
            "deadline_at": due_at,
            "due_at": due_at,
            "tries": 0,
            "data": {},
        }


def _residents(house: House) -> dict[uuid.UUID, tuple[str, str, str]]:
    query = sa.select(Person.id, Person.name, Person.phone, Unit.code).join(
        Unit, Unit.id == Person.unit_id
    )
    with house.app.app_context():
        return {row.id: (row.name, row.phone, row.code) for row in session().execute(query)}


def _order_defaults(at: dt.datetime, reached: int) -> dict[str, Any]:
    """Columns that the product fills by itself, and the times that belong to how far it came."""
    steps = {
        "dispatched_at": 1,
        "received_at": 2,
        "opened_at": 2,
        "acknowledged_at": 2,
        "arrived_at": 3,
        "inspected_at": 3,
        "quote_confirmed_at": 5,
        "started_at": 5,
        "finished_at": 6,
        "accepted_at": 7,
        "closed_at": 8,
        "written_off_at": 8,
    }
    times = {
        name: at + dt.timedelta(minutes=20 * step) if reached >= step else None
        for name, step in steps.items()
    }
    return {
        "intake_point": "dispatch",
        "checklist_children": {},
        "issued_at": at,
        "late": False,
        "inspection_photos": [],
        "rework_round": 0,
        "hazard": False,
        "total_fen": 6000 if reached >= 4 else 0,
        "charge_fen": 0,
        "billing_held": False,
        "payment_method": "monthly_notice",
        "warranty_code": "paid",
        "closed_by_decision": False,
        "qa_state": "passed" if reached == 9 else "pending" if reached == 8 else "none",
        **times,
    }
