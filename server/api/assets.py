"""Assets over HTTP: what is installed where, what is known of it, which order is about it (X-017)."""

from __future__ import annotations

import uuid
from typing import Any, cast

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate
from sqlalchemy.orm import Session

from contracts import vocabulary as words
from server.api import schemas
from server.api.fields import Body, Moment, Text, one_of
from server.assets import operations as assets
from server.assets import queries
from server.assets.classes import demand_code
from server.assets.models import Asset
from server.db import session, transaction, utcnow
from server.estate import operations as estate
from server.http import actor, etag, expected_version, idempotent, requires, settings
from server.work_orders.operations import covering, moving, replacing

blp = Blueprint("assets", __name__, url_prefix="/api/v1", description="设备 Assets")
CATEGORIES = tuple(words.Category)


class FactsIn(Body):
    """What may be known of an asset."""

    label = Text(40, load_default=None, allow_none=True)
    unit_code = Text(20, load_default=None, allow_none=True)
    warranty_class = Text(20, load_default=None, allow_none=True)
    place = Text(120)
    brand = Text(40)
    model = Text(60)
    serial = Text(60)
    refrigerant = one_of(*assets.REFRIGERANTS)
    rated_current_a = ma.fields.Decimal(places=2, allow_nan=False, as_string=True)
    factory_on = ma.fields.Date()
    first_use_on = ma.fields.Date()
    accepted_on = ma.fields.Date()


class AssetIn(FactsIn):
    kind = one_of(*CATEGORIES, required=True)


class DocumentIn(ma.Schema):
    name = Text(120, required=True)
    sha256 = ma.fields.String(required=True, validate=validate.Regexp("^[0-9a-f]{64}$"))


class AssetListIn(ma.Schema):
    unit_code = Text(20, load_default=None)
    kind = one_of(*CATEGORIES, load_default=None)
    #: the beginning of a label, or a whole serial number
    label = Text(60, load_default=None)
    retired = ma.fields.Boolean(load_default=False)
    retraining_due = ma.fields.Boolean(load_default=False)
    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(40, load_default=None)


class DocumentOut(ma.Schema):
    name = ma.fields.String()
    sha256 = ma.fields.String()
    revision = ma.fields.Integer()
    added_at = Moment()
    #: these three are null where only the hash was listed
    size_bytes = ma.fields.Integer(allow_none=True)
    media_type = ma.fields.String(allow_none=True)
    url = ma.fields.Function(
        lambda one: (
            f"{blp.url_prefix}/assets/{one.asset_id}/documents/{one.place}" if one.kind else None
        ),
        metadata={"type": ["string", "null"]},
    )


class AssetOut(ma.Schema):
    id = ma.fields.UUID(attribute="asset.id")
    label = ma.fields.String(attribute="asset.label")
    provisional = ma.fields.Boolean(attribute="asset.provisional")
    unit_code = ma.fields.String(allow_none=True)
    place = ma.fields.String(attribute="asset.place", allow_none=True)
    kind = ma.fields.String(attribute="asset.kind")
    brand = ma.fields.String(attribute="asset.brand", allow_none=True)
    model = ma.fields.String(attribute="asset.model", allow_none=True)
    serial = ma.fields.String(attribute="asset.serial", allow_none=True)
    refrigerant = ma.fields.String(attribute="asset.refrigerant", allow_none=True)
    rated_current_a = ma.fields.Decimal(
        attribute="asset.rated_current_a",
        as_string=True,
        allow_none=True,
        metadata={"type": "string"},
    )
    warranty_class = ma.fields.String(
        attribute="warranty_class.code", allow_none=True, dump_default=None
    )
    factory_on = ma.fields.Date(attribute="asset.factory_on", allow_none=True)
    first_use_on = ma.fields.Date(attribute="asset.first_use_on", allow_none=True)
    accepted_on = ma.fields.Date(attribute="asset.accepted_on", allow_none=True)
    documents = ma.fields.List(ma.fields.Nested(DocumentOut))
    retired_at = Moment(attribute="asset.retired_at", allow_none=True)
    retraining_since = ma.fields.Date(attribute="asset.retraining_since", allow_none=True)
    version = ma.fields.Integer(attribute="asset.version")


class AssetPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(AssetOut), attribute="rows")
    next_cursor = ma.fields.String(allow_none=True)


class OrderAssetIn(ma.Schema):
    asset = Text(40, required=True)


