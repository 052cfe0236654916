"""The encrypted file to which a handheld exports its queue: written, and read without trust.

`PGQ1`, the length of the header, the header as JSON, then records, each with its length before
it. A record is sealed by AES-256-GCM under its place in the file, and the last one says that it is
the last: whatever was changed, left out, moved or cut off is found. A file holds photos, so it is
read record by record; whoever acts on one has it `verify`-ed to the end first.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from marshmallow import Schema, ValidationError

from contracts import strict_json
from contracts.envelope import ContractError
from contracts.queue_file import (
    END,
    EVENT,
    INFO,
    MAGIC,
    MAX_HEADER_BYTES,
    MAX_META_BYTES,
    PHOTO,
    QueueEnd,
    QueueHeader,
)
from server.errors import Invalid
from server.fieldwork import queue_key

_LENGTH = struct.Struct(">I")
_TAG_BYTES = 16
_NONCE_BYTES = 12
_MORE, _LAST = b"\x00", b"\x01"


class UnusableFile(Invalid):
    """The file is none, or not the one that was written: nothing of it is used."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One thing of the queue: an event's envelope, a picture, or the end."""

    meta: dict[str, Any]
    body: bytes

    @property
    def kind(self) -> str:
        """event, photo or end."""
        return str(self.meta["kind"])


@dataclass(frozen=True, kw_only=True)
class Seal:
    """How one file is sealed: the derived key, and the header that it hangs on."""

    key: bytes
    header: bytes

    @classmethod
    def of(
        cls, header: bytes, own: ec.EllipticCurvePrivateKey, other: ec.EllipticCurvePublicKey
    ) -> Seal:
        """The same for the writer, who has the ephemeral private key, and for the server."""
        salt = hashlib.sha256(header).digest()
        derive = HKDF(algorithm=SHA256(), length=32, salt=salt, info=INFO)
        return cls(key=derive.derive(own.exchange(ec.ECDH(), other)), header=header)


class QueueFile:
    """An exported queue, opened for reading. `most_bytes`: the largest picture that is taken."""

    def __init__(self, file: BinaryIO, key: ec.EllipticCurvePrivateKey, *, most_bytes: int) -> None:
        """Read the header. Raises UnusableFile, also where it was sealed for another server."""
        self._file = file
        self._most = most_bytes + MAX_META_BYTES + _LENGTH.size + _TAG_BYTES
        file.seek(0)
        if file.read(len(MAGIC)) != MAGIC:
            raise _unusable("不是派工队列文件。", "This is no exported queue of Paigong.")
        raw = self._piece(MAX_HEADER_BYTES)
        header = _loaded(QueueHeader, _object(raw))
        self.device_id: str = header["device"]
        if header["key"] != queue_key.key_id(key.public_key()):
            raise _unusable(
                f"文件是为另一台服务器加密的(密钥 {header['key']})。",
                f"The file was encrypted for another server (key {header['key']}).",
            )
        self._seal = Seal.of(raw, key, _point(header["ephemeral"]))
        self._start = file.tell()

    def verify(self) -> tuple[int, int]:
        """Read all of it; how many events and photos it holds. Raises UnusableFile."""
        counted = {EVENT: 0, PHOTO: 0}
        end: dict[str, Any] | None = None
        for record in self.records():
            if end is None and record.kind in counted:
                counted[record.kind] += 1
            elif end is None and record.kind == END and not record.body:
                end = _loaded(QueueEnd, record.meta)
            else:
                raise _unusable("文件内容不合格式。", "The file holds what does not belong there.")
        if end is None or (end["events"], end["photos"]) != (counted[EVENT], counted[PHOTO]):
            raise _unusable("文件不完整。", "The file is not complete.")
        return counted[EVENT], counted[PHOTO]

    def records(self) -> Iterator[Record]:
        """One after the other from the first, the end included. Raises UnusableFile."""
        self._file.seek(self._start)
        cipher = AESGCM(self._seal.key)
        place, is_last = 0, False
        while not is_last:
            sealed = self._piece(self._most)
            is_last = not self._file.read(1)
            if not is_last:
                self._file.seek(-1, 1)
            try:
                plain = cipher.decrypt(_nonce(place), sealed, _LAST if is_last else _MORE)
            except InvalidTag:
                raise _unusable(
                    f"文件被截断或改动(第 {place + 1} 项)。",
                    f"The file was cut off or changed (record {place + 1}).",
                ) from None
            yield _record(plain)
            place += 1

    def _piece(self, most_bytes: int) -> bytes:
        """The next piece that has its length before it."""
        told = self._file.read(_LENGTH.size)
        size = _LENGTH.unpack(told)[0] if len(told) == _LENGTH.size else most_bytes + 1
        piece = self._file.read(size) if size <= most_bytes else b""
        if len(piece) != size:
            raise _unusable("文件被截断或改动。", "The file was cut off or changed.")
        return piece


