"""Filters that somebody keeps of a list, as its page offers them and opens with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from server.console import list_filters
from server.console.list_filters import Quick
from server.db import session
from server.filters import operations as filters
from server.filters.models import SavedFilter
from server.http import actor


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What the part of a page about filters shows: those for everybody, those that are kept, and
    the one that is shown now, in words and as it stands in the address."""

    list_name: str
    quick: Sequence[Quick]
    saved: Sequence[SavedFilter]
    chosen: Mapping[str, str]
    query: str


def kept(list_name: str, words: Mapping[str, str]) -> Kept:
    """What is kept of a list, for its page; words that say nothing do not count."""
    said = {key: word for key, word in words.items() if word}
    return Kept(
        list_name=list_name,
        quick=list_filters.quick(list_name),
        saved=filters.filters_of(session(), list_name, by=actor()),
        chosen=said,
        query=list_filters.spelled(said),
    )


def opening(list_name: str) -> str | None:
    """The address with which the list opens for whoever asks; None where one asks for something,
    or keeps no such filter."""
    if request.args:
        return None
    by = actor()
    mine = (one for one in filters.filters_of(session(), list_name, by=by) if one.is_default)
    default = next((one for one in mine if one.user_id == by.user_id), None)
    return f"/{list_name}?{default.query}" if default else None
