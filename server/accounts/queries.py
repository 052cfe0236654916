"""Finding people."""

from __future__ import annotations

import uuid
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from server.accounts.models import User
from server.accounts.permissions import Role
from server.errors import Invalid


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


def names_of(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names for a page of rows in one query."""
    rows = session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}
