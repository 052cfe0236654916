"""(f) The board: drawn anew, shared, unchanged, and with two hundred of them open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from flask import Flask

from benchmarks.bulk import Writer
from benchmarks.desk import Line
from benchmarks.figures import Figure, median_and_tail, milliseconds
from benchmarks.lists import console_cookie
from server.app import create_app
from server.console.board import shelf_of
from server.db import transaction, utcnow
from server.work_orders.operations import handing_out

PART = "boards"
OPEN_BOARDS = 200
_EVERY_S = 1.5
_LASTING_S = 20.0
_ASKERS = 16
_WARM_UP = 3


def measure(writer: Writer, *, samples: int) -> list[Figure]:
    """Server time in process of one board, and what 200 open ones leave to the others over HTTP."""
    app = create_app(writer.house.settings)
    cookie = console_cookie(app, writer.estate.console_token)
    client = app.test_client(use_cookies=False)
    shelf = shelf_of(app)

    def get(path: str) -> str:
        answer = client.get(path, headers=cookie)
        return answer.headers.get("X-Pulse", "")

    def anew(path: str) -> Callable[[], object]:
        def draw() -> None:
            shelf.boards.clear()
            get(path)

        return draw

    beat = get("/board")
    ways: dict[str, Callable[[], object]] = {
        "board by state, drawn anew": anew("/board"),
        "board by technician, drawn anew": anew("/board?view=technicians"),
        "board of a day, drawn anew": anew("/board?view=day"),
        "board that somebody else has drawn": lambda: get("/board"),
        "board on which nothing changed": lambda: get(f"/board?pulse={beat}"),
        "an order's page": lambda: get(f"/orders/{writer.numbers[0]}"),
    }
    figures: list[Figure] = []
    for name, ask in ways.items():
        took = _timed(ask, samples)
        figures += [
            Figure(
                part=PART,
                name=f"{name}, {writer.written:,} orders, in process, {label}",
                value=milliseconds(took, share),
                unit="ms",
            )
            for label, share in (("p50", 0.5), ("p95", 0.95))
        ]
    return figures + _with_many_open(writer, app, cookie)


def _timed(ask: Callable[[], object], samples: int) -> list[float]:
    took = []
    for _ in range(samples + _WARM_UP):
        begun = time.perf_counter()
        ask()
        took.append(time.perf_counter() - begun)
    return took[_WARM_UP:]


def _with_many_open(writer: Writer, app: Flask, cookie: dict[str, str]) -> list[Figure]:
    """One order's page over HTTP, quiet, then while 200 boards ask and something changes each
    second."""
    port = writer.house.settings.web_port
    page = f"/orders/{writer.numbers[0]}"
    with writer.house.serving(workers=()):
        quiet = _pages(port, page, cookie, lasting_s=_LASTING_S / 4)
        over = threading.Event()
        askers = [
            threading.Thread(target=_ask, args=(port, cookie, over), daemon=True)
            for _ in range(_ASKERS)
        ]
        changer = threading.Thread(target=_change, args=(writer, app, over), daemon=True)
        for one in (*askers, changer):
            one.start()
        busy = _pages(port, page, cookie, lasting_s=_LASTING_S)
        over.set()
        for one in (*askers, changer):
            one.join()
    return median_and_tail(
        PART,
        f"an order's page while {OPEN_BOARDS} boards are open, over HTTP",
        busy,
        quiet,
        "with none open",
    )


def _pages(port: int, page: str, cookie: dict[str, str], *, lasting_s: float) -> list[float]:
    line = Line(port, cookie)
    took: list[float] = []
    until = time.perf_counter() + lasting_s
    while time.perf_counter() < until:
        begun = time.perf_counter()
        line.get(page)
        took.append(time.perf_counter() - begun)
        time.sleep(0.1)
    line.close()
    return took


def _ask(port: int, cookie: dict[str, str], over: threading.Event) -> None:
    """What a share of the open boards does: ask in turn, each every second and a half."""
    line, pulse = Line(port, cookie), ""
    pause_s = _EVERY_S * _ASKERS / OPEN_BOARDS
    while not over.wait(pause_s):
        _status, headers, _body = line.ask("GET", f"/board?pulse={pulse}")
        pulse = headers.get("X-Pulse", "")
    line.close()


def _change(writer: Writer, app: Flask, over: threading.Event) -> None:
    """Something that every board has to show, once a second."""
    modes: Sequence[str] = ("in_turn", "by_hand")
    turn = 0
    while not over.wait(1.0):
        turn += 1
        with app.app_context(), transaction() as current:
            handing_out.set_mode(
                current,
                category="household_other",
                mode=modes[turn % 2],
                by=writer.estate.desk,
                at=utcnow(),
            )
