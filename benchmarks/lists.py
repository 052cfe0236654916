"""(d) Reading at 1,000, 10,000 and 100,000 orders: lists, one order, the console's pages; and, as a
part of its own, the search.

Both stand on the same orders: writing them takes longer than reading."""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient

from benchmarks.bare_web import bare_app
from benchmarks.bulk import Writer
from benchmarks.desk import Line, Refused
from benchmarks.estate import Estate
from benchmarks.figures import Figure, median_and_tail, milliseconds
from benchmarks.house import House, bare_web
from server.alerts import operations as alerts
from server.app import create_app
from server.db import transaction, utcnow
from server.http import TOKEN_KEY

PART = "lists"
SEARCH = "search"
_ALERTS = 30
_WARM_UP = 5


@dataclass(frozen=True, kw_only=True)
class Read:
    """One thing that is read, over and over. `paths` are taken in turn."""

    name: str
    part: str = PART
    paths: Sequence[str]
    headers: Mapping[str, str]
    #: which bare route answers with as many bytes
    bare_path: str


def measure(
    writer: Writer,
    folder: Path,
    *,
    samples: int,
    sizes: Sequence[int],
    parts: Collection[str] = (PART, SEARCH),
) -> list[Figure]:
    """Server time in process and time over HTTP, at every size; bare routes of the same size at
    the first. The last figures are the growth from the smallest to the largest."""
    house, estate = writer.house, writer.estate
    app = create_app(house.settings)
    figures: list[Figure] = []
    medians: dict[tuple[str, int], float] = {}
    with house.serving(workers=()), bare_web(folder / "bare-web") as bare_port:
        bare = bare_app(folder / "bare-web")
        for size in sizes:
            writer.spread(size)
            if size == sizes[0]:
                _raise_alerts(house, estate)
            for read in (one for one in _reads(app, estate, writer) if one.part in parts):
                body = _in_process(app, read, 1)[1]
                _same_size(folder / "bare-web", read, body)
                timings = {
                    "in process": (
                        _in_process(app, read, samples)[0],
                        _in_process(bare, _bare_of(read), samples)[0],
                    ),
                    "over HTTP": (
                        _over_http(house.settings.web_port, read, samples),
                        _over_http(bare_port, _bare_of(read), samples),
                    ),
                }
                for way, (ours, theirs) in timings.items():
                    name = f"{read.name}, {size:,} orders, {way}"
                    figures += _figures(read.part, name, ours, theirs)
                    if way == "in process":
                        medians[read.name, size] = milliseconds(ours, 0.5)
        if PART in parts:
            figures += _bare_insert(bare, bare_port, samples)
    return figures + _growth(medians, sizes)


def _reads(app: Flask, estate: Estate, writer: Writer) -> list[Read]:
    bearer = {"Authorization": f"Bearer {estate.desk_token}"}
    dice = random.Random(7)
    numbers = dice.sample(writer.numbers, min(200, len(writer.numbers)))
    technician = estate.technicians[0].username
    reads = [
        Read(
            name="order list, 50 rows",
            paths=["/api/v1/orders?limit=50"],
            headers=bearer,
            bare_path="/json",
        ),
        Read(
            name="order list of one technician and state",
            paths=[f"/api/v1/orders?limit=50&technician={technician}&state=closed"],
            headers=bearer,
            bare_path="/json",
        ),
        Read(
            name="one order",
            paths=[f"/api/v1/orders/{number}" for number in numbers],
            headers=bearer,
            bare_path="/json",
        ),
    ]
    cookie = console_cookie(app, estate.console_token)
    pages = [
        Read(name=name, part=part, paths=paths, headers=cookie, bare_path="/text")
        for name, part, paths in (
            ("console board", PART, ["/"]),
            *((f"console {name}", PART, [path]) for name, path in _lists().items()),
            *((f"search {name}", SEARCH, paths) for name, paths in _searches(dice, numbers)),
        )
    ]
    return [*reads, *(page for page in pages if _there(app, page))]


def _lists() -> dict[str, str]:
    """Pages of the desk's lists that differ in what they read."""
    today = utcnow().date()
    begin, end = (today - dt.timedelta(days=days) for days in (90, 60))
    return {
        "order list, under way": "/orders?state=open",
        "order list, all": "/orders?state=all",
        "order list, closed lamps": "/orders?state=closed&category=lamp",
        "order list, a month, cancelled": f"/orders?state=cancelled&from={begin}&to={end}",
        "request list, all": "/requests?state=all",
    }


