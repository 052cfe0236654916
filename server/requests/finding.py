"""What a request is found by."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.estate.models import Person, Unit
from server.requests.models import ServiceRequest
from server.search import index
from server.search.filling import Entry, in_batches


def index_request(session: Session, request: ServiceRequest) -> None:
    """Make a request findable by number, unit, customer and words."""
    person, unit = request.person, request.unit
    texts = [request.number, unit.code, person.name, person.phone, request.content]
    index.put(session, request.estate_id, index.REQUEST, request.number, texts)


def entries(session: Session) -> Iterator[list[Entry]]:
    """All requests for the index, in the order in which they were registered."""
    row = ServiceRequest
    query = (
        sa.select(row.id, row.estate_id, row.number, row.number, Unit.code, Person.name)
        .add_columns(Person.phone, row.content)
        .join(Unit, Unit.id == row.unit_id)
        .join(Person, Person.id == row.person_id)
    )
    return in_batches(session, query, row.id)
