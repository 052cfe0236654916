"""Numbers, unit codes, and adding buildings, units and persons."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from server.errors import Invalid
from server.estate.models import Building, Counter, Estate, Person, Unit
from server.estate.names import initials
from server.search import index

UNIT_CODE = re.compile(r"^(\d{1,3})栋(?:(\d{1,2})单元)?(\d{3,4})$", re.ASCII)


def create_estate(session: Session, name: str) -> Estate:
    """A new estate with an epoch of its own."""
    estate = Estate(name=name, epoch=str(uuid7()))
    session.add(estate)
    session.flush()
    return estate


def the_estate(session: Session) -> Estate | None:
    """The estate that the screens show; there is one for now."""
    return session.scalar(sa.select(Estate).order_by(Estate.id).limit(1))


def new_epoch(estate: Estate) -> str:
    """After a restore from backup: handhelds keep events for 7 days and send them again."""
    estate.epoch = str(uuid7())
    return estate.epoch


def next_number(
    session: Session, estate_id: uuid.UUID, prefix: str, at: dt.datetime, zone: ZoneInfo
) -> str:
    """The next number of a series, e.g. FW-202503-0001, in the caller's transaction."""
    month = at.astimezone(zone).strftime("%Y%m")
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # One statement: two who want the first number of a month must not both insert the counter.
    last = session.scalar(
        insert(Counter)
        .values(estate_id=estate_id, prefix=prefix, month=month, last=1)
        .on_conflict_do_update(
            index_elements=["estate_id", "prefix", "month"], set_={"last": Counter.last + 1}
        )
        .returning(Counter.last)
    )
    return f"{prefix}-{month}-{last:04d}"


def add_unit(session: Session, estate_id: uuid.UUID, code: str) -> Unit:
    """Add a unit, and its building where it is new. Raises Invalid for a code of another form."""
    building_no, entrance, floor, room = parse_unit_code(code)
    building = session.scalar(
        sa.select(Building).where(Building.estate_id == estate_id, Building.number == building_no)
    )
    if building is None:
        building = Building(estate_id=estate_id, number=building_no)
        session.add(building)
        session.flush()
    unit = Unit(
        estate_id=estate_id,
        building_id=building.id,
        code=code,
        entrance=entrance,
        floor=floor,
        room=room,
    )
    session.add(unit)
    session.flush()
    index_unit(session, unit)
    return unit


def index_unit(session: Session, unit: Unit) -> None:
    """Make a unit findable, also as 3-2-1502."""
    index.put(session, unit.estate_id, index.UNIT, unit.code, [unit.code])


def index_person(session: Session, person: Person, unit: Unit) -> None:
    """Make a person findable by name, its initials, phone and unit."""
    index.put(
        session,
        person.estate_id,
        index.PERSON,
        str(person.id),
        [person.name, person.phone, unit.code],
        aliases=[initials(person.name)],
    )


def parse_unit_code(code: str) -> tuple[int, int | None, int, int]:
    """(building, entrance, floor, room) of 3栋2单元1502. Raises Invalid."""
    match = UNIT_CODE.match(code)
    if match is None:
        raise Invalid(
            "bad-unit-code",
            f"房号 {code} 格式不对,例:3栋2单元1502。",
            f"{code} is not a unit code such as 3栋2单元1502.",
            errors={"unit_code": ["格式不对 not of the form 3栋2单元1502"]},
        )
    building, entrance, rest = match.groups()
    return int(building), int(entrance) if entrance else None, int(rest[:-2]), int(rest[-2:])


def find_unit(session: Session, estate_id: uuid.UUID, code: str) -> Unit:
    """The unit with this code. Raises Invalid where the estate has none."""
    parse_unit_code(code)
    unit = session.scalar(sa.select(Unit).where(Unit.estate_id == estate_id, Unit.code == code))
    if unit is None:
        raise Invalid(
            "unknown-unit",
            f"本小区没有 {code}。",
            f"The estate has no unit {code}.",
            errors={"unit_code": ["没有这个房号 no such unit"]},
        )
    return unit


def person_for(session: Session, unit: Unit, *, name: str, phone: str, relation: str) -> Person:
    """The person of this unit with this name and phone, added where new (R-036)."""
    person = session.scalar(
        sa.select(Person).where(
            Person.unit_id == unit.id, Person.name == name, Person.phone == phone
        )
    )
    if person is None:
        person = Person(
            estate_id=unit.estate_id, name=name, relation=relation, phone=phone, unit_id=unit.id
        )
        session.add(person)
        session.flush()
        index_person(session, person, unit)
    return person
