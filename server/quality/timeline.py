"""What happened on an order with both clocks, the handheld's and the server's (P-18). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Told(Protocol):
    """A row of history as this page reads it: when the server and when the handheld says it was."""

    @property
    def at(self) -> dt.datetime: ...
    @property
    def device_at(self) -> dt.datetime | None: ...


Row = TypeVar("Row", bound=Told)


@dataclass(frozen=True, kw_only=True)
class Moment(Generic[Row]):
    """One thing that happened. `apart_s` is how many seconds the server's time is after the
    handheld's, where they are further apart than the limit; negative: the handheld runs ahead."""

    row: Row
    apart_s: int | None
    #: the handheld tells an earlier moment than it did for what came before
    backwards: bool


def timeline(rows: Iterable[Row], *, limit_s: int) -> list[Moment[Row]]:
    """Rows of history in their order, with what is odd about their times.

    `limit_s` is the estate's setting (P-18: 120 s); a difference of exactly that much is let pass.
    """
    found: list[Moment[Row]] = []
    latest: dt.datetime | None = None
    for row in rows:
        apart_s = None
        backwards = False
        if row.device_at is not None:
            seconds = round((row.at - row.device_at).total_seconds())
            apart_s = seconds if abs(seconds) > limit_s else None
            backwards = latest is not None and row.device_at < latest
            latest = row.device_at if latest is None else max(latest, row.device_at)
        found.append(Moment(row=row, apart_s=apart_s, backwards=backwards))
    return found