@blp.get("/assets")
@requires("asset.manage", reading=True)
@blp.arguments(AssetListIn, location="query")
@blp.response(200, AssetPageOut)
@blp.doc(operationId="listAssets")
def list_assets(wanted: dict[str, Any]) -> Any:
    current, estate_id = session(), actor().estate_id
    code = wanted.pop("unit_code")
    return queries.page(
        current,
        estate_id,
        unit_id=estate.find_unit(current, estate_id, code).id if code else None,
        known_as=wanted.pop("label"),
        **wanted,
    )


@blp.post("/assets")
@requires("asset.manage")
@idempotent
@blp.arguments(AssetIn)
@blp.response(201, AssetOut)
@blp.doc(operationId="registerAsset")
def register_asset(data: dict[str, Any]) -> Any:
    with transaction() as current:
        asset = register(current, data)
    return queries.one(session(), asset.id), 201, etag(asset.version)


@blp.get("/assets/<uuid:asset_id>")
@requires("asset.manage", reading=True)
@blp.response(200, AssetOut)
@blp.doc(operationId="getAsset")
def get_asset(asset_id: uuid.UUID) -> Any:
    asset = assets.find(session(), asset_id, by=actor())
    return queries.one(session(), asset.id), 200, etag(asset.version)


@blp.patch("/assets/<uuid:asset_id>")
@requires("asset.manage")
@blp.arguments(FactsIn)
@blp.response(200, AssetOut)
@blp.doc(operationId="changeAsset")
def change_asset(data: dict[str, Any], asset_id: uuid.UUID) -> Any:
    with transaction() as current:
        asset = change(current, asset_id, data, version=expected_version())
    return queries.one(session(), asset.id), 200, etag(asset.version)


@blp.post("/assets/<uuid:asset_id>/retirement")
@requires("asset.manage")
@idempotent
@blp.arguments(schemas.ReasonIn)
@blp.response(200, AssetOut)
@blp.doc(operationId="retireAsset")
def retire_asset(data: dict[str, Any], asset_id: uuid.UUID) -> Any:
    with transaction() as current:
        by = actor()
        version = expected_version()
        asset = assets.find(current, asset_id, by=by, lock=True, expected_version=version)
        assets.retire(current, asset, **data, by=by, at=utcnow())
    return queries.one(session(), asset.id), 200, etag(asset.version)


@blp.get("/assets/<uuid:asset_id>/orders")
@requires("asset.manage", reading=True)
@blp.response(200, schemas.OrderPageOut)
@blp.doc(operationId="listAssetOrders")
def list_asset_orders(asset_id: uuid.UUID) -> Any:
    asset = assets.find(session(), asset_id, by=actor())
    return {"items": replacing.orders_of(session(), asset.id), "next_cursor": None}


@blp.post("/orders/<number>/asset")
@requires("asset.manage")
@idempotent
@blp.arguments(OrderAssetIn)
@blp.response(200, schemas.OrderOut)
@blp.doc(operationId="nameOrderAsset")
def name_order_asset(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        by = actor()
        order = moving.find_order(current, number, by=by, expected_version=expected_version())
        asset = queries.by_label(current, by.estate_id, data["asset"])
        covering.link_asset(current, settings(), order, asset, by=by, at=utcnow())
    return order, 200, etag(order.version)


def register(current: Session, data: dict[str, Any]) -> Asset:
    """What a new asset's form says; the console's comes here too. Raises Invalid, Conflict."""
    by = actor()
    kind, label, named = data.pop("kind"), data.pop("label"), _named(current, data)
    return assets.register(
        current,
        settings(),
        kind=kind,
        label=label,
        **named,
        facts=cast("assets.Facts", data),
        by=by,
        at=utcnow(),
    )


def change(
    current: Session, asset_id: uuid.UUID, data: dict[str, Any], *, version: int | None
) -> Asset:
    """What is put right; open orders about it are asked for anew (X-001). Raises Stale."""
    by, at = actor(), utcnow()
    label, named = data.pop("label"), _named(current, data)
    # Orders are locked before what hangs on them.
    asset = assets.find(current, asset_id, by=by)
    open_orders = covering.lock_open_orders(current, asset, by=by)
    asset = assets.find(current, asset_id, by=by, lock=True, expected_version=version)
    facts = cast("assets.Facts", data)
    assets.change(current, settings(), asset, label=label, **named, facts=facts, by=by, at=at)
    covering.ask_again(current, settings(), asset, open_orders, by=by, at=at)
    return asset


def _named(current: Session, data: dict[str, Any]) -> dict[str, Any]:
    estate_id = actor().estate_id
    code, class_code = data.pop("unit_code"), data.pop("warranty_class")
    return {
        "unit": estate.find_unit(current, estate_id, code) if code else None,
        "warranty_class": demand_code(current, estate_id, class_code) if class_code else None,
    }
