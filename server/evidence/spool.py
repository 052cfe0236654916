"""The bytes of uploads that are still under way: one part file each, appended under a lock."""

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path

from server.errors import Conflict, NotFound, Problem, TooLarge

ALGORITHMS = ("sha256", "sha1")


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """The digest that a sender promises for one piece of an upload."""

    algorithm: str
    digest: bytes


class PieceDamaged(Problem):
    """One piece arrived with other bytes than were sent; tus answers 460."""

    status = 460
    title = "校验不符 Checksum mismatch"


def too_long() -> TooLarge:
    """The refusal of bytes past the announced length."""
    return TooLarge(
        "upload-too-long",
        "发送的字节超过了所报的长度。",
        "More bytes were sent than the upload was announced with.",
    )


class Part:
    """The part file of one upload, held by nobody else while this is open."""

    def __init__(self, path: Path, file: BufferedRandom) -> None:
        self.path = path
        self._file = file

    def append(
        self, offset: int, pieces: Iterable[bytes], *, room: int, checksum: Checksum | None
    ) -> int:
        """Write pieces at `offset` bytes, at most `room` of them, and make them durable.

        What a crash left behind the offset is cut off first. Returns the new offset. Raises
        TooLarge or PieceDamaged, both with the file as it was, and NotFound where the file has
        lost bytes that it had.
        """
        if os.fstat(self._file.fileno()).st_size < offset:
            raise NotFound(
                "upload-lost",
                "服务器丢失了此上传的数据,请重新开始。",
                "The server has lost the bytes of this upload; please start again.",
            )
        digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        self._file.truncate(offset)
        self._file.seek(offset)
        written = 0
        try:
            for piece in pieces:
                written += len(piece)
                if written > room:
                    raise too_long()
                self._file.write(piece)
                if digest is not None:
                    digest.update(piece)
            if digest is not None and checksum is not None and digest.digest() != checksum.digest:
                raise PieceDamaged(
                    "upload-checksum-mismatch",
                    "这一段数据在传输中损坏,请从原位置重发。",
                    "This piece was damaged on its way; send it again from the same offset.",
                )
        except Problem:
            self._file.truncate(offset)
            raise
        self._file.flush()
        os.fsync(self._file.fileno())
        return offset + written

    def sha256(self) -> str:
        """The hash of all that was written."""
        self._file.seek(0)
        return hashlib.file_digest(self._file, "sha256").hexdigest()


class Spool:
    """A folder of part files, named by the ids of their uploads."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def part(self, upload_id: uuid.UUID) -> Iterator[Part]:
        """The part file, locked. Raises Conflict while another request writes to it."""
        self.root.mkdir(parents=True, exist_ok=True)
        path = self._path(upload_id)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Conflict(
                    "upload-busy",
                    "此上传正在被另一个请求写入,请稍后查询进度再继续。",
                    "Another request is writing to this upload; ask for its offset and go on.",
                ) from error
            yield Part(path, file)

    def discard(self, upload_id: uuid.UUID) -> None:
        """Remove the part file, if there is one."""
        self._path(upload_id).unlink(missing_ok=True)

    def ids(self) -> set[uuid.UUID]:
        """The uploads that have a part file."""
        return {uuid.UUID(path.stem) for path in self.root.glob("*.part")}

    def _path(self, upload_id: uuid.UUID) -> Path:
        return self.root / f"{upload_id}.part"
