"""Public notices (F-10): what is posted, where, and who waited for it (R-004, R-032, R-124)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class PublicNotice(Base, InEstate):
    """One notice, from the draft to the board."""

    __tablename__ = "public_notice"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "number"),
        sa.Index("ix_public_notice_list", "estate_id", "drafted_at", "id"),
    )

    number: Mapped[str] = mapped_column(sa.String(20))
    #: new_service, complaint_handling or other
    kind: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text)
    #: draft, published or withdrawn
    state: Mapped[str] = mapped_column(sa.String(10))
    #: the price item that became available, where that is what it tells
    price_item: Mapped[str | None] = mapped_column(sa.String(20))
    places: Mapped[list[str]]
    drafted_by: Mapped[uuid.UUID | None]
    drafted_at: Mapped[dt.datetime]
    published_by: Mapped[uuid.UUID | None]
    published_at: Mapped[dt.datetime | None]


class NoticeRecipient(Base, InEstate):
    """A household that is to be told, because it asked or because it lives there."""

    __tablename__ = "notice_recipient"
    __table_args__ = (
        sa.UniqueConstraint("notice_id", "unit_id", "person_id"),
        sa.Index("ix_notice_recipient_unit_id", "unit_id"),
    )

    notice_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("public_notice.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    #: the request that was declined (R-032)
    request_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("service_request.id"))
    told_by: Mapped[uuid.UUID | None]
    told_at: Mapped[dt.datetime | None]
