"""Registering what is installed, changing what is known of it, retiring it; never deleting (X-017)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from contracts.vocabulary import Category
from server import history
from server.assets.finding import index_asset
from server.assets.models import Asset, WarrantyClass
from server.errors import Conflict, Invalid, NotFound, Stale
from server.estate.models import Unit
from server.estate.operations import next_number
from server.history import Actor
from server.settings import Settings

SUBJECT = "asset"
REFRIGERANTS = ("R22", "R410A", "R32", "R407C", "other")
#: Labels that the house allots: 临时 (X-017).
PROVISIONAL = "LS"


class Facts(TypedDict, total=False):
    """What may be known of an asset; what is left out stays as it is."""

    brand: str | None
    model: str | None
    serial: str | None
    refrigerant: str | None
    rated_current_a: Decimal | None
    factory_on: dt.date | None
    first_use_on: dt.date | None
    accepted_on: dt.date | None
    place: str | None


_FACTS = tuple(Facts.__annotations__)


def register(
    session: Session,
    settings: Settings,
    *,
    kind: str,
    label: str | None,
    unit: Unit | None,
    warranty_class: WarrantyClass | None,
    facts: Facts,
    by: Actor,
    at: dt.datetime,
) -> Asset:
    """Register an asset; without a label it gets a provisional one (X-017).

    Raises Conflict for a label that is taken, Invalid for one that stands nowhere, dates in the
    future or words that are not ours.
    """
    if kind not in set(Category):
        raise _invalid("kind", "没有这个类别 no such category")
    if unit is None and not facts.get("place"):
        raise _invalid("unit_code", "须填房号或位置 a unit or a place")
    if label is not None and label.startswith(f"{PROVISIONAL}-"):
        raise _invalid("label", "LS- 开头的由系统分配 labels beginning with LS- are allotted")
    _sensible(facts, at.astimezone(settings.zone).date())
    if label is not None:
        _free(session, by.estate_id, label)
    provisional = label is None
    asset = Asset(
        estate_id=by.estate_id,
        label=label or next_number(session, by.estate_id, PROVISIONAL, at, settings.zone),
        provisional=provisional,
        unit_id=unit.id if unit else None,
        kind=kind,
        class_id=warranty_class.id if warranty_class else None,
        documents=[],
        **{name: facts.get(name) for name in _FACTS},
    )
    session.add(asset)
    session.flush()
    index_asset(session, asset)
    data = {"name": asset.label, "kind": kind, "unit": unit.code if unit else None}
    _record(session, "asset.registered", asset, by=by, at=at, data=data)
    return asset


def change(
    session: Session,
    settings: Settings,
    asset: Asset,
    *,
    label: str | None = None,
    unit: Unit | None = None,
    warranty_class: WarrantyClass | None = None,
    facts: Facts,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Put right what is known; a label of its own replaces the provisional one (X-017).

    `asset` must be locked. Raises Conflict where it is retired or the label is taken.
    """
    refuse_retired(asset)
    _sensible(facts, at.astimezone(settings.zone).date())
    before = _told(asset)
    if label is not None and label != asset.label:
        _free(session, asset.estate_id, label)
        asset.label, asset.provisional = label, False
    if unit is not None:
        asset.unit_id = unit.id
    if warranty_class is not None:
        asset.class_id = warranty_class.id
    for name in _FACTS:
        if name in facts:
            setattr(asset, name, facts[name])  # type: ignore[literal-required]  # of Facts
    after = _told(asset)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changed:
        return
    asset.version += 1
    session.flush()
    index_asset(session, asset)
    _record(session, "asset.changed", asset, by=by, at=at, data={"changed": changed})


def retire(session: Session, asset: Asset, *, reason: str, by: Actor, at: dt.datetime) -> None:
    """It is there no longer; what was done to it stays (X-017). Raises Conflict a second time."""
    refuse_retired(asset)
    asset.retired_at = at
    asset.version += 1
    session.flush()
    _record(session, "asset.retired", asset, by=by, at=at, data={"reason": reason})


def find(
    session: Session,
    asset_id: uuid.UUID,
    *,
    by: Actor,
    lock: bool = False,
    expected_version: int | None = None,
) -> Asset:
    """One asset of the estate. Raises NotFound, Stale."""
    query = sa.select(Asset).where(Asset.estate_id == by.estate_id, Asset.id == asset_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    asset = session.scalar(query)
    if asset is None:
        raise NotFound("no-such-asset", "没有这台设备。", "There is no such asset.")
    if expected_version is not None and asset.version != expected_version:
        raise Stale(
            "stale-asset",
            f"设备资料已更新到第 {asset.version} 版,请先查看变化。",
            f"The asset is at version {asset.version} now; look at what changed.",
            extra={"version": asset.version},
        )
    return asset


def _free(session: Session, estate_id: uuid.UUID, label: str) -> None:
    taken = session.scalar(
        sa.select(Asset.id).where(Asset.estate_id == estate_id, Asset.label == label)
    )
    if taken is not None:
        raise Conflict(
            "label-taken",
            f"标签 {label} 已经贴在另一台设备上。",
            f"The label {label} is on another asset.",
            rule="X-017",
        )


def refuse_retired(asset: Asset) -> None:
    """Nothing is written down of what is there no longer. Raises Conflict (X-017)."""
    if asset.retired_at is not None:
        raise Conflict(
            "asset-retired",
            "设备已停用,只能查看。",
            "The asset is retired; it can only be read.",
            rule="X-017",
        )


def _sensible(facts: Facts, today: dt.date) -> None:
    errors: dict[str, list[str]] = {}
    days = {
        "factory_on": facts.get("factory_on"),
        "first_use_on": facts.get("first_use_on"),
        "accepted_on": facts.get("accepted_on"),
    }
    for name, day in days.items():
        if day is not None and day > today:
            errors[name] = ["不能晚于今天 not later than today"]
    made, used = days["factory_on"], days["first_use_on"]
    if made and used and used < made:
        errors["first_use_on"] = ["早于出厂日期 before it left the factory"]
    if facts.get("refrigerant") not in {None, *REFRIGERANTS}:
        errors["refrigerant"] = [", ".join(REFRIGERANTS)]
    current = facts.get("rated_current_a")
    if current is not None and not 0 < current < 10_000:  # noqa: PLR2004  # d(6,2)
        errors["rated_current_a"] = ["须为正数 a positive number of amperes"]
    if errors:
        raise Invalid("bad-asset", "设备资料有误。", "The asset cannot be kept so.", errors=errors)


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(
        "bad-asset",
        "设备资料有误。",
        "The asset cannot be kept so.",
        rule="X-017",
        errors={field: [message]},
    )


def _told(asset: Asset) -> dict[str, str | None]:
    named = ("label", "unit_id", "class_id", *_FACTS)
    values = {name: getattr(asset, name) for name in named}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _record(
    session: Session,
    kind: str,
    asset: Asset,
    *,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, object],
) -> None:
    history.record(
        session, kind, subject_kind=SUBJECT, subject=str(asset.id), by=by, at=at, data=data
    )
