"""Units and people by code and id: for lists, for what was found, for the index."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.estate.models import Person, Unit
from server.estate.names import initials
from server.search.filling import Entry, in_batches


def unit_id_of(session: Session, estate_id: uuid.UUID, code: str) -> uuid.UUID | None:
    """The unit with this code, None where there is none."""
    return session.scalar(sa.select(Unit.id).where(Unit.estate_id == estate_id, Unit.code == code))


def codes_of(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The codes of units by their ids."""
    rows = session.execute(sa.select(Unit.id, Unit.code).where(Unit.id.in_(list(ids))))
    return {row.id: row.code for row in rows}


def person_with(session: Session, estate_id: uuid.UUID, handle: str) -> Person | None:
    """The person with this id, None where there is none."""
    try:
        person = session.get(Person, uuid.UUID(handle))
    except ValueError:
        return None
    return person if person is not None and person.estate_id == estate_id else None


def people_with(
    session: Session, estate_id: uuid.UUID, handles: Collection[str]
) -> list[sa.Row[*tuple[Any, ...]]]:
    """Id, name, phone and unit of people by their ids, in the order named."""
    ids = [uuid.UUID(handle) for handle in handles]
    # Asked for the estate as well, SQLite walks through all people that it has.
    query = (
        sa.select(Person.id, Person.estate_id, Person.name, Person.phone, Unit.code.label("unit"))
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id.in_(ids))
    )
    found = {row.id: row for row in session.execute(query) if row.estate_id == estate_id}
    return [found[one] for one in ids if one in found]


def unit_entries(session: Session) -> Iterator[list[Entry]]:
    """All units for the index."""
    return in_batches(session, sa.select(Unit.id, Unit.estate_id, Unit.code, Unit.code), Unit.id)


def person_entries(session: Session) -> Iterator[list[Entry]]:
    """All people for the index, with the initials of their names."""
    query = sa.select(
        Person.id, Person.estate_id, Person.id, Person.name, Person.phone, Unit.code
    ).join(Unit, Unit.id == Person.unit_id)
    for batch in in_batches(session, query, Person.id):
        yield [
            Entry(
                estate_id=one.estate_id,
                subject=one.subject,
                words=f"{one.words} {initials(one.words.split(' ')[0])}",
            )
            for one in batch
        ]
