"""Makes what people look at out of stored photos, and tells the reviewer of likely copies."""

import datetime as dt
import io
import logging
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from server.db import claim, postpone, session, transaction, utcnow
from server.evidence import clarity, likeness, photos, queries, strokes
from server.evidence.likeness import Fingerprint
from server.evidence.models import Flag, Photo, PhotoState, PhotoWindow, SignaturePrint
from server.evidence.photos import BadPhoto, Limits
from server.evidence.queries import Lookalike
from server.evidence.storage import PhotoStore, StoreAway
from server.evidence.uploads import flag_photo

log = logging.getLogger(__name__)

# A picture passed inspection before it came here: what fails three times will fail for ever.
MOST_TRIES = 3
# How long a photo waits where the store could not be used.
AWAY_S = 10
# Pictures laid over each other for one new photo, nearest hashes first.
MOST_COMPARED = 12


@dataclass(frozen=True, kw_only=True)
class Processor:
    """The photo worker. `near_bits`: how many of 64 bits a copy's hash may differ in, up to 11."""

    store: PhotoStore
    near_bits: int = likeness.ACROSS_BITS

    def __post_init__(self) -> None:
        if not 0 <= self.near_bits <= likeness.REACH_BITS:
            raise ValueError("the index does not reach that far")

    def run_once(self) -> bool:
        """Process one stored photo; True when there may be more. A photo that cannot be processed
        is tried `MOST_TRIES` times, also when the worker dies of it, then flagged and left; a store
        that is away counts for none of them."""
        with transaction() as current:
            self._park(current, utcnow())
            taken = claim(
                current,
                Photo,
                Photo.state == PhotoState.STORED,
                Photo.tries < MOST_TRIES,
                at=utcnow(),
                limit=1,
            )
        for photo in taken:
            try:
                self._process(photo)
            except StoreAway as away:
                log.warning("photo %s waits: %s", photo.sha256, away)
                with transaction() as current:
                    _put_back(_again(current, photo.id), away, utcnow())
                return False
            except (OSError, BadPhoto) as error:
                log.exception("photo %s could not be processed", photo.sha256)
                with transaction() as current:
                    postpone(_again(current, photo.id), error, utcnow())
        return bool(taken)

    def _process(self, photo: Photo) -> None:
        with self.store.open(photo.sha256) as original:
            made = photos.derive(original, keep_place=photo.keep_place, limits=_accepted(photo))
        self.store.put_derivative(photo.sha256, "screen", made.screen)
        self.store.put_derivative(photo.sha256, "thumbnail", made.thumbnail)
        seen = clarity.measure(_picture(made.thumbnail))
        if photo.is_signature:
            twin, twin_flag = self._known_strokes(photo, _picture(made.screen)), Flag.STROKES_SEEN
        else:
            twin, twin_flag = self._original(photo, _picture(made.thumbnail)), Flag.NEAR_DUPLICATE
        with transaction() as current:
            if twin is not None:
                _flag_copy(current, {photo.id, twin}, twin_flag)
            photo = _again(current, photo.id)
            photo.sharpness, photo.brightness = seen.sharpness, seen.brightness
            # A signature is lines on white paper, which is no fault of it.
            for flag in () if photo.is_signature else seen.flags:
                flag_photo(current, photo, flag)
            photo.state, photo.lease, photo.last_error = PhotoState.PROCESSED, None, None

    def _original(self, photo: Photo, thumbnail: Image.Image) -> uuid.UUID | None:
        """The photo that this one is a copy of, or that is a copy of this one."""
        prints = likeness.fingerprints(thumbnail)
        with transaction() as current:
            _remember(current, photo.id, prints)
        # Only now, with its own windows in sight: of two copies in two workers one sees the other.
        candidates = queries.lookalikes(
            session(), photo, prints, across_bits=self.near_bits, limit=MOST_COMPARED
        )
        return self._confirmed(thumbnail, candidates)

    def _known_strokes(self, photo: Photo, screen: Image.Image) -> uuid.UUID | None:
        """The signature of another order that has the strokes of this one."""
        cells = strokes.fingerprint(screen)
        with transaction() as current:
            _remember_strokes(current, photo.id, cells)
        return None if cells is None else queries.same_strokes(session(), photo, cells)

    def _confirmed(self, thumbnail: Image.Image, candidates: list[Lookalike]) -> uuid.UUID | None:
        for found in candidates:
            try:
                with self.store.open_derivative(found.photo.sha256, "thumbnail") as file:
                    seen = _picture(file.read())
            except FileNotFoundError:
                continue
            pair = (thumbnail, seen) if found.crop_is_new else (seen, thumbnail)
            if likeness.correlation(*pair, found.window) >= likeness.SAME:
                return found.photo.id
        return None

    def _park(self, session: Session, at: dt.datetime) -> None:
        lost = session.scalars(
            sa.select(Photo).where(
                Photo.state == PhotoState.STORED, Photo.tries >= MOST_TRIES, Photo.due_at <= at
            )
        )
        for photo in lost:
            photo.state = PhotoState.FAILED
            flag_photo(session, photo, Flag.NOT_PROCESSED)


def _put_back(photo: Photo, away: StoreAway, at: dt.datetime) -> None:
    photo.tries -= 1
    photo.lease, photo.last_error = None, str(away)
    photo.due_at = at + dt.timedelta(seconds=AWAY_S)


def _accepted(photo: Photo) -> Limits:
    """As many pixels as this photo was accepted with, whatever the setting is by now."""
    pixels = photo.width_px * photo.height_px
    return Limits(max_pixels=pixels, max_whole_pixels=pixels)


def _flag_copy(session: Session, pair: set[uuid.UUID], flag: str) -> None:
    """Of the two, the one that came later is the copy (P-17)."""
    # Always locked in the same order: the other one's worker may be about to do the same.
    both = [_again(session, photo_id) for photo_id in sorted(pair)]
    older, newer = sorted(both, key=lambda photo: (photo.received_at, photo.id))
    newer.near_duplicate_of = older.id
    flag_photo(session, newer, flag)


def _remember_strokes(session: Session, photo_id: uuid.UUID, cells: int | None) -> None:
    session.execute(sa.delete(SignaturePrint).where(SignaturePrint.photo_id == photo_id))
    if cells is not None:
        bands = {f"band{number}": band for number, band in enumerate(strokes.bands(cells))}
        session.add(SignaturePrint(photo_id=photo_id, cells=f"{cells:032x}", **bands))


def _remember(session: Session, photo_id: uuid.UUID, prints: list[Fingerprint]) -> None:
    session.execute(sa.delete(PhotoWindow).where(PhotoWindow.photo_id == photo_id))
    for one in prints:
        bands = likeness.bands(one.across)
        session.add(
            PhotoWindow(
                photo_id=photo_id,
                window=one.window,
                across=f"{one.across:016x}",
                down=f"{one.down:016x}",
                **{f"band{number}": band for number, band in enumerate(bands)},
            )
        )


def _again(session: Session, photo_id: uuid.UUID) -> Photo:
    return session.get_one(Photo, photo_id, populate_existing=True, with_for_update=True)


def _picture(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("L")
