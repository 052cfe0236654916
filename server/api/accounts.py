"""Signing in to the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_smorest import Blueprint

from server.accounts import operations as accounts
from server.api.schemas import TokenIn, TokenOut
from server.db import transaction, utcnow
from server.errors import Unauthenticated
from server.http import client_address, public, settings

blp = Blueprint("accounts", __name__, url_prefix="/api/v1", description="登录 Signing in")


@blp.post("/tokens")
@public("this is where one proves who one is; throttled")
@blp.arguments(TokenIn)
@blp.response(201, TokenOut)
@blp.alt_response(401, description="Name or password is wrong")
@blp.alt_response(429, description="Too many failures")
@blp.doc(operationId="createToken", security=[])
def create_token(data: dict[str, Any]) -> dict[str, Any]:
    now = utcnow()
    name, address = data["username"], client_address()
    with transaction() as current:
        accounts.throttle(current, name, address, now)
        memory_kib = settings().password_memory_kib
        user = accounts.check_password(current, name, data["password"], memory_kib=memory_kib)
        if user is None:
            accounts.note_failure(current, name, address, now)
        else:
            lifetime = dt.timedelta(hours=settings().token_hours)
            token, row = accounts.open_token(
                current, user, kind="api", lifetime=lifetime, address=address, at=now
            )
    if user is None:
        raise Unauthenticated("wrong-credentials", "用户名或密码不对。", "Wrong name or password.")
    return {"token": token, "expires_at": row.expires_at, "user": user}
