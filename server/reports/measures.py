"""The KPIs K-01 … as pure functions over what history says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from server.deadlines.policy import in_time


@dataclass(frozen=True, kw_only=True)
class Intake:
    """One request as K-01 sees it."""

    number: str
    registered_at: dt.datetime
    reply_due_at: dt.datetime
    replied_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class ReplyInTime:
    """K-01: replies within 15 minutes among all intakes (R-051)."""

    intakes: int
    in_time: int
    #: (number, seconds late); None while there is no reply and the time has passed
    breaches: tuple[tuple[str, int | None], ...]


def reply_in_time(intakes: Iterable[Intake], *, now: dt.datetime) -> ReplyInTime:
    """K-01 over intakes; one that still has time counts as neither in time nor a breach."""
    counted = in_time_count = 0
    breaches: list[tuple[str, int | None]] = []
    for intake in intakes:
        counted += 1
        if intake.replied_at is None:
            if now > intake.reply_due_at:
                breaches.append((intake.number, None))
        elif in_time(intake.replied_at, intake.reply_due_at):
            in_time_count += 1
        else:
            late = intake.replied_at - intake.reply_due_at
            breaches.append((intake.number, -(-late // dt.timedelta(seconds=1))))
    return ReplyInTime(intakes=counted, in_time=in_time_count, breaches=tuple(breaches))
