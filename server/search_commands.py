"""`paigong db reindex`: filling the search index with what was stored before there was one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.app import create_core
from server.assets import finding as assets
from server.assets.models import Asset
from server.billing.models import FeeNotice, FinanceReport
from server.complaints import finding as complaints
from server.complaints.models import Complaint, ComplaintCluster
from server.db import db, session, transaction
from server.estate import listing as estate
from server.estate.models import Person, Unit
from server.handovers.models import Handover, SlipHandover
from server.incidents.models import Damage, Incident
from server.notes import queries as notes
from server.notes.models import Note
from server.public_notices.models import PublicNotice
from server.quality.models import Review
from server.requests import finding as requests
from server.requests.models import ServiceRequest
from server.return_visits.models import ReturnVisit
from server.search import index
from server.search.filling import Entry, put_batch
from server.search.numbered import entries_of
from server.settings import Settings
from server.stores.models import StockCount, StockLine
from server.work_orders import finding as orders
from server.work_orders.models import Escalation, WorkOrder

#: What is found by its number alone.
_NUMBERED = (
    (index.INCIDENT, Incident, Incident.number),
    (index.DAMAGE, Damage, Damage.number),
    (index.VISIT, ReturnVisit, ReturnVisit.number),
    (index.CLUSTER, ComplaintCluster, ComplaintCluster.number),
    (index.FEE_NOTICE, FeeNotice, FeeNotice.number),
    (index.FINANCE_REPORT, FinanceReport, FinanceReport.number),
    (index.PUBLIC_NOTICE, PublicNotice, PublicNotice.number),
    (index.HANDOVER, Handover, Handover.number),
    (index.SLIPS, SlipHandover, SlipHandover.number),
    (index.STOCK_LINE, StockLine, StockLine.number),
    (index.STOCK_COUNT, StockCount, StockCount.number),
    (index.REVIEW, Review, Review.number),
    (index.ESCALATION, Escalation, Escalation.number),
)

#: Everything that can be found: its kind, its table, and its entries in order of time.
SOURCES: tuple[tuple[str, type, Callable[[Session], Iterator[list[Entry]]]], ...] = (
    (index.UNIT, Unit, estate.unit_entries),
    (index.PERSON, Person, estate.person_entries),
    (index.REQUEST, ServiceRequest, requests.entries),
    (index.ORDER, WorkOrder, orders.entries),
    (index.NOTE, Note, notes.entries),
    (index.COMPLAINT, Complaint, complaints.entries),
    (index.ASSET, Asset, assets.entries),
    *((kind, table, entries_of(table, number)) for kind, table, number in _NUMBERED),
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
    """Whether there is something of a kind and nothing of it in the index: an upgrade from before
    that kind was found."""
    return any(
        not index.holds(session(), kind)
        and session().scalar(sa.select(sa.literal(1)).select_from(table).limit(1)) is not None
        for kind, table, _ in SOURCES
    )
