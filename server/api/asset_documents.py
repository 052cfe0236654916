"""Documents of an asset over HTTP: listed by a hash or with their file, and fetched (X-004)."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from functools import wraps
from typing import IO, Any

import marshmallow as ma
from flask import Response, current_app, g, request
from flask_smorest import Blueprint

from server.api.assets import AssetOut, DocumentIn
from server.api.fields import Text
from server.assets import documents, queries
from server.assets import operations as assets
from server.assets.document_types import TYPES
from server.assets.documents import Contents, Document
from server.db import session, transaction, utcnow
from server.evidence import documents as files
from server.evidence.storage import STORE, PhotoStore
from server.evidence.views import sent
from server.http import actor, etag, idempotent, requires, settings

blp = Blueprint(
    "asset_documents", __name__, url_prefix="/api/v1", description="设备文件 Documents of assets"
)
_BYTES = {"type": "string", "format": "binary"}


class UploadIn(ma.Schema):
    #: what the document is called; the same name again is its next revision
    name = Text(120, required=True)


def _received_first(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the file that is the body before anything is locked: nobody waits for a disk."""

    @wraps(view)
    def received(asset_id: uuid.UUID) -> Any:
        g.contents = receive(asset_id, io.BytesIO(request.get_data()))
        return view(asset_id=asset_id)

    return received


@blp.post("/assets/<uuid:asset_id>/documents")
@requires("asset.manage")
@idempotent
@blp.arguments(DocumentIn)
@blp.response(201, AssetOut)
@blp.doc(operationId="listAssetDocument")
def list_asset_document(data: dict[str, Any], asset_id: uuid.UUID) -> Any:
    with transaction() as current:
        by = actor()
        asset = assets.find(current, asset_id, by=by, lock=True)
        contents = Contents(sha256=data["sha256"])
        documents.add(current, asset, contents, name=data["name"], by=by, at=utcnow())
    return queries.one(session(), asset.id), 201, etag(asset.version)


@blp.post("/assets/<uuid:asset_id>/documents/file")
@requires("asset.manage")
@_received_first
@idempotent
@blp.arguments(UploadIn, location="query")
@blp.response(201, AssetOut)
@blp.doc(
    operationId="uploadAssetDocument",
    requestBody={
        "required": True,
        "content": {media_type: {"schema": _BYTES} for media_type in TYPES},
    },
)
def upload_asset_document(data: dict[str, Any], asset_id: uuid.UUID) -> Any:
    with transaction() as current:
        by = actor()
        asset = assets.find(current, asset_id, by=by, lock=True)
        documents.add(current, asset, g.contents, name=data["name"], by=by, at=utcnow())
    return queries.one(session(), asset.id), 201, etag(asset.version)


@blp.get("/assets/<uuid:asset_id>/documents/<int:place>")
@requires("asset.manage", reading=True)
@blp.doc(
    operationId="getAssetDocument",
    responses={
        "200": {
            "description": "The file; its address always names the same bytes",
            "content": {media_type: {"schema": _BYTES} for media_type in TYPES},
        },
        "304": {"description": "Not modified"},
    },
)
def get_asset_document(asset_id: uuid.UUID, place: int) -> Response:
    one = documents.find(assets.find(session(), asset_id, by=actor()), place)
    try:
        file = _store().open(one.sha256)
    except FileNotFoundError as missing:
        raise documents.not_here() from missing
    return sent(file, media_type=one.media_type, etag=one.sha256, saved_as=one.file_name)


def receive(asset_id: uuid.UUID, file: IO[bytes]) -> Contents:
    """Judge and keep the file of a document that is then listed; the console's comes here too.

    Nothing is kept for an asset that is not there or retired. Raises NotFound, Conflict, Invalid,
    TooLarge.
    """
    assets.refuse_retired(assets.find(session(), asset_id, by=actor()))
    return files.receive(file, _store(), max_bytes=settings().document_max_bytes)


def is_here(one: Document) -> bool:
    """Whether the file of a document can be fetched."""
    return one.kind is not None and _store().exists(one.sha256)


def _store() -> PhotoStore:
    store: PhotoStore = current_app.extensions[STORE]
    return store
