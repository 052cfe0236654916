"""Whether anything on a board may have changed, in four small questions.

A board asks every other second. Streams would each hold a thread of the web process; a question
that reads a few rows of an index does not, and after a restart of the server it is simply asked
again.
"""

from __future__ import annotations

import hashlib
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.alerts.models import Alert
from server.devices.models import Device
from server.history import HistoryRow
from server.outbox import Owed

#: Rows of history that are looked at. A transaction with a smaller number may commit after one with
#: a larger: the sum tells, where the largest number alone would not.
_LATEST = 100
_UNSENT = 500


def pulse(session: Session, estate_id: uuid.UUID) -> str:
    """A word that is another one after every change of an order, request, alert, handheld, or of
    what a handheld has been sent."""
    latest = sa.select(HistoryRow.id).order_by(HistoryRow.id.desc()).limit(_LATEST).subquery()
    unsent = sa.select(Owed.id).where(Owed.sent_at.is_(None)).limit(_UNSENT).subquery()
    alerts = (
        sa.select(Alert.raised_at)
        .where(Alert.estate_id == estate_id, Alert.resolved_at.is_(None))
        .limit(_UNSENT)
        .subquery()
    )
    devices = sa.select(
        sa.func.count(),
        sa.func.sum(sa.cast(Device.online, sa.Integer)),
        sa.func.max(Device.presence_at),
    ).where(Device.estate_id == estate_id)
    said = [
        session.execute(sa.select(sa.func.max(latest.c.id), sa.func.sum(latest.c.id))).one(),
        session.execute(sa.select(sa.func.count(), sa.func.sum(unsent.c.id))).one(),
        session.execute(sa.select(sa.func.count(), sa.func.max(alerts.c.raised_at))).one(),
        session.execute(devices).one(),
    ]
    return hashlib.sha256(repr([tuple(row) for row in said]).encode()).hexdigest()[:16]
