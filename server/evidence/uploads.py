"""Uploads as rows: announced, advanced, turned into a photo or let go. Files are not touched."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.operations import system_actor
from server.db import utcnow
from server.errors import Conflict, NotFound, TooMany
from server.evidence import queries
from server.evidence.models import Flag, Photo, Upload
from server.evidence.photos import PhotoFacts
from server.history import Actor

# A handheld sends one picture after another; more open uploads than this are a fault of its own.
MOST_OPEN = 200
TIME_MISMATCH_S = 600


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a picture is evidence of: an order, or an incident that has none. `keep_place`: the
    customer agrees that the pictures people are shown keep the place."""

    kind: str
    id: uuid.UUID
    number: str
    keep_place: bool = False

    @property
    def columns(self) -> dict[str, Any]:
        """The same as a photo or an upload keeps it."""
        return {f"{self.kind}_id": self.id, f"{self.kind}_number": self.number}


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What a handheld says of a picture before it sends the first byte."""

    sha256: str
    media_type: str
    length_bytes: int
    step: str
    tag: str
    taken_at: dt.datetime | None
    #: the same as it stood on the wire
    text: str


def create(
    session: Session,
    announced: Announcement,
    *,
    subject: Subject,
    lifetime: dt.timedelta,
    by: Actor,
    at: dt.datetime,
) -> Upload:
    """Open an upload; one of bytes that are held already for this step is finished at once.

    Raises Conflict where the bytes are evidence of something else (R-005, P-17), TooMany where
    the handheld has too many open.
    """
    device_id = _device_of(by)
    done = held_for(session, announced.sha256, (subject.kind, subject.number), announced.step)
    opened = session.scalar(
        sa.select(sa.func.count())
        .select_from(Upload)
        .where(Upload.device_id == device_id, Upload.offset_bytes < Upload.length_bytes)
    )
    if (opened or 0) >= MOST_OPEN:
        raise TooMany(
            "too-many-uploads",
            "未完成的上传过多,请先完成或删除。",
            "Too many uploads are open; finish or remove some first.",
        )
    upload = Upload(
        estate_id=by.estate_id,
        device_id=device_id,
        **subject.columns,
        sha256=announced.sha256,
        media_type=announced.media_type,
        step=announced.step,
        tag=announced.tag,
        taken_at=announced.taken_at,
        keep_place=subject.keep_place,
        announced=announced.text,
        length_bytes=announced.length_bytes,
        offset_bytes=announced.length_bytes if done else 0,
        created_at=at,
        expires_at=at + lifetime,
    )
    session.add(upload)
    session.flush()
    return upload


def find(session: Session, upload_id: uuid.UUID, *, by: Actor) -> Upload:
    """The upload as it stands now. Raises NotFound, also for another handheld's or an expired."""
    upload = session.get(Upload, upload_id, populate_existing=True)
    if upload is None or upload.device_id != by.device_id or upload.expires_at <= utcnow():
        raise NotFound(
            "no-such-upload",
            "没有这个上传,或者它已过期,请重新开始。",
            "There is no such upload, or it has expired; please start again.",
        )
    return upload


def complete(
    session: Session, upload: Upload, facts: PhotoFacts, *, by: Actor, at: dt.datetime
) -> Photo:
    """Take the picture as evidence: it enters the history of what it shows by its sha256.

    Bytes that came by another upload meanwhile are the same photo. Raises Conflict (R-005, P-17).
    """
    photo = held_for(session, upload.sha256, upload.subject, upload.step)
    upload.offset_bytes = upload.length_bytes
    if photo is not None:
        return photo
    photo = Photo(
        estate_id=upload.estate_id,
        sha256=upload.sha256,
        order_id=upload.order_id,
        order_number=upload.order_number,
        incident_id=upload.incident_id,
        incident_number=upload.incident_number,
        step=upload.step,
        tag=upload.tag,
        device_id=upload.device_id,
        media_type=facts.media_type,
        size_bytes=upload.length_bytes,
        width_px=facts.width_px,
        height_px=facts.height_px,
        taken_at=upload.taken_at,
        exif_taken_at=facts.taken_at,
        received_at=at,
        keep_place=upload.keep_place,
        flags=[Flag.TIME_MISMATCH] if _disagree(upload.taken_at, facts.taken_at) else [],
        due_at=at,
        tries=0,
    )
    take_in(session, photo, by=by, at=at)
    return photo


