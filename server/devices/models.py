"""Handhelds: one row per installation, never reused."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Device(Base):
    """One installation of a handheld and the technician who holds it."""

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(sa.String(63), primary_key=True)
    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))
    label: Mapped[str] = mapped_column(sa.String(60))
    technician_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    #: enrolled, active, lost, revoked, wiped
    state: Mapped[str] = mapped_column(sa.String(10))
    enrolled_at: Mapped[dt.datetime]
    enrolled_by: Mapped[uuid.UUID | None]
    pairing_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    pairing_expires_at: Mapped[dt.datetime | None]
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    paired_at: Mapped[dt.datetime | None]
    #: raised at every rotation; the broker password is derived from it
    credential_generation: Mapped[int] = mapped_column(default=1)
    revoked_at: Mapped[dt.datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(sa.String(200))
    model: Mapped[str | None] = mapped_column(sa.String(60))
    app_version: Mapped[str | None] = mapped_column(sa.String(40))
    #: highest sequence number handled; the next expected one is one more
    last_seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    online: Mapped[bool] = mapped_column(default=False)
    #: the session that last said hello: an older session's will does not count
    presence_session: Mapped[str | None] = mapped_column(sa.String(64))
    presence_at: Mapped[dt.datetime | None]
    last_seen_at: Mapped[dt.datetime | None]
    battery_percent: Mapped[int | None]
    queued: Mapped[int | None]
    clock_skew_s: Mapped[int | None]
    sync_epoch: Mapped[str | None] = mapped_column(sa.String(40))

    @property
    def works(self) -> bool:
        """Whether its credentials hold."""
        return self.state == "active"


class DeviceCommand(Base):
    """A command owed to a handheld: device.wipe, device.sync or device.notice."""

    __tablename__ = "device_command"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(sa.ForeignKey("device.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime]
