"""The bare baseline over HTTP: a Flask route with one insert, and one that returns JSON."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import waitress
from flask import Flask, Response, jsonify, request


def bare_app(folder: Path) -> Flask:
    """`POST /insert` writes one row as durably as the product does; `GET /json` spells the JSON
    that stands in `payload.json`; `GET /text` returns `page.html` as it is."""
    app = Flask("bare")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    connection = sqlite3.connect(folder / "bare.sqlite3", check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT)")
    connection.commit()

    @app.post("/insert")
    def insert() -> Any:
        with connection:
            row = connection.execute(
                "INSERT INTO row (body) VALUES (?)", (json.dumps(request.get_json()),)
            )
        return jsonify(id=row.lastrowid)

    @app.get("/json")
    def same_size() -> Any:
        return jsonify(_kept(folder / "payload.json"))

    @app.get("/text")
    def page() -> Response:
        return Response((folder / "page.html").read_bytes(), mimetype="text/html")

    kept: dict[Path, tuple[float, Any]] = {}

    def _kept(file: Path) -> Any:
        stamp = file.stat().st_mtime
        if file not in kept or kept[file][0] != stamp:
            kept[file] = (stamp, json.loads(file.read_text(encoding="utf-8")))
        return kept[file][1]

    return app


if __name__ == "__main__":
    waitress.serve(
        bare_app(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), threads=8, ident=None
    )
