"""Complaints (F-04), what was done about them (F-05), and clusters of one concern (F-24)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import Base, InEstate
from server.estate.models import Person, Unit

#: Neither closed nor archived, spelled as the index and its readers ask for it.
OPEN = "state NOT IN ('archived', 'closed')"


class Complaint(Base, InEstate):
    """One complaint, from the first word to the archive. `version` rises by one at each change."""

    __tablename__ = "complaint"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        # hard constraint 6: what is major is valid
        sa.CheckConstraint("NOT major OR validity = 'valid'", name="major_is_valid"),
        sa.Index("ix_complaint_unit", "unit_id", "recorded_at"),
        sa.Index("ix_complaint_recorded_at", "estate_id", "recorded_at", "id"),
        sa.Index("ix_complaint_closed_at", "estate_id", "closed_at"),
        sa.Index("ix_complaint_category", "estate_id", "category", "recorded_at"),
        sa.Index("ix_complaint_cluster_id", "cluster_id"),
        sa.Index("ix_complaint_linked_order_id", "linked_order_id"),
        sa.Index(
            "ix_complaint_open",
            "estate_id",
            "recorded_at",
            "id",
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        ),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    state: Mapped[str] = mapped_column(sa.String(20))
    #: empty where it was recorded without a request before it
    request_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("service_request.id"), unique=True
    )
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"))
    #: phone, visit, letter, online, petition or other (R-101)
    channel: Mapped[str] = mapped_column(sa.String(20))
    #: service, staff, facility, cs_centre or other
    target: Mapped[str] = mapped_column(sa.String(12))
    #: what it is about, as orders are: lamp, public_area …
    category: Mapped[str] = mapped_column(sa.String(24), default="other", server_default="other")
    content: Mapped[str] = mapped_column(sa.Text)
    #: who is complained of; neither judges nor handles it
    about_user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[uuid.UUID | None]
    #: who received the complainant in person, where it was not who recorded it (R-104)
    received_by: Mapped[str | None] = mapped_column(sa.String(60))
    apology: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    #: what improvement the complainant was told of (R-103)
    improvement: Mapped[str | None] = mapped_column(sa.Text)
    #: who heard it first and passed it on, and why it was not taken to the centre (R-035)
    relayed_by: Mapped[uuid.UUID | None]
    relay_reason: Mapped[str | None] = mapped_column(sa.String(200))
    #: whoever relayed it took it for a small matter (R-035)
    relay_minor: Mapped[bool | None]
    #: undetermined, valid or invalid
    validity: Mapped[str] = mapped_column(
        sa.String(12), default="undetermined", server_default="undetermined"
    )
    major: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    #: higher_authority, reputation or economic
    major_reason: Mapped[str | None] = mapped_column(sa.String(16))
    judged_by: Mapped[uuid.UUID | None]
    judged_at: Mapped[dt.datetime | None]
    #: who deals with it; of a major one the general manager or the delegate he named (R-111)
    handler_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    delegate_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    target_on: Mapped[dt.date | None]
    linked_order_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("work_order.id"))
    cluster_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("complaint_cluster.id"))
    referred_at: Mapped[dt.datetime | None]
    #: when the complainant was last told how far it has come (R-119)
    last_told_at: Mapped[dt.datetime | None]
    verified_by: Mapped[uuid.UUID | None]
    verified_at: Mapped[dt.datetime | None]
    closed_by: Mapped[uuid.UUID | None]
    closed_at: Mapped[dt.datetime | None]
    archived_at: Mapped[dt.datetime | None]
    person: Mapped[Person] = relationship(lazy="joined")
    unit: Mapped[Unit] = relationship(lazy="joined")


class ComplaintEntry(Base, InEstate):
    """One line of the follow-up record (F-05); never changed."""

    __tablename__ = "complaint_entry"
    __table_args__ = (sa.UniqueConstraint("complaint_id", "position"),)

    complaint_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("complaint.id"))
    position: Mapped[int]
    #: judgement, explanation, action, progress_notice, referral, verification, visit,
    #: rectification or closure
    kind: Mapped[str] = mapped_column(sa.String(16))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[dt.datetime]
    by_id: Mapped[uuid.UUID | None]
    by_name: Mapped[str] = mapped_column(sa.String(80))
    due_on: Mapped[dt.date | None]


class ComplaintCluster(Base, InEstate):
    """Complaints of several households about one thing, or of general concern (R-124, P-09)."""

    __tablename__ = "complaint_cluster"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.Index("ix_complaint_cluster_state", "estate_id", "state", "opened_at", "id"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(120))
    category: Mapped[str] = mapped_column(sa.String(24))
    #: a building, as `3栋`, or a facility of the estate
    scope: Mapped[str] = mapped_column(sa.String(60))
    #: found by the house itself, or marked by somebody
    found: Mapped[bool]
    #: open or closed
    state: Mapped[str] = mapped_column(sa.String(8))
    opened_at: Mapped[dt.datetime]
    opened_by: Mapped[uuid.UUID | None]
    #: forum or published
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    #: {held_on, place, present: [], statements, result} of the forum (F-24)
    minutes: Mapped[dict[str, Any] | None]
    notice_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("public_notice.id"))
    closed_by: Mapped[uuid.UUID | None]
    closed_at: Mapped[dt.datetime | None]
