"""Pictures that come with a form of the console: received as a resident's are, and its field."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, request
from sqlalchemy.orm import Session

from server.console import forms
from server.console.wording import gettext
from server.db import utcnow
from server.errors import Invalid
from server.evidence import sent_along
from server.evidence.models import INCIDENT, REQUEST
from server.evidence.photos import Limits
from server.evidence.sent_along import Picture
from server.evidence.storage import STORE, PhotoStore
from server.evidence.uploads import Subject
from server.http import actor, settings, signed_in
from server.incidents.models import Incident
from server.requests.models import ServiceRequest

FIELD = "photos"


def received(mark: str, field: str = FIELD) -> list[Picture]:
    """The pictures of the posted form, judged and in the store, not yet of anything.

    Call it before the transaction, and once the rest of the form was judged. `mark` as
    `sent_along.receive` has it. Raises Invalid, TooLarge.
    """
    files = [file for file in request.files.getlist(field) if file.filename]
    store: PhotoStore = current_app.extensions[STORE]
    limits = Limits(max_pixels=settings().photo_max_pixels)
    return sent_along.receive(files, store, mark=mark, limits=limits)


def with_new() -> list[Picture]:
    """The same, of a form whose request or incident is still to be made."""
    once = request.form.get("once") or forms.fresh_key()
    return received(f"{signed_in().id} {once}")


def with_known(row: ServiceRequest | Incident) -> list[Picture]:
    """The same, of a form on the page of `row`: pictures that it has already are the same files."""
    pictures = received(str(row.id))
    if not pictures:
        raise Invalid(
            "no-photos", "请先选择照片。", "Choose photos first.", errors={FIELD: [gettext("必填")]}
        )
    return pictures


def attach(current: Session, pictures: Sequence[Picture], row: ServiceRequest | Incident) -> int:
    """Make them photos of `row`, which is new or locked; how many it did not have yet."""
    kind = INCIDENT if isinstance(row, Incident) else REQUEST
    subject = Subject(kind=kind, id=row.id, number=row.number)
    return len(sent_along.attach(current, pictures, subject, by=actor(), at=utcnow()))


def told(added: int) -> str:
    """What is said after `attach`."""
    if not added:
        return gettext("这些照片已经附上了。")
    return gettext("附上了 %(count)s 张照片。", count=added)


def were_chosen() -> bool:
    """Whether the form that was just refused came with pictures: no browser chooses them again."""
    return any(file.filename for file in request.files.getlist(FIELD))


IN_TEMPLATES = {
    "most_photos": sent_along.MOST_PICTURES,
    "most_photo_bytes": sent_along.MOST_BYTES,
    "photos_were_chosen": were_chosen,
}
