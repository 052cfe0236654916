"""The service work order (F-02), who it was given to, its quotes, signatures and escalations."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.accounts.models import User
from server.db import Base, Identified, InEstate
from server.estate.models import Person, Unit

#: Where an order stands in the reviewer's queue that has not been assessed yet: at its head.
UNASSESSED = -1


def _queue(
    name: str, qa_state: str, *first: str, sqlite: str = "", postgresql: str = ""
) -> sa.Index:
    waiting = f"qa_state = '{qa_state}'"
    return sa.Index(
        name,
        "estate_id",
        *first,
        "qa_place",
        "id",
        sqlite_where=sa.text(waiting + sqlite),
        postgresql_where=sa.text(waiting + postgresql),
    )


#: Neither over nor only waiting for the archive, spelled as the index and its readers ask for it.
UNDER_WAY = "state NOT IN ('archived', 'cancelled', 'closed', 'void')"
#: `states.IN_THE_FIELD`, spelled as the indexes of what technicians have in hand ask for it.
IN_HAND = "state NOT IN ('archived', 'cancelled', 'closed', 'created', 'void')"


def _in_hand(name: str, *columns: str) -> sa.Index:
    return sa.Index(
        name, *columns, sqlite_where=sa.text(IN_HAND), postgresql_where=sa.text(IN_HAND)
    )


class WorkOrder(Base, InEstate):
    """One order, from the slip to the archive. `version` rises by one at each change."""

    __tablename__ = "work_order"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.Index("ix_work_order_list", "estate_id", "updated_at", "id"),
        sa.Index("ix_work_order_state", "estate_id", "state", "updated_at", "id"),
        sa.Index("ix_work_order_technician", "technician_id", "state"),
        sa.Index("ix_work_order_technician_list", "technician_id", "updated_at", "id"),
        sa.Index("ix_work_order_unit", "unit_id", "updated_at", "id"),
        sa.Index("ix_work_order_request_id", "request_id"),
        sa.Index("ix_work_order_qa", "estate_id", "qa_state", "updated_at", "id"),
        # Emergencies stand first on the board; they are few.
        sa.Index(
            "ix_work_order_emergency",
            "estate_id",
            "state",
            "updated_at",
            "id",
            sqlite_where=sa.text("urgency = 'emergency'"),
            postgresql_where=sa.text("urgency = 'emergency'"),
        ),
        # The reviewer's queue: all that wait, those that somebody has to look at, and what is back
        # with the technician.
        _queue("ix_work_order_qa_waiting", "pending"),
        _queue(
            "ix_work_order_qa_chosen",
            "pending",
            "qa_chosen",  # or it would be as good as the one above to SQLite, which takes either
            sqlite=" AND qa_chosen = 1",
            postgresql=" AND qa_chosen",
        ),
        _queue("ix_work_order_qa_returned", "returned"),
        # what is usual for a category
        sa.Index("ix_work_order_category_accepted", "estate_id", "category", "accepted_at"),
        sa.Index("ix_work_order_category", "estate_id", "category", "updated_at", "id"),
        sa.Index("ix_work_order_urgency", "estate_id", "urgency", "updated_at", "id"),
        # Few orders are under way, late or dangerous: a list of these reads no others.
        sa.Index(
            "ix_work_order_under_way",
            "estate_id",
            "updated_at",
            "id",
            sqlite_where=sa.text(UNDER_WAY),
            postgresql_where=sa.text(UNDER_WAY),
        ),
        sa.Index(
            "ix_work_order_late",
            "estate_id",
            "updated_at",
            "id",
            sqlite_where=sa.text("late = 1"),
            postgresql_where=sa.text("late"),
        ),
        sa.Index(
            "ix_work_order_hazard",
            "estate_id",
            "updated_at",
            "id",
            sqlite_where=sa.text("hazard = 1"),
            postgresql_where=sa.text("hazard"),
        ),
        # What technicians have in hand: the longest without a change, by appointment, by place.
        _in_hand("ix_work_order_in_hand", "technician_id", "updated_at", "id"),
        _in_hand("ix_work_order_in_hand_appointment", "technician_id", "appointment_at"),
        _in_hand("ix_work_order_in_hand_unit", "unit_id", "state"),
        # The day's plan, and one index for each moment that figures are counted by.
        sa.Index("ix_work_order_appointment_at", "estate_id", "appointment_at"),
        sa.Index("ix_work_order_issued_at", "estate_id", "issued_at"),
        sa.Index("ix_work_order_dispatched_at", "estate_id", "dispatched_at"),
        sa.Index("ix_work_order_arrived_at", "estate_id", "arrived_at"),
        sa.Index("ix_work_order_accepted_at", "estate_id", "accepted_at"),
        sa.Index("ix_work_order_written_off_at", "estate_id", "written_off_at"),
        # a month's cohort, and what an appliance has had
        sa.Index("ix_work_order_month", "estate_id", "month", "state"),
        sa.Index("ix_work_order_asset_id", "asset_id", "issued_at"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(sa.String(20))
    #: where a suspended order goes back to
    resume_state: Mapped[str | None] = mapped_column(sa.String(20))
    request_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("service_request.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"))
    nature: Mapped[str] = mapped_column(sa.String(16))
    category: Mapped[str] = mapped_column(sa.String(24))
    urgency: Mapped[str] = mapped_column(sa.String(10))
    content: Mapped[str] = mapped_column(sa.Text)
    appointment_at: Mapped[dt.datetime | None]
    intake_point: Mapped[str] = mapped_column(sa.String(12))
    return_point: Mapped[str | None] = mapped_column(sa.String(12))
    technician_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    checklist_code: Mapped[str | None] = mapped_column(sa.String(20))
    checklist_version: Mapped[int | None]
    checklist_children: Mapped[dict[str, Any]]
    issued_at: Mapped[dt.datetime]
    issued_by: Mapped[uuid.UUID | None]
    updated_at: Mapped[dt.datetime]
    dispatched_at: Mapped[dt.datetime | None]
    #: the handheld has stored the snapshot; the technician has looked at it
    received_at: Mapped[dt.datetime | None]
    opened_at: Mapped[dt.datetime | None]
    acknowledged_at: Mapped[dt.datetime | None]
    #: the technician said that he is on the way
    set_out_at: Mapped[dt.datetime | None]
    arrived_at: Mapped[dt.datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    inspected_at: Mapped[dt.datetime | None]
    inspection_note: Mapped[str | None] = mapped_column(sa.Text)
    #: [{sha256, tag}] as named by the inspection
    inspection_photos: Mapped[list[Any]] = mapped_column(default=list)
    quote_confirmed_at: Mapped[dt.datetime | None]
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    accepted_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    month: Mapped[dt.date | None]
    rework_round: Mapped[int] = mapped_column(default=0)
    #: how many results there were when the customer was dissatisfied; more means redone
    rework_from_position: Mapped[int] = mapped_column(default=0)
    hazard: Mapped[bool] = mapped_column(default=False)
    suspension: Mapped[str | None] = mapped_column(sa.String(20))
    next_contact_at: Mapped[dt.datetime | None]
    #: what was agreed with the customer; what is charged after a decision
    total_fen: Mapped[int] = mapped_column(default=0)
    charge_fen: Mapped[int] = mapped_column(default=0)
    billing_held: Mapped[bool] = mapped_column(default=False)
    payment_method: Mapped[str] = mapped_column(sa.String(16), default="monthly_notice")
    warranty_code: Mapped[str] = mapped_column(sa.String(12), default="paid")
    unsigned_reason: Mapped[str | None] = mapped_column(sa.String(12))
    unsigned_witness: Mapped[str | None] = mapped_column(sa.String(40))
    closed_by_decision: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str | None] = mapped_column(sa.Text)
    cancelled_by_whom: Mapped[str | None] = mapped_column(sa.String(40))
    cancel_reason: Mapped[str | None] = mapped_column(sa.String(400))
    written_off_at: Mapped[dt.datetime | None]
    written_off_by: Mapped[uuid.UUID | None]
    #: dispatch was told by word of mouth that the slip is back at the front desk (R-082)
    oral_report_at: Mapped[dt.datetime | None]
    archived_at: Mapped[dt.datetime | None]
    #: the appliance it is about, where that is known
    asset_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("asset.id"))
    #: none, pending, passed, returned, failed
    qa_state: Mapped[str] = mapped_column(sa.String(10), default="none")
    #: 100 less the suspicion of the last assessment, so the weakest evidence comes first
    qa_place: Mapped[int] = mapped_column(default=UNASSESSED, server_default="-1")
    #: somebody has to look: weak, sent back before, drawn, or not assessed yet
    qa_chosen: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    person: Mapped[Person] = relationship(lazy="joined")
    unit: Mapped[Unit] = relationship(lazy="joined")
    technician: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[technician_id])


class JoinedRequest(Base, InEstate):
    """A request that is done by an order written for another household: one fault, one slip."""

    __tablename__ = "joined_request"

    request_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_request.id"), unique=True)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"), index=True)
    joined_at: Mapped[dt.datetime]
    joined_by: Mapped[uuid.UUID | None]


class AssignmentMode(Base):
    """How orders of a category find their technician; without a row they are given by hand."""

    __tablename__ = "assignment_mode"

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), primary_key=True)
    category: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    #: by_hand, in_turn or open_pool
    mode: Mapped[str] = mapped_column(sa.String(10))


class Assignment(Base, Identified):
    """Who had the order, from when to when, and why it ended."""

    __tablename__ = "assignment"
    __table_args__ = (
        sa.Index("ix_assignment_order", "order_id", "from_at"),
        # whose turn it is
        sa.Index("ix_assignment_technician", "technician_id", "from_at"),
    )

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    technician_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    from_at: Mapped[dt.datetime]
    until_at: Mapped[dt.datetime | None]
    reason: Mapped[str | None] = mapped_column(sa.String(400))


class Quote(Base, Identified):
    """One revision of the price; a new one never changes an old one (WO8)."""

    __tablename__ = "quote"
    __table_args__ = (sa.UniqueConstraint("order_id", "revision"),)

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    revision: Mapped[int]
    price_list_version: Mapped[str] = mapped_column(sa.String(20))
    total_fen: Mapped[int]
    quoted_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]
    method: Mapped[str | None] = mapped_column(sa.String(20))
    signer_name: Mapped[str | None] = mapped_column(sa.String(60))
    signature_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    lines: Mapped[list[QuoteLine]] = relationship(lazy="selectin", order_by="QuoteLine.position")


class QuoteLine(Base, Identified):
    """One item on a quote with the price it had then."""

    __tablename__ = "quote_line"

    quote_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("quote.id"), index=True)
    position: Mapped[int]
    item: Mapped[str] = mapped_column(sa.String(20))
    description: Mapped[str] = mapped_column(sa.String(120))
    qty: Mapped[Decimal]
    unit_price_fen: Mapped[int]
    amount_fen: Mapped[int]
    owner_supplied: Mapped[bool] = mapped_column(default=False)


class Signature(Base, Identified):
    """Who signed what; the picture is named by its sha256 and arrives by upload."""

    __tablename__ = "signature"
    __table_args__ = (sa.Index("ix_signature_order", "order_id"),)

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    #: price or acceptance
    kind: Mapped[str] = mapped_column(sa.String(12))
    signer_name: Mapped[str] = mapped_column(sa.String(60))
    relation: Mapped[str | None] = mapped_column(sa.String(10))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    signed_at: Mapped[dt.datetime]
    #: how many step results there were when it was signed: what came later it does not cover
    covers_results: Mapped[int] = mapped_column(default=0, server_default="0")


class Escalation(Base, InEstate):
    """An order that went up, to whom, and what was decided (F-15)."""

    __tablename__ = "escalation"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.Index("ix_escalation_order", "order_id"),
        sa.Index("ix_escalation_list", "estate_id", "opened_at", "id"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    #: L1_cs_manager or L2_gpm
    level: Mapped[str] = mapped_column(sa.String(16))
    reason: Mapped[str] = mapped_column(sa.String(500))
    opened_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime | None]
    decision: Mapped[str | None] = mapped_column(sa.String(10))
    decision_text: Mapped[str | None] = mapped_column(sa.Text)
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[dt.datetime | None]


def is_in_hand() -> sa.ColumnElement[bool]:
    """Whether an order is in the field, asked so that the indexes of these are used."""
    return sa.literal_column(f"work_order.{IN_HAND}")
