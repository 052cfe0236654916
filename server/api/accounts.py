"""Signing in to the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_smorest import Blueprint

from server.accounts import operations as accounts
from server.accounts.models import User
from server.api.schemas import TokenIn, TokenOut
from server.db import session, transaction, utcnow
from server.errors import Unauthenticated
from server.http import far_address, public, settings

blp = Blueprint("accounts", __name__, url_prefix="/api/v1", description="登录 Signing in")


@blp.post("/tokens")
@public("this is where one proves who one is; throttled")
@blp.arguments(TokenIn)
@blp.response(201, TokenOut)
@blp.alt_response(401, description="Name or password is wrong")
@blp.alt_response(429, description="Too many failures")
@blp.doc(operationId="createToken", security=[])
def create_token(data: dict[str, Any]) -> dict[str, Any]:
    lifetime = dt.timedelta(hours=settings().token_hours)
    user, token, expires_at = open_token(**data, kind="api", lifetime=lifetime)
    return {"token": token, "expires_at": expires_at, "user": user}


def open_token(
    username: str, password: str, *, kind: str, lifetime: dt.timedelta
) -> tuple[User, str, dt.datetime]:
    """Check name and password; the user, a token and when it expires.

    Raises TooMany, Unauthenticated; a failure is counted.
    """
    at, address = utcnow(), far_address()
    accounts.throttle(session(), username, address, at)
    # Before the transaction: nobody else writes meanwhile on SQLite, and this takes its time.
    user = accounts.check_password(
        session(), username, password, memory_kib=settings().password_memory_kib
    )
    proved = user.password_hash if user else None
    with transaction() as current:
        # Others may have failed at the same moment, and the account may just have ended.
        accounts.throttle(current, username, address, at)
        if user is not None:
            current.refresh(user)
        if user is not None and user.active and user.password_hash == proved:
            token, row = accounts.open_token(
                current, user, kind=kind, lifetime=lifetime, address=address, at=at
            )
            return user, token, row.expires_at
        accounts.note_failure(current, username, address, at)
    raise Unauthenticated("wrong-credentials", "用户名或密码不对。", "Wrong name or password.")
