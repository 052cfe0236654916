"""Where the bytes of evidence and documents lie: content-addressed, written whole or not at all."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

Size = Literal["screen", "thumbnail"]

_SHA256 = re.compile(r"[0-9a-f]{64}")


class PhotoStore(Protocol):
    """What the house asks of a store of photos and of documents that were handed over with assets.
    `sha256` is 64 lower-case hex digits.

    Originals are put once and never changed; derivatives can be made again at any time. Reading
    what is not there raises FileNotFoundError; deleting it does nothing.
    """

    def put(self, sha256: str, source: Path) -> None:
        """Keep the bytes of a file under their hash, durable when this returns."""

    def open(self, sha256: str) -> BinaryIO:
        """The original, for reading."""

    def exists(self, sha256: str) -> bool:
        """Whether the original is held."""

    def delete(self, sha256: str) -> None:
        """Let go of the original and what was derived from it; a photo and documents may share it."""

    def put_derivative(self, sha256: str, size: Size, content: bytes) -> None:
        """Keep one derivative of an original."""

    def open_derivative(self, sha256: str, size: Size) -> BinaryIO:
        """One derivative, for reading."""


class FileStore:
    """Photos as plain files below one folder, `ab/cd/<sha256>`, derivatives beside them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, sha256: str, source: Path) -> None:
        """Copy rather than move: the caller's file stays his until his own work is committed."""
        target = self._path(sha256)
        with source.open("rb") as original, _durably(target) as copy:
            while chunk := original.read(1 << 20):
                copy.write(chunk)

    def open(self, sha256: str) -> BinaryIO:
        """The original, for reading."""
        return self._path(sha256).open("rb")

    def exists(self, sha256: str) -> bool:
        """Whether the original is held."""
        return self._path(sha256).exists()

    def delete(self, sha256: str) -> None:
        """Remove the original and its derivatives."""
        original = self._path(sha256)
        for path in (original, self._derived(sha256, "screen"), self._derived(sha256, "thumbnail")):
            path.unlink(missing_ok=True)

    def put_derivative(self, sha256: str, size: Size, content: bytes) -> None:
        """Write one derivative, replacing an earlier one."""
        with _durably(self._derived(sha256, size)) as file:
            file.write(content)

    def open_derivative(self, sha256: str, size: Size) -> BinaryIO:
        """One derivative, for reading."""
        return self._derived(sha256, size).open("rb")

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a sha256")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _derived(self, sha256: str, size: Size) -> Path:
        return self._path(sha256).with_name(f"{sha256}.{size}.jpg")


@contextmanager
def _durably(target: Path) -> Iterator[BinaryIO]:
    """Write beside the target, then put it in its place: a reader sees all of it or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, not only the bytes behind them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
