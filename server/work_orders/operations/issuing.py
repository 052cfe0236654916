"""An order for what the house knows by itself: registered, judged and issued in one (A-32)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.assets.models import Asset
from server.history import Actor
from server.requests import operations as requests
from server.requests.operations import Caller
from server.settings import Settings
from server.work_orders.models import WorkOrder
from server.work_orders.operations import dispatching


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the order is to say. `no_reply`: why nobody waits for a reply to its request."""

    caller: Caller
    content: str
    category: str
    nature: str
    urgency: str = "normal"
    appointment_at: dt.datetime | None = None
    channel: str = "other"
    asset: Asset | None = None
    no_reply: str | None = None


def issue_at_once(
    session: Session, settings: Settings, wanted: Wanted, *, by: Actor, at: dt.datetime
) -> WorkOrder:
    """Register, accept and issue it as any other. Raises Invalid, as each of the three does."""
    request = requests.register(
        session,
        settings,
        caller=wanted.caller,
        content=wanted.content,
        channel=wanted.channel,
        kind="service_need",
        urgency=wanted.urgency,
        appointment_at=wanted.appointment_at,
        category=wanted.category,
        asset=wanted.asset,
        by=by,
        at=at,
    )
    requests.judge_accepted(
        session,
        request,
        nature=wanted.nature,
        category=wanted.category,
        price_item_code=None,
        price_list_version=None,
        slot_technician_id=None,
        by=by,
        at=at,
    )
    if wanted.no_reply is not None:
        requests.owes_no_reply(session, request, why=wanted.no_reply, by=by, at=at)
    return dispatching.issue(
        session, settings, request, category=None, appointment_at=None, urgency=None, by=by, at=at
    )
