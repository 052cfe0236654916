"""What somebody else did meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from server.history import HistoryRow


def since_version(rows: Sequence[HistoryRow], seen: str) -> list[HistoryRow]:
    """The rows of an order's history after the version on which a form was made."""
    if not (seen.isascii() and seen.isdigit()):
        return []
    return [row for row in rows if row.data.get("version", 0) > int(seen)]
