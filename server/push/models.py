"""Where a handheld can be rung with the app closed, and the rings that are owed."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Claimable


class PushSubscription(Base):
    """Where the browser of one handheld takes messages. The address is itself a secret."""

    __tablename__ = "push_subscription"

    device_id: Mapped[str] = mapped_column(sa.ForeignKey("device.id"), primary_key=True)
    endpoint: Mapped[str] = mapped_column(sa.String(1000))
    #: public key and shared secret of the subscription, base64url
    p256dh: Mapped[str] = mapped_column(sa.String(90))
    auth: Mapped[str] = mapped_column(sa.String(30))
    made_at: Mapped[dt.datetime]


class Ring(Base, Claimable):
    """One handheld is to ring for one order; gone when it rang, or when it need not any more."""

    __tablename__ = "ring"
    __table_args__ = (
        sa.UniqueConstraint("device_id", "subject"),
        sa.Index("ix_ring_due_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True
    )
    device_id: Mapped[str] = mapped_column(sa.ForeignKey("device.id"))
    #: number of the order
    subject: Mapped[str] = mapped_column(sa.String(20))
    #: when the order came to this technician
    noted_at: Mapped[dt.datetime]
