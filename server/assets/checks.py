"""Asking whether a repair is free, and keeping what was found (F-23, X-001 to X-003)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.assets.classes import terms_of
from server.assets.models import Asset, WarrantyCheck, WarrantyClass
from server.assets.operations import SUBJECT
from server.assets.warranty import Case, Dates, Entitlement, entitlement
from server.history import Actor
from server.settings import Settings

MOST_CHECKS = 50


def ask(
    settings: Settings,
    asset: Asset,
    warranty_class: WarrantyClass | None,
    day: dt.date,
    *,
    case: Case | None = None,
) -> Entitlement:
    """Whether a repair of this asset, reported on a day, is free (X-001)."""
    dates = Dates(
        first_use_on=asset.first_use_on,
        factory_on=asset.factory_on,
        accepted_on=asset.accepted_on,
    )
    return entitlement(terms_of(warranty_class, settings.warranty_basis), dates, day, case=case)


def class_of(session: Session, asset: Asset) -> WarrantyClass | None:
    """The class that the asset belongs to, if it belongs to one."""
    return session.get(WarrantyClass, asset.class_id) if asset.class_id else None


def keep(
    session: Session,
    asset: Asset,
    found: Entitlement,
    *,
    order_number: str | None,
    reason: str | None,
    confirmed_by: uuid.UUID | None,
    by: Actor,
    at: dt.datetime,
) -> WarrantyCheck:
    """Keep an answer that is applied to an order, or that somebody wants on paper (F-23)."""
    row = WarrantyCheck(
        estate_id=asset.estate_id,
        asset_id=asset.id,
        order_number=order_number,
        asked_on=found.asked_on,
        covered=found.covered,
        until_on=found.until_on,
        code=found.code,
        finding=found.case,
        reason=reason,
        confirmed_by=confirmed_by,
        checked_by=by.user_id,
        checked_at=at,
    )
    session.add(row)
    session.flush()
    data = {"order": order_number, "code": row.code, "asked_on": found.asked_on.isoformat()}
    history.record(
        session,
        "asset.warranty_checked",
        subject_kind=SUBJECT,
        subject=str(asset.id),
        by=by,
        at=at,
        data={name: value for name, value in data.items() if value is not None},
    )
    return row


def last_of_order(session: Session, estate_id: uuid.UUID, number: str) -> WarrantyCheck | None:
    """What holds for an order: the newest answer."""
    return session.scalar(
        sa.select(WarrantyCheck)
        .where(WarrantyCheck.estate_id == estate_id, WarrantyCheck.order_number == number)
        .order_by(WarrantyCheck.checked_at.desc(), WarrantyCheck.id.desc())
        .limit(1)
    )


def checks_of(session: Session, asset_id: uuid.UUID) -> list[WarrantyCheck]:
    """The answers about one asset, the newest first."""
    return list(
        session.scalars(
            sa.select(WarrantyCheck)
            .where(WarrantyCheck.asset_id == asset_id)
            .order_by(WarrantyCheck.checked_at.desc(), WarrantyCheck.id.desc())
            .limit(MOST_CHECKS)
        )
    )
