"""What a request is found by."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.requests.models import ServiceRequest
from server.search import index


def index_request(session: Session, request: ServiceRequest) -> None:
    """Make a request findable by number, unit, customer and words."""
    person, unit = request.person, request.unit
    texts = [request.number, unit.code, person.name, person.phone, request.content]
    index.put(session, request.estate_id, index.REQUEST, request.number, texts)
