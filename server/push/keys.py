"""The installation's own name at push services: a P-256 key, and what it signs (VAPID, RFC 8292)."""

from __future__ import annotations

import datetime as dt
import json
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from server.key_files import base64url, p256_key, point
from server.settings import Settings

FILE_NAME = "vapid.key"
#: How long a signature is good for; push services take at most a day.
SIGNED_FOR = dt.timedelta(hours=12)
_COORDINATE_BYTES = 32


def vapid_key(settings: Settings) -> ec.EllipticCurvePrivateKey:
    """The private key, made at first use, mode 600.

    Handhelds subscribe for this key alone: with another one they have to subscribe anew.
    """
    return p256_key(settings.home / FILE_NAME)


def vapid_public_key(settings: Settings) -> str:
    """What `pushManager.subscribe` wants as its key: the uncompressed point in base64url."""
    return base64url(point(vapid_key(settings).public_key()))


def authorization(settings: Settings, endpoint: str, at: dt.datetime) -> str:
    """The `Authorization` header that shows the push service of `endpoint` who is sending."""
    key = vapid_key(settings)
    address = urlsplit(endpoint)
    claims = {
        "aud": f"{address.scheme}://{address.netloc}",
        "exp": int((at + SIGNED_FOR).timestamp()),
        "sub": settings.push_contact_uri,
    }
    signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    # JSON web signatures carry the two numbers side by side, not in ASN.1 (RFC 7518, 3.4).
    signature = r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")
    return f"vapid t={signed}.{base64url(signature)},k={base64url(point(key.public_key()))}"


def _part(content: dict[str, object]) -> str:
    return base64url(json.dumps(content, separators=(",", ":")).encode())
