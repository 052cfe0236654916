"""Questions about evidence; nothing is changed here."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.evidence import likeness, strokes
from server.evidence.likeness import Fingerprint
from server.evidence.models import ON_RETURN_VISIT, Photo, PhotoWindow, SignaturePrint

_BANDS = (PhotoWindow.band0, PhotoWindow.band1, PhotoWindow.band2, PhotoWindow.band3)
_STROKE_BANDS = tuple(getattr(SignaturePrint, f"band{n}") for n in range(strokes.BANDS))


def find(session: Session, sha256: str) -> Photo | None:
    """The photo with these bytes, whatever its order."""
    return session.scalar(sa.select(Photo).where(Photo.sha256 == sha256))


def photos_of(session: Session, order_id: uuid.UUID) -> list[Photo]:
    """All photos and signatures of the work on an order, in the order in which they came.

    What is signed weeks later, on the return visit, is no evidence of the work.
    """
    return list(
        session.scalars(
            sa.select(Photo)
            .where(Photo.order_id == order_id, Photo.step != ON_RETURN_VISIT)
            .order_by(Photo.received_at, Photo.id)
        )
    )


def photos_of_incident(session: Session, incident_id: uuid.UUID) -> list[Photo]:
    """All photos of an incident, in the order in which they came."""
    return list(
        session.scalars(
            sa.select(Photo)
            .where(Photo.incident_id == incident_id)
            .order_by(Photo.received_at, Photo.id)
        )
    )


def photos_of_request(session: Session, request_id: uuid.UUID) -> list[Photo]:
    """What was sent along with a request, in the order in which it came."""
    return list(
        session.scalars(
            sa.select(Photo)
            .where(Photo.request_id == request_id)
            .order_by(Photo.received_at, Photo.id)
        )
    )


def sent_for_order_of(session: Session, photo: Photo, technician_id: uuid.UUID) -> bool:
    """Whether a photo came with the request of an order that the technician has."""
    order = Photo.metadata.tables["work_order"]
    mine = sa.select(order.c.id).where(
        order.c.request_id == photo.request_id, order.c.technician_id == technician_id
    )
    return photo.request_id is not None and session.scalar(mine.limit(1)) is not None


def held(session: Session, order_id: uuid.UUID) -> frozenset[tuple[str, str, str]]:
    """What the server holds of an order, as (step, tag, sha256); step is empty where none."""
    rows = session.execute(
        sa.select(Photo.step, Photo.tag, Photo.sha256).where(Photo.order_id == order_id)
    )
    return frozenset((step, tag, sha256) for step, tag, sha256 in rows)


@dataclass(frozen=True, kw_only=True)
class Lookalike:
    """A photo that another may be a copy of, or the other way round: `crop_is_new` tells which of
    the two shows less, `window` which window of the fuller one it was perhaps cut to."""

    photo: Photo
    crop_is_new: bool
    window: int


def lookalikes(
    session: Session,
    photo: Photo,
    prints: Sequence[Fingerprint],
    *,
    across_bits: int,
    limit: int,
) -> list[Lookalike]:
    """Photos of the estate, on other steps or orders, that share a view with `photo`, nearest
    first. `prints` are its own fingerprints, the whole first; whole and windows of the one are
    held against windows and whole of the other, found by index."""
    nearest: dict[uuid.UUID, tuple[int, Lookalike]] = {}
    for mine, theirs in (
        (prints[:1], PhotoWindow.window >= 0),
        (prints[1:], PhotoWindow.window == 0),
    ):
        for row, other in _near(session, photo, mine, theirs):
            print_ = Fingerprint(
                window=row.window, across=int(row.across, 16), down=int(row.down, 16)
            )
            for one in mine:
                bits = likeness.distance(one.across, print_.across)
                known = nearest.get(other.id)
                if likeness.alike(one, print_, across_bits=across_bits) and (
                    known is None or bits < known[0]
                ):
                    nearest[other.id] = (
                        bits,
                        Lookalike(
                            photo=other,
                            crop_is_new=one.window == 0,
                            window=one.window or print_.window,
                        ),
                    )
    ranked = sorted(nearest.values(), key=lambda found: (found[0], str(found[1].photo.id)))
    return [found for _bits, found in ranked[:limit]]


def same_strokes(session: Session, photo: Photo, cells: int) -> uuid.UUID | None:
    """The signature on another order of the estate whose strokes are those of `photo`, the nearest
    where there are several. One who signs price and work of one order signs alike: that is no
    finding. Each band is asked of its own index."""
    each = (
        sa.select(SignaturePrint.photo_id).where(column == band)
        for column, band in zip(_STROKE_BANDS, strokes.bands(cells), strict=True)
    )
    rows = session.execute(
        sa.select(Photo.id, SignaturePrint.cells)
        .join(Photo, Photo.id == SignaturePrint.photo_id)
        .where(
            SignaturePrint.photo_id.in_(sa.union(*each)),
            Photo.estate_id == photo.estate_id,
            Photo.order_id.is_distinct_from(photo.order_id),
        )
    )
    near = [(strokes.distance(cells, int(other, 16)), photo_id) for photo_id, other in rows]
    least, twin = min(near, default=(strokes.CELLS, None))
    return twin if least <= strokes.SAME_CELLS else None


def _near(
    session: Session,
    photo: Photo,
    prints: Sequence[Fingerprint],
    which: sa.ColumnElement[bool],
) -> list[tuple[PhotoWindow, Photo]]:
    if not prints:
        return []
    bands = zip(*(likeness.bands(one.across) for one in prints), strict=True)
    near = sa.or_(
        *(
            column.in_({value for band in mine for value in likeness.probes(band)})
            for column, mine in zip(_BANDS, bands, strict=True)
        )
    )
    rows = session.execute(
        sa.select(PhotoWindow, Photo)
        .join(Photo, Photo.id == PhotoWindow.photo_id)
        .where(
            near,
            which,
            Photo.estate_id == photo.estate_id,
            # Two shots of one step or incident are care, not fraud; the photo itself is among these.
            sa.or_(
                Photo.order_id.is_distinct_from(photo.order_id),
                Photo.incident_id.is_distinct_from(photo.incident_id),
                Photo.request_id.is_distinct_from(photo.request_id),
                Photo.step != photo.step,
            ),
        )
    )
    return [(window, other) for window, other in rows]
