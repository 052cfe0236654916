"""`paigong seed --year`: thirty thousand orders and what belongs to them, month after month."""

from __future__ import annotations

import datetime as dt
import random
import sys
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from demo import estate
from demo.people import STAFF
from demo.year import photos
from demo.year.after import After, Office
from demo.year.calendar import Month, calls, months_until
from demo.year.cast import Catalogue, Done, People, Resident
from demo.year.money import Money
from demo.year.orders import Orders
from demo.year.writing import By, Numbers, Sheaf
from server import migrate
from server.accounts.models import User
from server.app import create_core
from server.assets.models import Asset, WarrantyClass
from server.billing.models import BillingEntry, FeeNotice, FinanceReport
from server.checklist_runs import queries as runs
from server.complaints.models import Complaint
from server.db import Statistics, db, session, transaction, utcnow
from server.estate.models import Estate, Person, Unit
from server.history import HistoryChain, HistoryRow
from server.prices.models import PriceItem
from server.quality.models import Review
from server.requests.models import ServiceRequest
from server.return_visits.models import ReturnVisit
from server.search import index
from server.search.models import SearchDocument
from server.settings import Settings
from server.stores.models import StockItem, StockLine
from server.work_orders.models import Quote, WorkOrder

MONTHS, ORDERS, COMPLAINTS, INCIDENTS = 12, 30_000, 1_500, 300
#: Parents first, so that every reference holds while rows are written.
PARENTS = (
    HistoryChain,
    HistoryRow,
    ServiceRequest,
    WorkOrder,
    Quote,
    StockLine,
    FinanceReport,
    FeeNotice,
    Review,
    Complaint,
    ReturnVisit,
    SearchDocument,
    WarrantyClass,
)
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = ("伟", "芳", "娜", "敏", "静", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超")
#: Documents of the product's own begin far below.
_FIRST_DOCUMENT = 10_000_000
_A_DOCUMENT_MONTH = 1_000_000


class NotEmpty(Exception):
    """There are orders already: a year is only written into an installation without any."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much there is to be."""

    orders: int = ORDERS
    complaints: int = COMPLAINTS
    incidents: int = INCIDENTS
    months: int = MONTHS


def seed(settings: Settings, size: Size = Size(), *, quiet: bool = False) -> None:  # frozen
    """Write the year into the home of `settings`, with a bar that says how far it is.

    Makes database and demo estate where there is none. Raises NotEmpty.
    """
    app = create_core(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    with app.app_context():
        try:
            migrate.upgrade(app)
            home = _home(settings, size)
            if session().scalar(sa.select(WorkOrder.id).limit(1)) is not None:
                raise NotEmpty
            with click.progressbar(
                length=size.orders,
                label="写入一年 writing a year",
                file=sys.stderr,
                hidden=quiet,
                show_pos=True,
            ) as shown:
                for written in Year(settings, home.id, size).months():
                    shown.update(written)
            Statistics().run_once()
        finally:
            db.session.remove()
            db.engine.dispose()


def _home(settings: Settings, size: Size) -> Estate:
    """The estate; a new one opened before the first call of the year."""
    known: Estate | None = session().scalar(sa.select(Estate))
    if known is not None:
        return known
    first = months_until(utcnow(), settings.zone, size.months + 1)[0].first
    opened_at = dt.datetime.combine(first, dt.time(), tzinfo=settings.zone)
    with transaction() as current:
        home, accounts = estate.build(current, settings, at=opened_at)
    estate.write_demo_file(settings, accounts)
    return home


class Year:
    """Writes the months of one estate, a transaction each."""

    def __init__(self, settings: Settings, estate_id: uuid.UUID, size: Size) -> None:
        self._settings, self._estate_id, self._size = settings, estate_id, size
        self._dice, self._numbers = random.Random(20), Numbers()
        self._documents = count(_FIRST_DOCUMENT, _A_DOCUMENT_MONTH)
        self._now = utcnow()
        current = session()
        people = {
            user.username: By(id=user.id, name=user.name)
            for user in current.scalars(sa.select(User))
        }
        self._residents = self._neighbours()
        self._orders = Orders(
            _people(people),
            self._residents,
            _catalogue(current, estate_id),
            self._numbers,
            photos.scenes(),
            photos.strokes(),
            self._dice,
        )
        self._after = After(_office(people), self._numbers, settings.zone, self._dice)
        self._money = Money(_office(people), self._numbers, settings.zone, self._dice)
        current.rollback()

    def months(self) -> Iterator[int]:
        """Month by month; how many orders were written."""
        months = months_until(self._now, self._settings.zone, self._size.months + 1)
        each = self._size.orders // self._size.months
        left_over: list[Done] = []
        for place, month in enumerate(months):
            last = place == len(months) - 1
            span = self._now.astimezone(self._settings.zone).day / 31 if last else 1.0
            wanted = (
                each
                if place
                else int(each * (1 - self._now.astimezone(self._settings.zone).day / 31))
            )
            sheaf = Sheaf(estate_id=self._estate_id, first_document=next(self._documents))
            moments = calls(
                month,
                int(wanted * span) if last else wanted,
                self._settings.zone,
                self._dice,
                until=self._now,
            )
            done = [
                order
                for at in moments
                if (order := self._orders.call(sheaf, month, at, self._now)) is not None
            ]
            share = len(moments) / self._size.orders
            self._follow(sheaf, month, done, share)
            mine = [*left_over, *(one for one in done if self._closed_in(one, month))]
            left_over = [one for one in done if not self._closed_in(one, month)]
            self._close(sheaf, month, mine, settled=place < len(months) - 2)
            with transaction() as current:
                if not place:
                    self._assets(sheaf)
                sheaf.write(current, PARENTS)
                if last:
                    self._numbers.store(current, self._estate_id)
                    self._draw(current)
            photos.write(self._settings.home / "photos", self._orders.jobs.files)
            self._orders.jobs.files.clear()
            yield len(moments)

    def _closed_in(self, order: Done, month: Month) -> bool:
        return order.closed_at.astimezone(self._settings.zone).date() < month.following.first

    def _follow(self, sheaf: Sheaf, month: Month, done: list[Done], share: float) -> None:
        zone, dice = self._settings.zone, self._dice
        self._after.visits(sheaf, done, self._now)
        self._after.damages(sheaf, month, done)
        complaints = calls(month, round(self._size.complaints * share), zone, dice, until=self._now)
        self._after.complaints(sheaf, month, complaints, self._residents, self._now)
        incidents = calls(month, round(self._size.incidents * share), zone, dice, until=self._now)
        self._after.public_places(sheaf, month, incidents)

    def _close(self, sheaf: Sheaf, month: Month, mine: list[Done], *, settled: bool) -> None:
        """The month's money; the last whole month is left for people to close."""
        self._money.ledger(sheaf, mine)
        if not settled:
            return
        report, notices = self._money.settled(sheaf, month, mine)
        numbered = {order.id: order for order in mine}
        for entry in sheaf.rows[BillingEntry]:
            order = numbered.get(entry["order_id"])
            if order is None:
                continue
            entry["report_id"] = report
            if order.payment_method == "monthly_notice":
                entry["state"], entry["notice_id"] = "noticed", notices[order.resident.unit_id]
        for row in sheaf.rows[WorkOrder]:
            if row["id"] in numbered:
                row["state"] = "archived"

    def _neighbours(self) -> list[Resident]:
        """Everybody who lives here; units without anybody get somebody."""
        current, dice = session(), self._dice
        units = {unit.id: unit for unit in current.scalars(sa.select(Unit))}
        living = {person.unit_id for person in current.scalars(sa.select(Person))}
        with transaction() as writing:
            writing.add_all(
                Person(
                    estate_id=self._estate_id,
                    name=dice.choice(_SURNAMES) + dice.choice(_GIVEN) + dice.choice(("", *_GIVEN)),
                    relation=dice.choice(("owner", "owner", "tenant")),
                    phone=f"138{dice.randrange(10**8):08d}",
                    unit_id=unit_id,
                )
                for unit_id in units
                if unit_id not in living
            )
        return [
            Resident(
                person_id=person.id,
                unit_id=person.unit_id,
                name=person.name,
                phone=person.phone,
                unit=units[person.unit_id].code,
                building=int(units[person.unit_id].code.partition("栋")[0]),
            )
            for person in session().scalars(sa.select(Person).order_by(Person.id))
        ]

    def _assets(self, sheaf: Sheaf) -> None:
        """An appliance in every other unit."""
        first = self._now.date() - dt.timedelta(days=900)
        household = uuid7()
        sheaf.add(
            WarrantyClass,
            id=household,
            estate_id=self._estate_id,
            code="YEAR-SET",
            name_zh="整机一年",
            name_en="Set, one year",
            months_from_use=12,
            months_from_factory=24,
            months_from_acceptance=None,
            basis="either",
            on_site_24h=False,
        )
        for place, resident in enumerate(self._residents[::2], 1):
            used = first + dt.timedelta(days=self._dice.randrange(880))
            asset_id, label = uuid7(), f"KT-{place:05d}"
            sheaf.found_by(index.ASSET, str(asset_id), f"{label} {resident.unit}")
            sheaf.add(
                Asset,
                id=asset_id,
                estate_id=self._estate_id,
                label=label,
                provisional=False,
                unit_id=resident.unit_id,
                place=None,
                kind=self._dice.choice(("air_conditioner", "gas_water_heater")),
                brand=self._dice.choice(("格力", "美的", "海尔", "万和")),
                model=f"M-{self._dice.randrange(100, 999)}",
                serial=None,
                refrigerant=None,
                rated_current_a=Decimal("5.2"),
                class_id=household,
                factory_on=used - dt.timedelta(days=90),
                first_use_on=used,
                accepted_on=None,
                documents=[],
                version=1,
            )

    def _draw(self, current: Session) -> None:
        """What the movements have left on the shelves."""
        for item_id, left in self._orders.jobs.shelves.items():
            current.get_one(StockItem, item_id).stock_qty = left


def _people(known: dict[str, By]) -> People:
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
        desk=(known["chenjing"], known["chenjing"], known["wugang"]),
        front=known["lina"],
        technicians={
            "": tuple(skilled[""]),
            **{kind: tuple(skilled[licence]) for kind, licence in needed.items()},
        },
        reviewer=known["sunqian"],
        storekeeper=known["qianjin"],
    )


def _office(known: dict[str, By]) -> Office:
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
    )


def _catalogue(current: Session, estate_id: uuid.UUID) -> Catalogue:
    labour: dict[str, PriceItem] = {}
    material: dict[str, list[PriceItem]] = defaultdict(list)
    for item in current.scalars(sa.select(PriceItem).where(PriceItem.estate_id == estate_id)):
        if item.labour_fen:
            labour.setdefault(item.category, item)
        else:
            material[item.category].append(item)
    templates = {}
    for kind in {*labour}:
        row = runs.newest_for_category(current, estate_id, kind)
        if row is not None:
            templates[kind] = (
                runs.template(current, estate_id, row.code, row.version),
                row.version,
            )
    stock = {one.code: one for one in current.scalars(sa.select(StockItem))}
    return Catalogue(labour=labour, material=material, stock=stock, templates=templates)
