"""What every HTTP route shares: who is asking and may they, problems as JSON, preconditions."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, jsonify, make_response, request
from flask import session as cookie
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from server import idempotency
from server.accounts import permissions
from server.accounts.models import User
from server.accounts.operations import actor_for, user_of_token
from server.assets import document_types
from server.db import session, transaction, utcnow
from server.errors import (
    Denied,
    Invalid,
    Problem,
    Stale,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from server.history import Actor
from server.settings import Settings

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])

#: Cookie-authenticated writes are checked against forgery by this hook (set by the doors).
CSRF_HOOK = "paigong.csrf"
#: What a resident or the desk reports comes with photos, as they leave the phone; so does a signed
#: sheet.
WITH_PHOTOS = ("/r/", "/complaints/", "/requests/", "/incidents/")
WITH_PHOTOS_MAX_BYTES = 37 * 1024 * 1024
#: What comes with the file of a document; in a form the other fields need some room beside it.
WITH_DOCUMENT = re.compile(r"/assets/[^/]+/documents|/api/v1/assets/[^/]+/documents/file")
FORM_ROOM_BYTES = 1 << 16
LOOPBACK = frozenset({"127.0.0.1", "::1"})
TOKEN_KEY = "token"  # noqa: S105  # the name of a cookie field


def longest_body_bytes(settings: Settings) -> int:
    """More than any door takes, so that each refuses what is too large for it in its own words."""
    doors = (
        settings.body_max_bytes,
        settings.photo_max_bytes,
        settings.document_max_bytes,
        WITH_PHOTOS_MAX_BYTES,
    )
    return 2 * max(doors)


def settings() -> Settings:
    """The settings of this application."""
    found: Settings = current_app.extensions["paigong.settings"]
    return found


def requires(
    action: str, *, reading: bool = False, first_password: bool = False
) -> Callable[[View], View]:
    """Admit whoever the permission matrix admits; deny everybody else.

    `reading` admits every level of the action's row, own cases included: the view narrows these.
    `first_password` admits also whoever still has to change the one that was handed out to him.
    """
    permissions.MATRIX[action]  # a route must not invent an action

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            user = signed_in()
            if user.must_change_password and not first_password:
                raise Denied(
                    "must-change-password",
                    "这是临时密码,请先在控制台“我的账号”换成自己的密码。",
                    "This is a first password; change it on the console's account page first.",
                )
            allowed = permissions.may_read if reading else permissions.may
            if not allowed(action, frozenset(user.roles)):
                raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
            return view(*args, **kwargs)

        guarded.permission = action  # type: ignore[attr-defined]  # read by the house test
        guarded.first_password = first_password  # type: ignore[attr-defined]  # the console asks
        return guarded  # type: ignore[return-value]

    return decorate


def public(why: str) -> Callable[[View], View]:
    """A route that needs no sign-in, and the reason for it."""

    def decorate(view: View) -> View:
        view.permission = f"public: {why}"  # type: ignore[attr-defined]
        return view

    return decorate


def signed_in() -> User:
    """Who is asking, by bearer token or by the console's cookie. Raises Unauthenticated."""
    if "user" not in g:
        g.user = _identify()
    user: User | None = g.user
    if user is None:
        raise Unauthenticated("not-signed-in", "请先登录。", "Sign in first.")
    return user


def actor() -> Actor:
    """Who is asking, as the one who acts."""
    return actor_for(signed_in())


def level(action: str) -> str | None:
    """At which level whoever is asking may do `action`."""
    return permissions.level(action, frozenset(signed_in().roles))


def expected_version() -> int | None:
    """The version named by If-Match; None without one. Raises Stale for one that is not ours."""
    raw = request.headers.get("If-Match")
    if raw is None or raw.strip() == "*":
        return None
    value = raw.strip().strip('"')
    if not value.isascii() or not value.isdigit():
        raise Stale("bad-if-match", "If-Match 无效。", "If-Match is none of our ETags.")
    return int(value)


def etag(version: int) -> dict[str, str]:
    """The strong ETag of a version."""
    return {"ETag": f'"{version}"'}


