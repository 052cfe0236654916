"""What a handheld has to know of the installation before it works off the network."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from contracts.downlink import spelled
from field_app_api.identity import device_only, this_device
from field_app_api.views import this_technician
from server.db import session, utcnow
from server.estate.models import Estate
from server.fieldwork import queue_key
from server.http import settings
from server.push.keys import vapid_public_key

blp = Blueprint(
    "field_settings", __name__, url_prefix="/field/v1", description="手持机设置 Handheld settings"
)


@blp.get("/settings")
@device_only
@blp.response(200)
@blp.doc(operationId="getFieldSettings")
def get_field_settings() -> Any:
    chosen, device = settings(), this_device()
    estate = session().get(Estate, device.estate_id)
    key = queue_key.private_key(chosen.home).public_key()
    return {
        "photo": {
            "longest_edge_px": chosen.photo_longest_edge_px,
            "jpeg_quality_percent": chosen.photo_jpeg_quality_percent,
            "gallery_tags": chosen.gallery_tags,
            "keep_place": chosen.photo_keep_place,
        },
        "export_key": {"id": queue_key.key_id(key), "public_key": queue_key.spelled_point(key)},
        "push_public_key": vapid_public_key(chosen),
        "clock_skew_s": chosen.clock_skew_s,
        "undo_s": chosen.handheld_undo_s,
        "dispatch_phone": chosen.dispatch_phone,
        "server_time": spelled(utcnow()),
        "technician": this_technician(session(), device),
        "estate": {"name": estate.name if estate else ""},
    }
