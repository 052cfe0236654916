"""One box for everything that can be found: as one types, and as a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request

from server.complaints import listing as complaints
from server.console import search_registers
from server.console.list_filters import spelled
from server.console.search_registers import Found
from server.console.wording import gettext
from server.db import session
from server.estate.listing import people_with
from server.http import actor, level, requires
from server.notes import queries as notes
from server.requests import listing as requests
from server.search import index
from server.work_orders import listing as orders

pages = Blueprint("search", __name__)
LONGEST = 80
AT_ONCE = 5
ON_PAGE = 30
#: How far what is somebody's own is looked for among everybody's.
_AMONG = 500
DOES = frozenset("DA")


@dataclass(frozen=True, kw_only=True)
class Group:
    """All that was found of one kind."""

    kind: str
    title: str
    items: list[Found]


@pages.get("/search")
@requires("account.self")
def show() -> Any:
    """Everything that holds all words of the question; a whole number leads there at once."""
    query = _query()
    groups = found(query, limit=ON_PAGE)
    lines = [one for group in groups for one in group.items]
    exact = [one for one in lines if one.at_once and one.title.upper() == query.upper()]
    if len(exact) == 1:
        return redirect(exact[0].href, 303)
    return render_template("search.html", query=query, groups=groups, most=ON_PAGE)


@pages.get("/search/found")
@requires("account.self")
def while_typing() -> Any:
    """The first of each kind, for the list under the box."""
    query = _query()
    return render_template("search_found.html", query=query, groups=found(query, limit=AT_ONCE))


def found(query: str, *, limit: int) -> list[Group]:
    """What somebody may find, in groups; a unit or a person leads to their orders."""
    current, by = session(), actor()
    desk = level("order.read") in DOES
    # Whoever reads no orders still finds what is his: an incident, a notice, slips (5.1).
    kinds = [index.ORDER, index.NOTE] if level("order.read") else []
    if desk:
        kinds += [index.PERSON, index.UNIT]
    if level("request.read") in DOES:
        kinds.append(index.REQUEST)
    if level("complaint.read") in {"D", "A", "R"}:
        kinds.append(index.COMPLAINT)
    among = limit if desk else _AMONG
    hits = index.find(current, by.estate_id, query, kinds=kinds, limit=among)
    for whole, far in ((True, limit), (False, _AMONG)):
        more = search_registers.kinds_found(whole=whole)
        hits += index.find(current, by.estate_id, query, kinds=more, limit=far)
    by_kind: dict[str, list[str]] = {}
    for hit in hits:
        by_kind.setdefault(hit.kind, []).append(hit.subject)
    own = None if desk else by.user_id
    groups = [
        Group(
            kind=index.ORDER,
            title=gettext("工单"),
            items=[
                _order(row)
                for row in orders.orders_numbered(
                    current, by.estate_id, by_kind.get(index.ORDER, []), technician_id=own
                )
            ],
        ),
        Group(
            kind=index.REQUEST,
            title=gettext("登记单"),
            items=[
                Found(
                    title=row.number,
                    href=f"/requests/{row.number}",
                    text=f"{row.unit} {row.person} · {row.content}",
                    state=row.state,
                    at_once=True,
                )
                for row in requests.requests_numbered(
                    current, by.estate_id, by_kind.get(index.REQUEST, [])
                )
            ],
        ),
        Group(
            kind=index.COMPLAINT,
            title=gettext("投诉列表"),
            items=[
                Found(
                    title=row.number,
                    href=f"/complaints/{row.number}",
                    text=f"{row.unit} {row.person} · {row.content}",
                    state=row.state,
                    at_once=True,
                )
                for row in complaints.complaints_numbered(
                    current, by.estate_id, by_kind.get(index.COMPLAINT, [])
                )
            ],
        ),
        Group(
            kind=index.PERSON,
            title=gettext("客户"),
            items=[
                Found(
                    title=row.name,
                    href=f"/orders?{spelled({'state': 'all', 'person': str(row.id)})}",
                    text=f"{row.unit} {row.phone}",
                )
                for row in people_with(current, by.estate_id, by_kind.get(index.PERSON, []))
            ],
        ),
        Group(
            kind=index.UNIT,
            title=gettext("房屋"),
            items=[
                Found(
                    title=code,
                    href=f"/orders?{spelled({'state': 'all', 'unit': code})}",
                    text=gettext("看这户的工单"),
                )
                for code in by_kind.get(index.UNIT, [])
            ],
        ),
        Group(
            kind=index.NOTE,
            title=gettext("备注"),
            items=_notes(by_kind.get(index.NOTE, []), desk=desk),
        ),
        *(
            Group(kind=one.kind, title=one.words, items=one.lines(by_kind[one.kind]))
            for one in search_registers.REGISTERS
            if one.kind in by_kind
        ),
    ]
    return [
        Group(kind=group.kind, title=group.title, items=group.items[:limit])
        for group in groups
        if group.items
    ]


def _order(row: Any) -> Found:
    return Found(
        title=row.number,
        href=f"/orders/{row.number}",
        text=f"{row.unit} {row.person or '—'} · {row.content}",
        state=row.state,
        at_once=True,
    )


def _notes(ids: list[str], *, desk: bool) -> list[Found]:
    current, by = session(), actor()
    rows = notes.notes_with(current, by.estate_id, ids)
    if level("request.read") not in DOES:
        rows = [row for row in rows if row.subject_kind == notes.ORDER]
    if not desk:
        numbers = [row.subject for row in rows]
        mine = {
            row.number
            for row in orders.orders_numbered(
                current, by.estate_id, numbers, technician_id=by.user_id
            )
        }
        rows = [row for row in rows if row.subject in mine]
    return [
        Found(
            title=row.subject,
            href=f"/{row.subject_kind}s/{row.subject}#h-notes",
            text=f"{row.author_name}: {row.text[:120]}",
        )
        for row in rows
    ]


def _query() -> str:
    return request.args.get("q", "").strip()[:LONGEST]
