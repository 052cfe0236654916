"""Making users, signing in and out, changing passwords."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server import history
from server.accounts.models import AuthToken, Qualification, SignInFailure, User
from server.accounts.permissions import Role
from server.errors import Conflict, Invalid, TooMany, Unauthenticated
from server.history import Actor

#: After this many failures in a row the name waits; each further failure doubles the wait.
FREE_FAILURES = 5
MAX_WAIT_S = 900
#: Failures of all names that one address has in a quarter of an hour; a whole office may be one.
FROM_ONE_ADDRESS = 100
ADDRESS_SPAN_S = 900
FAILURES_KEPT = dt.timedelta(days=1)
MIN_PASSWORD_LENGTH = 10


def token_hash(token: str) -> str:
    """What is stored of a random token; a plain hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


@lru_cache
def hasher(memory_kib: int) -> PasswordHasher:
    """argon2id with the OWASP profile; memory is a setting so that tests can be quick."""
    return PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1)


def create_user(
    session: Session,
    *,
    username: str,
    name: str,
    roles: Iterable[str],
    password: str,
    memory_kib: int,
    by: Actor,
    at: dt.datetime,
    staff_code: str | None = None,
    department: str | None = None,
    must_change_password: bool = True,
) -> User:
    """Make a user. Raises Conflict for a taken name, Invalid for a weak password or bad role."""
    wanted = sorted(set(roles))
    errors = _unknown_roles(wanted) | _too_short(password, field="password")
    if errors:
        raise Invalid("bad-user", "用户资料有误。", "The user cannot be made so.", errors=errors)
    if session.scalar(sa.select(User.id).where(User.username == username)):
        raise Conflict("username-taken", "用户名已被占用。", "This user name is taken.")
    user = User(
        estate_id=by.estate_id,
        username=username,
        name=name,
        roles=wanted,
        staff_code=staff_code,
        department=department,
        password_hash=hasher(memory_kib).hash(password),
        must_change_password=must_change_password,
        created_at=at,
    )
    session.add(user)
    session.flush()
    history.record(
        session,
        "user.created",
        subject_kind="user",
        subject=str(user.id),
        by=by,
        at=at,
        data={"username": username, "roles": wanted},
    )
    return user


def grant_qualification(
    session: Session,
    user: User,
    *,
    kind: str,
    number: str,
    valid_from: dt.date,
    valid_until: dt.date,
    by: Actor,
    at: dt.datetime,
) -> Qualification:
    """Record an approved licence (X-029). Raises Invalid where it ends before it begins."""
    if valid_until < valid_from:
        raise Invalid(
            "bad-qualification", "有效期颠倒。", "It ends before it begins.", rule="X-029"
        )
    licence = Qualification(
        user_id=user.id,
        kind=kind,
        number=number,
        valid_from=valid_from,
        valid_until=valid_until,
        state="approved",
    )
    user.qualifications.append(licence)
    session.flush()
    history.record(
        session,
        "user.qualified",
        subject_kind="user",
        subject=str(user.id),
        by=by,
        at=at,
        data={"kind": kind, "number": number, "until": valid_until.isoformat()},
    )
    return licence


def throttle(session: Session, username: str, address: str, at: dt.datetime) -> None:
    """Raise TooMany while a name from one address, or the address itself, has to wait."""
    of_name, of_address = (
        session.get(SignInFailure, key, populate_existing=True)
        for key in (_throttle_key(username, address), _address_key(address, at))
    )
    ready_at = at
    if of_name is not None and of_name.failures >= FREE_FAILURES:
        wait_s = min(MAX_WAIT_S, 2 ** (of_name.failures - FREE_FAILURES + 1))
        ready_at = of_name.last_at + dt.timedelta(seconds=wait_s)
    if of_address is not None and of_address.failures >= FROM_ONE_ADDRESS:
        left_s = ADDRESS_SPAN_S - at.timestamp() % ADDRESS_SPAN_S
        ready_at = max(ready_at, at + dt.timedelta(seconds=left_s))
    if at < ready_at:
        seconds = int((ready_at - at).total_seconds()) + 1
        raise TooMany(
            "too-many-sign-ins",
            f"失败次数过多,请 {seconds} 秒后再试。",
            f"Too many failures; try again in {seconds} s.",
            extra={"retry_after_s": seconds},
        )


def check_password(
    session: Session, username: str, password: str, *, memory_kib: int
) -> User | None:
    """The user when name and password fit and the account is active, else None; equally slow.

    Takes long on purpose: whoever only wants to come in is asked outside a transaction, which
    would hold SQLite's one writer meanwhile.
    """
    user = session.scalar(sa.select(User).where(User.username == username))
    stored = user.password_hash if user else _dummy_hash(memory_kib)
    try:
        hasher(memory_kib).verify(stored, password)
    except VerifyMismatchError:
        return None
    return user if user and user.active else None


