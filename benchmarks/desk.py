"""The desk for measuring: one keep-alive HTTP connection, nothing but the standard library."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any

_TIMEOUT_S = 60


class Refused(Exception):
    """The server answered with an error; the benchmark cannot go on."""


class Line:
    """One connection to the web process; not to be shared between threads."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
        self._headers = dict(headers or {})

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """One request, read to the end: status, headers, body."""
        self._connection.request(method, path, body, {**self._headers, **(headers or {})})
        return self.answer()

    def send(self, method: str, path: str, *, body: bytes, headers: Mapping[str, str]) -> None:
        """Send a request and return once the last byte is with the kernel; `answer` follows."""
        self._connection.request(method, path, body, {**self._headers, **headers})

    def answer(self) -> tuple[int, Mapping[str, str], bytes]:
        """The answer to `send`."""
        response = self._connection.getresponse()
        return response.status, dict(response.headers), response.read()

    def get(self, path: str) -> bytes:
        """The body of an answer 200. Raises Refused."""
        status, _headers, body = self.ask("GET", path)
        if status != 200:
            raise Refused(f"GET {path}: {status} {body[:400]!r}")
        return body

    def post(self, path: str, data: Mapping[str, Any]) -> bytes:
        """The body of an answer below 300. Raises Refused."""
        status, _headers, body = self.ask(
            "POST",
            path,
            body=json.dumps(data).encode(),
            headers={"Content-Type": "application/json"},
        )
        if status >= 300:
            raise Refused(f"POST {path}: {status} {body[:400]!r}")
        return body

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
