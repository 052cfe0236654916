"""Finding assets: by unit, label, serial number; page by page. No rules in here."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.assets.documents import Document, documents_of
from server.assets.models import Asset, WarrantyClass
from server.errors import Invalid
from server.estate.models import Unit

#: More would not fit beside a call; the rest stands in the list.
MOST_OF_UNIT = 50
_AFTER_ALL = "\U0010ffff"


@dataclass(frozen=True, kw_only=True)
class Row:
    """An asset with the names that its ids stand for."""

    asset: Asset
    unit_code: str | None
    warranty_class: WarrantyClass | None

    @property
    def documents(self) -> list[Document]:
        """What was handed over with it, in the order in which it came."""
        return documents_of(self.asset)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the list, the newest first, and where the next one begins."""

    rows: list[Row]
    next_cursor: str | None


def page(
    session: Session,
    estate_id: uuid.UUID,
    *,
    unit_id: uuid.UUID | None = None,
    kind: str | None = None,
    known_as: str | None = None,
    retired: bool = False,
    retraining_due: bool = False,
    limit: int,
    cursor: str | None = None,
) -> Page:
    """Assets by unit, kind, and the beginning of a label or a whole serial number (X-017).

    `retraining_due`: those only whose operators are to be trained again (X-008).
    Raises Invalid for a cursor that is not one of ours.
    """
    wanted = [Asset.estate_id == estate_id]
    wanted.append(Asset.retired_at.is_not(None) if retired else Asset.retired_at.is_(None))
    if unit_id is not None:
        wanted.append(Asset.unit_id == unit_id)
    if kind is not None:
        wanted.append(Asset.kind == kind)
    if known_as:
        wanted.append(Asset.id.in_(_known_as(estate_id, known_as)))
    if retraining_due:
        wanted.append(Asset.retraining_since.is_not(None))
    if cursor is not None:
        wanted.append(Asset.id < _read(cursor))
    rows = _rows(session, *wanted, order=Asset.id.desc(), limit=limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows=rows, next_cursor=rows[-1].asset.id.hex if more else None)


def of_unit(session: Session, unit_id: uuid.UUID) -> list[Row]:
    """What stands in a unit now, the newest first."""
    mine = (Asset.unit_id == unit_id, Asset.retired_at.is_(None))
    return _rows(session, *mine, order=Asset.id.desc(), limit=MOST_OF_UNIT)


def one(session: Session, asset_id: uuid.UUID) -> Row:
    """An asset that is known to be there, with its names."""
    (row,) = _rows(session, Asset.id == asset_id, order=Asset.id, limit=1)
    return row


def some(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Row]:
    """Several at once, for a page of something else."""
    rows = _rows(session, Asset.id.in_(ids), order=Asset.id, limit=len(ids))
    return {row.asset.id: row for row in rows}


def versions(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Id -> version of these assets."""
    rows = session.execute(sa.select(Asset.id, Asset.version).where(Asset.id.in_(ids)))
    return {row.id: row.version for row in rows}


def by_label(session: Session, estate_id: uuid.UUID, label: str) -> Asset:
    """The asset with this label. Raises Invalid where there is none (X-017)."""
    asset = session.scalar(
        sa.select(Asset).where(Asset.estate_id == estate_id, Asset.label == label)
    )
    if asset is None:
        raise Invalid(
            "unknown-asset",
            f"没有标签为 {label} 的设备。",
            f"There is no asset with the label {label}.",
            rule="X-017",
            errors={"asset": ["没有这台设备 no such asset"]},
        )
    return asset


def _known_as(estate_id: uuid.UUID, typed: str) -> sa.ScalarSelect[uuid.UUID]:
    # Two halves, each by an index of its own.
    labelled = sa.select(Asset.id).where(
        Asset.estate_id == estate_id, Asset.label >= typed, Asset.label < typed + _AFTER_ALL
    )
    numbered = sa.select(Asset.id).where(Asset.estate_id == estate_id, Asset.serial == typed)
    both = sa.union(labelled, numbered).subquery()
    return sa.select(both.c.id).scalar_subquery()


def _rows(
    session: Session,
    *where: sa.ColumnElement[bool],
    order: sa.ColumnExpressionArgument[uuid.UUID],
    limit: int,
) -> list[Row]:
    found = session.execute(
        sa.select(Asset, Unit.code, WarrantyClass)
        .outerjoin(Unit, Unit.id == Asset.unit_id)
        .outerjoin(WarrantyClass, WarrantyClass.id == Asset.class_id)
        .where(*where)
        .order_by(order)
        .limit(limit)
    )
    return [Row(asset=asset, unit_code=code, warranty_class=row) for asset, code, row in found]


def _read(cursor: str) -> uuid.UUID:
    try:
        return uuid.UUID(cursor)
    except ValueError as error:
        raise Invalid(
            "bad-cursor", "分页位置无效。", "The place in the list is not one of ours."
        ) from error
