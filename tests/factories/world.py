"""One estate with the whole cast, and the ways in which a test acts in it: by real operations."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from server.accounts import operations as accounts
from server.accounts.models import User
from server.alerts.models import Alert
from server.alerts.operations import alerts_of
from server.checklist_runs.operations import publish_catalogue
from server.complaints.models import Complaint
from server.db import session, transaction
from server.devices import operations as devices
from server.devices.models import Device
from server.estate import operations as estate
from server.estate.models import Estate
from server.evidence.models import Photo
from server.history import Actor, HistoryRow, history_of
from server.prices.models import PriceItem, PriceList
from server.requests import operations as requests
from server.requests.models import ServiceRequest
from server.settings import Settings
from server.stores.models import StockItem
from server.work_orders.models import WorkOrder
from server.work_orders.operations import dispatching
from tests import cast
from tests.cast import CHEN_JING, NINE, WANG_LIHUA, Customer, Staff

P = ParamSpec("P")
R = TypeVar("R")
JANUARY = dt.date(2025, 1, 1)
LICENCES_END = dt.date(2025, 12, 31)


def sha(text: str) -> str:
    """The name of a picture that nobody looks at: the hash of its description."""
    return hashlib.sha256(text.encode()).hexdigest()


def settle(current: Session) -> None:
    """The estate of the scenarios: dwellings, staff with licences and handhelds, prices, stock."""
    home = estate.create_estate(current, "鲁能星城")
    system = accounts.system_actor(home.id)
    for customer in cast.CUSTOMERS:
        estate.add_unit(current, home.id, customer.unit_code)
    for staff in cast.STAFF:
        _employ(current, staff, by=system)
    current.add(
        PriceList(
            estate_id=home.id,
            version=cast.PRICE_LIST,
            state="published",
            valid_from=JANUARY,
            drafted_at=NINE,
        )
    )
    for code, name_zh, name_en, category, unit, fen in cast.PRICES:
        current.add(
            PriceItem(
                estate_id=home.id,
                list_version=cast.PRICE_LIST,
                code=code,
                name_zh=name_zh,
                name_en=name_en,
                category=category,
                unit=unit,
                labour_fen=fen if code.startswith("L-") else 0,
                material_fen=0 if code.startswith("L-") else fen,
                valid_from=JANUARY,
            )
        )
    for code, name, kind, unit, pieces in cast.STOCK:
        current.add(
            StockItem(
                estate_id=home.id,
                code=code,
                name=name,
                kind=kind,
                unit=unit,
                stock_qty=Decimal(pieces),
                minimum_qty=Decimal(1),
            )
        )
    publish_catalogue(current, by=system, at=NINE)


def _employ(current: Session, staff: Staff, *, by: Actor) -> None:
    user = accounts.create_user(
        current,
        username=staff.username,
        name=staff.name,
        roles=staff.roles,
        password=cast.PASSWORD,
        memory_kib=8,
        by=by,
        at=NINE,
        staff_code=staff.staff_code,
        must_change_password=False,
    )
    for kind in staff.licences:
        accounts.grant_qualification(
            current,
            user,
            kind=kind,
            number=f"{kind}-{staff.staff_code}",
            valid_from=JANUARY,
            valid_until=LICENCES_END,
            by=by,
            at=NINE,
        )
    if staff.handheld is not None:
        current.add(
            Device(
                id=staff.handheld,
                estate_id=by.estate_id,
                label=staff.handheld.upper(),
                technician_id=user.id,
                state="active",
                enrolled_at=NINE,
                paired_at=NINE,
            )
        )
        current.flush()


@dataclass(kw_only=True)
class World:
    """The settled estate on one database. Every act is a transaction of its own."""

    settings: Settings
    #: the estate's clock; an act that names no time takes place a minute after the last one
    now: dt.datetime = NINE
    _photos: int = field(default=0)

    @property
    def session(self) -> Session:
        """The session, for reading."""
        return session()

    def do(
        self, operation: Callable[Concatenate[Session, P], R], *args: P.args, **words: P.kwargs
    ) -> R:
        """Carry out one operation in a transaction."""
        with transaction() as current:
            return operation(current, *args, **words)

    def later(self) -> dt.datetime:
        """A minute later."""
        self.now += dt.timedelta(minutes=1)
        return self.now

    @property
    def estate_id(self) -> uuid.UUID:
        """The one estate."""
        found = session().scalar(sa.select(Estate.id))
        assert found is not None
        return found

    def user(self, staff: Staff) -> User:
        """The account of one of the cast."""
        found = session().scalar(sa.select(User).where(User.username == staff.username))
        assert found is not None
        return found

    def by(self, staff: Staff) -> Actor:
        """One of the cast, at a desk or, with a handheld, in the field."""
        user = self.user(staff)
        if staff.handheld is None:
            return accounts.actor_for(user)
        return devices.actor_for(self.handheld(staff), user.name)

    def handheld(self, staff: Staff) -> Device:
        """The handheld of a technician."""
        found = session().get(Device, staff.handheld)
        assert found is not None
        return found

    def register(
        self,
        customer: Customer = WANG_LIHUA,
        *,
        by: Staff = CHEN_JING,
        at: dt.datetime | None = None,
        **facts: Any,
    ) -> ServiceRequest:
        """SR1: a customer calls."""
        told: dict[str, Any] = {
            "content": "客厅灯不亮",
            "channel": "phone",
            "kind": "service_need",
            "urgency": "normal",
            "appointment_at": None,
            **facts,
        }
        caller = requests.Caller(
            name=customer.name, unit_code=customer.unit_code, phone=customer.phone
        )
        return self.do(
            requests.register,
            self.settings,
            caller=caller,
            by=self.by(by),
            at=at or self.later(),
            **told,
        )

    def accepted(self, *, category: str = "household_other", **facts: Any) -> ServiceRequest:
        """SR1 and SR4: a request that can be taken."""
        request = self.register(**facts)
        self.do(
            requests.judge_accepted,
            request,
            nature="paid_special",
            category=category,
            price_item_code=None,
            price_list_version=None,
            slot_technician_id=None,
            by=self.by(CHEN_JING),
            at=self.later(),
        )
        return request

    def issued(self, **facts: Any) -> WorkOrder:
        """WO1: an order that nobody has yet. The category decides whether it has a checklist."""
        request = self.accepted(**facts)
        return self.do(
            dispatching.issue,
            self.settings,
            request,
            category=None,
            appointment_at=None,
            urgency=None,
            by=self.by(CHEN_JING),
            at=self.later(),
        )

    def photo(self, order: WorkOrder, *, step: str = "", tag: str, content: str = "") -> Photo:
        """A picture of this order that the server holds, as an upload leaves it."""
        self._photos += 1
        with transaction() as current:
            photo = Photo(
                id=uuid7(),
                estate_id=order.estate_id,
                sha256=sha(content or f"{order.number} {self._photos}"),
                order_id=order.id,
                order_number=order.number,
                step=step,
                tag=tag,
                device_id=cast.LIU_QIANG.handheld,
                media_type="image/jpeg",
                size_bytes=1000,
                width_px=40,
                height_px=30,
                received_at=self.now,
                keep_place=False,
                due_at=self.now,
            )
            current.add(photo)
        return photo

    def alerts(self, subject: ServiceRequest | WorkOrder, *, open_only: bool = True) -> list[str]:
        """Kinds of the alerts about a request or an order, oldest first."""
        found = alerts_of(session(), _kind(subject), subject.number)
        return [row.kind for row in found if not open_only or row.resolved_at is None]

    def alerts_of(self, subject: Complaint) -> list[str]:
        """Kinds of the open alerts about a complaint."""
        rows = alerts_of(session(), "complaint", subject.number)
        return [row.kind for row in rows if row.resolved_at is None]

    def alert_rows(self, subject_kind: str, subject: str) -> list[Alert]:
        """Alerts about anything that has a number."""
        return alerts_of(session(), subject_kind, subject)

    def history(self, subject: ServiceRequest | WorkOrder) -> list[HistoryRow]:
        """The chain of a request or an order."""
        return list(history_of(session(), _kind(subject), subject.number))


def _kind(subject: ServiceRequest | WorkOrder) -> str:
    return "request" if isinstance(subject, ServiceRequest) else "order"
