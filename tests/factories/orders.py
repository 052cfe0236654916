"""An estate with people, handhelds and orders, made by the operations that the doors call."""

import datetime as dt
import itertools
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from server.accounts import operations as accounts
from server.accounts.models import User
from server.checklist_runs.operations import publish_catalogue
from server.db import utcnow
from server.devices import operations as devices
from server.devices.models import Device
from server.estate.models import Estate
from server.estate.operations import add_unit, create_estate
from server.history import Actor
from server.requests import operations as requests
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import dispatching

UNIT = "3栋2单元1502"
_LICENCES = ("electrician", "gas", "refrigeration", "height", "plumbing")


@dataclass(kw_only=True)
class Estates:
    """Builds inside the session it is given; the caller commits."""

    session: Session
    settings: Settings
    estate: Estate
    desk: Actor
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def found(cls, session: Session, settings: Settings) -> "Estates":
        """A new estate with one unit, the shipped checklists and somebody at the desk."""
        estate = create_estate(session, "翠湖花园")
        system = accounts.system_actor(estate.id)
        now = utcnow()
        add_unit(session, estate.id, UNIT)
        publish_catalogue(session, by=system, at=now)
        desk = accounts.create_user(
            session,
            username="desk",
            name="周敏",
            roles=["dispatch_duty", "front_desk"],
            password="correct horse battery",
            memory_kib=8,
            by=system,
            at=now,
            must_change_password=False,
        )
        return cls(session=session, settings=settings, estate=estate, desk=accounts.actor_for(desk))

    def technician(self, name: str = "刘强") -> User:
        """A technician who holds every licence."""
        now, number = utcnow(), next(self._numbers)
        user = accounts.create_user(
            self.session,
            username=f"tech{number}",
            name=name,
            roles=["technician"],
            password="correct horse battery",
            memory_kib=8,
            by=self.desk,
            at=now,
            staff_code=f"T-{number:02d}",
            must_change_password=False,
        )
        day = now.date()
        for kind in _LICENCES:
            accounts.grant_qualification(
                self.session,
                user,
                kind=kind,
                number=f"{kind}-{number}",
                valid_from=day - dt.timedelta(days=30),
                valid_until=day + dt.timedelta(days=30),
                by=self.desk,
                at=now,
            )
        return user

    def handheld(self, technician: User) -> Device:
        """A paired handheld of a technician."""
        now = utcnow()
        _, code = devices.enrol(
            self.session,
            label=f"HH {technician.name}",
            technician=technician,
            lifetime=dt.timedelta(minutes=15),
            by=self.desk,
            at=now,
        )
        device, _ = devices.pair(self.session, code=code, model="test", app_version="1", at=now)
        return device

    def issued(self, *, category: str = "lamp", content: str = "客厅灯不亮") -> WorkOrder:
        """An order that nobody has yet."""
        now = utcnow()
        request = requests.register(
            self.session,
            self.settings,
            caller=requests.Caller(name="王丽华", unit_code=UNIT, phone="13900000001"),
            content=content,
            channel="phone",
            kind="service_need",
            urgency="normal",
            appointment_at=now + dt.timedelta(hours=2),
            by=self.desk,
            at=now,
        )
        requests.judge_accepted(
            self.session,
            request,
            nature="paid_special",
            category=category,
            price_item_code=None,
            price_list_version=None,
            slot_technician_id=None,
            by=self.desk,
            at=now,
        )
        return dispatching.issue(
            self.session,
            self.settings,
            request,
            category=None,
            appointment_at=None,
            urgency=None,
            by=self.desk,
            at=now,
        )

    def dispatched(self, technician: User, **order: str) -> WorkOrder:
        """An order just given to a technician."""
        issued = self.issued(**order)
        dispatching.dispatch(
            self.session, self.settings, issued, technician, by=self.desk, at=utcnow()
        )
        return issued
