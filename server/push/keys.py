"""The installation's own name at push services: a P-256 key, and what it signs (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json
import os
import secrets
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from server.settings import Settings

FILE_NAME = "vapid.key"
#: How long a signature is good for; push services take at most a day.
SIGNED_FOR = dt.timedelta(hours=12)
_COORDINATE_BYTES = 32


def vapid_key(settings: Settings) -> ec.EllipticCurvePrivateKey:
    """The private key, made at first use, mode 600.

    Handhelds subscribe for this key alone: with another one they have to subscribe anew.
    """
    path = settings.home / FILE_NAME
    if not path.exists():
        _make(settings)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise ValueError(f"{path} holds no P-256 key")
    return key


def vapid_public_key(settings: Settings) -> str:
    """What `pushManager.subscribe` wants as its key: the uncompressed point in base64url."""
    return encoded(point(vapid_key(settings).public_key()))


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
    return f"vapid t={signed}.{encoded(signature)},k={encoded(point(key.public_key()))}"


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as Web Push writes it: the uncompressed point, 65 bytes."""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def encoded(content: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _make(settings: Settings) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    settings.home.mkdir(parents=True, exist_ok=True)
    draft = settings.home / f"{FILE_NAME}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # Whole or not at all: web and worker may start together, and the first one's key counts.
        with contextlib.suppress(FileExistsError):
            os.link(draft, settings.home / FILE_NAME)
    finally:
        draft.unlink()


def _part(content: dict[str, object]) -> str:
    return encoded(json.dumps(content, separators=(",", ":")).encode())
