"""The list of complaints: open ones first, by any filter, with how long nobody was told."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request

from server.accounts.queries import names_of
from server.complaints import listing
from server.complaints.lifecycle import OVER
from server.console import exports, saved_filters
from server.console.export_columns import complaint_columns
from server.console.formats import since, timer
from server.console.labels import named
from server.console.list_filters import COMPLAINTS, KEYS, WORDS, begin_of, day_of
from server.db import session, snapshot, utcnow
from server.deadlines.policy import progress_due
from server.errors import Invalid, Problem
from server.estate.finding import as_unit_code
from server.estate.listing import unit_id_of
from server.http import actor, level, requires
from server.keyset import Leaf, Place, read_place

pages = Blueprint("complaints", __name__)
PAGE = 50
EMPTY = Leaf(rows=[], newer=None, older=None)
MOST_BUILDING = 999


@pages.get("/complaints")
@requires("complaint.read", reading=True)
def show() -> Any:
    """Complaints by any filter, the last recorded first; without one, those that are open."""
    if (opening := saved_filters.opening(COMPLAINTS)) is not None:
        return redirect(opening, 303)
    problem, leaf, chosen = None, EMPTY, _chosen()
    try:
        places = {
            way: read_place(request.args[way])
            for way in ("after", "before")
            if request.args.get(way)
        }
        leaf = _leaf(chosen, limit=PAGE, **places)
    except Invalid as refusal:
        problem = refusal
    at = utcnow()
    rows = leaf.rows
    page = render_template(
        "complaints.html",
        leaf=leaf,
        lines=_lines(rows, at),
        chosen=chosen,
        words_of={
            name: named(name)
            for name in ("complaint_state", "complaint_channel", "complaint_category", "target")
        },
        names=names_of(session(), {row.handler_id for row in rows if row.handler_id}),
        may_record=level("complaint.record") in {"D", "A"},
        may_relay=level("complaint.relay") in {"D", "A"},
        problem=problem,
        kept=saved_filters.kept(COMPLAINTS, chosen),
        query=urlencode(chosen),
        turn=lambda **place: f"/complaints?{urlencode({**chosen, **place})}",
    )
    return (page, problem.status) if isinstance(problem, Problem) else page


@pages.get("/complaints/export.<form>")
@requires("complaint.read", reading=True)
def export(form: str) -> Response:
    """Every complaint that the filter of the address asks for, of those that one may read."""
    chosen, names = _chosen(), dict[uuid.UUID, str]()
    with snapshot():
        chunks = exports.leaves(lambda place: _leaf(chosen, limit=exports.CHUNK, after=place))
        chunks = exports.naming(chunks, names, lambda row: row.handler_id)
        return exports.sent("complaints", form, complaint_columns(names), chunks)


def _chosen() -> dict[str, str]:
    names = KEYS[COMPLAINTS]
    return {
        name: request.args[name].strip() for name in names if request.args.get(name, "").strip()
    }


def _leaf(
    chosen: dict[str, str], *, limit: int, after: Place | None = None, before: Place | None = None
) -> Leaf:
    """What the words ask for, of it only what one may read."""
    for name, words in WORDS[COMPLAINTS].items():
        if name in chosen and chosen[name] not in words:
            raise _unusable(name)
    current, by = session(), actor()
    unit_id = None
    if "unit" in chosen:
        unit_id = unit_id_of(current, by.estate_id, as_unit_code(chosen["unit"]))
        if unit_id is None:
            return EMPTY
    state = chosen.get("state", "open")
    wanted = listing.Filter(
        under_way=state == "open",
        state=state if state not in {"open", "all"} else None,
        validity=chosen.get("validity"),
        major="major" in chosen,
        category=chosen.get("category"),
        channel=chosen.get("channel"),
        target=chosen.get("target"),
        building=_building(chosen),
        unit_id=unit_id,
        handler_id=by.user_id if level("complaint.read") == "O" else None,
        recorded_from=begin_of(day_of("from", chosen["from"])) if "from" in chosen else None,
        recorded_before=(
            begin_of(day_of("to", chosen["to"]) + dt.timedelta(days=1)) if "to" in chosen else None
        ),
    )
    return listing.complaints(
        current, by.estate_id, wanted, limit=limit, after=after, before=before
    )


def _building(chosen: dict[str, str]) -> int | None:
    text = chosen.get("building", "").removesuffix("栋")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) > MOST_BUILDING:
        raise _unusable("building")
    return int(text)


def _lines(rows: Any, at: dt.datetime) -> list[tuple[Any, ...]]:
    """Each row with its moment, its age, the silence, and whether that has lasted too long."""
    written = timer()
    lines = []
    for row in rows:
        if row.state in OVER:
            lines.append((row, written(row.recorded_at), "", "", False))
            continue
        told = row.last_told_at or row.recorded_at
        lines.append(
            (
                row,
                written(row.recorded_at),
                since(row.recorded_at),
                since(told),
                progress_due(told) < at,
            )
        )
    return lines


def _unusable(name: str) -> Invalid:
    return Invalid(
        "bad-filter",
        "筛选条件无效,请改正或清除。",
        "The filter cannot be used; correct or clear it.",
        errors={name: ["无效 not usable"]},
    )
