"""Whom and what a desk means by what it types: a phone number, a name, 3-2-1502."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.estate.models import Person, Unit
from server.search import index

_SHORT = re.compile(r"^(\d{1,3})-(?:(\d{1,2})-)?(\d{3,4})$", re.ASCII)
_BUILDING = re.compile(r"(\d)\s*(?:栋|单元)\s*")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A unit, or somebody who belongs to one."""

    unit_code: str
    name: str = ""
    phone: str = ""
    relation: str = ""


def find_callers(
    session: Session, estate_id: uuid.UUID, typed: str, *, people: int = 8, units: int = 5
) -> list[Found]:
    """People, then units, that fit what was typed so far; none for less than two characters."""
    words = as_searched(typed)
    if len(words) < 2:  # noqa: PLR2004  # a single character fits half the estate
        return []
    ids = index.find(session, estate_id, words, kinds=[index.PERSON], limit=people)
    codes = index.find(session, estate_id, words, kinds=[index.UNIT], limit=units)
    rows = session.execute(
        sa.select(Person.id, Person.name, Person.phone, Person.relation, Unit.code)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id.in_([uuid.UUID(hit.subject) for hit in ids]))
    )
    known = {
        str(row.id): Found(
            unit_code=row.code, name=row.name, phone=row.phone, relation=row.relation
        )
        for row in rows
    }
    return [
        *(known[hit.subject] for hit in ids if hit.subject in known),
        *(Found(unit_code=hit.subject) for hit in codes),
    ]


def people_of(session: Session, unit: Unit, *, limit: int = 8) -> list[Person]:
    """Who belongs to a unit, as far as it has ever called; the newest first."""
    return list(
        session.scalars(
            sa.select(Person)
            .where(Person.unit_id == unit.id)
            .order_by(Person.id.desc())
            .limit(limit)
        )
    )


def unit_with(session: Session, estate_id: uuid.UUID, code: str) -> Unit | None:
    """The unit with this code, for reading; None where there is none."""
    return session.scalar(sa.select(Unit).where(Unit.estate_id == estate_id, Unit.code == code))


def similar_units(session: Session, estate_id: uuid.UUID, typed: str) -> list[str]:
    """Units that somebody may have meant who typed one that is not there: of the same room."""
    rooms = re.findall(r"\d{3,4}", typed)
    if not rooms:
        return []
    hits = index.find(session, estate_id, rooms[-1], kinds=[index.UNIT], limit=5)
    return [hit.subject for hit in hits]


def as_unit_code(typed: str) -> str:
    """3栋2单元1502 of 3-2-1502; anything else as it was typed."""
    match = _SHORT.match(typed.strip())
    if match is None:
        return typed.strip()
    building, entrance, room = match.groups()
    return f"{building}栋" + (f"{entrance}单元" if entrance else "") + room


def as_searched(typed: str) -> str:
    """What the index is asked for: 3栋2单元15, typed half, is 3-2-15."""
    return _BUILDING.sub(r"\1-", typed.strip()).rstrip("-").strip()
