"""Signatures by the Standard Webhooks rules (HMAC-SHA256, `v1`). Pure."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """A secret for one neighbour, in the form that verifying libraries take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers(message_id: str, at: dt.datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The three headers of a message, signed with each of `keys`: two while a secret is changed."""
    seconds = int(at.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(_signature(key, message_id, seconds, body) for key in keys),
    }


def _signature(secret: str, message_id: str, seconds: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{message_id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
