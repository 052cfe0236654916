"""Raising and resolving alerts. The same alert is open once, however often it is raised."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.operations import system_actor
from server.accounts.permissions import Role
from server.alerts import mailing
from server.alerts.listing import Told, addressed
from server.alerts.models import Alert
from server.errors import Denied, NotFound
from server.history import Actor
from server.outgoing.models import WebhookDelivery


def raise_alert(
    session: Session,
    kind: str,
    *,
    subject_kind: str,
    subject: str,
    audience: Iterable[str] = (),
    addressee_id: uuid.UUID | None = None,
    by: Actor,
    at: dt.datetime,
    rule: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> Alert:
    """Open an alert for the roles in `audience`, or for one person's eyes.

    An open one of this kind is left as it is.
    """
    existing = find_open(
        session, kind, subject_kind=subject_kind, subject=subject, addressee_id=addressee_id
    )
    if existing is not None:
        return existing
    alert = Alert(
        estate_id=by.estate_id,
        kind=kind,
        subject_kind=subject_kind,
        subject=subject,
        audience=sorted(audience),
        addressee_id=addressee_id,
        data=dict(data or {}),
        rule=rule,
        raised_at=at,
    )
    session.add(alert)
    session.flush()
    mailing.post(session, alert, at=at)
    history.record(
        session,
        "alert.raised",
        subject_kind=subject_kind,
        subject=subject,
        by=by,
        at=at,
        data={"alert": kind, "audience": alert.audience, **alert.data},
    )
    return alert


def find_open(
    session: Session,
    kind: str,
    *,
    subject_kind: str,
    subject: str,
    addressee_id: uuid.UUID | None = None,
) -> Alert | None:
    """The open alert of this kind about a subject (for one person), if there is one."""
    return session.scalar(
        sa.select(Alert).where(
            Alert.kind == kind,
            Alert.subject_kind == subject_kind,
            Alert.subject == subject,
            Alert.addressee_id.is_(None)
            if addressee_id is None
            else Alert.addressee_id == addressee_id,
            Alert.resolved_at.is_(None),
        )
    )


def resolve(
    session: Session,
    *,
    subject_kind: str,
    subject: str,
    kinds: Iterable[str],
    at: dt.datetime,
    how: str,
) -> None:
    """Close the open alerts of these kinds about a subject: the cause is gone."""
    session.execute(
        sa.update(Alert)
        .where(
            Alert.subject_kind == subject_kind,
            Alert.subject == subject,
            Alert.kind.in_(list(kinds)),
            Alert.resolved_at.is_(None),
        )
        .values(resolved_at=at, resolution=how[:200])
    )


def dismiss(
    session: Session, alert_id: uuid.UUID, *, how: str, by: Actor, at: dt.datetime
) -> Alert:
    """A person deals with an alert and says how (R-001: nothing is left without an outcome).

    Only whom it was raised for: a complaint against the CS centre, say, is none of its own
    business (R-034). Raises NotFound, Denied.
    """
    alert = session.get(Alert, alert_id, with_for_update=True, populate_existing=True)
    if alert is None or alert.estate_id != by.estate_id:
        raise NotFound("no-such-alert", "没有这条提醒。", "There is no such alert.")
    mine = alert.addressee_id is not None and alert.addressee_id == by.user_id
    if not mine and not by.roles & set(alert.audience):
        raise Denied(
            "not-your-alert",
            "这条提醒不归您处理。",
            "This alert is not for you to deal with.",
            rule=alert.rule,
        )
    if alert.resolved_at is None:
        alert.resolved_at, alert.resolution = at, how[:200]
        history.record(
            session,
            "alert.resolved",
            subject_kind=alert.subject_kind,
            subject=alert.subject,
            by=by,
            at=at,
            data={"alert": alert.kind, "how": how},
        )
    return alert


def open_alerts(
    session: Session,
    estate_id: uuid.UUID,
    *,
    roles: frozenset[str] | None = None,
    limit: int = 100,
) -> list[Alert]:
    """The newest open alerts; only those for `roles` where given."""
    query = sa.select(Alert).where(Alert.estate_id == estate_id, Alert.resolved_at.is_(None))
    if roles is not None:
        query = query.where(addressed(Told(roles=roles)))
    return list(
        session.scalars(query.order_by(Alert.raised_at.desc(), Alert.id.desc()).limit(limit))
    )


def open_for(session: Session, user_id: uuid.UUID, *, most: int = 99) -> int:
    """How many open alerts are for this one person, at most `most`."""
    some = (
        sa.select(Alert.id)
        .where(Alert.addressee_id == user_id, Alert.resolved_at.is_(None))
        .limit(most)
        .subquery()
    )
    return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def alerts_of(session: Session, subject_kind: str, subject: str) -> list[Alert]:
    """All alerts about one subject, open and resolved, oldest first; not those for one person."""
    return list(
        session.scalars(
            sa.select(Alert)
            .where(
                Alert.subject_kind == subject_kind,
                Alert.subject == subject,
                Alert.addressee_id.is_(None),
            )
            .order_by(Alert.raised_at, Alert.id)
        )
    )


def not_told(session: Session, delivery: WebhookDelivery, at: dt.datetime) -> None:
    """A neighbour system could not be told for days: whoever keeps the installation has to know."""
    raise_alert(
        session,
        "webhook.given_up",
        subject_kind="neighbour",
        subject=str(delivery.endpoint_id),
        audience=[Role.SYSTEM_ADMIN],
        by=system_actor(delivery.estate_id),
        at=at,
        data={"message": delivery.message_id, "status": delivery.last_status},
    )
