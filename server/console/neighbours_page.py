"""Neighbour systems and the mail's out-tray: who hears of what, what went out, what did not."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from server.api.neighbours import NeighbourIn
from server.console import forms
from server.console.wording import gettext
from server.db import session, transaction, utcnow
from server.errors import Problem
from server.http import actor, level, requires, settings
from server.outgoing import events, letters, webhooks

pages = Blueprint("neighbours", __name__)
SHOWN = 20


@pages.get("/neighbours")
@requires("neighbour.manage", reading=True)
def show() -> Any:
    """All of them, with what each was told last."""
    return page()


@pages.post("/neighbours")
@requires("neighbour.manage")
def add() -> Any:
    """Add one; its secret is shown this once."""
    try:
        data = forms.loaded(NeighbourIn, forms.taken("name", "url", lists=("kinds",)))
        with transaction() as current:
            endpoint = webhooks.add(current, settings(), **data, by=actor(), at=utcnow())
    except Problem as problem:
        return page(problem), problem.status
    return page(fresh=(endpoint.name, endpoint.secret))


@pages.post("/neighbours/<uuid:neighbour_id>/secret")
@requires("neighbour.manage")
def change_secret(neighbour_id: uuid.UUID) -> Any:
    """A new secret; for a day both sign."""
    with transaction() as current:
        endpoint = webhooks.find(current, neighbour_id, by=actor())
        secret = webhooks.change_secret(current, endpoint, by=actor(), at=utcnow())
    return page(fresh=(endpoint.name, secret))


@pages.post("/neighbours/<uuid:neighbour_id>/switch")
@requires("neighbour.manage")
def switch(neighbour_id: uuid.UUID) -> Any:
    """On or off."""
    with transaction() as current:
        endpoint = webhooks.find(current, neighbour_id, by=actor())
        active = request.form.get("active") == "1"
        webhooks.switch(current, endpoint, active=active, by=actor(), at=utcnow())
    return redirect(url_for("console.neighbours.show"), 303)


@pages.post("/neighbours/<uuid:neighbour_id>/ping")
@requires("neighbour.manage")
def ping(neighbour_id: uuid.UUID) -> Any:
    """A message that means nothing."""
    with transaction() as current:
        endpoint = webhooks.find(current, neighbour_id, by=actor())
        webhooks.ping(current, endpoint, by=actor(), at=utcnow())
    flash(gettext("试发的消息已交付发送。"))
    return redirect(url_for("console.neighbours.show"), 303)


@pages.post("/neighbours/<uuid:neighbour_id>/deliveries/<uuid:delivery_id>/replay")
@requires("neighbour.manage")
def replay(neighbour_id: uuid.UUID, delivery_id: uuid.UUID) -> Any:
    """Send a message again."""
    try:
        with transaction() as current:
            endpoint = webhooks.find(current, neighbour_id, by=actor())
            webhooks.replay(current, endpoint, delivery_id, by=actor(), at=utcnow())
    except Problem as problem:
        return page(problem), problem.status
    flash(gettext("将重新发送。"))
    return redirect(url_for("console.neighbours.show"), 303)


def page(problem: Problem | None = None, fresh: tuple[str, str] | None = None) -> str:
    """The page; `fresh` is a name and its secret, shown once."""
    current, by = session(), actor()
    found = webhooks.endpoints(current, by.estate_id)
    return render_template(
        "neighbours.html",
        neighbours=[(one, webhooks.deliveries(current, one.id, limit=SHOWN)) for one in found],
        letters=letters.newest(current, by.estate_id, limit=SHOWN),
        mail_from=settings().mail_from if settings().smtp_host else "",
        origins=sorted(settings().webhook_origin_list),
        kinds=sorted(events.KINDS),
        manages=level("neighbour.manage") == "D",
        fresh=fresh,
        problem=problem,
        typed=request.form,
    )
