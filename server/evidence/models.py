"""Rows of evidence: photos and signatures, the windows they are compared by, and open uploads."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Claimable, InEstate

SIGNATURE = "signature"
#: The step of a signature that was given on a return visit: it says nothing of the work itself.
ON_RETURN_VISIT = "return-visit"
#: What a picture may show, by the words of history.
ORDER = "order"
INCIDENT = "incident"
REQUEST = "request"


class PhotoState:
    """How far a photo has come; the original is safe from the first on."""

    #: the original is held, derivatives are still to be made
    STORED = "stored"
    #: screen size and thumbnail are there, and it was compared with all others
    PROCESSED = "processed"
    #: derivatives could not be made after several tries; only the original can be looked at
    FAILED = "failed"


class Flag:
    """What a reviewer should know of a photo before he believes it (P-17)."""

    NEAR_DUPLICATE = "near_duplicate"
    BEFORE_ARRIVAL = "taken_before_arrival"
    AFTER_FINISH = "taken_after_finish"
    #: the camera's own time and the time the handheld announced are far apart
    TIME_MISMATCH = "exif_time_mismatch"
    NOT_PROCESSED = "not_processed"
    BLURRED = "blurred"
    DARK = "dark"
    #: the strokes of a signature are those of one on another order
    STROKES_SEEN = "strokes_seen_before"


class Shows:
    """What a picture shows: an order, an incident that has none, or a request; one of them."""

    order_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("work_order.id"))
    order_number: Mapped[str | None] = mapped_column(sa.String(20))
    incident_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("incident.id"))
    incident_number: Mapped[str | None] = mapped_column(sa.String(20))
    request_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("service_request.id"))
    request_number: Mapped[str | None] = mapped_column(sa.String(20))

    @property
    def subject(self) -> tuple[str, str]:
        """Kind and number, as history names what a row is about."""
        if self.order_number is not None:
            return ORDER, self.order_number
        if self.request_number is not None:
            return REQUEST, self.request_number
        return INCIDENT, self.incident_number or ""


def _shows_one() -> sa.CheckConstraint:
    said = " + ".join(
        f"(CASE WHEN {kind}_id IS NULL THEN 0 ELSE 1 END)" for kind in (ORDER, INCIDENT, REQUEST)
    )
    return sa.CheckConstraint(f"{said} = 1", name="shows_one")


class Photo(Base, InEstate, Claimable, Shows):
    """One picture held as evidence, named by the hash of its bytes."""

    __tablename__ = "photo"
    __table_args__ = (
        _shows_one(),
        sa.Index("ix_photo_order_id", "order_id"),
        sa.Index("ix_photo_incident_id", "incident_id"),
        sa.Index("ix_photo_request_id", "request_id"),
        sa.Index(
            "ix_photo_due",
            "due_at",
            sqlite_where=sa.text("state = 'stored'"),
            postgresql_where=sa.text("state = 'stored'"),
        ),
    )

    #: R-005, P-17: the same bytes are evidence once, whatever the order
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    #: empty for a photo of the whole order, such as a signature or the inspection, of an incident
    #: and of a request
    step: Mapped[str] = mapped_column(sa.String(40))
    tag: Mapped[str] = mapped_column(sa.String(30))
    #: empty where no handheld took it: a customer or the desk sent it along, or somebody signed on a
    #: screen
    device_id: Mapped[str | None] = mapped_column(sa.ForeignKey("device.id"))
    media_type: Mapped[str] = mapped_column(sa.String(20))
    size_bytes: Mapped[int]
    width_px: Mapped[int]
    height_px: Mapped[int]
    #: when the handheld says that it was taken
    taken_at: Mapped[dt.datetime | None]
    #: when the camera says that it was taken
    exif_taken_at: Mapped[dt.datetime | None]
    received_at: Mapped[dt.datetime]
    #: the customer agrees that the derivatives keep the place
    keep_place: Mapped[bool]
    state: Mapped[str] = mapped_column(sa.String(10), default=PhotoState.STORED)
    flags: Mapped[list[str]] = mapped_column(default=list)
    #: variance of the Laplacian and mean light (of 255) of a small copy; None until measured
    sharpness: Mapped[int | None]
    brightness: Mapped[int | None]
    #: the older photo or signature that this one looks like a copy of
    near_duplicate_of: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("photo.id"))

    @property
    def is_signature(self) -> bool:
        """Whether this is a signature and no photo."""
        return self.tag == SIGNATURE


class PhotoWindow(Base):
    """The fingerprint of one window of a photo. Two hashes within eleven bits of each other differ
    by at most two in one of the four bands at least, so each band has an index."""

    __tablename__ = "photo_window"
    __table_args__ = tuple(
        sa.Index(f"ix_photo_window_band{number}", f"band{number}", "window") for number in range(4)
    )

    photo_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("photo.id"), primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    #: 64 bit hashes as 16 hex digits: not every database has an unsigned integer of that size
    across: Mapped[str] = mapped_column(sa.String(16))
    down: Mapped[str] = mapped_column(sa.String(16))
    band0: Mapped[int]
    band1: Mapped[int]
    band2: Mapped[int]
    band3: Mapped[int]


class SignaturePrint(Base):
    """The strokes of a signature on a grid of 128 cells. Two that differ in fewer cells than there
    are bands share a whole band, so each band has an index."""

    __tablename__ = "signature_print"
    __table_args__ = tuple(sa.Index(f"ix_signature_print_band{n}", f"band{n}") for n in range(8))

    photo_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("photo.id"), primary_key=True)
    #: 32 hex digits
    cells: Mapped[str] = mapped_column(sa.String(32))
    band0: Mapped[int]
    band1: Mapped[int]
    band2: Mapped[int]
    band3: Mapped[int]
    band4: Mapped[int]
    band5: Mapped[int]
    band6: Mapped[int]
    band7: Mapped[int]


class Upload(Base, InEstate, Shows):
    """One tus upload, kept until it expires, so a handheld that was killed after the last byte
    learns that it had finished."""

    __tablename__ = "upload"
    __table_args__ = (_shows_one(), sa.Index("ix_upload_expires_at", "expires_at"))

    device_id: Mapped[str] = mapped_column(sa.ForeignKey("device.id"), index=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    media_type: Mapped[str] = mapped_column(sa.String(20))
    step: Mapped[str] = mapped_column(sa.String(40))
    tag: Mapped[str] = mapped_column(sa.String(30))
    taken_at: Mapped[dt.datetime | None]
    keep_place: Mapped[bool]
    #: `Upload-Metadata` as it came, which tus wants told again
    announced: Mapped[str] = mapped_column(sa.Text)
    length_bytes: Mapped[int]
    #: bytes that are on disk; the last ones count only once the photo itself is held
    offset_bytes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]

    @property
    def finished(self) -> bool:
        """Whether the photo is held."""
        return self.offset_bytes == self.length_bytes
