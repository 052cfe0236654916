"""What an asset is found by (X-017)."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.assets.models import Asset
from server.estate.models import Unit
from server.search import index
from server.search.filling import Entry, in_batches


def index_asset(session: Session, asset: Asset) -> None:
    """Make an asset findable by the label it bears now, its serial number and its unit (X-017)."""
    unit = session.get_one(Unit, asset.unit_id).code if asset.unit_id else None
    texts = [asset.label, asset.serial, unit]
    index.put(session, asset.estate_id, index.ASSET, str(asset.id), texts)


def entries(session: Session) -> Iterator[list[Entry]]:
    """All assets for the index, in the order in which they were registered."""
    row = Asset
    query = sa.select(row.id, row.estate_id, row.id, row.label, row.serial, Unit.code).outerjoin(
        Unit, Unit.id == row.unit_id
    )
    return in_batches(session, query, row.id)