def idempotent(view: View) -> View:
    """Honour Idempotency-Key: same key and body, same answer; other body, 409."""

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(*args, **kwargs)
        if not 1 <= len(key) <= 128 or not key.isprintable():  # noqa: PLR2004  # column width
            raise Invalid(
                "bad-idempotency-key",
                "Idempotency-Key 无效。",
                "Idempotency-Key is not usable.",
                errors={"Idempotency-Key": ["1–128"]},
            )
        digest = hashlib.sha256(
            b"\n".join([request.method.encode(), _same_address(), _same_body()])
        ).hexdigest()
        user_id = signed_in().id
        with transaction() as current:
            known = idempotency.begin(
                current, user_id=user_id, key=key, request_hash=digest, at=utcnow()
            )
            if known is not None:
                answer = make_response(known.body, known.status)
                answer.headers.update(known.headers)
                return answer
            answer = make_response(view(*args, **kwargs))
            kept = {
                name: answer.headers[name]
                for name in ("Content-Type", "ETag", "Location")
                if name in answer.headers
            }
            idempotency.finish(
                current,
                user_id=user_id,
                key=key,
                status=answer.status_code,
                body=answer.get_data(as_text=True),
                headers=kept,
            )
            return answer

    return once  # type: ignore[return-value]


def _same_address() -> bytes:
    """The path and what is asked for behind it."""
    asked = request.query_string
    return request.path.encode() + (b"?" + asked if asked else b"")


def _same_body() -> bytes:
    """The body, where it is JSON without regard to spacing and the order of names."""
    raw = request.get_data()
    try:
        return json.dumps(json.loads(raw), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return raw


def client_address() -> str:
    """Where the request came from: the nearest machine."""
    return request.remote_addr or "?"


def far_address() -> str:
    """The same, of whoever stands behind a proxy on this machine: the last that it names.

    A proxy may pass on what a stranger wrote. So it serves to count by, residents and failed
    sign-ins, and nobody is let in by it.
    """
    near = client_address()
    named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return named or near if near in LOOPBACK else near


def install(app: Flask) -> None:
    """Request ids, body limit, security headers, and problems as problem+json."""

    @app.before_request
    def _limit() -> None:
        g.request_id = uuid.uuid4().hex[:12]
        limit = settings().body_max_bytes
        if request.path.startswith(WITH_PHOTOS):
            limit = WITH_PHOTOS_MAX_BYTES
        elif WITH_DOCUMENT.fullmatch(request.path):
            limit = settings().document_max_bytes + FORM_ROOM_BYTES
            if (request.content_length or 0) > limit:
                raise document_types.too_large(settings().document_max_bytes)
        if not request.path.startswith("/field/v1/photos"):
            request.max_content_length = limit
            if (request.content_length or 0) > limit:
                raise _too_large(limit)

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault("X-Request-Id", g.get("request_id", "-"))
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
            "frame-ancestors 'none'; form-action 'self'",
        )
        return response

    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)


def problem_response(problem: Problem) -> Response:
    """A refusal as RFC 9457 says it."""
    response = jsonify(problem.as_dict())
    response.status_code = problem.status
    response.content_type = "application/problem+json"
    if isinstance(problem, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(problem, TooMany):
        response.headers["Retry-After"] = str(problem.extra.get("retry_after_s", 1))
    return response


def _http_problem(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        return problem_response(_too_large(request.max_content_length or 0))
    status = error.code or 500
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": error.name,
        "status": status,
        "detail": error.description or error.name,
    }
    data = getattr(error, "data", None) or {}
    if messages := data.get("messages"):
        body["type"] = "urn:paigong:problem:invalid"
        body["title"] = Invalid.title
        body["detail_zh"], body["detail_en"] = "请更正标出的内容。", "Correct what is marked."
        body["detail"] = f"{body['detail_zh']} {body['detail_en']}"
        body["errors"] = _flat(messages)
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _unexpected(error: Exception) -> Response:
    # Logged whole, told in general: no stack trace leaves the house.
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    response = problem_response(
        Unavailable(
            "internal",
            f"服务器出错,编号 {g.get('request_id')}。",
            f"Something failed here; its number is {g.get('request_id')}.",
        )
    )
    response.status_code = 500
    body = response.get_json()
    response.set_data(jsonify({**body, "status": 500}).get_data())
    return response


def _flat(messages: Any, path: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages as dotted field names, without the place (json, query)."""
    if isinstance(messages, list):
        return {path or "_": [str(message) for message in messages]}
    if not isinstance(messages, dict):
        return {path or "_": [str(messages)]}
    flat: dict[str, list[str]] = {}
    for key, value in messages.items():
        at_top = not path and key in {"json", "query", "headers", "path"}
        flat.update(_flat(value, "" if at_top else f"{path}.{key}" if path else str(key)))
    return flat


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        "body-too-large",
        f"内容超过 {limit} 字节。",
        f"The body is over {limit} bytes.",
        extra={"limit_bytes": limit},
    )


def _identify() -> User | None:
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        return user_of_token(session(), token.strip(), kind="api", at=utcnow())
    token = cookie.get(TOKEN_KEY, "")
    if not token:
        return None
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        current_app.extensions[CSRF_HOOK]()
    return user_of_token(session(), token, kind="console", at=utcnow())
