"""The audit search (X-021): who did what to what, and when; as a page and as a file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, render_template, request

from server import audit
from server.accounts.queries import everybody
from server.audit import Question
from server.console import happenings, sheets
from server.console.exports import sent
from server.console.list_filters import begin_of, day_of, spelled
from server.console.sheets import MOMENT, Column
from server.console.wording import gettext
from server.db import session, snapshot, utcnow
from server.errors import Invalid
from server.http import actor, requires
from server.keyset import Leaf, read_place

pages = Blueprint("audit", __name__)
PAGE = 100
KEYS = ("who", "kind", "subject", "from", "to")


@pages.get("/audit")
@requires("audit.read", reading=True)
def show() -> Any:
    """History by who, what, subject and period, the newest first."""
    words = _words()
    leaf, asked, problem = Leaf(rows=[], newer=None, older=None), Question(), None
    try:
        asked = _question(words)
        places = {
            way: read_place(request.args[way], number=True)
            for way in ("after", "before")
            if request.args.get(way)
        }
        leaf = audit.history(session(), actor().estate_id, asked, limit=PAGE, **places)
    except Invalid as refusal:
        problem = refusal
    people = everybody(session(), actor().estate_id)
    page = render_template(
        "audit.html",
        leaf=leaf,
        # A roster and an account carry an id for their subject: it is told whose they are.
        names={str(one.id): one.name for one in people},
        chosen=words,
        query=spelled(words),
        since=asked.since,
        people=people,
        kinds={kind: gettext(title) for kind, title in happenings.KINDS.items()},
        problem=problem,
        turn=lambda **place: f"/audit?{spelled({**words, **place})}",
    )
    return (page, problem.status) if problem else page


@pages.get("/audit/export.<form>")
@requires("audit.read", reading=True)
def export(form: str) -> Response:
    """All that the filter of the address asks for."""
    asked, by = _question(_words()), actor()
    with snapshot() as current:
        chunks = audit.whole_history(current, by.estate_id, asked)
        return sent("audit", form, columns(), chunks)


def columns() -> list[Column]:
    """What is told of a row of history, headed in the reader's language."""
    return [
        Column(title=gettext("服务器时间"), value=lambda row: row.at, kind=MOMENT),
        Column(title=gettext("手持机时间"), value=lambda row: row.device_at, kind=MOMENT),
        Column(title=gettext("何人"), value=lambda row: row.actor_name),
        Column(title=gettext("账号"), value=lambda row: row.actor),
        Column(title=gettext("何事"), value=happenings.title),
        Column(title=gettext("对象"), value=lambda row: row.subject),
        Column(title=gettext("次序"), value=lambda row: row.position, kind=sheets.NUMBER),
        Column(title=gettext("详情"), value=happenings.detail),
        Column(title=gettext("校验"), value=lambda row: row.hash),
    ]


def _words() -> dict[str, str]:
    return {key: request.args[key].strip() for key in KEYS if request.args.get(key, "").strip()}


def _question(words: dict[str, str]) -> Question:
    until = day_of("to", words["to"]) + dt.timedelta(days=1) if "to" in words else None
    asked = Question(
        actor=words.get("who"),
        kind=words.get("kind"),
        subject=words.get("subject"),
        since=begin_of(day_of("from", words["from"])) if "from" in words else None,
        before=begin_of(until) if until else None,
    )
    return asked.within_reach(utcnow())
