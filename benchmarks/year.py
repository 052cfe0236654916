"""A year of data: writing it, closing its last whole month, and every page of figures over it."""

from __future__ import annotations

import datetime as dt
import gc
import json
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.figures import Figure, median_and_tail
from demo.year.build import Size, seed
from server.accounts.models import User
from server.accounts.operations import actor_for
from server.app import create_app
from server.billing import notices, reports
from server.db import session, transaction, utcnow
from server.deadlines.policy import month_of
from server.history import Actor
from server.month_end.taking import take_step
from server.settings import Settings

PART = "year"
#: Who looks at which pages of figures and reports; `{month}` is the last whole month.
PAGES = {
    "zhaomin": (
        "/figures",
        "/figures/weeks",
        "/figures/month?month={month}",
        "/figures/month/K-09?month={month}",
        "/figures/month/K-14?month={month}",
        "/figures/month/K-18?month={month}",
        "/month-end?month={month}",
        "/weekly",
        "/complaints",
        "/return-visits",
        "/orders",
        "/notices",
        "/audit",
    ),
    "hefang": ("/finance?month={month}", "/finance/entries?month={month}", "/finance/notices"),
}
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def measure(folder: Path, *, orders: int, samples: int) -> list[Figure]:
    """Figures of one year with so many orders a year."""
    settings = Settings(home=folder / "year", password_memory_kib=8)
    share = orders / Size.orders
    size = Size(
        orders=orders,
        complaints=round(Size.complaints * share),
        incidents=round(Size.incidents * share),
    )
    begun = time.perf_counter()
    seed(settings, size, quiet=True)
    figures = [_seeded(settings, folder, orders, time.perf_counter() - begun)]
    app = create_app(settings)
    # As the web process does before it serves; what the seeding left behind is none of its own.
    gc.collect()
    gc.freeze()
    month = (month_of(utcnow(), settings.zone) - dt.timedelta(days=1)).replace(day=1)
    passwords = {
        one["username"]: one["password"]
        for one in json.loads((settings.home / "demo.json").read_text("utf-8"))["accounts"]
    }
    for username, paths in PAGES.items():
        client = _signed_in(app, username, passwords[username])
        for path in paths:
            goal = path.format(month=f"{month:%Y-%m}")
            figures += _page(client, goal, samples)
    return [*figures, _month_end(app, settings, month)]


def _seeded(settings: Settings, folder: Path, orders: int, took_s: float) -> Figure:
    """Beside as many bare rows, written in one go to a file without an index."""
    with sqlite3.connect(settings.home / "paigong.sqlite3") as theirs:
        tables = [
            name
            for (name,) in theirs.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        rows = sum(theirs.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables)
    begun = time.perf_counter()
    with sqlite3.connect(folder / "bare.sqlite3") as bare:
        bare.execute("CREATE TABLE bare (a TEXT, b TEXT, c TEXT)")
        bare.executemany(
            "INSERT INTO bare VALUES (?, ?, ?)", (("a", "b", str(n)) for n in range(rows))
        )
    return Figure(
        part=PART,
        name=f"writing a year of {orders:,} orders ({rows:,} rows, photos as files)",
        value=took_s * 1000,
        unit="ms",
        baseline=(time.perf_counter() - begun) * 1000,
        baseline_name="as many bare rows",
    )


def _signed_in(app: Flask, username: str, password: str) -> FlaskClient:
    client = app.test_client()
    fields = dict(_HIDDEN.findall(client.get("/sign-in").text))
    told = {**fields, "username": username, "password": password, "next": "/"}
    if client.post("/sign-in", data=told).status_code != 303:
        raise RuntimeError(f"{username} cannot sign in")
    return client


def _page(client: FlaskClient, path: str, samples: int) -> list[Figure]:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"GET {path}: {answer.status_code}")
    body = answer.get_data()
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: body)
    beside = bare.test_client()
    ours = _timed(lambda: client.get(path), samples)
    theirs = _timed(lambda: beside.get("/"), samples)
    return median_and_tail(
        PART, f"{path.partition('?')[0]}, in process", ours, theirs, "Flask route, same bytes"
    )


def _timed(ask: Callable[[], object], samples: int) -> Sequence[float]:
    took = []
    for _ in range(samples):
        begun = time.perf_counter()
        ask()
        took.append(time.perf_counter() - begun)
    return took


def _month_end(app: Flask, settings: Settings, month: dt.date) -> Figure:
    """Every step of the month that the house takes by itself, by whoever may, one after the other."""
    with app.app_context():
        people = {user.username: actor_for(user) for user in session().scalars(sa.select(User))}
        begun = time.perf_counter()
        _close(settings, month, people)
        took_s = time.perf_counter() - begun
        count = (
            session()
            .execute(
                sa.text("SELECT count(*) FROM work_order WHERE month = :month"), {"month": month}
            )
            .scalar()
        )
    return Figure(
        part=PART,
        name=f"closing a month of {count:,} orders: slips, report, notices, summary, archive",
        value=took_s * 1000,
        unit="ms",
    )


def _close(settings: Settings, month: dt.date, people: dict[str, Actor]) -> None:
    at = utcnow()
    finance, manager = people["hefang"], people["zhouguojian"]
    take_step(settings, "slips", month, by=people["heli"], at=at)
    with transaction() as current:
        reports.make_report(current, settings, month, by=finance, at=at)
    with transaction() as current:
        reports.submit(current, settings, month, by=finance, at=at)
    with transaction() as current:
        report = reports.find_report(current, month, by=manager)
        reports.approve(current, report, by=manager, at=at)
    with transaction() as current:
        notices.issue_notices(current, settings, month, by=finance, at=at)
    take_step(settings, "summary", month, by=people["heli"], at=at)
    take_step(settings, "archive", month, by=people["heli"], at=at)
