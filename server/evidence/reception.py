"""Receives the bytes of uploads: spool, judge, store, and only then say that they are held.

The one part of the room that has to do with files and rows at once. It opens its transactions
itself, because a body may take minutes to arrive and no transaction may wait for it.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from server.db import session, transaction, utcnow
from server.errors import Conflict, Invalid, NotFound, Problem
from server.evidence import photos, uploads
from server.evidence.models import SIGNATURE, Upload
from server.evidence.photos import BadPhoto, Limits, PhotoFacts
from server.evidence.spool import Checksum, Part, Spool, too_long
from server.evidence.storage import PhotoStore, StoreAway
from server.history import Actor
from server.settings import Settings

SIGNATURE_TYPE = "image/png"
#: how many expired uploads are let go of in one turn
SWEEP = 100


@dataclass(frozen=True, kw_only=True)
class Reception:
    """Where uploads go, what is accepted and how long an unfinished one is kept."""

    spool: Spool
    store: PhotoStore
    limits: Limits
    lifetime: dt.timedelta

    @classmethod
    def of(cls, settings: Settings, store: PhotoStore) -> "Reception":
        """The reception of an installation."""
        return cls(
            spool=Spool(settings.home / "uploads"),
            store=store,
            limits=Limits(max_bytes=settings.photo_max_bytes, max_pixels=settings.photo_max_pixels),
            lifetime=dt.timedelta(hours=settings.upload_expiry_hours),
        )

    def append(
        self,
        upload_id: uuid.UUID,
        pieces: Iterable[bytes],
        *,
        offset: int,
        checksum: Checksum | None,
        by: Actor,
    ) -> Upload:
        """Add bytes at `offset`; with the last of them the photo is judged and stored.

        Returns the upload as it then stands. Raises NotFound, Conflict (another offset, another
        writer, R-005), TooLarge, PieceDamaged, Invalid. A finished upload that is refused leaves
        nothing behind.
        """
        upload = self._at(upload_id, offset, by)
        if upload.finished:
            if any(pieces):
                raise too_long()
            return upload
        with self.spool.part(upload_id) as part:
            # Asked again: another request may have written before this one held the file.
            upload = self._at(upload_id, offset, by)
            room = upload.length_bytes - offset
            reached = part.append(offset, pieces, room=room, checksum=checksum)
            if reached == upload.length_bytes:
                return self._finish(upload, part, by)
            with transaction() as current:
                upload = uploads.find(current, upload_id, by=by)
                upload.offset_bytes = reached
            return upload

    def terminate(self, upload_id: uuid.UUID, *, by: Actor) -> None:
        """Let go of an upload; a photo that it has led to stays. Raises NotFound."""
        with transaction() as current:
            current.delete(uploads.find(current, upload_id, by=by))
        self.spool.discard(upload_id)

    def forget(self, upload_id: uuid.UUID, *, by: Actor) -> None:
        """Let go of an upload that may be gone already."""
        with suppress(NotFound):
            self.terminate(upload_id, by=by)

    def sweep(self) -> bool:
        """Let go of expired uploads and of part files that nobody owns; True when one was there."""
        # Files first: an upload that is opened meanwhile has its row before its file.
        there = self.spool.ids()
        if not there and not uploads.any_expired(session(), at=utcnow()):
            return False
        with transaction() as current:
            gone = uploads.expired(current, at=utcnow(), limit=SWEEP)
            known = uploads.open_ids(current)
        for upload_id in {*gone, *there.difference(known)}:
            self.spool.discard(upload_id)
        return bool(gone)

    def _at(self, upload_id: uuid.UUID, offset: int, by: Actor) -> Upload:
        with transaction() as current:
            upload = uploads.find(current, upload_id, by=by)
        if offset != upload.offset_bytes:
            raise Conflict(
                "upload-offset-mismatch",
                f"服务器已收到 {upload.offset_bytes} 字节,请从那里继续。",
                f"The server holds {upload.offset_bytes} bytes; go on from there.",
                extra={"upload_offset": upload.offset_bytes},
            )
        return upload

    def _finish(self, upload: Upload, part: Part, by: Actor) -> Upload:
        """The last bytes count only once the photo is held: a server killed before that asks for
        them again, and never says of an upload that it is done when the photo is not there."""
        try:
            facts = self._judged(upload, part)
            self.store.put(upload.sha256, part.path)
            try:
                upload = self._complete(upload.id, facts, by)
            except IntegrityError:
                # The same bytes came by another upload in the same moment; now they are seen.
                upload = self._complete(upload.id, facts, by)
        except StoreAway:
            # No refusal: the last bytes may come again, on top of those that the row knows.
            raise
        except Problem:
            self.forget(upload.id, by=by)
            raise
        self.spool.discard(upload.id)
        return upload

    def _judged(self, upload: Upload, part: Part) -> PhotoFacts:
        if part.sha256() != upload.sha256:
            raise Invalid(
                "photo-hash-mismatch",
                "收到的内容与所报的 sha256 不符,请重新上传。",
                "What arrived does not hash to the announced sha256; please send it again.",
                errors={"sha256": ["does not match the bytes"]},
            )
        if upload.tag == SIGNATURE and upload.media_type != SIGNATURE_TYPE:
            raise Invalid(
                "signature-not-png",
                "签名必须是 PNG 图片。",
                "A signature has to be a PNG picture.",
                errors={"filetype": ["must be image/png for a signature"]},
            )
        try:
            return photos.inspect(part.path, media_type=upload.media_type, limits=self.limits)
        except BadPhoto as bad:
            raise Invalid(bad.slug, bad.zh, bad.en) from bad

    def _complete(self, upload_id: uuid.UUID, facts: PhotoFacts, by: Actor) -> Upload:
        with transaction() as current:
            upload = uploads.find(current, upload_id, by=by)
            uploads.complete(current, upload, facts, by=by, at=utcnow())
        return upload
