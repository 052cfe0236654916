"""The few ways in which the house says no. Doors translate them; rooms raise them.

A problem carries everything RFC 9457 wants except the transport: a stable slug, a sentence in
Chinese and English, the rule that refused and, for bad input, messages per field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class Problem(Exception):
    """A refusal with a reason that may be shown to whoever asked."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "请求无效 Bad request"

    def __init__(
        self,
        slug: str,
        zh: str,
        en: str,
        *,
        rule: str | None = None,
        errors: Mapping[str, Sequence[str]] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{slug}: {en}")
        self.slug = slug
        self.zh = zh
        self.en = en
        self.rule = rule
        self.errors = {key: list(value) for key, value in (errors or {}).items()}
        self.extra = dict(extra or {})

    def as_dict(self) -> dict[str, Any]:
        """The body of `application/problem+json`, as docs/wire.md lays it down."""
        body: dict[str, Any] = {
            "type": f"urn:paigong:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": f"{self.zh} {self.en}",
            "detail_zh": self.zh,
            "detail_en": self.en,
        }
        if self.rule:
            body["rule"] = self.rule
        if self.errors:
            body["errors"] = self.errors
        return {**body, **self.extra}


class Invalid(Problem):
    """The input can be read but does not say what is needed."""

    status = 422
    title = "内容不合要求 Unprocessable content"


class Unauthenticated(Problem):
    """Nobody known is asking."""

    status = 401
    title = "需要登录 Unauthenticated"


class Denied(Problem):
    """Somebody known asks for what is not theirs."""

    status = 403
    title = "没有权限 Forbidden"


class NotFound(Problem):
    """No such thing, or not one that the asker may know of."""

    status = 404
    title = "没有找到 Not found"


class Conflict(Problem):
    """The thing is in a state in which this cannot be done, or a rule of the trade forbids it."""

    status = 409
    title = "与当前状态冲突 Conflict"


class Stale(Problem):
    """The asker decided on an older version than the one that is there now."""

    status = 412
    title = "版本已过时 Precondition failed"


class TooLarge(Problem):
    """More bytes than the door takes."""

    status = 413
    title = "内容过大 Content too large"


class TooMany(Problem):
    """Asked too often."""

    status = 429
    title = "请求过多 Too many requests"


class Unavailable(Problem):
    """A part of the house does not answer."""

    status = 503
    title = "暂时无法服务 Service unavailable"
