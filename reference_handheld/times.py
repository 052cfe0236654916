"""Times as the wire writes them: RFC 3339, UTC, a trailing Z."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The handheld's own clock, aware, in UTC."""
    return datetime.now(UTC)


def to_wire(at: datetime) -> str:
    """Write an aware time to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_wire(text: str) -> datetime:
    """Read a time of the wire; raises ValueError where it is no time or has no zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no zone")
    return at.astimezone(UTC)
