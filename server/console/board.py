"""The board: one screen that says what needs somebody now, kept up to date while it is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    get_template_attribute,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from markupsafe import Markup
from sqlalchemy.orm import Session

from server.accounts.permissions import Role
from server.accounts.queries import skilled
from server.alerts import listing as alerts
from server.alerts.models import Alert
from server.console.board_cache import Drawn
from server.console.list_filters import day_of
from server.console.watch import reply_clock, watch
from server.console.wording import language
from server.db import session, utcnow
from server.devices.queries import online_technicians
from server.history import Actor
from server.http import actor, level, requires, settings
from server.requests.waiting import waiting
from server.rosters import queries as rosters
from server.work_orders import lanes
from server.work_orders.assigning import modes_of
from server.work_orders.lanes import Card
from server.work_orders.pulse import pulse
from server.work_orders.states import State

pages = Blueprint("board", __name__)
STRIP = 6
#: Out of how many the strip is made, and how far alerts are counted.
ALERTS, COUNTED = 100, 999
#: Nobody who waits for a word may be out of sight.
REQUESTS = 200
VIEWS = ("lanes", "technicians", "day")
#: Told by the counting clock of the request itself.
REPLY_ALERTS = frozenset({"clock.reply_warning", "clock.reply"})
DAY_BEGINS_H, DAY_ENDS_H = 7, 22
_DRAWN = "paigong.drawn_boards"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """How somebody wants to see the board."""

    view: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Look:
    """All that a drawn card shows, to be found again by."""

    card: Card
    shown: tuple[Any, ...]

    def __hash__(self) -> int:
        """Of what is new with every change; hashing all of some hundred cards takes its time."""
        return hash((self.card.number, self.card.version))


def shelf_of(app: Flask) -> Drawn:
    """What the application's boards have drawn."""
    drawn: Drawn = app.extensions[_DRAWN]
    return drawn


@pages.record_once
def _shelf(state: Any) -> None:
    state.app.extensions[_DRAWN] = Drawn()


@pages.get("/")
@requires("account.self")
def home() -> Any:
    """The board, or the page of whoever has nothing to do with orders."""
    if level("order.read") is None:
        goal = "console.staff.show" if level("device.manage") else "console.account.show"
        return redirect(url_for(goal), 303)
    chosen = _chosen()
    beat = _pulse(actor(), fresh=True)
    return render_template(
        "board.html", chosen=chosen, live=_drawn(actor(), chosen, beat), views=VIEWS
    )


@pages.get("/board")
@requires("order.read", reading=True)
def live() -> Response:
    """The live part of the board; 204 while nothing has changed since `pulse`."""
    by, chosen = actor(), _chosen()
    beat = _pulse(by)
    unchanged = request.args.get("pulse") == beat
    response = make_response("" if unchanged else _drawn(by, chosen, beat))
    response.status_code = 204 if unchanged else 200
    response.headers["X-Pulse"] = beat
    response.headers["X-Server-Time"] = str(round(utcnow().timestamp() * 1000))
    return response


def _pulse(by: Actor, *, fresh: bool = False) -> str:
    return shelf_of(current_app).pulse(
        by.estate_id, lambda: pulse(session(), by.estate_id), fresh=fresh
    )


def _drawn(by: Actor, chosen: Chosen, beat: str) -> str:
    """The live part as others may have had it drawn already; who sees the same shares it."""
    drawn = shelf_of(current_app)
    own = by.user_id if level("order.read") == "O" else None
    today = utcnow().astimezone(settings().zone).date()
    key = (by.estate_id, beat, chosen, language(), by.roles, own, today)

    def draw() -> str:
        # The pulse may be of another thread and younger than what this request has begun to read:
        # the board is read anew, or an older one would stand under it. Whoever is signed in stays
        # known as he was read.
        session().close()
        return render_template(f"board_{chosen.view}.html", pulse=beat, **board_view(by, chosen))

    return drawn.boards.get(key, draw)


