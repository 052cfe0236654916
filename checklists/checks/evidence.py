"""Photos: known tags, sensible numbers, and a lock that waits for a photo must ask for one."""

from collections.abc import Iterator
from typing import Any

from checklists.checks.finding import Finding, one_of
from checklists.vocabulary import PHOTO_TAGS


def check(data: dict[str, Any]) -> Iterator[Finding]:
    """Find photo demands that could never be met."""
    for step in data["steps"]:
        tags = []
        for need in step["photos"]:
            tags.append(need["tag"])
            if need["tag"] not in PHOTO_TAGS:
                yield Finding(
                    step=step["id"],
                    what=f"unknown photo tag {need.get('tag')!r}",
                    remedy=one_of(PHOTO_TAGS),
                )
            if need["min"] < 1:
                yield Finding(
                    step=step["id"],
                    what=f"{need['min']} photos are no demand",
                    remedy="write {tag: after, min: 2}",
                )
        if len(set(tags)) < len(tags):
            yield Finding(
                step=step["id"], what="a photo tag stands twice", remedy="raise its `min` instead"
            )
        if step.get("lock_needs_photo") and not step["photos"]:
            yield Finding(
                step=step["id"],
                what="its locks wait for a photo, but it asks for none",
                remedy="add `photos:`",
            )
