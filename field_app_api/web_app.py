"""The handheld's web app as files: built at set-up, served compressed, kept by the browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, send_from_directory
from werkzeug.security import safe_join

from server.errors import NotFound, Unavailable
from server.http import public, settings

BASE = "/handheld/"
INDEX = "index.html"
FOREVER_S = 365 * 24 * 3600
#: Built beside each file; the smallest first.
ENCODINGS = {"br": ".br", "gzip": ".gz"}

blp = Blueprint("handheld_app", __name__)


@blp.get("/handheld")
@public("the app itself holds no data")
def without_slash() -> Response:
    """People leave the slash out when they type it."""
    return redirect(BASE, 308)  # type: ignore[return-value]


@blp.get(BASE)
@blp.get(f"{BASE}<path:name>")
@public("the app itself holds no data")
def app_file(name: str = INDEX) -> Response:
    """One file of the built app. Raises NotFound, and Unavailable where it was never built."""
    folder = settings().handheld_folder
    if not (folder / INDEX).is_file():
        raise Unavailable(
            "handheld-not-built",
            "手持端尚未构建,请运行 make setup。",
            "The handheld app has not been built; run make setup.",
        )
    wanted = safe_join(str(folder), name)
    if wanted is None or not Path(wanted).is_file() or name.endswith(tuple(ENCODINGS.values())):
        raise NotFound("no-such-file", "没有这个文件。", "There is no such file.")
    encoding = _encoding(Path(wanted))
    response = send_from_directory(folder, name + ENCODINGS.get(encoding, ""), conditional=True)
    response.content_type = _media_type(name)
    # Named after the compressed twin; nobody saves these.
    response.headers.pop("Content-Disposition", None)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    # What has a hash in its name never changes; everything else is asked for each time.
    is_lasting = name.startswith("assets/")
    response.headers["Cache-Control"] = (
        f"public, max-age={FOREVER_S}, immutable" if is_lasting else "no-cache"
    )
    response.headers["Content-Security-Policy"] = _policy()
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=(self)"
    return response


def _encoding(path: Path) -> str:
    accepted = request.accept_encodings
    for encoding, ending in ENCODINGS.items():
        if accepted.quality(encoding) > 0 and path.with_name(path.name + ending).is_file():
            return encoding
    return ""


_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


def _media_type(name: str) -> str:
    return _MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")


def _policy() -> str:
    """Scripts of its own only; it talks to this server and to the broker, and shows its photos."""
    broker = urlsplit(settings().websocket_url)
    return (
        "default-src 'self'; "
        f"connect-src 'self' {broker.scheme}://{broker.netloc}; "
        "img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
