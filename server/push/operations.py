"""Subscribing a handheld, forgetting it, and owing it a ring."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.push.addresses import allowed
from server.push.encryption import Recipient
from server.push.models import PushSubscription, Ring
from server.settings import Settings


def subscribe(
    session: Session,
    settings: Settings,
    *,
    device_id: str,
    endpoint: str,
    p256dh: str,
    auth: str,
    at: dt.datetime,
) -> PushSubscription:
    """Ring this handheld here from now on, in place of where it was before.

    The same subscription again changes nothing. Raises Invalid for an address that is not listed
    and for keys that cannot be read.
    """
    _check(settings, endpoint, p256dh, auth)
    # A browser that was paired anew keeps its address: it rings for the handheld it is now.
    session.execute(
        sa.delete(PushSubscription).where(
            PushSubscription.endpoint == endpoint, PushSubscription.device_id != device_id
        )
    )
    row = session.get(PushSubscription, device_id, populate_existing=True)
    if row is None:
        row = PushSubscription(device_id=device_id)
        session.add(row)
    elif (row.endpoint, row.p256dh, row.auth) == (endpoint, p256dh, auth):
        return row
    row.endpoint, row.p256dh, row.auth, row.made_at = endpoint, p256dh, auth, at
    session.flush()
    return row


def forget(session: Session, device_id: str, *, endpoint: str | None = None) -> None:
    """Ring this handheld no more: it says so, it was revoked, or its address is gone.

    With `endpoint` only if it is still that one: a handheld may have subscribed anew meanwhile.
    """
    where = [PushSubscription.device_id == device_id]
    if endpoint is not None:
        where.append(PushSubscription.endpoint == endpoint)
    session.execute(sa.delete(PushSubscription).where(*where))
    if session.get(PushSubscription, device_id, populate_existing=True) is None:
        session.execute(sa.delete(Ring).where(Ring.device_id == device_id))


def owe(
    session: Session, *, device_id: str, subject: str, noted_at: dt.datetime, at: dt.datetime
) -> None:
    """Owe a ring for order `subject`, which came to the technician at `noted_at`.

    Nothing for a handheld that has no subscription; an earlier ring for the order is replaced.
    """
    if session.get(PushSubscription, device_id) is None:
        return
    session.execute(sa.delete(Ring).where(Ring.device_id == device_id, Ring.subject == subject))
    session.add(Ring(device_id=device_id, subject=subject, noted_at=noted_at, due_at=at, tries=0))
    session.flush()


def _check(settings: Settings, endpoint: str, p256dh: str, auth: str) -> None:
    if not allowed(endpoint, settings.push_host_names):
        raise Invalid(
            "push-host-not-listed",
            "不向此推送地址发送;请管理员将其主机名加入 PAIGONG_PUSH_HOSTS。",
            "Nothing is sent to this push address; have the administrator add its host to "
            "PAIGONG_PUSH_HOSTS.",
            errors={"endpoint": ["https://…"]},
        )
    try:
        Recipient.of(p256dh, auth)
    except ValueError as error:
        raise Invalid(
            "bad-push-keys",
            "推送密钥无法读取,请重新订阅。",
            "The keys of the subscription cannot be read; subscribe anew.",
            errors={"keys": [str(error)]},
        ) from error
