"""One thing found wrong with a template, in words for its author."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Where (`step`, or None for the template as a whole), what, and how to mend it."""

    step: str | None
    what: str
    remedy: str


def one_of(words: Iterable[object]) -> str:
    """List the words that are allowed."""
    return "use one of: " + ", ".join(str(word) for word in words)
