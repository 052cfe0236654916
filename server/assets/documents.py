"""Documents handed over with an asset, in revisions (X-004): listed by their content.

The files themselves lie with the evidence; what is listed by its hash alone lies elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server import history
from server.assets.document_types import TYPES, DocumentType
from server.assets.models import Asset
from server.assets.operations import SUBJECT, refuse_retired
from server.errors import NotFound
from server.history import Actor

#: what no file system takes in a name
_NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What is in a document: `sha256` in 64 lower-case hex digits and, where its file is kept here,
    the size in bytes and what it was judged to be."""

    sha256: str
    size_bytes: int | None = None
    kind: DocumentType | None = None


@dataclass(frozen=True, kw_only=True)
class Document:
    """One revision of a document. `place` counts from 1 and stays: rows are only ever added.

    `size_bytes` and `kind` are empty where the house was given the hash alone.
    """

    asset_id: uuid.UUID
    place: int
    name: str
    revision: int
    added_at: dt.datetime
    sha256: str
    size_bytes: int | None
    kind: DocumentType | None

    @property
    def media_type(self) -> str | None:
        """The type of the file as browsers say it."""
        return self.kind.media_type if self.kind else None

    @property
    def file_name(self) -> str:
        """What the file is called where it is saved: name and revision, fit for any system."""
        extension = f".{self.kind.extension}" if self.kind else ""
        name = _NO_NAME.sub("_", self.name)
        if extension and name.lower().endswith(extension):
            name = name[: -len(extension)]
        return f"{name} v{self.revision}{extension}"


def documents_of(asset: Asset) -> list[Document]:
    """What was handed over with an asset, in the order in which it came."""
    return [
        Document(
            asset_id=asset.id,
            place=place,
            name=row["name"],
            revision=row["revision"],
            added_at=dt.datetime.fromisoformat(row["added_at"]),
            sha256=row["sha256"],
            size_bytes=row.get("size_bytes"),
            kind=TYPES.get(row.get("media_type", "")),
        )
        for place, row in enumerate(asset.documents, 1)
    ]


def find(asset: Asset, place: int) -> Document:
    """The document at this place, with its file. Raises NotFound, also where only a hash is known."""
    listed = documents_of(asset)[place - 1 : place] if place > 0 else []
    if not listed:
        raise NotFound("no-such-document", "没有这份文件。", "There is no such document.")
    if listed[0].kind is None:
        raise not_here()
    return listed[0]


def not_here() -> NotFound:
    """The answer where a document is listed whose file the house does not have."""
    return NotFound(
        "document-not-here",
        "这份文件不在本系统,只有校验值。",
        "The file of this document is not here, only its hash is.",
    )


def add(
    session: Session, asset: Asset, contents: Contents, *, name: str, by: Actor, at: dt.datetime
) -> int:
    """List a document that was handed over, by its content; the revision it is of that name (X-004).

    The newest content of a name is listed once; a revision that was listed by its hash alone gets
    its file when that comes. A file is kept before it is listed; `asset` is locked. Raises Conflict
    where it is retired.
    """
    refuse_retired(asset)
    of_name = [row for row in asset.documents if row["name"] == name]
    kept = _kept(contents)
    waits = [row for row in of_name if row["sha256"] == contents.sha256 and "media_type" not in row]
    if kept and waits:
        # What was promised of a revision has come; it is no new one.
        asset.documents = [{**row, **kept} if row in waits else row for row in asset.documents]
        kind, row = "asset.document_arrived", {**waits[-1], **kept}
    elif of_name and of_name[-1]["sha256"] == contents.sha256:
        return int(of_name[-1]["revision"])
    else:
        row = {"name": name, "sha256": contents.sha256, "revision": len(of_name) + 1, **kept}
        row["added_at"] = at.isoformat()
        asset.documents = [*asset.documents, row]
        kind = "asset.document_added"
    asset.version += 1
    session.flush()
    told = {name: value for name, value in row.items() if name != "added_at"}
    history.record(
        session, kind, subject_kind=SUBJECT, subject=str(asset.id), by=by, at=at, data=told
    )
    return int(row["revision"])


def _kept(contents: Contents) -> dict[str, int | str | None]:
    if contents.kind is None:
        return {}
    return {"size_bytes": contents.size_bytes, "media_type": contents.kind.media_type}
