"""Complaints as they are recorded (F-04); judging and handling them comes with its own room."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class Complaint(Base, InEstate):
    """One complaint with the data of the request it came from."""

    __tablename__ = "complaint"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.Index("ix_complaint_unit", "unit_id", "recorded_at"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    request_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_request.id"), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"))
    channel: Mapped[str] = mapped_column(sa.String(20))
    #: service, staff, facility, cs_centre or other
    target: Mapped[str] = mapped_column(sa.String(12))
    content: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(20))
    recorded_at: Mapped[dt.datetime]
