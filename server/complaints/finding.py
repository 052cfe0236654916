"""What a complaint is found by."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.complaints.models import Complaint
from server.estate.models import Person, Unit
from server.search import index
from server.search.filling import Entry, in_batches


def index_complaint(session: Session, complaint: Complaint) -> None:
    """Make a complaint findable by number, unit, customer and words."""
    person, unit = complaint.person, complaint.unit
    texts = [complaint.number, unit.code, person.name, person.phone, complaint.content]
    index.put(session, complaint.estate_id, index.COMPLAINT, complaint.number, texts)


def entries(session: Session) -> Iterator[list[Entry]]:
    """All complaints for the index, in the order in which they were recorded."""
    row = Complaint
    query = (
        sa.select(row.id, row.estate_id, row.number, row.number, Unit.code, Person.name)
        .add_columns(Person.phone, row.content)
        .join(Unit, Unit.id == row.unit_id)
        .join(Person, Person.id == row.person_id)
    )
    return in_batches(session, query, row.id)
