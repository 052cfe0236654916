"""`paigong seed --year`: thirty thousand orders and what belongs to them, month after month."""

from __future__ import annotations

import datetime as dt
import random
import sys
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from demo import estate
from demo.year import assets, cast, photos
from demo.year.after import After
from demo.year.books import Books
from demo.year.calendar import Month, calls, months_until
from demo.year.cast import Catalogue, Done, Resident
from demo.year.checks import Checks
from demo.year.clusters import Clusters
from demo.year.complaints import Complaints, Told
from demo.year.house import House
from demo.year.intake import Intake
from demo.year.mishaps import Mishaps
from demo.year.money import Money
from demo.year.orders import Orders
from demo.year.preventive import Preventive
from demo.year.rosters import Rosters
from demo.year.slip import Slip
from demo.year.writing import Basis, By, Diary, Numbers, Sheaf
from server import migrate
from server.accounts.models import User
from server.app import create_core
from server.assets.models import Asset, WarrantyClass
from server.billing.models import BillingEntry, FeeNotice, FinanceReport
from server.checklist_runs import queries as runs
from server.complaints.models import Complaint, ComplaintCluster
from server.db import Statistics, db, session, transaction, utcnow
from server.estate.models import Estate, Person, Unit
from server.history import HistoryChain, HistoryRow
from server.month_end import weekly
from server.preventive.models import PreventivePlan
from server.prices.models import PriceItem
from server.public_notices.models import PublicNotice
from server.quality.models import Review
from server.requests.models import ServiceRequest
from server.return_visits.models import ReturnVisit
from server.search.models import SearchDocument
from server.settings import Settings
from server.stores.models import StockItem, StockLine
from server.work_orders.models import Quote, WorkOrder

