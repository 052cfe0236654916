"""Stored checklist versions, the results recorded against them, and steps sent back.

A published version is never edited, a result never updated: database triggers refuse both.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Identified, InEstate


class TemplateVersion(Base, InEstate):
    """One published version of a checklist: immutable, named by number and content hash."""

    __tablename__ = "checklist_version"
    __table_args__ = (sa.UniqueConstraint("estate_id", "code", "version"),)

    code: Mapped[str] = mapped_column(sa.String(20))
    version: Mapped[int]
    category: Mapped[str | None] = mapped_column(sa.String(24))
    #: read where it is parsed or sent, not with every question for the newest version
    body: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[dt.datetime]
    published_by: Mapped[str] = mapped_column(sa.String(80))


class StepResult(Base, Identified):
    """One judged answer: a fact of the order, whatever comes later."""

    __tablename__ = "step_result"
    __table_args__ = (sa.UniqueConstraint("order_id", "step", "attempt"),)

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    #: place in the order of recording, from 1
    position: Mapped[int]
    step: Mapped[str] = mapped_column(sa.String(20))
    attempt: Mapped[int]
    status: Mapped[str] = mapped_column(sa.String(16))
    band: Mapped[str | None] = mapped_column(sa.String(30))
    answer: Mapped[dict[str, Any]]
    photos: Mapped[list[Any]]
    text: Mapped[str | None] = mapped_column(sa.Text)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    device_id: Mapped[str] = mapped_column(sa.String(63))
    device_at: Mapped[dt.datetime]
    server_at: Mapped[dt.datetime]


class ReturnedStep(Base, Identified):
    """A step sent back: by QA with a reason, or by a customer's rework. Open until recorded."""

    __tablename__ = "returned_step"
    __table_args__ = (sa.Index("ix_returned_step_order", "order_id"),)

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    step: Mapped[str] = mapped_column(sa.String(20))
    reason: Mapped[str] = mapped_column(sa.String(400))
    returned_by: Mapped[str] = mapped_column(sa.String(80))
    returned_at: Mapped[dt.datetime]
    redone_at: Mapped[dt.datetime | None]
    #: photos held for the step when it was sent back: they no longer count
    rejected_photos: Mapped[list[str]]


class Override(Base, Identified):
    """A supervisor's leave to deviate from a limit or specification at one step (R-162, P-24)."""

    __tablename__ = "limit_override"
    __table_args__ = (sa.UniqueConstraint("order_id", "step"),)

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"))
    step: Mapped[str] = mapped_column(sa.String(20))
    reason: Mapped[str] = mapped_column(sa.String(400))
    allowed_by: Mapped[str] = mapped_column(sa.String(80))
    allowed_at: Mapped[dt.datetime]
