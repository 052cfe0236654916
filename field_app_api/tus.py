"""The tus 1.0.0 protocol as text: reads request headers, says what this server can do. No HTTP."""

import base64
import binascii
import datetime as dt
import hashlib
import re
from email.utils import format_datetime

from server.errors import Problem, TooLarge
from server.evidence import announcing
from server.evidence.announcing import Named
from server.evidence.spool import ALGORITHMS, Checksum
from server.evidence.uploads import Announcement

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "checksum", "expiration", "termination")
PIECE_TYPE = "application/offset+octet-stream"

_NUMBER = re.compile(r"[0-9]{1,15}")
_KEY = re.compile(r"[!-+\--~]{1,40}")
_MOST_METADATA = 4096


class BadHeader(Problem):
    """A header that tus needs is missing or cannot be read."""


class UnknownVersion(Problem):
    """Another version of tus than this server speaks."""

    status = 412
    title = "协议版本不符 Precondition failed"


class NoPiece(Problem):
    """The body is not what tus calls a piece of an upload."""

    status = 415
    title = "内容类型不符 Unsupported media type"


def no_piece() -> NoPiece:
    """The refusal of a body of another type than tus sends."""
    return NoPiece(
        "tus-content-type",
        f"内容类型必须是 {PIECE_TYPE}。",
        f"The content type has to be {PIECE_TYPE}.",
    )


def check_version(told: str | None) -> None:
    """Raises UnknownVersion where `Tus-Resumable` is not the version spoken here."""
    if told != VERSION:
        raise UnknownVersion(
            "tus-version",
            f"此服务只支持 tus {VERSION}。",
            f"This server speaks tus {VERSION} only.",
        )


def offset(told: str | None) -> int:
    """`Upload-Offset` in bytes. Raises BadHeader."""
    return _number("Upload-Offset", told)


def length(told: str | None, *, deferred: str | None, most_bytes: int) -> int:
    """`Upload-Length` in bytes. Raises BadHeader, also for a length that is to come later, and
    TooLarge above `most_bytes`."""
    if deferred is not None:
        raise BadHeader(
            "upload-length-deferred",
            "不支持推迟给出长度,请发送 Upload-Length。",
            "A length that comes later is not supported; send Upload-Length.",
        )
    size = _number("Upload-Length", told)
    if size > most_bytes:
        raise TooLarge(
            "photo-too-many-bytes",
            f"照片最多 {most_bytes} 字节。",
            f"A photo has at most {most_bytes} bytes.",
        )
    return size


def checksum(told: str | None) -> Checksum | None:
    """`Upload-Checksum`, None where there is none. Raises BadHeader."""
    if told is None:
        return None
    algorithm, _, encoded = told.partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadHeader(
            "upload-checksum-unknown",
            f"校验算法只支持 {'、'.join(ALGORITHMS)}。",
            f"Checksums are supported by {', '.join(ALGORITHMS)}.",
        )
    digest = _decoded(encoded)
    if digest is None or len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise _unreadable("Upload-Checksum")
    return Checksum(algorithm=algorithm, digest=digest)


def metadata(told: str | None) -> dict[str, str]:
    """`Upload-Metadata` as key and text. Raises BadHeader for what is not tus's form: unknown
    characters, broken base64, text that is not UTF-8, a key given twice."""
    if told is None or len(told) > _MOST_METADATA:
        raise _unreadable("Upload-Metadata")
    read: dict[str, str] = {}
    for pair in told.split(","):
        key, _, encoded = pair.strip(" ").partition(" ")
        value = _decoded(encoded)
        if not _KEY.fullmatch(key) or key in read or value is None:
            raise _unreadable("Upload-Metadata")
        try:
            read[key] = value.decode()
        except UnicodeDecodeError as error:
            raise _unreadable("Upload-Metadata") from error
    return read


def announcement(told: str | None, size: int) -> tuple[Named, Announcement]:
    """What the picture belongs to and what is announced for it. Raises BadHeader, Invalid."""
    return announcing.announcement(metadata(told), size, text=told or "")


def abilities(most_bytes: int) -> dict[str, str]:
    """The headers with which OPTIONS is answered."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        "Tus-Max-Size": str(most_bytes),
    }


def http_date(moment: dt.datetime) -> str:
    """A moment as `Upload-Expires` writes it."""
    return format_datetime(moment.astimezone(dt.UTC).replace(microsecond=0), usegmt=True)


def _number(header: str, told: str | None) -> int:
    if told is None or not _NUMBER.fullmatch(told):
        raise _unreadable(header)
    return int(told)


def _decoded(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _unreadable(header: str) -> BadHeader:
    return BadHeader(
        "tus-header", f"缺少 {header} 或无法读取。", f"{header} is missing or cannot be read."
    )