def _searches(dice: random.Random, numbers: Sequence[str]) -> list[tuple[str, list[str]]]:
    units = [
        f"{dice.randint(1, 12)}-{dice.randint(1, 2)}-{dice.randint(1, 25):02d}01" for _ in numbers
    ]
    asked = {
        "while typing: a number": [one[-5:] for one in numbers],
        "while typing: a unit": units,
        "while typing: four digits of a phone": [f"{dice.randrange(600):04d}" for _ in numbers],
        "while typing: a word that every sixth order has": ["客厅灯", "龙头", "空调"],
        "while typing: that word and a unit": [f"滴水 {unit}" for unit in units],
        "while typing: what nobody said": ["冰箱不冷"],
    }
    found = [
        (name, [f"/search/found?q={quote(one)}" for one in words]) for name, words in asked.items()
    ]
    return [*found, ("page: a word that every sixth order has", ["/search?q=" + quote("龙头")])]


def _there(app: Flask, read: Read) -> bool:
    response = app.test_client(use_cookies=False).get(read.paths[0], headers=read.headers)
    return response.status_code == 200


def console_cookie(app: Flask, token: str) -> dict[str, str]:
    """The browser's session as signing in would have made it."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[TOKEN_KEY] = token
    kept = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    if kept is None:
        raise Refused("no session cookie")
    return {"Cookie": f"{kept.key}={kept.value}"}


def _raise_alerts(house: House, estate: Estate) -> None:
    with house.app.app_context(), transaction() as current:
        for number in range(_ALERTS):
            alerts.raise_alert(
                current,
                "order.returned",
                subject_kind="order",
                subject=f"FW-209901-{number:04d}",
                audience=["dispatch_duty"],
                by=estate.desk,
                at=utcnow(),
                data={"reason": "客户改期", "by": "技工"},
            )


def _bare_of(read: Read) -> Read:
    return Read(name=read.name, paths=[read.bare_path], headers={}, bare_path="")


def _same_size(folder: Path, read: Read, body: bytes) -> None:
    if read.bare_path == "/json":
        (folder / "payload.json").write_text(json.dumps(json.loads(body)), encoding="utf-8")
    else:
        (folder / "page.html").write_bytes(body)


def _timed(ask: Callable[[str], bytes], read: Read, samples: int) -> tuple[list[float], bytes]:
    took, body = [], b""
    for turn in range(samples + _WARM_UP):
        begun = time.perf_counter()
        body = ask(read.paths[turn % len(read.paths)])
        took.append(time.perf_counter() - begun)
    return took[_WARM_UP:], body


def _in_process(app: Flask, read: Read, samples: int) -> tuple[list[float], bytes]:
    client: FlaskClient = app.test_client(use_cookies=False)

    def ask(path: str) -> bytes:
        response = client.get(path, headers=read.headers)
        if response.status_code != 200:
            raise Refused(f"GET {path}: {response.status_code} {response.get_data()[:400]!r}")
        return response.get_data()

    return _timed(ask, read, samples)


def _over_http(port: int, read: Read, samples: int) -> list[float]:
    line = Line(port, read.headers)
    took, _ = _timed(line.get, read, samples)
    line.close()
    return took


def _bare_insert(bare: Flask, port: int, samples: int) -> list[Figure]:
    """The other bare thing, for scale: a route with one insert."""
    client = bare.test_client()
    ways: dict[str, Callable[[], object]] = {
        "in process": lambda: client.post("/insert", json={"a": 1}),
    }
    line = Line(port)
    ways["over HTTP"] = lambda: line.post("/insert", {"a": 1})
    figures = []
    for way, ask in ways.items():
        took = []
        for _ in range(samples):
            begun = time.perf_counter()
            ask()
            took.append(time.perf_counter() - begun)
        figures.append(
            Figure(
                part=PART,
                name=f"bare Flask route with one insert, {way}, p50",
                value=milliseconds(took, 0.5),
                unit="ms",
            )
        )
    line.close()
    return figures


def _figures(part: str, name: str, ours: Sequence[float], theirs: Sequence[float]) -> list[Figure]:
    return median_and_tail(part, name, ours, theirs, "Flask route, same bytes")


def _growth(medians: Mapping[tuple[str, int], float], sizes: Sequence[int]) -> list[Figure]:
    """The median at the largest size beside that at the smallest."""
    smallest, largest = sizes[0], sizes[-1]
    names = dict.fromkeys(name for name, _ in medians)
    return [
        Figure(
            part="growth",
            name=f"{name}, {smallest:,} → {largest:,} orders, in process, p50",
            value=medians[name, largest],
            unit="ms",
            baseline=medians[name, smallest],
            baseline_name=f"at {smallest:,}",
        )
        for name in names
        if largest > smallest
    ]
