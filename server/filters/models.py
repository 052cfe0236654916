"""Filters of a list that somebody keeps under a name."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class SavedFilter(Base, InEstate):
    """What is asked of a list, as it stands in the address; of one user, for all where shared."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "list_name", "name"),
        sa.Index("ix_saved_filter_shared", "estate_id", "list_name", "shared"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    #: where the list stands: orders, complaints, stores/items …
    list_name: Mapped[str] = mapped_column(sa.String(24))
    name: Mapped[str] = mapped_column(sa.String(40))
    query: Mapped[str] = mapped_column(sa.String(1000))
    shared: Mapped[bool] = mapped_column(default=False)
    #: what its owner's list opens with
    is_default: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[dt.datetime]
