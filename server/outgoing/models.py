"""What leaves the house: mail (or another channel) to people, webhooks to neighbour systems."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Claimable, InEstate

#: Neither delivered nor given up, spelled as the index and its readers ask for it.
WAITING = "sent_at IS NULL AND given_up_at IS NULL"


class Letter(Base, InEstate, Claimable):
    """One text to one address over one channel; sent once."""

    __tablename__ = "letter"
    __table_args__ = (
        sa.UniqueConstraint("cause", "channel", "address"),
        sa.Index(
            "ix_letter_waiting",
            "due_at",
            sqlite_where=sa.text(WAITING),
            postgresql_where=sa.text(WAITING),
        ),
        sa.Index("ix_letter_list", "estate_id", "written_at", "id"),
    )

    #: mail, sms or chat
    channel: Mapped[str] = mapped_column(sa.String(8))
    address: Mapped[str] = mapped_column(sa.String(200))
    subject: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    #: why it is written: the same cause is written once to an address
    cause: Mapped[str] = mapped_column(sa.String(80))
    written_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    given_up_at: Mapped[dt.datetime | None]


class WebhookEndpoint(Base, InEstate):
    """A neighbour system that wants to hear of some events."""

    __tablename__ = "webhook_endpoint"

    name: Mapped[str] = mapped_column(sa.String(60))
    url: Mapped[str] = mapped_column(sa.String(500))
    #: `whsec_…`; the one before stays good for a while after a change
    secret: Mapped[str] = mapped_column(sa.String(120))
    previous_secret: Mapped[str | None] = mapped_column(sa.String(120))
    previous_until_at: Mapped[dt.datetime | None]
    #: kinds of history that it hears of
    kinds: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime]
    #: why it was switched off by the house itself
    disabled_reason: Mapped[str | None] = mapped_column(sa.String(200))


class WebhookDelivery(Base, InEstate, Claimable):
    """One event for one neighbour, and how often it was tried."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        sa.UniqueConstraint("endpoint_id", "message_id"),
        sa.Index(
            "ix_webhook_delivery_waiting",
            "due_at",
            sqlite_where=sa.text(WAITING),
            postgresql_where=sa.text(WAITING),
        ),
        sa.Index("ix_webhook_delivery_list", "endpoint_id", "noted_at", "id"),
    )

    endpoint_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("webhook_endpoint.id"))
    #: `webhook-id`: stays the same however often it is sent
    message_id: Mapped[str] = mapped_column(sa.String(40))
    kind: Mapped[str] = mapped_column(sa.String(40))
    payload: Mapped[dict[str, Any]]
    noted_at: Mapped[dt.datetime]
    last_status: Mapped[int | None]
    sent_at: Mapped[dt.datetime | None]
    given_up_at: Mapped[dt.datetime | None]
