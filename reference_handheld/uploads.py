"""Sending a picture by tus 1.0: create, ask how far it got, send the rest piece by piece.

Every step ends with a note in the store, and the server's own offset is asked for after a start,
so an upload that was killed at any byte goes on at that byte.
"""

import base64
import hashlib
from urllib.parse import urljoin

import requests

from reference_handheld import photos, speech
from reference_handheld.http import (
    Door,
    NotAuthorisedError,
    RefusedError,
    UnreachableError,
    answered,
)
from reference_handheld.photos import HeldPhoto
from reference_handheld.speech import Say
from reference_handheld.store import Store

CHUNK_BYTES = 256 * 1024
LOST_PLACES_BORNE = 5
_TUS = {"Tus-Resumable": "1.0.0"}
_GONE = frozenset({404, 410})
_ASK_AGAIN = frozenset({409, 460})  # another offset than ours; a piece hurt on the way


class Uploads:
    """Sends waiting pictures one request at a time, oldest first."""

    def __init__(self, store: Store, door: Door, *, say: Say) -> None:
        self._store = store
        self._door = door
        self._say = say
        self._asked: set[int] = set()
        self._lost: dict[int, int] = {}

    def turn(self) -> bool:
        """One request of one upload; False where nothing waits.

        Raises UnreachableError where the network fails; nothing is lost by calling again.
        """
        photo = photos.next_to_send(self._store)
        if photo is None:
            return False
        try:
            if photo.url is None:
                self._create(photo)
            elif photo.id not in self._asked:
                self._ask(photo, photo.url)
            else:
                self._send_piece(photo, photo.url)
        except UnreachableError:
            photos.postpone(self._store, photo)
            raise
        except NotAuthorisedError:
            raise  # it is the handheld that is not wanted, not the picture
        except RefusedError as refused:
            self._refused(photo, refused)
        return True

    def _create(self, photo: HeldPhoto) -> None:
        answer = self._call(
            urljoin(self._door.base_url, "/field/v1/photos"),
            "POST",
            {"Upload-Length": str(photo.size), "Upload-Metadata": _metadata(photo)},
        )
        location = answer.headers.get("Location")
        sent_bytes = int(answer.headers.get("Upload-Offset", "0"))
        if location is None or sent_bytes == photo.size:
            self._done(photo)  # the server held these bytes of this step already
            return
        url = urljoin(answer.url, location)
        photos.progress(self._store, photo, url=url, sent_bytes=sent_bytes)
        self._asked.add(photo.id)

    def _ask(self, photo: HeldPhoto, url: str) -> None:
        answer = self._call(url, "HEAD", {})
        sent_bytes = int(answer.headers["Upload-Offset"])
        photos.progress(self._store, photo, url=url, sent_bytes=sent_bytes)
        self._asked.add(photo.id)
        if sent_bytes == photo.size:
            self._done(photo)

    def _send_piece(self, photo: HeldPhoto, url: str) -> None:
        start = photo.sent_bytes
        piece = photos.body_of(self._store, photo)[start : start + CHUNK_BYTES]
        checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        answer = self._call(
            url,
            "PATCH",
            {
                "Upload-Offset": str(start),
                "Upload-Checksum": f"sha256 {checksum}",
                "Content-Type": "application/offset+octet-stream",
            },
            piece,
        )
        sent_bytes = int(answer.headers["Upload-Offset"])
        photos.progress(self._store, photo, url=url, sent_bytes=sent_bytes)
        if sent_bytes == photo.size:
            self._done(photo)

    def _call(
        self, url: str, method: str, headers: dict[str, str], body: bytes = b""
    ) -> requests.Response:
        answer = answered(url, method, self._door.session, headers=_TUS | headers, data=body)
        if "Tus-Resumable" not in answer.headers:
            raise UnreachableError(f"{url} does not speak tus")  # the login page of a hotel's Wi-Fi
        return answer

    def _done(self, photo: HeldPhoto) -> None:
        photos.mark_sent(self._store, photo)
        self._asked.discard(photo.id)
        self._say(f"→ 照片 photo {photo.order_number} {photo.step} {photo.tag} {photo.size} B")

    def _refused(self, photo: HeldPhoto, refused: RefusedError) -> None:
        """Tell an upload that lost its place, which goes on, from a picture that is not wanted."""
        lost_place = photo.url is not None and not refused.problem.get("rule")
        self._lost[photo.id] = self._lost.get(photo.id, 0) + 1
        if lost_place and self._lost[photo.id] <= LOST_PLACES_BORNE:
            if refused.status in _GONE:
                photos.progress(self._store, photo, url=None, sent_bytes=0)
                return
            if refused.status in _ASK_AGAIN:
                self._asked.discard(photo.id)
                return
        reason = speech.reason(refused.problem) if refused.problem else str(refused)
        photos.mark_refused(self._store, photo, problem=reason)
        self._say(f"! 照片被拒 photo refused {photo.order_number} {photo.step}: {reason}")


def _metadata(photo: HeldPhoto) -> str:
    fields = {
        "sha256": photo.sha256,
        "filetype": photo.filetype,
        "event" if photo.of_report else "order": photo.order_number,
        "tag": photo.tag,
        "taken_at": photo.taken_at,
    }
    if photo.step:
        fields["step"] = photo.step
    return ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in fields.items()
    )
