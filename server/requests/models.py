"""One-stop intake: the service request (F-01), its replies, and the decline record (F-19)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import Base, InEstate
from server.estate.models import Person, Unit


class ServiceRequest(Base, InEstate):
    """What a customer asked for, from the call to its outcome."""

    __tablename__ = "service_request"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.Index("ix_service_request_unit", "unit_id", "registered_at"),
        sa.Index("ix_service_request_registered_at", "estate_id", "registered_at"),
        sa.Index("ix_service_request_state", "estate_id", "state", "registered_at"),
        sa.Index("ix_service_request_kind", "estate_id", "kind", "registered_at"),
        sa.Index("ix_service_request_urgency", "estate_id", "urgency", "registered_at"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(sa.String(16))
    channel: Mapped[str] = mapped_column(sa.String(20))
    kind: Mapped[str] = mapped_column(sa.String(16))
    urgency: Mapped[str] = mapped_column(sa.String(10))
    nature: Mapped[str | None] = mapped_column(sa.String(16))
    category: Mapped[str | None] = mapped_column(sa.String(24))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"))
    content: Mapped[str] = mapped_column(sa.Text)
    department: Mapped[str | None] = mapped_column(sa.String(40))
    appointment_at: Mapped[dt.datetime | None]
    #: the time the customer was offered instead (R-044)
    offered_at: Mapped[dt.datetime | None]
    customer_reconfirmed_at: Mapped[dt.datetime | None]
    #: the service person with whom content and time were settled (R-043)
    slot_technician_id: Mapped[uuid.UUID | None]
    received_at: Mapped[dt.datetime]
    registered_at: Mapped[dt.datetime]
    #: empty where the customer did it, by a door code
    registered_by: Mapped[uuid.UUID | None]
    reply_due_at: Mapped[dt.datetime]
    replied_at: Mapped[dt.datetime | None]
    judged_by: Mapped[uuid.UUID | None]
    judged_at: Mapped[dt.datetime | None]
    price_item_code: Mapped[str | None] = mapped_column(sa.String(20))
    price_list_version: Mapped[str | None] = mapped_column(sa.String(20))
    explanation: Mapped[str | None] = mapped_column(sa.Text)
    outcome_reason: Mapped[str | None] = mapped_column(sa.String(400))
    finance_notified_at: Mapped[dt.datetime | None]
    read_back: Mapped[bool] = mapped_column(default=False)
    #: the appliance that the call is about, where the desk found it (X-017)
    asset_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("asset.id"))
    person: Mapped[Person] = relationship(lazy="joined")
    unit: Mapped[Unit] = relationship(lazy="joined")


class Reply(Base, InEstate):
    """One reply to the customer; the first one stops the 15-minute clock."""

    __tablename__ = "reply"

    request_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_request.id"), index=True)
    channel: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[str] = mapped_column(sa.Text)
    #: phrases of the wording list found in the text (R-030)
    suspect: Mapped[list[str]]
    replied_by: Mapped[uuid.UUID]
    replied_at: Mapped[dt.datetime]


class Decline(Base, InEstate):
    """Why something could not be offered, and the promise to say when it can (R-031, R-032)."""

    __tablename__ = "decline"
    __table_args__ = (sa.Index("ix_decline_item", "estate_id", "demand_item"),)

    request_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_request.id"), unique=True)
    attempts: Mapped[list[str]]
    apology: Mapped[bool]
    notice_promised: Mapped[bool]
    department_informed: Mapped[str] = mapped_column(sa.String(40))
    demand_item: Mapped[str] = mapped_column(sa.String(60))
    suspect: Mapped[list[str]]
    announced_at: Mapped[dt.datetime | None]
