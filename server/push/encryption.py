"""What only the handheld can read: a message encrypted for its subscription (RFC 8291, RFC 8188)."""

from __future__ import annotations

import base64
import binascii
import os
import re
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.key_files import point

SALT_BYTES = 16
AUTH_BYTES = 16
#: One record, as the standard wants it; every push service takes this much.
RECORD_BYTES = 4096
#: Ends the last record; what would follow is padding.
_LAST = b"\x02"
#: What the record needs besides the content: `_LAST` and the tag of AES-GCM.
_OVERHEAD_BYTES = 17
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """The keys of a subscription: whose message it is, and the secret shared with it alone."""

    key: ec.EllipticCurvePublicKey
    auth: bytes

    @classmethod
    def of(cls, p256dh: str, auth: str) -> Recipient:
        """Read both as the browser gives them, in base64url. Raises ValueError."""
        secret = _decoded(auth)
        if len(secret) != AUTH_BYTES:
            raise ValueError(f"auth has {len(secret)} bytes, not {AUTH_BYTES}")
        return cls(
            key=ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh)),
            auth=secret,
        )


def encrypt(
    content: bytes,
    recipient: Recipient,
    *,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push in the content coding `aes128gcm`. Raises ValueError where it is too long.

    `sender` and `salt` are made anew for each message; they are arguments so that the example of
    RFC 8291 can be held against this.
    """
    if len(content) + _OVERHEAD_BYTES > RECORD_BYTES:
        raise ValueError(f"a push has room for {RECORD_BYTES - _OVERHEAD_BYTES} bytes")
    sender = sender or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(SALT_BYTES)
    ours, theirs = point(sender.public_key()), point(recipient.key)
    shared = sender.exchange(ec.ECDH(), recipient.key)
    secret = _derived(shared, recipient.auth, b"WebPush: info\0" + theirs + ours, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + struct.pack("!IB", RECORD_BYTES, len(ours)) + ours
    return header + AESGCM(key).encrypt(nonce, content + _LAST, None)


def _derived(secret: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=purpose).derive(secret)


def _decoded(text: str) -> bytes:
    if not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    bare = text.rstrip("=")
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
