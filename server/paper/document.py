"""What stands on a form, whatever it is printed on: titles in both languages, values as they are.

A document says nothing of fonts, files or pages; the screen, the PDF and the workbook draw the same
one, each in the language it is asked for. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Words:
    """Something said in both languages of the house."""

    zh: str
    en: str

    def to(self, language: str) -> str:
        """In `zh` or `en`."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Money:
    """An amount in integer fen."""

    fen: int


@dataclass(frozen=True)
class Measured:
    """A reading with its unit, such as 0.52 MPa."""

    value: Decimal
    unit: str


#: What a field may hold: a datetime is a moment (aware UTC, shown in the estate's zone), a date a
#: day, a bool yes or no; None is an empty field, to be filled in by hand.
Value = str | int | bool | Decimal | dt.datetime | dt.date | Words | Money | Measured | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Names and values side by side."""

    title: Words | None = None
    rows: tuple[tuple[Words, Value], ...]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table; `share` is its part of the width."""

    title: Words
    share: float = 1.0
    #: numbers and money stand to the right
    right: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows below headings; `total` is a last row that sums up."""

    title: Words | None = None
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Prose:
    """Running text, as somebody wrote it."""

    title: Words | None = None
    text: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A photo in small; `read` gives JPEG or PNG bytes, or None where the file is gone."""

    read: Callable[[], bytes | None]
    caption: str
    #: the page on which it stands in full
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Photos side by side."""

    title: Words
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A place to sign, with the signature where there is one."""

    title: Words
    name: str | None = None
    relation: Words | None = None
    at: dt.datetime | None = None
    picture: Picture | None = None
    #: why there is none: refused, absent …
    missing: Words | None = None


@dataclass(frozen=True, kw_only=True)
class QrCode:
    """An address that says whether this paper is true."""

    url: str
    caption: Words


Block = Facts | Table | Prose | Pictures | Signed | QrCode


@dataclass(frozen=True, kw_only=True)
class Document:
    """One form, filled in."""

    #: F-01 … F-24
    form: str
    title: Words
    #: what it is about: an order's number, a month …
    number: str
    estate: str
    #: of a form in several copies: whose this one is (R-073)
    copy: Words | None = None
    blocks: tuple[Block, ...]
    made_at: dt.datetime

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables, which are what a workbook or a CSV file holds."""
        return tuple(block for block in self.blocks if isinstance(block, Table))