def take_in(session: Session, photo: Photo, *, by: Actor, at: dt.datetime) -> None:
    """A photo enters the house and, by its sha256, the history of what it shows."""
    session.add(photo)
    session.flush()
    kind, number = photo.subject
    history.record(
        session,
        "photo.stored",
        subject_kind=kind,
        subject=number,
        by=by,
        at=at,
        device_at=photo.taken_at,
        data={
            "photo": str(photo.id),
            "sha256": photo.sha256,
            "size": photo.size_bytes,
            "step": photo.step,
            "tag": photo.tag,
        },
    )


def held_for(session: Session, sha256: str, subject: tuple[str, str], step: str) -> Photo | None:
    """The photo with these bytes, where they are this subject's and step's.

    `subject` is its kind and number. Raises Conflict where they are another's (R-005, P-17).
    """
    # Old and new part in one picture: the same bytes may stand for two tags of one step.
    photo = queries.find(session, sha256)
    if photo is None or (photo.subject, photo.step) == (subject, step):
        return photo
    raise already_evidence()


def flag_photo(session: Session, photo: Photo, flag: str) -> None:
    """Mark a photo for the reviewer and tell the history of what it shows; twice changes nothing.

    It is the house that flags, never a person. The row is locked and read again, because the
    photo worker and the reactions flag the same photo at the same time.
    """
    session.flush()
    session.refresh(photo, ["flags"], with_for_update=True)
    if flag in photo.flags:
        return
    photo.flags = [*photo.flags, flag]
    kind, number = photo.subject
    history.record(
        session,
        "photo.flagged",
        subject_kind=kind,
        subject=number,
        by=system_actor(photo.estate_id),
        at=utcnow(),
        data={"sha256": photo.sha256, "flag": flag},
    )


def expired(session: Session, *, at: dt.datetime, limit: int) -> list[uuid.UUID]:
    """Let go of uploads past their time; their ids, for the files to follow."""
    ids = list(session.scalars(sa.select(Upload.id).where(Upload.expires_at <= at).limit(limit)))
    session.execute(sa.delete(Upload).where(Upload.id.in_(ids)))
    return ids


def any_expired(session: Session, *, at: dt.datetime) -> bool:
    """Whether there is anything for `expired` to do."""
    return session.scalar(sa.select(Upload.id).where(Upload.expires_at <= at).limit(1)) is not None


def open_ids(session: Session) -> list[uuid.UUID]:
    """The uploads that more bytes may still come for."""
    under_way = Upload.offset_bytes < Upload.length_bytes
    return list(session.scalars(sa.select(Upload.id).where(under_way)))


def already_evidence() -> Conflict:
    """The refusal of P-17. It does not say where the bytes were met: perhaps another's order."""
    return Conflict(
        "photo-already-used",
        "这张照片已用作其他步骤或其他工单的证据,请重新拍摄。",
        "This photo already is the evidence of another step or order; please take a new one.",
        rule="R-005",
    )


def _disagree(one: dt.datetime | None, other: dt.datetime | None) -> bool:
    return one is not None and other is not None and _apart_s(one, other) > TIME_MISMATCH_S


def _apart_s(one: dt.datetime, other: dt.datetime) -> float:
    return abs((one - other).total_seconds())


def _device_of(by: Actor) -> str:
    if by.device_id is None:
        raise ValueError("only a handheld uploads")
    return by.device_id
