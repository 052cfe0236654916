"""Questions about evidence; nothing is changed here."""

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.evidence import likeness
from server.evidence.likeness import Fingerprint
from server.evidence.models import Photo, PhotoWindow

_BANDS = (PhotoWindow.band0, PhotoWindow.band1, PhotoWindow.band2, PhotoWindow.band3)


def find(session: Session, sha256: str) -> Photo | None:
    """The photo with these bytes, whatever its order."""
    return session.scalar(sa.select(Photo).where(Photo.sha256 == sha256))


def photos_of(session: Session, order_id: uuid.UUID) -> list[Photo]:
    """All photos and signatures of an order, in the order in which they came."""
    return list(
        session.scalars(
            sa.select(Photo).where(Photo.order_id == order_id).order_by(Photo.received_at, Photo.id)
        )
    )


def held(session: Session, order_id: uuid.UUID) -> frozenset[tuple[str, str, str]]:
    """What the server holds of an order, as (step, tag, sha256); step is empty where none."""
    rows = session.execute(
        sa.select(Photo.step, Photo.tag, Photo.sha256).where(Photo.order_id == order_id)
    )
    return frozenset((step, tag, sha256) for step, tag, sha256 in rows)


def lookalikes(
    session: Session, photo: Photo, found: Iterable[Fingerprint], *, across_bits: int, limit: int
) -> list[tuple[Photo, int]]:
    """Photos of the estate, on other steps or orders, with a window that `photo` may be a copy
    of, nearest first, each with the number of that window. `found` are the fingerprints of
    `photo`; a whole is held against windows only, since a copy shows less than its original."""
    whole = next((one for one in found if one.window == 0), None)
    if whole is None:
        return []
    near = sa.or_(
        *(
            column.in_(likeness.probes(band))
            for column, band in zip(_BANDS, likeness.bands(whole.across), strict=True)
        )
    )
    rows = session.execute(
        sa.select(PhotoWindow, Photo)
        .join(Photo, Photo.id == PhotoWindow.photo_id)
        .where(near, Photo.id != photo.id, Photo.estate_id == photo.estate_id)
    )
    nearest: dict[uuid.UUID, tuple[int, Photo, int]] = {}
    for window, other in rows:
        if (other.order_id, other.step) == (photo.order_id, photo.step):
            continue
        print_ = Fingerprint(
            window=window.window, across=int(window.across, 16), down=int(window.down, 16)
        )
        if not likeness.alike(whole, print_, across_bits=across_bits):
            continue
        bits = likeness.distance(whole.across, print_.across)
        if other.id not in nearest or bits < nearest[other.id][0]:
            nearest[other.id] = (bits, other, window.window)
    ranked = sorted(nearest.values(), key=lambda one: (one[0], str(one[1].id)))
    return [(other, number) for _bits, other, number in ranked[:limit]]
