"""Bringing a folder of photos into S3, as often as wanted: what is there already stays."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from pathlib import Path
from typing import BinaryIO, cast

from server.evidence.s3 import S3Store
from server.evidence.storage import Size

#: files under way at the same time
AT_ONCE = 8
_PIECE_BYTES = 1 << 20
_FOLDER = re.compile(r"[0-9a-f]{2}")
_NAME = re.compile(r"([0-9a-f]{64})(?:\.(screen|thumbnail)\.jpg)?")


class Fate(Enum):
    """What became of one file."""

    COPIED = "copied"
    HELD = "held"
    #: the file, or what S3 holds under its name, is not what the name says
    WRONG = "wrong"


def count(root: Path) -> int:
    """How many files there are to bring."""
    return sum(len(_files(folder)) for folder in _folders(root))


def bring(root: Path, store: S3Store, *, verify: bool = False) -> Iterator[tuple[Path, Fate]]:
    """Copy every file of a photo folder that S3 does not hold; the folder stays as it is.

    An original is hashed before it goes and read back afterwards; `verify` reads back also those
    that S3 held before. Raises StoreAway.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for folder in _folders(root):
            held = store.sizes(folder.name)

            def one(path: Path, held: dict[str, int] = held) -> tuple[Path, Fate]:
                there = held.get(path.relative_to(root).as_posix()) == path.stat().st_size
                return path, _bring(path, store, there=there, verify=verify)

            yield from pool.map(one, _files(folder))


def _bring(path: Path, store: S3Store, *, there: bool, verify: bool) -> Fate:
    sha256, size = _named(path)
    if there and (size or not verify):
        return Fate.HELD
    if size is not None:
        store.put_derivative(sha256, size, path.read_bytes())
        return Fate.COPIED
    if not there:
        with path.open("rb") as file:
            if _sha256(file) != sha256:
                return Fate.WRONG
        store.put(sha256, path)
    with store.open(sha256) as kept:
        if _sha256(kept) != sha256:
            return Fate.WRONG
    return Fate.HELD if there else Fate.COPIED


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := file.read(_PIECE_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def _folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if _FOLDER.fullmatch(path.name))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("??/*") if _NAME.fullmatch(path.name))


def _named(path: Path) -> tuple[str, Size | None]:
    found = _NAME.fullmatch(path.name)
    if found is None:
        raise ValueError("not a photo's file")
    return found[1], cast("Size | None", found[2])