def board_view(by: Actor, chosen: Chosen) -> dict[str, Any]:
    """Everything on the board, in a number of queries that does not grow with it."""
    at, current = utcnow(), session()
    desk = level("request.read") is not None
    own = by.user_id if level("order.read") == "O" else None
    requests = waiting(current, by.estate_id, at=at, limit=REQUESTS) if desk else []
    told = alerts.Told(roles=by.roles)
    open_alerts = alerts.hazards_first(current, by.estate_id, told, limit=ALERTS) if desk else []
    found: dict[str, Any] = {
        "alerts": by_subject(open_alerts, {row.number for row in requests})[:STRIP],
        "alert_count": alerts.count(current, by.estate_id, told, most=COUNTED + 1) if desk else 0,
        "counted": COUNTED,
        "counted_orders": lanes.COUNTED,
        "requests": [(row, reply_clock(row, settings())) for row in requests],
        "at": at,
        "chosen": chosen,
        "may_dispatch": level("order.dispatch") in {"D", "A"},
    }
    if chosen.view == "lanes":
        board = lanes.lanes(current, by.estate_id, technician_id=own)
        cards = [card for lane in board for card in lane.cards]
        return found | {
            "lanes": board,
            "drawn": _drawn_cards(current, cards, at),
            "tray_people": _tray(current, by, at) if found["may_dispatch"] else [],
        }
    people = [one for one in _tray(current, by, at) if own is None or one["id"] == own]
    if chosen.view == "technicians":
        hands = lanes.by_technician(current, [one["id"] for one in people])
        waits = [] if own else lanes.lanes(current, by.estate_id, names=["to_dispatch"])
        open_lane = [card for lane in waits for card in lane.cards]
        cards = [card for each in hands.values() for card in each] + open_lane
        return found | {
            "people": people,
            "hands": hands,
            "open_lane": open_lane,
            "drawn": _drawn_cards(current, cards, at, with_technician=False),
        }
    return found | _plan(current, by, chosen.day, people, own is None)


def by_subject(rows: Sequence[Alert], counting: Collection[str]) -> list[list[Alert]]:
    """Alerts in one group a subject, danger first; without those whose clock counts below."""
    groups: dict[str, list[Alert]] = {}
    for row in rows:
        if not (row.subject in counting and row.kind in REPLY_ALERTS):
            groups.setdefault(row.subject, []).append(row)
    return sorted(
        groups.values(), key=lambda group: not any(row.kind.startswith("hazard") for row in group)
    )


def _drawn_cards(
    current: Session, cards: Sequence[Card], at: dt.datetime, *, with_technician: bool = True
) -> dict[str, Markup]:
    """Order number -> its card; those that look as they did are not drawn again."""
    drawn = shelf_of(current_app)
    watched = watch(current, settings(), cards)
    modes = modes_of(current, actor().estate_id) if cards else {}
    may_dispatch = level("order.dispatch") in {"D", "A"}
    today = at.astimezone(settings().zone).date()
    macro = get_template_attribute("board_parts.html", "order_card")
    found = {}
    for card in cards:
        clock = watched.clocks.get(card.number)
        reach = watched.reaches.get(card.number)
        mode = modes.get(card.category) if card.state == State.CREATED else None
        shown = (card, clock, reach, mode, may_dispatch, with_technician)
        look = Look(card, (*shown, clock and clock.colour(at), language(), today))
        draw = partial(macro, *shown, at)
        found[card.number] = Markup(drawn.cards.get(look, draw))  # noqa: S704  # a macro's
    return found


def _tray(current: Session, by: Actor, at: dt.datetime) -> list[dict[str, Any]]:
    """Every technician with his load, for whoever gives orders out."""
    today = at.astimezone(settings().zone).date()
    people = skilled(current, by.estate_id, Role.TECHNICIAN, (), today)
    load = lanes.loads(current, [user.id for user in people])
    online = online_technicians(current, by.estate_id)
    away = rosters.absences_at(current, by.estate_id, at)
    return [
        {
            "id": user.id,
            "username": user.username,
            "name": user.name,
            "load": load.get(user.id, 0),
            "online": user.id in online,
            "absent": away.get(user.id),
        }
        for user in people
    ]


def _plan(
    current: Session, by: Actor, day: dt.date, people: list[dict[str, Any]], everybody: bool
) -> dict[str, Any]:
    """The appointments of one day: a row for each technician, a column for each hour."""
    zone = settings().zone
    midnight = dt.datetime.combine(day, dt.time.min, zone)
    tomorrow = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, zone)
    cards = lanes.planned(current, by.estate_id, midnight, tomorrow)
    rows: dict[Any, dict[int, list[Card]]] = {one["id"]: {} for one in people}
    if everybody:
        rows[None] = {}
    for card in cards:
        if card.technician_id in rows and card.appointment_at is not None:
            hour = card.appointment_at.astimezone(zone).hour
            column = min(max(hour, DAY_BEGINS_H), DAY_ENDS_H - 1)
            rows[card.technician_id].setdefault(column, []).append(card)
    return {
        "people": people,
        "rows": rows,
        "hours": range(DAY_BEGINS_H, DAY_ENDS_H),
        "drawn": _drawn_cards(current, cards, utcnow(), with_technician=False),
        "before": day - dt.timedelta(days=1),
        "after": day + dt.timedelta(days=1),
        "full": len(cards) >= lanes.PLANNED,
    }


def _chosen() -> Chosen:
    view = request.args.get("view", "lanes")
    today = utcnow().astimezone(settings().zone).date()
    text = request.args.get("day")
    day = day_of("day", text) if text else today
    return Chosen(view=view if view in VIEWS else "lanes", day=day)
