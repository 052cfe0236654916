"""The inbox: every event a handheld sent, once, with what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class DeviceEvent(Base):
    """One event. The handheld's id and the content's hash make a repetition harmless."""

    __tablename__ = "device_event"
    __table_args__ = (
        sa.UniqueConstraint("device_id", "seq"),
        sa.Index("ix_device_event_order", "order_number", "server_at"),
    )

    device_id: Mapped[str] = mapped_column(sa.ForeignKey("device.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    type: Mapped[str] = mapped_column(sa.String(60))
    order_number: Mapped[str | None] = mapped_column(sa.String(20))
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    payload: Mapped[dict[str, Any]]
    device_at: Mapped[dt.datetime]
    server_at: Mapped[dt.datetime]
    #: a clock may be decades off
    skew_s: Mapped[int] = mapped_column(sa.BigInteger)
    #: applied, recorded or rejected
    outcome: Mapped[str] = mapped_column(sa.String(12))
    order_version: Mapped[int | None]
    order_state: Mapped[str | None] = mapped_column(sa.String(20))
    problem: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))


class DeviceReply(Base):
    """An answer of the inbox that still has to reach the handheld over MQTT; gone once sent."""

    __tablename__ = "device_reply"

    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True
    )
    device_id: Mapped[str] = mapped_column(sa.ForeignKey("device.id"), index=True)
    body: Mapped[dict[str, Any]]
    made_at: Mapped[dt.datetime]
