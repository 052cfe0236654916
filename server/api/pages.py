"""Lists that are turned by key: what every one of them takes in, and how a page is given out."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from server.api.fields import Text
from server.keyset import Leaf, read_place


class PageIn(ma.Schema):
    """How many, and from where on."""

    limit = ma.fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Text(80, load_default=None)


def turned(wanted: dict[str, Any]) -> dict[str, Any]:
    """The page that is asked for, taken out of `wanted`. Raises Invalid for a strange cursor."""
    cursor = wanted.pop("cursor")
    return {"limit": wanted.pop("limit"), "after": read_place(cursor) if cursor else None}


def page_of(leaf: Leaf, items: list[Any]) -> dict[str, Any]:
    """A page and where the next begins."""
    return {"items": items, "next_cursor": leaf.older.spelled() if leaf.older else None}
