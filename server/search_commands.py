"""`paigong db reindex`: filling the search index with what was stored before there was one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.app import create_core
from server.complaints import finding as complaints
from server.complaints.models import Complaint
from server.db import db, session, transaction
from server.estate import listing as estate
from server.estate.models import Person, Unit
from server.notes import queries as notes
from server.notes.models import Note
from server.requests import finding as requests
from server.requests.models import ServiceRequest
from server.search import index
from server.search.filling import Entry, put_batch
from server.settings import Settings
from server.work_orders import finding as orders
from server.work_orders.models import WorkOrder

#: Everything that can be found: its kind, its table, and its entries in order of time.
SOURCES: tuple[tuple[str, type, Callable[[Session], Iterator[list[Entry]]]], ...] = (
    (index.UNIT, Unit, estate.unit_entries),
    (index.PERSON, Person, estate.person_entries),
    (index.REQUEST, ServiceRequest, requests.entries),
    (index.ORDER, WorkOrder, orders.entries),
    (index.NOTE, Note, notes.entries),
    (index.COMPLAINT, Complaint, complaints.entries),
)


def reindex(settings: Settings) -> None:
    """Fill the index anew, also while the house runs, and say how much there is."""
    app = create_core(settings)
    with app.app_context():
        try:
            count = fill()
        finally:
            db.session.remove()
            db.engine.dispose()
    click.echo(f"{count} 条已可搜索 can be found")


def fill() -> int:
    """Put everything that is stored into the index, a transaction for each batch; how many."""
    counted = sum(
        session().scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for _, table, _ in SOURCES
    )
    with click.progressbar(length=counted, label="建索引 indexing", file=sys.stderr) as shown:
        for kind, _, entries in SOURCES:
            for batch in entries(session()):
                with transaction() as current:
                    put_batch(current, kind, batch)
                session().expunge_all()
                shown.update(len(batch))
    return counted


def is_unfilled() -> bool:
    """Whether there is something to be found and nothing in the index: an upgrade from before it."""
    stored = session().scalar(sa.select(Unit.id).limit(1)) is not None
    return stored and index.is_empty(session())
