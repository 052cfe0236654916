"""One incident as it was reported, with its photos and what was done about it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from server.accounts.queries import names_of
from server.alerts import operations as alerts
from server.db import session
from server.evidence import queries as evidence
from server.history import history_of
from server.http import actor, requires
from server.incidents import operations as incidents

pages = Blueprint("incident", __name__)


@pages.get("/incidents/<number>")
@requires("incident.handle")
def show(number: str) -> Any:
    """The incident as it stands, with its photos: whoever handles it has to see what was found."""
    current = session()
    incident = incidents.get_incident(current, actor().estate_id, number)
    photos = evidence.photos_of_incident(current, incident.id)
    named = {photo["sha256"] for photo in incident.photos}
    return render_template(
        "incident.html",
        incident=incident,
        photos=photos,
        expected=len(named - {photo.sha256 for photo in photos}),
        names=names_of(current, {incident.found_by} if incident.found_by else set()),
        left_early=incidents.left_before_relieved(incident),
        alerts=alerts.alerts_of(current, incidents.SUBJECT, incident.number),
        history=history_of(current, incidents.SUBJECT, incident.number),
    )