MONTHS, ORDERS, COMPLAINTS, INCIDENTS = 12, 30_000, 1_500, 300
#: Parents first, so that every reference holds while rows are written.
PARENTS = (
    HistoryChain,
    HistoryRow,
    WarrantyClass,
    Asset,
    PreventivePlan,
    ServiceRequest,
    WorkOrder,
    Quote,
    StockLine,
    FinanceReport,
    FeeNotice,
    Review,
    PublicNotice,
    ComplaintCluster,
    Complaint,
    ReturnVisit,
    SearchDocument,
)
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = ("伟", "芳", "娜", "敏", "静", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超")
#: Of a hundred calls one wants something that is not offered: five a week.
_WISHES = 0.009
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
                item_show_func=lambda part: part,
            ) as shown:
                for part, written in Year(settings, home.id, size).parts():
                    shown.update(written, part)
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
    """Writes the months of one estate, a transaction each, and what spans them all."""

    def __init__(self, settings: Settings, estate_id: uuid.UUID, size: Size) -> None:
        self._settings, self._estate_id, self._size = settings, estate_id, size
        self._documents = count(_FIRST_DOCUMENT, _A_DOCUMENT_MONTH)
        self._basis = basis = Basis(
            numbers=Numbers(),
            diary=Diary(),
            zone=settings.zone,
            dice=random.Random(20),
            now=utcnow(),
        )
        self._months = months_until(basis.now, settings.zone, size.months + 1)
        self._first = self._months[0].first
        current = session()
        self._staff = {
            user.username: By(id=user.id, name=user.name)
            for user in current.scalars(sa.select(User))
        }
        self._people, self._office = cast.people(self._staff), cast.office(self._staff)
        self._residents = self._neighbours()
        self._assets = assets.appliances(self._residents, basis)
        catalogue = _catalogue(current, estate_id)
        technicians = self._people.technicians[""]
        self._rosters = Rosters(
            technicians,
            (*self._people.desk, self._people.front),
            self._office.cs_manager,
            basis,
            first=self._first,
        )
        self._intake = Intake(self._people, self._residents, catalogue, self._rosters, basis)
        self._orders = Orders(
            self._people, catalogue, self._rosters, basis, photos.scenes(), photos.strokes()
        )
        self._plans = Preventive(
            self._assets, self._office, self._intake, self._orders, basis, first=self._first
        )
        self._after, self._mishaps = After(self._office, basis), Mishaps(self._office, basis)
        self._money = Money(self._office, basis)
        self._books = Books(self._people, self._office, self._rosters, basis)
        self._complaints = Complaints(self._office, self._residents, basis)
        #: who complained, and what was closed in a month but belongs to the next
        self._told: list[Told] = []
        self._left_over: list[Done] = []
        current.rollback()

    def parts(self) -> Iterator[tuple[str, int]]:
        """Part after part: what comes next, and how many orders were written since."""
        yield "排班 rosters", 0
        self._once(self._before)
        written = 0
        for place, month in enumerate(self._months):
            yield f"{month.first:%Y-%m}", written
            written = self._month(month, place)
        yield "投诉 complaints", written
        self._once(self._of_complaints)
        yield "消息、周报 messages, weekly reports", 0
        self._once(self._at_last)
        with transaction() as current:
            self._basis.numbers.store(current, self._estate_id)
            self._draw(current)

    def _once(self, part: Callable[[Sheaf], None]) -> None:
        """What belongs to no single month."""
        sheaf = Sheaf(estate_id=self._estate_id, first_document=next(self._documents))
        part(sheaf)
        with transaction() as current:
            sheaf.write(current, PARENTS)

    def _before(self, sheaf: Sheaf) -> None:
        technicians = self._people.technicians[""]
        self._rosters.write(sheaf)
        assets.write(sheaf, self._assets, technicians, self._office, self._basis, first=self._first)
        self._plans.write(sheaf)
        Checks(self._office, self._basis).write(sheaf, first=self._first)

    def _of_complaints(self, sheaf: Sheaf) -> None:
        Clusters(self._office, self._basis).gather(sheaf, self._told)
        self._complaints.write(sheaf, self._told)

    def _at_last(self, sheaf: Sheaf) -> None:
        """What counts what the year has brought; and the histories that went on all year."""
        technicians = self._people.technicians[""]
        House(self._office, self._staff, self._done_in, self._basis).write(
            sheaf, technicians, first=self._first
        )
        self._basis.diary.store(sheaf)

    def _done_in(self, by: By, monday: dt.date) -> dict[str, int]:
        if by.id is None:
            return {}
        return weekly.figures_of(session(), self._settings, by.id, monday)

    def _month(self, month: Month, place: int) -> int:
        """One month of orders and what follows them; how many there are."""
        zone, now, dice = self._settings.zone, self._basis.now, self._basis.dice
        each = self._size.orders // self._size.months
        share_of_last = self._basis.day(now).day / 31
        last = place == len(self._months) - 1
        # The first month has what the last one, which still runs, has not.
        wanted = each if place else int(each * (1 - share_of_last))
        sheaf = Sheaf(estate_id=self._estate_id, first_document=next(self._documents))
        moments = calls(
            month, int(wanted * share_of_last) if last else wanted, zone, dice, until=now
        )
        wishes = calls(month, round(len(moments) * _WISHES), zone, dice, until=now)
        issued = {(at, plan.id): (plan, day) for at, plan, day in self._plans.wanted(month)}
        slips: list[Slip] = []
        for at, what in sorted(
            [
                *((at, None) for at in moments),
                *((at, "wish") for at in wishes),
                *issued,
            ],
            key=lambda one: one[0],
        ):
            if what is None:
                call = self._intake.call(sheaf, month, at)
                slips.append(self._orders.order(sheaf, month, call))
            elif isinstance(what, str):
                self._intake.wish(sheaf, month, at)
            else:
                plan, day = issued[at, what]
                slips.append(self._plans.issue(sheaf, month, plan, day, at))
        self._plans.calls(sheaf, month)
        done = [slip.done() for slip in slips if slip.state == "closed"]
        self._follow(sheaf, month, done, len(moments) / self._size.orders)
        self._books.month(sheaf, month, {one.unit_id: one.unit for one in self._residents})
        mine = [*self._left_over, *(one for one in done if self._closed_in(one, month))]
        self._left_over = [one for one in done if not self._closed_in(one, month)]
        self._close(sheaf, month, mine, settled=place < len(self._months) - 2)
        self._archive(sheaf)
        with transaction() as current:
            sheaf.write(current, PARENTS)
        photos.write(self._settings.home / "photos", self._orders.jobs.files)
        self._orders.jobs.files.clear()
        return len(moments)

    def _closed_in(self, order: Done, month: Month) -> bool:
        return order.closed_at.astimezone(self._settings.zone).date() < month.following.first

    def _follow(self, sheaf: Sheaf, month: Month, done: list[Done], share: float) -> None:
        zone, dice, now = self._settings.zone, self._basis.dice, self._basis.now
        self._after.visits(sheaf, done)
        self._mishaps.damages(sheaf, month, done)
        complaints = calls(month, round(self._size.complaints * share), zone, dice, until=now)
        self._told += self._complaints.month(month, complaints)
        incidents = calls(month, round(self._size.incidents * share), zone, dice, until=now)
        self._mishaps.incidents(sheaf, month, incidents)

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

    def _archive(self, sheaf: Sheaf) -> None:
        """Orders of months that are settled, whichever month they began in (WO21)."""
        settled = {month.first for month in self._months[:-2]}
        for row in sheaf.rows[WorkOrder]:
            if row["month"] in settled:
                row["state"], row["qa_chosen"] = "archived", False
                row["qa_state"] = "none" if row["qa_state"] == "pending" else row["qa_state"]

    def _neighbours(self) -> list[Resident]:
        """Everybody who lives here; units without anybody get somebody."""
        current, dice = session(), self._basis.dice
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

    def _draw(self, current: Session) -> None:
        """What the movements have left on the shelves."""
        for item_id, left in self._orders.jobs.shelves.items():
            current.get_one(StockItem, item_id).stock_qty = left


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
