"""Files of documents that are handed over: judged by their content and kept where evidence lies."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import IO

from server.assets import document_types
from server.assets.documents import Contents
from server.evidence.storage import PhotoStore

_PIECE = 1 << 16


def receive(file: IO[bytes], store: PhotoStore, *, max_bytes: int) -> Contents:
    """Judge a file and keep it under its hash, durable when this returns; the same bytes once.

    Nothing is kept of what is refused. Raises Invalid, TooLarge (over `max_bytes`).
    """
    digest, size_bytes = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(prefix="paigong-") as copy:
        while piece := file.read(_PIECE):
            size_bytes += len(piece)
            if size_bytes > max_bytes:
                raise document_types.too_large(max_bytes)
            digest.update(piece)
            copy.write(piece)
        kind = document_types.judged(copy)
        copy.flush()
        sha256 = digest.hexdigest()
        store.put(sha256, Path(copy.name))
    return Contents(sha256=sha256, size_bytes=size_bytes, kind=kind)
