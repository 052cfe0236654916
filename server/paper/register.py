"""What a form is: who may see it, and what it is asked for by."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.paper.document import Document, Words
from server.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks for a form, and when."""

    session: Session
    settings: Settings
    estate_id: uuid.UUID
    user_id: uuid.UUID
    roles: frozenset[str]
    now: dt.datetime


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

