"""What many forms need: the name at their head, people by name, photos in small."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from server.accounts.queries import names_of
from server.estate.models import Estate
from server.paper.register import Asked


def thumbnail(asked: Asked, sha256: str) -> Callable[[], bytes | None]:
    """Reads a photo in small when it is drawn; None where the house does not have it (yet)."""

    def read() -> bytes | None:
        if asked.store is None:
            return None
        for size in ("thumbnail", "screen"):
            try:
                with asked.store.open_derivative(sha256, size) as file:
                    return file.read()
            except FileNotFoundError:
                continue
        return None

    return read


def people_of(asked: Asked, *ids: uuid.UUID | None) -> dict[uuid.UUID | None, str]:
    """Id -> name, of those who are somebody; a field without anybody stays empty."""
    return dict(names_of(asked.session, {one for one in ids if one}).items())


def estate_name(asked: Asked) -> str:
    """What stands at the head of every form."""
    return asked.session.get_one(Estate, asked.estate_id).name
