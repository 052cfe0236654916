"""Reading clocks, also those that have fired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.alerts.models import Alert
from server.deadlines.models import Timer


def deadlines_of(
    session: Session, subject_kind: str, subjects: Collection[str], *, kinds: Collection[str]
) -> dict[tuple[str, str], dt.datetime]:
    """(subject, clock) -> deadline: of every clock that runs, and of those of `kinds` that have
    fired and whose alert is still open. Two queries however many subjects there are."""
    if not subjects:
        return {}
    running = session.execute(
        sa.select(Timer.subject, Timer.kind, Timer.deadline_at).where(
            Timer.subject_kind == subject_kind, Timer.subject.in_(subjects)
        )
    )
    found = {(row.subject, row.kind): row.deadline_at for row in running}
    fired = session.execute(
        sa.select(Alert.subject, Alert.kind, Alert.data).where(
            Alert.subject_kind == subject_kind,
            Alert.subject.in_(subjects),
            Alert.kind.in_([f"clock.{kind}" for kind in kinds]),
            Alert.resolved_at.is_(None),
        )
    )
    for row in fired:
        key = (row.subject, row.kind.removeprefix("clock."))
        found.setdefault(key, dt.datetime.fromisoformat(row.data["due_at"]))
    return found
