"""The hand-over book (F-21): what one shift left to the next."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class Handover(Base, InEstate):
    """One entry: who handed over, what was open at that moment, and who of the next confirmed."""

    __tablename__ = "handover"
    __table_args__ = (sa.UniqueConstraint("estate_id", "number"),)

    number: Mapped[str] = mapped_column(sa.String(20))
    #: shift (a technician's), desk; the daily and the monthly hand-over of slips have the same book
    kind: Mapped[str] = mapped_column(sa.String(12))
    from_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    from_name: Mapped[str] = mapped_column(sa.String(60))
    #: whom it is meant to be handed over to, in the words of who hands over
    to_name: Mapped[str | None] = mapped_column(sa.String(60))
    note: Mapped[str] = mapped_column(sa.Text)
    #: [{number, state}]; a desk's also {what, unit, at}, requests and alerts among them
    open_orders: Mapped[list[Any]]
    #: [{line, item, qty, order}]
    stock_out: Mapped[list[Any]]
    #: the handheld's time, bounded by what the server knows (P-18)
    made_at: Mapped[dt.datetime]
    received_at: Mapped[dt.datetime]
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    confirmed_at: Mapped[dt.datetime | None]


class SlipHandover(Base, InEstate):
    """A list of slips that went from one hand to another: F-12 at 17:30, F-11 of a month."""

    __tablename__ = "slip_handover"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.UniqueConstraint("estate_id", "kind", "period_on"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    #: daily or monthly
    kind: Mapped[str] = mapped_column(sa.String(8))
    #: the day, or the first day of the month, whose slips these are
    period_on: Mapped[dt.date]
    due_at: Mapped[dt.datetime]
    #: order numbers, in the order in which they were written off
    orders: Mapped[list[str]]
    #: [{number, state}]: numbers of the month without a slip, and why (F-11)
    gaps: Mapped[list[Any]]
    #: numbers of those of which dispatch was told by word of mouth (R-082)
    oral_reports: Mapped[list[str]]
    given_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    given_at: Mapped[dt.datetime]
    received_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    received_at: Mapped[dt.datetime | None]
