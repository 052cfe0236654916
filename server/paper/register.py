"""What a form is: who may see it, and what it is asked for by."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.evidence.storage import PhotoStore
from server.paper.document import Document, Words
from server.settings import Settings


def as_it_is(_table: str, value: str | None) -> Words:
    """An identifier where no list says what it is called."""
    return Words(value or "", value or "")


Naming = Callable[[str, str | None], Words]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks for a form, and when."""

    session: Session
    settings: Settings
    estate_id: uuid.UUID
    user_id: uuid.UUID
    roles: frozenset[str]
    now: dt.datetime
    #: what an identifier of a list is called: ("category", "lamp") -> 灯具, Lamp
    named: Naming = as_it_is
    #: where pictures are read from; without one a form has none
    store: PhotoStore | None = None
    #: id of an order, its charge in fen -> the address at which its paper is checked
    proof: Callable[[uuid.UUID, int], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form. `make` raises NotFound for a key that is not there, Denied where it is not theirs."""

    code: str
    title: Words
    #: an action of the permission matrix; every level of its row may read
    permission: str
    #: what the key is: the number of an order, a month as 2025-03, a day as 2025-03-05 …
    key: Words
    #: one document, or several where a form has copies (F-02)
    make: Callable[[Asked, str], list[Document]]
