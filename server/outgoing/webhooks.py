"""Neighbour systems: adding them, what each is owed, sending a message again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.errors import Conflict, Invalid, NotFound
from server.history import Actor, HistoryRow
from server.outgoing import events, origins, signing
from server.outgoing.models import WebhookDelivery, WebhookEndpoint
from server.settings import Settings

SUBJECT = "neighbour"
#: How long the former secret signs beside the new one, so that nobody has to change in one second.
OVERLAP = dt.timedelta(hours=24)
MOST_CHARACTERS = 60


def add(
    session: Session,
    settings: Settings,
    *,
    name: str,
    url: str,
    kinds: Collection[str],
    by: Actor,
    at: dt.datetime,
) -> WebhookEndpoint:
    """A neighbour hears of `kinds` from now on. Raises Invalid for an address that is not listed."""
    errors: dict[str, list[str]] = {}
    if not name.strip() or len(name) > MOST_CHARACTERS:
        errors["name"] = [f"1–{MOST_CHARACTERS}"]
    if not origins.allowed(url, settings.webhook_origin_list):
        errors["url"] = ["不在 PAIGONG_WEBHOOK_ORIGINS 所列的来源中 not at a listed origin"]
    if unknown := sorted(set(kinds) - events.KINDS):
        errors["kinds"] = [f"没有此事件 no such event: {', '.join(unknown)}"]
    elif not kinds:
        errors["kinds"] = ["至少一项 at least one"]
    if errors:
        raise Invalid(
            "bad-neighbour",
            "外部系统资料有误。",
            "The neighbour cannot be added so.",
            errors=errors,
        )
    endpoint = WebhookEndpoint(
        estate_id=by.estate_id,
        name=name.strip(),
        url=url,
        secret=signing.new_secret(),
        kinds=sorted(kinds),
        active=True,
        created_by=by.user_id,
        created_at=at,
    )
    session.add(endpoint)
    session.flush()
    _record(session, "neighbour.added", endpoint, by, at)
    return endpoint


def change_secret(
    session: Session, endpoint: WebhookEndpoint, *, by: Actor, at: dt.datetime
) -> str:
    """A new secret; for a day both sign. Returns the new one."""
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_until_at = at + OVERLAP
    endpoint.secret = signing.new_secret()
    _record(session, "neighbour.secret_changed", endpoint, by, at)
    return endpoint.secret


def switch(
    session: Session, endpoint: WebhookEndpoint, *, active: bool, by: Actor, at: dt.datetime
) -> None:
    """Tell a neighbour no more, or again. What was noted meanwhile is not told later."""
    if endpoint.active == active:
        return
    endpoint.active, endpoint.disabled_reason = active, None
    _record(session, "neighbour.on" if active else "neighbour.off", endpoint, by, at)


def note(session: Session, row: HistoryRow, *, at: dt.datetime) -> int:
    """Owe every neighbour that wants to hear of it this event, once; how many there are."""
    wanting = [
        endpoint
        for endpoint in session.scalars(
            sa.select(WebhookEndpoint).where(
                WebhookEndpoint.estate_id == row.estate_id, WebhookEndpoint.active
            )
        )
        if row.kind in endpoint.kinds
    ]
    body = events.payload(row.kind, row.subject_kind, row.subject, row.at)
    return sum(_owe(session, endpoint, f"msg_{row.id}", row.kind, body, at) for endpoint in wanting)


def ping(session: Session, endpoint: WebhookEndpoint, *, by: Actor, at: dt.datetime) -> None:
    """Send a message that means nothing, to see whether it arrives."""
    body = events.payload(events.PING, SUBJECT, str(endpoint.id), at)
    _owe(session, endpoint, f"msg_ping_{uuid.uuid4().hex[:20]}", events.PING, body, at)
    _record(session, "neighbour.pinged", endpoint, by, at)


def replay(
    session: Session,
    endpoint: WebhookEndpoint,
    delivery_id: uuid.UUID,
    *,
    by: Actor,
    at: dt.datetime,
) -> WebhookDelivery:
    """Send a message again under its own id, by which the neighbour knows it. Raises Conflict for
    one that is still to be sent."""
    delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.endpoint_id != endpoint.id:
        raise NotFound("no-such-delivery", "没有这条推送。", "There is no such message.")
    if delivery.sent_at is None and delivery.given_up_at is None:
        raise Conflict("still-waiting", "这条推送仍在发送中。", "This message is still to be sent.")
    delivery.sent_at = delivery.given_up_at = delivery.lease = None
    delivery.tries, delivery.due_at = 0, at
    _record(session, "neighbour.replayed", endpoint, by, at, {"message": delivery.message_id})
    return delivery


def endpoints(session: Session, estate_id: uuid.UUID) -> list[WebhookEndpoint]:
    """All neighbours of an estate, by name."""
    return list(
        session.scalars(
            sa.select(WebhookEndpoint)
            .where(WebhookEndpoint.estate_id == estate_id)
            .order_by(WebhookEndpoint.name, WebhookEndpoint.id)
        )
    )


def find(session: Session, endpoint_id: uuid.UUID, *, by: Actor) -> WebhookEndpoint:
    """One neighbour, locked. Raises NotFound."""
    endpoint = session.get(WebhookEndpoint, endpoint_id, with_for_update=True)
    if endpoint is None or endpoint.estate_id != by.estate_id:
        raise NotFound("no-such-neighbour", "没有这个外部系统。", "There is no such neighbour.")
    return endpoint


def deliveries(
    session: Session, endpoint_id: uuid.UUID, *, before: uuid.UUID | None = None, limit: int = 50
) -> Sequence[WebhookDelivery]:
    """What a neighbour was told, newest first; ids grow with time, so they are the place to go on."""
    query = sa.select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    return session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit)).all()


def _owe(
    session: Session,
    endpoint: WebhookEndpoint,
    message_id: str,
    kind: str,
    body: dict[str, object],
    at: dt.datetime,
) -> bool:
    known = session.scalar(
        sa.select(WebhookDelivery.id).where(
            WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.message_id == message_id
        )
    )
    if known is not None:
        return False
    session.add(
        WebhookDelivery(
            estate_id=endpoint.estate_id,
            endpoint_id=endpoint.id,
            message_id=message_id,
            kind=kind,
            payload=body,
            noted_at=at,
            due_at=at,
            tries=0,
        )
    )
    session.flush()
    return True


def _record(
    session: Session,
    kind: str,
    endpoint: WebhookEndpoint,
    by: Actor,
    at: dt.datetime,
    data: dict[str, object] | None = None,
) -> None:
    history.record(
        session,
        kind,
        subject_kind=SUBJECT,
        subject=str(endpoint.id),
        by=by,
        at=at,
        data={"name": endpoint.name, **(data or {})},
    )
