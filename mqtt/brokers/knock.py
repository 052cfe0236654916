"""Asks a broker by one bare CONNECT whether it lets an account in."""

import secrets
import socket

from mqtt.brokers import Credentials

_CONNACK_BYTES = 4
_CLEAN_WITH_USER_AND_PASSWORD = 0xC2
_PROTOCOL = b"\x00\x04MQTT\x04"


def lets_in(host: str, port: int, credentials: Credentials, *, timeout_seconds: float) -> bool:
    """Whether the broker accepts these credentials now; False also where nobody answers."""
    try:
        with socket.create_connection((host, port), timeout=timeout_seconds) as connection:
            connection.sendall(_connect_packet(credentials))
            answer = connection.recv(_CONNACK_BYTES)
            if answer != b"\x20\x02\x00\x00":
                return False
            connection.sendall(b"\xe0\x00")
            return True
    except OSError:
        return False


def _connect_packet(credentials: Credentials) -> bytes:
    keepalive_seconds = 10
    body = b"".join(
        (
            _PROTOCOL,
            bytes([_CLEAN_WITH_USER_AND_PASSWORD]),
            keepalive_seconds.to_bytes(2, "big"),
            _text(f"knock-{secrets.token_hex(8)}"),
            _text(credentials.username),
            _text(credentials.password),
        )
    )
    return b"\x10" + _remaining_length(len(body)) + body


def _text(value: str) -> bytes:
    encoded = value.encode()
    return len(encoded).to_bytes(2, "big") + encoded


def _remaining_length(count: int) -> bytes:
    digits = bytearray()
    while True:
        count, digit = divmod(count, 128)
        digits.append(digit | (0x80 if count else 0))
        if not count:
            return bytes(digits)
