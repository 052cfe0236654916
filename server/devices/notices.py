"""Notices to handhelds: one text to many, sent whole or not at all, and how far it has come.

A notice is kept as a row of history with the commands that carry it; what the handhelds are still
owed of it stands in the outbox.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history, outbox
from server.devices import operations, queries
from server.errors import Invalid
from server.estate.operations import next_number
from server.history import Actor, HistoryRow
from server.outbox import Owed

SUBJECT = "notice"
SENT = "notice.sent"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notice that was sent."""

    #: where the next page of the list begins
    cursor: int
    number: str
    text: str
    audience: str
    sent_by: str
    sent_at: dt.datetime
    #: handhelds that it is for, and those to which it has gone
    wanted: int
    reached: int


def send(
    session: Session,
    zone: ZoneInfo,
    *,
    text: str,
    audience: str,
    technician_ids: Collection[uuid.UUID] | None,
    by: Actor,
    at: dt.datetime,
) -> tuple[str, int]:
    """Owe a notice to every working handheld of these technicians; of all, where None is given.

    `audience`: how these were chosen, in a word for the list. The number of the notice (GG-…) and
    how many handhelds it goes to. Raises Invalid where it says nothing or reaches nobody.
    """
    devices = queries.working(session, by.estate_id, technician_ids)
    if not devices:
        raise Invalid(
            "nobody-to-notify",
            "选中的技工没有可用的手持机。",
            "None of the technicians that were chosen has a working handheld.",
            errors={"audience": ["没有手持机 no handheld"]},
        )
    number = next_number(session, by.estate_id, "GG", at, zone)
    commands = {
        device.id: str(
            operations.command(session, device, operations.NOTICE, text=text, by=by, at=at).id
        )
        for device in devices
    }
    history.record(
        session,
        SENT,
        subject_kind=SUBJECT,
        subject=number,
        by=by,
        at=at,
        data={"text": text, "audience": audience, "commands": commands},
    )
    return number, len(commands)


def sent(
    session: Session, estate_id: uuid.UUID, *, limit: int, cursor: int | None = None
) -> tuple[list[Notice], int | None]:
    """The newest first, in three queries however many there are; where the next page begins."""
    query = sa.select(HistoryRow).where(HistoryRow.kind == SENT, HistoryRow.estate_id == estate_id)
    last = session.get(HistoryRow, cursor) if cursor is not None else None
    if last is not None:
        query = query.where(
            HistoryRow.at <= last.at,
            sa.or_(HistoryRow.at < last.at, HistoryRow.id < last.id),
        )
    newest_first = (HistoryRow.at.desc(), HistoryRow.id.desc())
    rows = list(session.scalars(query.order_by(*newest_first).limit(limit + 1)))
    gone = _gone(session, rows[:limit])
    found = [_notice(row, gone) for row in rows[:limit]]
    return found, found[-1].cursor if len(rows) > limit else None


def _notice(row: HistoryRow, gone: Collection[str]) -> Notice:
    commands: dict[str, Any] = row.data["commands"]
    return Notice(
        cursor=row.id,
        number=row.subject,
        text=row.data["text"],
        audience=row.data["audience"],
        sent_by=row.actor_name,
        sent_at=row.at,
        wanted=len(commands),
        reached=sum(command in gone for command in commands.values()),
    )


def _gone(session: Session, rows: Sequence[HistoryRow]) -> set[str]:
    """The commands that the broker, or the handheld itself over HTTP, has taken."""
    devices = {device for row in rows for device in row.data["commands"]}
    commands = [command for row in rows for command in row.data["commands"].values()]
    if not commands:
        return set()
    return set(
        session.scalars(
            sa.select(Owed.subject).where(
                Owed.device_id.in_(devices),
                Owed.kind == outbox.COMMAND,
                Owed.subject.in_(commands),
                Owed.sent_at.is_not(None),
            )
        )
    )
