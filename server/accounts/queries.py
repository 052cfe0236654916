"""Finding people."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from server.accounts.models import Qualification, User, in_force
from server.accounts.permissions import Role
from server.errors import Invalid, NotFound


def find_user(session: Session, estate_id: uuid.UUID, handle: str) -> User | None:
    """A user of the estate by user name, staff code or id, or by a name that only one has."""
    wanted = sa.or_(User.username == handle, User.staff_code == handle)
    with suppress(ValueError):
        wanted = sa.or_(wanted, User.id == uuid.UUID(handle))
    here = sa.select(User).where(User.estate_id == estate_id)
    found = session.scalar(here.where(wanted))
    if found is not None:
        return found
    namesakes = session.scalars(here.where(User.name == handle).limit(2)).all()
    return namesakes[0] if len(namesakes) == 1 else None


def user_named(session: Session, estate_id: uuid.UUID, username: str) -> User:
    """The account of the estate with this user name. Raises NotFound."""
    user = session.scalar(
        sa.select(User).where(User.estate_id == estate_id, User.username == username)
    )
    if user is None:
        raise NotFound("no-such-user", f"没有用户 {username}。", f"There is no user {username}.")
    return user


def technician(session: Session, estate_id: uuid.UUID, handle: str) -> User:
    """An active technician by user name, staff code or id. Raises Invalid where there is none."""
    user = find_user(session, estate_id, handle)
    if user is None or not user.active or Role.TECHNICIAN not in user.roles:
        raise Invalid(
            "unknown-technician",
            f"没有技工 {handle}。",
            f"There is no technician {handle}.",
            errors={"technician": ["没有这位技工 no such technician"]},
        )
    return user


def users_with_role(session: Session, estate_id: uuid.UUID, *roles: Role) -> list[User]:
    """Active users who hold any of the roles, by name. Roles are few: filtered in Python."""
    users = session.scalars(
        sa.select(User)
        .where(User.estate_id == estate_id, User.active)
        .options(selectinload(User.qualifications))
        .order_by(User.username)
    )
    return [user for user in users if set(roles) & set(user.roles)]


@dataclass(frozen=True, kw_only=True)
class Skilled:
    """Somebody with the licences that hold on a day; no more than is needed to choose."""

    id: uuid.UUID
    username: str
    name: str
    licences: frozenset[str]


def skilled(
    session: Session, estate_id: uuid.UUID, role: Role, kinds: Collection[str], day: dt.date
) -> list[Skilled]:
    """Active users with this role, by user name, and which of these licences each holds on `day`.

    Columns, not rows of the model: whoever opens an order asks this.
    """
    people = session.execute(
        sa.select(User.id, User.username, User.name, User.roles)
        .where(User.estate_id == estate_id, User.active)
        .order_by(User.username)
    ).all()
    mine = [one for one in people if role in one.roles]
    held: dict[uuid.UUID, set[str]] = {one.id: set() for one in mine}
    if kinds:
        licence = Qualification
        rows = session.execute(
            sa.select(
                licence.user_id,
                licence.kind,
                licence.state,
                licence.valid_from,
                licence.valid_until,
            ).where(licence.user_id.in_(held), licence.kind.in_(kinds))
        )
        for user_id, kind, state, valid_from, valid_until in rows:
            if in_force(state, valid_from, valid_until, day):
                held[user_id].add(kind)
    return [
        Skilled(id=one.id, username=one.username, name=one.name, licences=frozenset(held[one.id]))
        for one in mine
    ]


def technicians_of(session: Session, estate_id: uuid.UUID) -> list[sa.Row[*tuple[Any, ...]]]:
    """User name and name of active technicians: no more than a choice needs."""
    rows = session.execute(
        sa.select(User.username, User.name, User.roles)
        .where(User.estate_id == estate_id, User.active)
        .order_by(User.username)
    )
    return [row for row in rows if Role.TECHNICIAN in row.roles]


def everybody(session: Session, estate_id: uuid.UUID) -> list[User]:
    """All users of the estate, also those who left, by name."""
    query = sa.select(User).where(User.estate_id == estate_id).order_by(User.name, User.username)
    return list(session.scalars(query))


def names_of(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names for a page of rows in one query."""
    rows = session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}


def users_of(session: Session, estate_id: uuid.UUID) -> list[User]:
    """Every user that an estate ever had, with licences, by user name."""
    return list(
        session.scalars(
            sa.select(User)
            .where(User.estate_id == estate_id)
            .options(selectinload(User.qualifications))
            .order_by(User.username)
        )
    )
