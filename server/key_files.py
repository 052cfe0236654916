"""Keys of the installation that lie as files in its home: P-256, made once, mode 600."""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def p256_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The private key in a file, made where there is none yet; never in the database.

    Raises ValueError where the file holds something else.
    """
    try:
        pem = path.read_bytes()
    except FileNotFoundError:
        pem = _make(path)
    if (key := _read(pem)) is None:
        raise ValueError(f"{path} holds no P-256 private key")
    return key


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as a raw uncompressed point: 0x04, x, y; 65 bytes."""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def base64url(content: bytes) -> str:
    """base64url without padding, as JSON and headers carry bytes."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


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
    # mkstemp gives mode 600.
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