def note_failure(session: Session, username: str, address: str, at: dt.datetime) -> None:
    """Count one failed sign-in, of the name and of the address; counts of yesterday go."""
    session.execute(sa.delete(SignInFailure).where(SignInFailure.last_at < at - FAILURES_KEPT))
    postgres = session.get_bind().dialect.name == "postgresql"
    insert: Any = postgresql.insert if postgres else sqlite.insert
    # Always in this order, so that two failures of one name do not wait for each other.
    for key in (_throttle_key(username, address), _address_key(address, at)):
        session.execute(
            insert(SignInFailure)
            .values(key=key, failures=1, last_at=at)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={"failures": SignInFailure.failures + 1, "last_at": at},
            )
        )


def open_token(
    session: Session,
    user: User,
    *,
    kind: str,
    lifetime: dt.timedelta,
    address: str,
    at: dt.datetime,
) -> tuple[str, AuthToken]:
    """A fresh token for a user who has proved who they are; the count of the name starts anew."""
    token = secrets.token_urlsafe(32)
    row = AuthToken(
        user_id=user.id,
        token_hash=token_hash(token),
        kind=kind,
        created_at=at,
        expires_at=at + lifetime,
    )
    session.add(row)
    if failure := session.get(SignInFailure, _throttle_key(user.username, address)):
        session.delete(failure)
    session.flush()
    return token, row


def close_token(session: Session, token: str, at: dt.datetime) -> None:
    """End a session or token at once."""
    session.execute(
        sa.update(AuthToken)
        .where(AuthToken.token_hash == token_hash(token), AuthToken.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def change_password(
    session: Session, user: User, *, old: str, new: str, memory_kib: int, by: Actor, at: dt.datetime
) -> None:
    """Set a new password; every token of the user ends. Raises Unauthenticated, Invalid."""
    if check_password(session, user.username, old, memory_kib=memory_kib) is None:
        raise Unauthenticated("wrong-password", "原密码不对。", "The old password is wrong.")
    demand_strong_password(new, field="new")
    user.password_hash = hasher(memory_kib).hash(new)
    user.must_change_password = False
    end_tokens(session, user, at)
    history.record(
        session, "user.password_changed", subject_kind="user", subject=str(user.id), by=by, at=at
    )


def end_tokens(session: Session, user: User, at: dt.datetime) -> None:
    """End every session and token of somebody."""
    session.execute(
        sa.update(AuthToken)
        .where(AuthToken.user_id == user.id, AuthToken.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def demand_strong_password(password: str, *, field: str) -> None:
    """Raise Invalid, on this field of a form, for a password that is too short."""
    if errors := _too_short(password, field=field):
        raise Invalid("weak-password", "密码太短。", "Too short.", errors=errors)


def demand_known_roles(roles: Collection[str]) -> None:
    """Raise Invalid for roles that there are not, and for none at all."""
    if errors := _unknown_roles(roles) or ({} if roles else {"roles": ["必填 required"]}):
        raise Invalid("bad-roles", "角色有误。", "These roles cannot be.", errors=errors)


def user_of_token(session: Session, token: str, *, kind: str, at: dt.datetime) -> User | None:
    """Who holds this token now; None when unknown, expired, revoked or the user is inactive."""
    return session.scalar(
        sa.select(User)
        .join(AuthToken, AuthToken.user_id == User.id)
        .where(
            AuthToken.token_hash == token_hash(token),
            AuthToken.kind == kind,
            AuthToken.revoked_at.is_(None),
            AuthToken.expires_at > at,
            User.active,
        )
    )


def actor_for(user: User) -> Actor:
    """The user as the one who acts."""
    return Actor(
        estate_id=user.estate_id,
        ref=f"user:{user.id}",
        name=user.name,
        user_id=user.id,
        roles=frozenset(user.roles),
    )


def system_actor(estate_id: uuid.UUID) -> Actor:
    """The house itself, for what timers and reactions do."""
    return Actor(estate_id=estate_id, ref="system", name="系统")


def _unknown_roles(roles: Collection[str]) -> dict[str, list[str]]:
    unknown = [role for role in roles if role not in set(Role)]
    return {"roles": [f"没有这种角色 no such role: {role}" for role in unknown]} if unknown else {}


def _too_short(password: str, *, field: str) -> dict[str, list[str]]:
    if len(password) >= MIN_PASSWORD_LENGTH:
        return {}
    return {field: [f"至少 {MIN_PASSWORD_LENGTH} 位 at least that many characters"]}


def _throttle_key(username: str, address: str) -> str:
    return hashlib.sha256(f"{username}\n{address}".encode()).hexdigest()


def _address_key(address: str, at: dt.datetime) -> str:
    # A count for each span, so that none of them grows older than that.
    span = int(at.timestamp() // ADDRESS_SPAN_S)
    return hashlib.sha256(f"address {address} {span}".encode()).hexdigest()


@lru_cache
def _dummy_hash(memory_kib: int) -> str:
    return hasher(memory_kib).hash(secrets.token_hex(8))
