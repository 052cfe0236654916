"""Users, their roles and qualifications, and the opaque tokens with which they are recognised."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import Base, Identified, InEstate


class User(Base, InEstate):
    """A person who signs in. Login names are unique over the installation."""

    __tablename__ = "user_account"
    __table_args__ = (sa.UniqueConstraint("estate_id", "staff_code"),)

    username: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    #: T-01 and the like; technicians have one.
    staff_code: Mapped[str | None] = mapped_column(sa.String(12))
    roles: Mapped[list[str]]
    department: Mapped[str | None] = mapped_column(sa.String(40))
    #: where mail goes to; without one there is only the message centre
    email: Mapped[str | None] = mapped_column(sa.String(200))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(sa.String(5), default="zh")
    created_at: Mapped[dt.datetime]
    # Read where licences are judged or shown, not with every signed-in user and every order.
    qualifications: Mapped[list[Qualification]] = relationship(order_by="Qualification.kind")


class Qualification(Base, Identified):
    """A licence with number, validity and review state (X-029)."""

    __tablename__ = "qualification"

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    #: gas, electrician, refrigeration, height, plumbing, other
    kind: Mapped[str] = mapped_column(sa.String(20))
    number: Mapped[str] = mapped_column(sa.String(40))
    valid_from: Mapped[dt.date]
    valid_until: Mapped[dt.date]
    #: pending, approved, expired, revoked
    state: Mapped[str] = mapped_column(sa.String(10))

    def valid_on(self, day: dt.date) -> bool:
        """Approved and in force on `day`, the last day included."""
        return in_force(self.state, self.valid_from, self.valid_until, day)


def in_force(state: str, valid_from: dt.date, valid_until: dt.date, day: dt.date) -> bool:
    """Whether a licence with these columns holds on `day`, the last day included (X-029)."""
    return state == "approved" and valid_from <= day <= valid_until


class AuthToken(Base, Identified):
    """A bearer token or console session: only its sha256 is stored."""

    __tablename__ = "auth_token"

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    #: api or console
    kind: Mapped[str] = mapped_column(sa.String(8))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class SignInFailure(Base):
    """Failed sign-ins of one name from one address: what the throttle counts."""

    __tablename__ = "sign_in_failure"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[dt.datetime]