def write(
    file: BinaryIO,
    header: Mapping[str, Any],
    records: Iterable[Record],
    *,
    ephemeral: ec.EllipticCurvePrivateKey,
    server: ec.EllipticCurvePublicKey,
) -> None:
    """Write a queue as a handheld does; the end is added. `header` without the keys."""
    told = {
        "device": header["device"],
        "key": queue_key.key_id(server),
        "ephemeral": queue_key.spelled_point(ephemeral.public_key()),
        "made_at": header["made_at"],
    }
    raw = _spelled(told)
    file.write(MAGIC + _LENGTH.pack(len(raw)) + raw)
    cipher = AESGCM(Seal.of(raw, ephemeral, server).key)
    counted = {EVENT: 0, PHOTO: 0}
    place = 0
    for place, record in enumerate(records, start=1):
        counted[record.kind] += 1
        _put(file, cipher, place - 1, record, _MORE)
    end = {"kind": END, "events": counted[EVENT], "photos": counted[PHOTO]}
    _put(file, cipher, place, Record(meta=end, body=b""), _LAST)


def _put(file: BinaryIO, cipher: AESGCM, place: int, record: Record, more: bytes) -> None:
    meta = _spelled(record.meta)
    sealed = cipher.encrypt(_nonce(place), _LENGTH.pack(len(meta)) + meta + record.body, more)
    file.write(_LENGTH.pack(len(sealed)) + sealed)


def _spelled(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _nonce(place: int) -> bytes:
    # A key is made for one file, so a place in it is never sealed twice under the same key.
    return place.to_bytes(_NONCE_BYTES, "big")


def _record(plain: bytes) -> Record:
    size = _LENGTH.unpack_from(plain)[0] if len(plain) >= _LENGTH.size else MAX_META_BYTES + 1
    meta = plain[_LENGTH.size : _LENGTH.size + size]
    if size > MAX_META_BYTES or len(meta) != size:
        raise _unusable("文件内容不合格式。", "A record of the file cannot be read.")
    told = _object(meta)
    if told.get("kind") not in {EVENT, PHOTO, END}:
        raise _unusable("文件含有未知内容。", "The file holds a kind of record that is not known.")
    return Record(meta=told, body=plain[_LENGTH.size + size :])


def _point(spelled: str) -> ec.EllipticCurvePublicKey:
    try:
        raw = base64.urlsafe_b64decode(spelled + "=")
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        raise _unusable("文件的公钥无效。", "The public key in the file is none.") from None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        told = strict_json.parse(raw)
    except ContractError:
        told = None
    if not isinstance(told, dict) or any(strict_json.faults(told)):
        raise _unusable("文件内容不是有效的 JSON。", "What should be JSON in the file is none.")
    return told


def _loaded(schema: type[Schema], told: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(schema().load(told))
    except ValidationError as error:
        raise _unusable(
            f"文件内容不合格式:{error.messages}。",
            f"The file is not in its form: {error.messages}.",
        ) from None


def _unusable(zh: str, en: str) -> UnusableFile:
    return UnusableFile("queue-file-unusable", zh, en)
