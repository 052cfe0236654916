"""The key to which handhelds encrypt a queue that they export as a last resort."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

FILE = "queue-export.key"
_ID_DIGITS = 16


def private_key(home: Path) -> ec.EllipticCurvePrivateKey:
    """The installation's own P-256 key, made at first need, mode 600; never in the database.

    Raises ValueError where the file holds something else.
    """
    path = home / FILE
    try:
        pem = path.read_bytes()
    except FileNotFoundError:
        pem = _make(path)
    if (key := _read(pem)) is None:
        raise ValueError(f"{path} holds no P-256 private key")
    return key


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """The public key as a raw uncompressed point: 0x04, x, y; 65 bytes."""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def spelled_point(key: ec.EllipticCurvePublicKey) -> str:
    """The point as JSON carries it: base64url without padding."""
    return base64.urlsafe_b64encode(point(key)).rstrip(b"=").decode()


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    """By which name a file says for whom it was encrypted."""
    return hashlib.sha256(point(key)).hexdigest()[:_ID_DIGITS]


def _read(pem: bytes) -> ec.EllipticCurvePrivateKey | None:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (TypeError, ValueError):
        return None
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    return None


def _make(path: Path) -> bytes:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            # Linked whole, never over another: whoever comes second uses the first one's key.
            os.link(name, path)
        except FileExistsError:
            return path.read_bytes()
    finally:
        Path(name).unlink()
    return pem
