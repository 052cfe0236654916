"""Where the bytes of evidence and documents lie: content-addressed, written whole or not at all.

One machine keeps them in a folder; a centre that runs on several keeps them in S3 (`s3.py`).
"""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, get_args

from server.errors import Unavailable
from server.settings import Settings

Size = Literal["screen", "thumbnail"]

#: under which name an application keeps its store
STORE = "paigong.photo_store"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class StoreAway(Unavailable):
    """The store does not answer, or not to us: no fault of the photo, which may be tried again."""

    def __init__(self) -> None:
        super().__init__(
            "photo-store-away",
            "照片库暂时不可用,请稍后再试。",
            "The photo store cannot be used at the moment; try again later.",
        )


class PhotoStore(Protocol):
    """What the house asks of a store of photos and of documents that were handed over with assets.
    `sha256` is 64 lower-case hex digits.

    Originals are put once and never changed; derivatives can be made again at any time. Reading
    what is not there raises FileNotFoundError; deleting it does nothing. A store on another
    machine raises StoreAway where it cannot be used.
    """

    def trouble(self, *, writing: bool = False) -> str:
        """Why the store cannot be used now, in both languages; empty where it can.

        Quick enough for every health check; with `writing` it also proves, for a start, that the
        store keeps, gives back and never overwrites.
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

    def trouble(self, *, writing: bool = False) -> str:
        """Whether the folder may be written; one that is not there yet is made when needed."""
        if self.root.exists() and not os.access(self.root, os.R_OK | os.W_OK | os.X_OK):
            return "照片文件夹不能写入 the folder of photos cannot be written"
        return ""

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
        for key in all_keys(sha256):
            (self.root / key).unlink(missing_ok=True)

    def put_derivative(self, sha256: str, size: Size, content: bytes) -> None:
        """Write one derivative, replacing an earlier one."""
        with _durably(self._derived(sha256, size)) as file:
            file.write(content)

    def open_derivative(self, sha256: str, size: Size) -> BinaryIO:
        """One derivative, for reading."""
        return self._derived(sha256, size).open("rb")

    def _path(self, sha256: str) -> Path:
        return self.root / key_of(sha256)

    def _derived(self, sha256: str, size: Size) -> Path:
        return self.root / derived_key(sha256, size)


def photo_store(settings: Settings) -> PhotoStore:
    """Where an installation keeps its photos: plain files in the home folder, or S3."""
    if settings.photo_store == "s3":
        # The library is an extra: whoever keeps photos in a folder does without.
        from server.evidence.s3 import S3Store

        return S3Store(settings)
    return FileStore(photo_folder(settings))


def photo_folder(settings: Settings) -> Path:
    """Where photos lie that are not in S3."""
    return settings.home / "photos"


def key_of(sha256: str) -> str:
    """The name of an original in any store, `ab/cd/<sha256>`. Raises ValueError for no hash."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a sha256")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def derived_key(sha256: str, size: Size) -> str:
    """The name of a derivative, beside its original."""
    return f"{key_of(sha256)}.{size}.jpg"


def all_keys(sha256: str) -> list[str]:
    """The names of an original and of whatever may be derived from it."""
    return [key_of(sha256), *(derived_key(sha256, size) for size in get_args(Size))]


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
