"""The key to which handhelds encrypt a queue that they export as a last resort."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from server.key_files import base64url, p256_key, point

FILE = "queue-export.key"
_ID_DIGITS = 16


def private_key(home: Path) -> ec.EllipticCurvePrivateKey:
    """The installation's own key. Raises ValueError where the file holds something else."""
    return p256_key(home / FILE)


def spelled_point(key: ec.EllipticCurvePublicKey) -> str:
    """The public key as the settings of a handheld carry it."""
    return base64url(point(key))


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    """By which name a file says for whom it was encrypted."""
    return hashlib.sha256(point(key)).hexdigest()[:_ID_DIGITS]
