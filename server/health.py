"""Is the house in order: the web answers this itself; database, broker link, photos are asked."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa
from flask import current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from server.db import session
from server.evidence.storage import STORE, PhotoStore
from server.http import public, settings

#: A worker that has not shown a heartbeat for this long does not work.
SILENT_S = 15.0


@public("load balancers ask it; it says nothing about anybody")
def healthz() -> Any:
    """200 when all parts work, 503 naming the part that does not."""
    parts = {
        "web": "ok",
        "database": _database(),
        "broker": _broker_link(),
        "photos": _photos(),
    }
    bad = [name for name, state in parts.items() if state != "ok"]
    body = {"status": "ok" if not bad else "unavailable", "parts": parts, "failing": bad}
    return jsonify(body), 503 if bad else 200


def _database() -> str:
    try:
        session().execute(sa.text("SELECT 1"))
    except SQLAlchemyError as error:
        return type(error).__name__
    return "ok"


def _photos() -> str:
    store: PhotoStore = current_app.extensions[STORE]
    return store.trouble() or "ok"


def _broker_link() -> str:
    """The MQTT worker touches its heartbeat only while its link is up."""
    beat = settings().home / "run" / "mqtt.beat"
    try:
        silent_s = time.time() - beat.stat().st_mtime
    except FileNotFoundError:
        return "the MQTT worker has not started"
    return "ok" if silent_s < SILENT_S else f"no link for {int(silent_s)} s"
