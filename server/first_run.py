"""The first administrator: makes the estate, publishes the checklists, and from then on nobody
gets in without an account."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts import operations as accounts
from server.accounts.models import User
from server.accounts.permissions import Role
from server.checklist_runs.operations import publish_catalogue
from server.errors import Conflict
from server.estate import operations as estate
from server.settings import Settings

SETUP_CODE = "setup-code"


def is_first_run(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return session.scalar(sa.select(User.id).limit(1)) is None


def setup_code_fits(settings: Settings, given: str) -> bool:
    """Whether this is the code that stands in the home folder, for its owner's eyes only."""
    path = settings.home / SETUP_CODE
    known = path.read_text().strip() if path.is_file() else ""
    return bool(known) and hmac.compare_digest(known.encode(), given.strip().encode())


def create_first_administrator(
    session: Session,
    settings: Settings,
    *,
    estate_name: str,
    username: str,
    name: str,
    password: str,
    at: dt.datetime,
) -> User:
    """Make the estate and its first system administrator.

    Raises Conflict where somebody has an account already, Invalid for a weak password.
    """
    if not is_first_run(session):
        raise Conflict("already-set-up", "已有用户,请登录。", "There are users; sign in.")
    return _first(
        session,
        settings,
        estate_name=estate_name,
        username=username,
        name=name,
        roles=[Role.SYSTEM_ADMIN],
        password=password,
        at=at,
    )


def create_user_or_first(
    session: Session,
    settings: Settings,
    *,
    username: str,
    name: str,
    roles: Iterable[str],
    password: str,
    must_change_password: bool,
    at: dt.datetime,
) -> User:
    """For the command line, where whoever can read the data needs no setup code.

    The first user keeps the password that was chosen, whatever `must_change_password` says.
    """
    if is_first_run(session):
        return _first(
            session,
            settings,
            estate_name="小区 Estate",
            username=username,
            name=name,
            roles=roles,
            password=password,
            at=at,
        )
    home = estate.the_estate(session)
    if home is None:
        raise Conflict("no-estate", "还没有小区。", "There is no estate yet.")
    return accounts.create_user(
        session,
        username=username,
        name=name,
        roles=roles,
        password=password,
        memory_kib=settings.password_memory_kib,
        by=accounts.system_actor(home.id),
        at=at,
        must_change_password=must_change_password,
    )


def _first(
    session: Session,
    settings: Settings,
    *,
    estate_name: str,
    username: str,
    name: str,
    roles: Iterable[str],
    password: str,
    at: dt.datetime,
) -> User:
    home = estate.the_estate(session) or estate.create_estate(session, estate_name)
    system = accounts.system_actor(home.id)
    publish_catalogue(session, by=system, at=at)
    return accounts.create_user(
        session,
        username=username,
        name=name,
        roles=roles,
        password=password,
        memory_kib=settings.password_memory_kib,
        by=system,
        at=at,
        must_change_password=False,
    )
