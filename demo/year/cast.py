"""Who works and lives in the year, what there is to work with, and what an order came to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checklists.template import Template
from demo.year.answers import Answered, answers
from demo.year.writing import By
from server.prices.models import PriceItem
from server.stores.models import StockItem


@dataclass(frozen=True, kw_only=True)
class People:
    """Who works in the year."""

    desk: tuple[By, ...]
    front: By
    technicians: Mapping[str, tuple[By, ...]]
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
class Call:
    """What an order is written from."""

    request_id: uuid.UUID
    resident: Resident
    category: str
    content: str
    desk: By
    at: dt.datetime
    appointment_at: dt.datetime
    front_desk: bool


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
