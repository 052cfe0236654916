"""What can be found: one document for each thing, and the tokens that lead to it."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
#: Compared byte by byte, so that a range of tokens is all that begins alike.
_TOKEN = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")


class SearchDocument(Base):
    """One thing that can be found: an order, a person, an asset. Ids rise with time."""

    __tablename__ = "search_document"
    __table_args__ = (sa.UniqueConstraint("estate_id", "kind", "subject"),)

    id: Mapped[int] = mapped_column(_BIG, primary_key=True)
    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))
    kind: Mapped[str] = mapped_column(sa.String(12))
    #: number of the thing; a unit's code, the id of a person or an asset
    subject: Mapped[str] = mapped_column(sa.String(64))
    #: what it is found by, folded; a hit is checked against it
    text: Mapped[str] = mapped_column(sa.Text)


class SearchToken(Base):
    """One token of one document. The key begins with the token: a search reads only its rows."""

    __tablename__ = "search_token"
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    token: Mapped[str] = mapped_column(_TOKEN, primary_key=True)
    document_id: Mapped[int] = mapped_column(
        _BIG, sa.ForeignKey("search_document.id"), primary_key=True
    )
