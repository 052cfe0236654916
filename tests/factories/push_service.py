"""The other side of a ring: a push service on this machine, and a browser that subscribed to it.

Both know the standards and nothing of this project: RFC 8030 (calls), 8291 (what the browser
reads) and 8292 (who is calling).
"""

import base64
import contextlib
import json
import secrets
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def encoded(content: bytes) -> str:
    """base64url without padding, as browsers write it."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """base64url with or without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(kw_only=True)
class Call:
    """One message as the push service was given it."""

    path: str
    headers: dict[str, str]
    body: bytes

    def claims(self, origin: str, known_key: str) -> dict[str, Any]:
        """What the caller says of itself, signed with the key that the browser subscribed for."""
        scheme, _, rest = self.headers["authorization"].partition(" ")
        assert scheme == "vapid"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert parts["k"] == known_key
        head, claims, signature = parts["t"].split(".")
        assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
        raw = decoded(signature)
        assert len(raw) == 64
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(known_key))
        key.verify(
            utils.encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(SHA256())
        )
        read: dict[str, Any] = json.loads(decoded(claims))
        assert read["aud"] == origin
        return read


@dataclass(kw_only=True)
class PushService:
    """Answers every call with `status`; `on_call` runs before the answer."""

    port: int = 0
    status: int = 201
    answer_headers: dict[str, str] = field(default_factory=dict)
    on_call: Callable[[Call], None] = lambda _: None
    calls: list[Call] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def take(self, call: Call) -> int:
        self.calls.append(call)
        self.on_call(call)
        return self.status


@contextlib.contextmanager
def running_push_service() -> Iterator[PushService]:
    """A push service on a free port of this machine."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = service.take(Call(path=self.path, headers=headers, body=body))
            with contextlib.suppress(OSError):  # whoever called may have given up
                self.send_response(status)
                for name, value in service.answer_headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Browser:
    """A closed handheld: what is left is its subscription, and the key to read messages with."""

    def __init__(self, service: PushService) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = secrets.token_bytes(16)
        self.path = f"/push/{secrets.token_hex(8)}"
        self.endpoint = f"{service.origin}{self.path}"
        self._service = service

    def subscription(self) -> dict[str, Any]:
        """`PushSubscription.toJSON()`."""
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": self.keys()}

    def keys(self) -> dict[str, str]:
        return {"p256dh": encoded(self._point()), "auth": encoded(self._auth)}

    def rings(self) -> list[dict[str, Any]]:
        """What its service worker is woken up with, oldest first."""
        return [self.read(call) for call in self._service.calls if call.path == self.path]

    def read(self, call: Call) -> dict[str, Any]:
        """Decrypt a message. Raises InvalidTag for one that was not made for this subscription."""
        assert call.headers["content-encoding"] == "aes128gcm"
        salt, (size, length) = call.body[:16], struct.unpack("!IB", call.body[16:21])
        sender, record = call.body[21 : 21 + length], call.body[21 + length :]
        assert len(record) <= size
        shared = self._key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
        secret = _hkdf(shared, self._auth, b"WebPush: info\0" + self._point() + sender, 32)
        key = _hkdf(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(secret, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert padded[-1:] == b"\2"
        message: dict[str, Any] = json.loads(padded[:-1])
        return message

    def _point(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)
