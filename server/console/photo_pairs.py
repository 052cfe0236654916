"""Which photos belong side by side: before and after, the old part and the new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.evidence.models import Photo

#: What is held against what: of the whole order, or at one step.
WHOLE = ("before", "after")
AT_A_STEP = ("old_part", "new_part")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two photos to be seen together; one of them may not be there."""

    name: str
    left: Photo | None
    right: Photo | None

    @property
    def photos(self) -> list[Photo]:
        """Those that are there."""
        return [one for one in (self.left, self.right) if one is not None]


def pairs_of(photos: Sequence[Photo]) -> list[Pair]:
    """Before and after first, then the parts of each step, in the order in which they came."""
    pairs = _zipped("whole", photos, WHOLE)
    for step in dict.fromkeys(photo.step for photo in photos if photo.tag in AT_A_STEP):
        pairs += _zipped(step, [photo for photo in photos if photo.step == step], AT_A_STEP)
    return pairs


def _zipped(name: str, photos: Sequence[Photo], tags: tuple[str, str]) -> list[Pair]:
    left, right = ([photo for photo in photos if photo.tag == tag] for tag in tags)
    return [
        Pair(name=f"{name}-{place}", left=_at(left, place), right=_at(right, place))
        for place in range(max(len(left), len(right)))
    ]


def _at(photos: Sequence[Photo], place: int) -> Photo | None:
    """The photo at a place; where one side has fewer, its last one stands against the rest."""
    return photos[min(place, len(photos) - 1)] if photos else None
