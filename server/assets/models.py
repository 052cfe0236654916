"""What is installed in a unit, its warranty, who is trained on it, proposals to replace it."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, InEstate


class WarrantyClass(Base, InEstate):
    """How long things of a class are free of charge, and from when (X-001, X-004, X-009)."""

    __tablename__ = "warranty_class"
    __table_args__ = (sa.UniqueConstraint("estate_id", "code"),)

    code: Mapped[str] = mapped_column(sa.String(20))
    name_zh: Mapped[str] = mapped_column(sa.String(60))
    name_en: Mapped[str] = mapped_column(sa.String(60))
    #: months from first use, from the factory date, from acceptance; empty where it does not count
    months_from_use: Mapped[int | None]
    months_from_factory: Mapped[int | None]
    months_from_acceptance: Mapped[int | None]
    #: either: covered where one of them holds; earliest: only while all hold (A-44)
    basis: Mapped[str] = mapped_column(sa.String(8))
    #: whether somebody is to be there within 24 hours of the report (X-005)
    on_site_24h: Mapped[bool] = mapped_column(default=False)


class Asset(Base, InEstate):
    """One appliance or installation, known by the label that sticks on it (X-017)."""

    __tablename__ = "asset"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "label"),
        sa.Index("ix_asset_unit_id", "unit_id"),
        sa.Index("ix_asset_list", "estate_id", "kind", "id"),
        sa.Index("ix_asset_serial", "estate_id", "serial"),
        sa.Index(
            "ix_asset_retraining",
            "estate_id",
            "id",
            sqlite_where=sa.text("retraining_since IS NOT NULL"),
            postgresql_where=sa.text("retraining_since IS NOT NULL"),
        ),
    )

    label: Mapped[str] = mapped_column(sa.String(40))
    #: allotted by the house until the label of the maker is known
    provisional: Mapped[bool]
    #: empty for what stands in a public area; `place` says where
    unit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("unit.id"))
    place: Mapped[str | None] = mapped_column(sa.String(120))
    #: the category of orders about it
    kind: Mapped[str] = mapped_column(sa.String(24))
    brand: Mapped[str | None] = mapped_column(sa.String(40))
    model: Mapped[str | None] = mapped_column(sa.String(60))
    serial: Mapped[str | None] = mapped_column(sa.String(60))
    refrigerant: Mapped[str | None] = mapped_column(sa.String(8))
    rated_current_a: Mapped[Decimal | None]
    class_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("warranty_class.id"))
    factory_on: Mapped[dt.date | None]
    first_use_on: Mapped[dt.date | None]
    accepted_on: Mapped[dt.date | None]
    #: [{name, sha256, revision, added_at}, and size_bytes, media_type where the file is kept here]
    documents: Mapped[list[Any]] = mapped_column(default=list)
    retired_at: Mapped[dt.datetime | None]
    #: since when its operators are to be trained again (X-008); follows from the two tables below
    retraining_since: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column(default=1)


class AssetTraining(Base, InEstate):
    """Operators who were shown how an asset is worked, free of charge, and who signed for it (X-008)."""

    __tablename__ = "asset_training"
    __table_args__ = (sa.Index("ix_asset_training_asset_id", "asset_id", "trained_on"),)

    asset_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("asset.id"))
    trained_on: Mapped[dt.date]
    subject: Mapped[str] = mapped_column(sa.String(200))
    trainer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    #: their names; they are the customer's people and have no account
    operators: Mapped[list[str]]
    #: whoever vouches for the four knows and four cans (四懂四会)
    signed_by: Mapped[str] = mapped_column(sa.String(60))
    note: Mapped[str | None] = mapped_column(sa.Text)
    recorded_by: Mapped[uuid.UUID | None]
    recorded_at: Mapped[dt.datetime]


class OperatorDeparture(Base, InEstate):
    """A trained operator who left or was replaced (X-008)."""

    __tablename__ = "operator_departure"
    __table_args__ = (sa.Index("ix_operator_departure_asset_id", "asset_id", "left_on"),)

    asset_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("asset.id"))
    name: Mapped[str] = mapped_column(sa.String(60))
    left_on: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(sa.String(400))
    recorded_by: Mapped[uuid.UUID | None]
    recorded_at: Mapped[dt.datetime]


class WarrantyCheck(Base, InEstate):
    """What was found when somebody asked whether a repair is free (F-23, X-002, X-003)."""

    __tablename__ = "warranty_check"
    __table_args__ = (
        sa.Index("ix_warranty_check_asset_id", "asset_id", "checked_at"),
        sa.Index("ix_warranty_check_order_number", "order_number"),
    )

    asset_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("asset.id"))
    order_number: Mapped[str | None] = mapped_column(sa.String(20))
    #: the day that is asked about
    asked_on: Mapped[dt.date]
    covered: Mapped[bool]
    until_on: Mapped[dt.date | None]
    #: paid, in_warranty, misuse, expired, altered or goodwill
    code: Mapped[str] = mapped_column(sa.String(12))
    #: what was found on site beside the calendar: misuse, transport_damage …
    finding: Mapped[str | None] = mapped_column(sa.String(16))
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    #: the technician who confirmed on site (X-002)
    confirmed_by: Mapped[uuid.UUID | None]
    checked_by: Mapped[uuid.UUID | None]
    checked_at: Mapped[dt.datetime]


class ReplacementProposal(Base, InEstate):
    """An appliance that had better be exchanged, why, and what was decided (X-010, X-011)."""

    __tablename__ = "replacement_proposal"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "reason", "order_number"),
        sa.Index("ix_replacement_proposal_asset_id", "asset_id"),
        sa.Index(
            "ix_replacement_proposal_open",
            "estate_id",
            "proposed_at",
            "id",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    asset_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("asset.id"))
    order_number: Mapped[str] = mapped_column(sa.String(20))
    #: repeat_repair or open_60_days
    reason: Mapped[str] = mapped_column(sa.String(16))
    days_in_repair: Mapped[int]
    proposed_at: Mapped[dt.datetime]
    #: replace, repair_on or refund
    decision: Mapped[str | None] = mapped_column(sa.String(10))
    decision_text: Mapped[str | None] = mapped_column(sa.Text)
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[dt.datetime | None]
