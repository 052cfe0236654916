"""Estates, buildings, units, persons, and the counters behind every number."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Identified, InEstate


class Estate(Base, Identified):
    """A residential estate: the owner of every row of the trade."""

    __tablename__ = "estate"

    name: Mapped[str] = mapped_column(sa.String(60))
    #: changes when the server was restored from a backup; handhelds then send again
    epoch: Mapped[str] = mapped_column(sa.String(36))


class Building(Base, InEstate):
    """A building (栋)."""

    __tablename__ = "building"
    __table_args__ = (sa.UniqueConstraint("estate_id", "number"),)

    number: Mapped[int]
    precinct: Mapped[str | None] = mapped_column(sa.String(20))


class Unit(Base, InEstate):
    """A dwelling, known by its building-room number such as 3栋2单元1502."""

    __tablename__ = "unit"
    __table_args__ = (sa.UniqueConstraint("estate_id", "code"),)

    building_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("building.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(20))
    entrance: Mapped[int | None]
    floor: Mapped[int]
    room: Mapped[int]


class Person(Base, InEstate):
    """A customer: owner, tenant, family member, visitor or other."""

    __tablename__ = "person"
    __table_args__ = (
        sa.Index("ix_person_phone", "estate_id", "phone"),
        sa.Index("ix_person_unit_id", "unit_id"),
    )

    name: Mapped[str] = mapped_column(sa.String(40))
    relation: Mapped[str] = mapped_column(sa.String(10))
    phone: Mapped[str] = mapped_column(sa.String(20))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"))
    #: agrees that photos keep their place (P-17 and issue: place only with consent)
    consents_to_place: Mapped[bool] = mapped_column(default=False)


class Counter(Base):
    """Next number of a series in a month: gapless, because it moves in the same transaction."""

    __tablename__ = "counter"

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(sa.String(4), primary_key=True)
    month: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    last: Mapped[int]
