"""Photos of orders and of incidents over HTTP; the pictures themselves: `server.evidence.views`."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from server.api.fields import Moment
from server.api.orders import readable
from server.db import session
from server.evidence import queries as evidence
from server.evidence.views import addresses
from server.http import actor, requires
from server.incidents import operations as incidents

blp = Blueprint("evidence", __name__, url_prefix="/api/v1", description="照片 Photos")


class PhotoOut(ma.Schema):
    sha256 = ma.fields.String()
    step = ma.fields.String()
    tag = ma.fields.String()
    size = ma.fields.Integer(attribute="size_bytes")
    width_px = ma.fields.Integer()
    height_px = ma.fields.Integer()
    taken_at = Moment(allow_none=True)
    received_at = Moment()
    state = ma.fields.String()
    flags = ma.fields.List(ma.fields.String())
    url = ma.fields.Function(lambda photo: addresses(photo)["url"], metadata={"type": "string"})
    thumbnail_url = ma.fields.Function(
        lambda photo: addresses(photo)["thumbnail_url"], metadata={"type": "string"}
    )


class PhotoPageOut(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PhotoOut))
    next_cursor = ma.fields.String(allow_none=True)


@blp.get("/orders/<number>/photos")
@requires("photo.read", reading=True)
@blp.response(200, PhotoPageOut)
@blp.doc(operationId="listPhotos")
def list_photos(number: str) -> Any:
    order = readable(number)
    return {"items": evidence.photos_of(session(), order.id), "next_cursor": None}


@blp.get("/incidents/<number>/photos")
@requires("photo.read")
@blp.response(200, PhotoPageOut)
@blp.doc(operationId="listIncidentPhotos")
def list_incident_photos(number: str) -> Any:
    incident = incidents.get_incident(session(), actor().estate_id, number)
    return {"items": evidence.photos_of_incident(session(), incident.id), "next_cursor": None}
