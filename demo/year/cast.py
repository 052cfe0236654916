"""Who works and lives in the year, what there is to work with, and what an order came to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checklists.template import Template
from demo.people import STAFF
from demo.year.answers import Answered, answers
from demo.year.writing import By
from server.assets.months import months_after
from server.prices.models import PriceItem
from server.stores.models import StockItem

#: The estate's own class of appliances: a year from first use, or two from the factory.
FROM_USE_MONTHS, FROM_FACTORY_MONTHS = 12, 24


@dataclass(frozen=True, kw_only=True)
class People:
    """Who works in the year."""

    desk: tuple[By, ...]
    front: By
    technicians: Mapping[str, tuple[By, ...]]
    manager: By
    gpm: By
    reviewer: By
    storekeeper: By


@dataclass(frozen=True, kw_only=True)
class Resident:
    """Who calls, and from where."""

    person_id: uuid.UUID
    unit_id: uuid.UUID
    name: str
    phone: str
    unit: str
    building: int


@dataclass(frozen=True, kw_only=True)
class Appliance:
    """What stands in somebody's dwelling."""

    id: uuid.UUID
    label: str
    kind: str
    resident: Resident
    factory_on: dt.date
    first_use_on: dt.date

    def covered_until(self) -> dt.date:
        """The last day on which a repair is free: the later of both periods (A-44)."""
        return max(
            months_after(self.first_use_on, FROM_USE_MONTHS),
            months_after(self.factory_on, FROM_FACTORY_MONTHS),
        )


@dataclass(frozen=True, kw_only=True)
class Call:
    """What an order is written from: a call, or a plan that fell due."""

    request_id: uuid.UUID
    resident: Resident
    category: str
    content: str
    issuer: By
    #: who gives it to a technician
    desk: By
    at: dt.datetime
    appointment_at: dt.datetime
    front_desk: bool
    nature: str = "paid_special"
    asset: Appliance | None = None

    @property
    def covered(self) -> bool:
        """Whether the warranty pays it."""
        return self.asset is not None and self.at.date() <= self.asset.covered_until()

    @property
    def warranty_code(self) -> str:
        """What is charged, and why (X-002)."""
        if self.asset is None:
            return "paid"
        return "in_warranty" if self.covered else "expired"


@dataclass(frozen=True, kw_only=True)
class Done:
    """What the rest of the year has to know of an order."""

    id: uuid.UUID
    number: str
    resident: Resident
    category: str
    technician: By
    closed_at: dt.datetime
    charge_fen: int
    labour_fen: int
    material_fen: int
    payment_method: str
    rework_round: int
    front_desk: bool

    @property
    def waived_fen(self) -> int:
        """What a manager has let go of."""
        return self.labour_fen + self.material_fen - self.charge_fen


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Prices, stock and checklists of the estate."""

    labour: Mapping[str, PriceItem]
    material: Mapping[str, Sequence[PriceItem]]
    stock: Mapping[str, StockItem]
    templates: Mapping[str, tuple[Template, int]]

    def steps(self, kind: str) -> list[Answered]:
        """The steps of a category's checklist, answered."""
        known = self.templates.get(kind)
        return answers(known[0]) if known else []


@dataclass(frozen=True, kw_only=True)
class Office:
    """Who follows up."""

    cs_manager: By
    gpm: By
    visitors: tuple[By, ...]
    duty: By
    front: By
    finance: By
    records: By
    admin_hr: By
    dispatch_head: By
    supervisor: By
    dept_head: By


def people(known: Mapping[str, By]) -> People:
    """Who of the staff does the work of the year."""
    skilled: dict[str, list[By]] = defaultdict(list)
    for one in STAFF:
        if one.staff_code:
            skilled[""].append(known[one.username])
            for licence in one.qualifications:
                skilled[licence].append(known[one.username])
    needed = {
        "lamp": "electrician",
        "switch": "electrician",
        "gas_water_heater": "gas",
        "gas_stove": "gas",
        "air_conditioner": "refrigeration",
    }
    return People(
        desk=(known["chenjing"], known["wugang"]),
        front=known["lina"],
        technicians={
            "": tuple(skilled[""]),
            **{kind: tuple(skilled[licence]) for kind, licence in needed.items()},
        },
        manager=known["zhaomin"],
        gpm=known["zhouguojian"],
        reviewer=known["sunqian"],
        storekeeper=known["qianjin"],
    )


def office(known: Mapping[str, By]) -> Office:
    """Who of the staff follows up."""
    return Office(
        cs_manager=known["zhaomin"],
        gpm=known["zhouguojian"],
        visitors=(known["yangfan"], known["heli"]),
        duty=known["chenjing"],
        front=known["lina"],
        finance=known["hefang"],
        records=known["fengxue"],
        admin_hr=known["zhengjie"],
        dispatch_head=known["heli"],
        supervisor=known["sunqian"],
        dept_head=known["taolei"],
    )
