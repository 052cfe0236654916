"""What customers without an account left behind, on the pages of the desk.

Functions for templates, so that a page takes it in with one line and asks nothing where it is not
shown.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from markupsafe import Markup

from server.console.handhelds import qr_svg
from server.console.resident_follow import link_of
from server.console.resident_report import key
from server.db import session
from server.evidence import queries as evidence
from server.evidence.models import Photo
from server.http import level
from server.requests.models import ServiceRequest
from server.residents import addresses, queries
from server.residents.models import CustomerRating
from server.work_orders.models import WorkOrder

DOES = frozenset("DA")


@dataclass(frozen=True, kw_only=True)
class FollowLink:
    """The address by which a customer follows a request, and its picture."""

    url: str
    qr: Markup


def photos_with(request_id: uuid.UUID | None) -> list[Photo]:
    """What was sent along with a request, for whoever may see photos."""
    if request_id is None or not level("photo.read"):
        return []
    return evidence.photos_of_request(session(), request_id)


def follow_link(row: ServiceRequest) -> FollowLink | None:
    """The customer's link, for whoever may tell the customer: it confirms prices too."""
    if level("request.reply") not in DOES:
        return None
    url = link_of(addresses.follow_token(key(), row.id))
    return FollowLink(url=url, qr=qr_svg(url))


def rating_of(order: WorkOrder) -> CustomerRating | None:
    """What the customer said of an order."""
    return queries.rating_of(session(), order.id)


IN_TEMPLATES = {"photos_with": photos_with, "follow_link": follow_link, "rating_of": rating_of}
