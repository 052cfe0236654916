"""The office's HTTP door, on a real socket: pairing, orders, events, receipts and tus uploads."""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.acceptance.reference_handheld.desk import Desk

TOKEN = "secret-token"
DEVICE = "hh-01"


class WebOffice(Desk):
    """Serves one handheld over HTTP. `cut_at`: break each body off after so many bytes, once."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = {"AB12CD"}
        self.templates: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.photos: dict[str, bytes] = {}
        self.photo_facts: list[dict[str, str]] = []
        #: what comes in is lost again, and no receipt names it
        self.loses_photos = False
        self.cut_at: list[int] = []
        self.pieces: list[tuple[int, int]] = []
        self.refused_photos: dict[str, Any] | None = None
        self.is_hotel = False
        self.revoked: dict[str, Any] | None = None
        office = self

        class Handler(_Handler):
            desk = office

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def pairing(self) -> dict[str, Any]:
        mqtt = {
            "host": "127.0.0.1",
            "port": 1,
            "tls": False,
            "websocket_url": None,
            "client_id": DEVICE,
            "username": DEVICE,
            "password": "p",
            "root": "paigong/v1",
        }
        return {"device": DEVICE, "token": TOKEN, "technician": {"name": "刘强"}, "mqtt": mqtt}

    def receipt(self, number: str) -> dict[str, Any]:
        held = [
            {"sha256": facts["sha256"], "size": 1, "step": facts.get("step"), "tag": facts["tag"]}
            for facts in self.photo_facts
            if facts.get("order") == number and facts["sha256"] in self.photos
        ]
        return {
            "number": number,
            "version": 1,
            "events": [event["id"] for event in self.applied],
            "steps": [],
            "photos": held,
            "missing": [],
            "chain_head": "0" * 64,
        }


class _Handler(BaseHTTPRequestHandler):
    desk: WebOffice
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing: a test reads the books."""

    def do_GET(self) -> None:
        if self.desk.is_hotel:
            self._send(200, {"Content-Type": "text/html"}, b"<h1>Welcome</h1>")
            return
        with self.desk.lock:
            if not self._is_known():
                return
            path = self.path.removeprefix("/field/v1/")
            if path == "orders":
                items = list(self.desk.orders.values())
                self._json(200, {"items": items, **_without_orders(self.desk.sync_result())})
            elif path == "price-list":
                self._json(200, {"version": "1", "items": []})
            elif path.startswith("checklists/"):
                self._json(200, self.desk.templates[path.removeprefix("checklists/")])
            elif path.endswith("/receipt"):
                self._json(200, self.desk.receipt(path.split("/")[1]))
            else:
                self._problem(404, {"title": "not found"})

    def do_POST(self) -> None:
        path = self.path.removeprefix("/field/v1/")
        if self.desk.is_hotel:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self._send(200, {"Content-Type": "text/html"}, b"<h1>Welcome</h1>")
            return
        if path == "photos":
            self._create()
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.desk.lock:
            if path == "pairings":
                if body["code"] in self.desk.codes:
                    self.desk.codes.remove(body["code"])
                    self._json(201, self.desk.pairing())
                else:
                    self._problem(404, {"detail": "配对码无效; The code is not valid"})
            elif self._is_known():
                self._json(200, {"replies": [self.desk.answer(event) for event in body]})

    def do_HEAD(self) -> None:
        upload = self.desk.uploads.get(self.path)
        if upload is None:
            self._empty(404, {})
        else:
            self._empty(200, {"Upload-Offset": str(len(upload["bytes"]))})

    def do_PATCH(self) -> None:
        upload = self.desk.uploads[self.path]
        offset, length = int(self.headers["Upload-Offset"]), int(self.headers["Content-Length"])
        if offset != len(upload["bytes"]):
            self.rfile.read(length)
            self._problem(409, {"title": "offset"})
            return
        self.desk.pieces.append((offset, length))
        if self.desk.cut_at:
            upload["bytes"] += self.rfile.read(min(self.desk.cut_at.pop(0), length))
            self.close_connection = True
            return
        piece = self.rfile.read(length)
        digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        assert self.headers["Upload-Checksum"] == f"sha256 {digest}"
        upload["bytes"] += piece
        if len(upload["bytes"]) == upload["size"]:
            if self.desk.refused_photos is not None:
                del self.desk.uploads[self.path]
                self._problem(409, self.desk.refused_photos)
                return
            facts = upload["facts"]
            assert hashlib.sha256(upload["bytes"]).hexdigest() == facts["sha256"]
            if not self.desk.loses_photos:
                self.desk.photos[facts["sha256"]] = bytes(upload["bytes"])
            self.desk.photo_facts.append(facts)
        self._empty(204, {"Upload-Offset": str(len(upload["bytes"]))})

    def _create(self) -> None:
        facts = {}
        for pair in self.headers["Upload-Metadata"].split(","):
            name, value = pair.split(" ")
            facts[name] = base64.b64decode(value).decode()
        size = int(self.headers["Upload-Length"])
        held = self.desk.photos.get(facts["sha256"], b"")
        url = f"/field/v1/photos/{len(self.desk.uploads)}"
        self.desk.uploads[url] = {"size": size, "bytes": bytearray(held), "facts": facts}
        self._empty(201, {"Location": url, "Upload-Offset": str(len(held))})

    def _is_known(self) -> bool:
        if self.desk.revoked is not None:
            self._problem(401, self.desk.revoked)
            return False
        assert self.headers["Authorization"] == f"Bearer {TOKEN}"
        return True

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, {"Content-Type": "application/json"}, json.dumps(body).encode())

    def _problem(self, status: int, body: dict[str, Any]) -> None:
        content = {"Content-Type": "application/problem+json"}
        self._send(status, content, json.dumps(body).encode())

    def _empty(self, status: int, headers: dict[str, str]) -> None:
        self._send(status, headers, b"")

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.path.startswith("/field/v1/photos") and not self.desk.is_hotel:
            self.send_header("Tus-Resumable", "1.0.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _without_orders(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "orders"}
