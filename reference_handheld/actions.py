"""Doing something: draw its pictures, keep them, put its event into the queue, all at once.

Script and auto both end here, so what they do is stored as a whole or not at all.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reference_handheld import outgoing, photos, pictures
from reference_handheld.outgoing import StoredEvent
from reference_handheld.store import Store
from reference_handheld.times import Clock

_FILETYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture an action needs: drawn, or read from `file`."""

    tag: str
    file: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """One event to be, before it has a number. `signature`: data field that names one."""

    type: str
    order: str | None
    order_version: int | None
    data: Mapping[str, Any] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()
    signature: str | None = None


def perform(store: Store, action: Action, *, device: str, clock: Clock, seed: str) -> StoredEvent:
    """Turn an action into a stored event with its pictures; raises OSError for a missing file.

    Pictures are drawn from `seed`, device and event number, so that none is drawn twice.
    """
    at = clock()
    rng = random.Random(f"{seed} {device} {outgoing.last_seq(store) + 1}")  # noqa: S311 - drawing
    data = dict(action.data)
    step = str(data.get("step", ""))
    with store.transaction():
        named = []
        for picture in action.pictures:
            body, filetype = _picture(picture, action, rng=rng, clock=clock)
            sha256 = photos.keep(
                store,
                order_number=action.order or "",
                step=step,
                tag=picture.tag,
                body=body,
                filetype=filetype,
                taken_at=at,
            )
            named.append({"sha256": sha256, "tag": picture.tag})
        if named:
            data["photos"] = named
        if action.signature is not None:
            data[action.signature] = photos.keep(
                store,
                order_number=action.order or "",
                tag="signature",
                body=pictures.signature(rng=rng),
                filetype="image/png",
                taken_at=at,
            )
        if action.order_version is not None:
            data["order_version"] = action.order_version
        event = outgoing.enqueue(
            store, device=device, type=action.type, subject=action.order, data=data, at=at
        )
        if action.order is None:
            photos.give_to_report(store, event.id)
        return event


def _picture(
    picture: Picture, action: Action, *, rng: random.Random, clock: Clock
) -> tuple[bytes, str]:
    if picture.file is not None:
        filetype = _FILETYPES.get(picture.file.suffix.lower(), "application/octet-stream")
        return picture.file.read_bytes(), filetype
    label = f"{action.order} {action.data.get('step', action.type)} {picture.tag}"
    return pictures.photo(label=label, taken_at=clock(), rng=rng), "image/jpeg"
