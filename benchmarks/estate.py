"""An estate to measure in: units, people, technicians with handhelds, a desk that is signed in."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.fleet import Account
from benchmarks.house import House
from server.accounts import operations as accounts
from server.accounts.models import User
from server.checklist_runs.operations import publish_catalogue
from server.db import transaction, utcnow
from server.devices import operations as devices
from server.estate import operations as estate
from server.estate.models import Person
from server.history import Actor

LICENCES = ("electrician", "gas", "refrigeration", "height", "plumbing")
_UNITS = tuple(
    f"{building}栋{entrance}单元{floor:02d}01"
    for building in range(1, 13)
    for entrance in (1, 2)
    for floor in range(1, 26)
)
_HASH_KIB = 8  # nobody signs in with these passwords


@dataclass(frozen=True, kw_only=True)
class Technician:
    """Somebody who can do every kind of work, with one paired handheld."""

    id: uuid.UUID
    username: str
    account: Account
    #: for `/field/v1`
    token: str


@dataclass(frozen=True, kw_only=True)
class Estate:
    """What orders are made of."""

    desk: Actor
    desk_token: str
    console_token: str
    technicians: tuple[Technician, ...]
    #: (person, unit)
    residents: tuple[tuple[uuid.UUID, uuid.UUID], ...]


def found(house: House, *, handhelds: int) -> Estate:
    """Make the estate by the product's own operations, in one transaction."""
    now = utcnow()
    with house.app.app_context(), transaction() as current:
        home = estate.create_estate(current, "基准测试小区")
        system = accounts.system_actor(home.id)
        publish_catalogue(current, by=system, at=now)
        for number, code in enumerate(_UNITS):
            unit = estate.add_unit(current, home.id, code)
            phone = f"139{number:08d}"
            estate.person_for(current, unit, name="住户", phone=phone, relation="owner")
        residents = current.execute(sa.select(Person.id, Person.unit_id).order_by(Person.phone))
        desk = accounts.create_user(
            current,
            username="desk",
            name="陈静",
            roles=["dispatch_duty", "front_desk"],
            password="measured, not guessed",
            memory_kib=_HASH_KIB,
            by=system,
            at=now,
            must_change_password=False,
        )
        tokens = {
            kind: accounts.open_token(
                current,
                desk,
                kind=kind,
                lifetime=dt.timedelta(hours=12),
                address="127.0.0.1",
                at=now,
            )[0]
            for kind in ("api", "console")
        }
        key = house.settings.secret_key()
        return Estate(
            desk=accounts.actor_for(desk),
            desk_token=tokens["api"],
            console_token=tokens["console"],
            technicians=tuple(
                _technician(current, number, key, by=system, at=now) for number in range(handhelds)
            ),
            residents=tuple((person, unit) for person, unit in residents),
        )


def _technician(
    current: Session, number: int, key: bytes, *, by: Actor, at: dt.datetime
) -> Technician:
    user = accounts.create_user(
        current,
        username=f"tech{number:03d}",
        name=f"技工{number:03d}",
        roles=["technician"],
        password="measured, not guessed",
        memory_kib=_HASH_KIB,
        by=by,
        at=at,
        staff_code=f"T-{number:03d}",
        must_change_password=False,
    )
    for kind in LICENCES:
        accounts.grant_qualification(
            current,
            user,
            kind=kind,
            number=f"{kind}-{number}",
            valid_from=at.date() - dt.timedelta(days=30),
            valid_until=at.date() + dt.timedelta(days=30),
            by=by,
            at=at,
        )
    return _with_handheld(current, user, key, by=by, at=at)


def _with_handheld(
    current: Session, user: User, key: bytes, *, by: Actor, at: dt.datetime
) -> Technician:
    _, code = devices.enrol(
        current,
        label=f"HH {user.username}",
        technician=user,
        lifetime=dt.timedelta(minutes=15),
        by=by,
        at=at,
    )
    device, token = devices.pair(current, code=code, model="bench", app_version="1", at=at)
    return Technician(
        id=user.id,
        username=user.username,
        account=Account(device=device.id, password=devices.broker_password(device, key)),
        token=token,
    )
