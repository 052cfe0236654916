"""The Statistics Summary of a month (F-06): counted by the house, commented by people (R-095)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.errors import Conflict, Denied, Invalid, NotFound, Stale
from server.handovers.slip_days import month_over
from server.history import Actor
from server.month_end.models import MonthlySummary
from server.reports.measures.case import Figure
from server.reports.measures.visits import Quota, by_item
from server.reports.month_figures import MONTHLY, AskedMonth, of_month
from server.settings import Settings

SUBJECT = "summary"
#: What people write; the last two have to be there before it goes up (R-095: "analyses why").
TEXTS = ("satisfied_items", "dissatisfied_items", "concerns", "causes", "measures")
DEMANDED = ("causes", "measures")
#: The figures that the form holds (5.3).
TOLD = tuple(f"K-{place:02d}" for place in range(9, 17))
#: So many items stand as the main ones.
MAIN = 5


def make_summary(
    session: Session, settings: Settings, month: dt.date, *, by: Actor, at: dt.datetime
) -> MonthlySummary:
    """R-129, R-150: the month counted. A second time changes nothing.

    Raises Conflict before the month is over.
    """
    month = month.replace(day=1)
    known = find(session, by.estate_id, month, lock=True)
    if known is not None:
        return known
    if not month_over(month, at, settings.zone):
        raise Conflict(
            "month-not-over",
            "这个月还没有过完,不能汇总。",
            "The month is not over yet.",
            rule="R-150",
        )
    if by.user_id is None:
        raise Invalid("nobody-writes", "填表人不明。", "It is not known who writes it.")
    summary = MonthlySummary(
        estate_id=by.estate_id,
        month=month,
        figures=counted(session, settings, by.estate_id, month, now=at),
        **dict.fromkeys(TEXTS, ""),
        author_id=by.user_id,
        made_at=at,
    )
    session.add(summary)
    session.flush()
    _record(session, summary, "summary.made", by=by, at=at)
    return summary


def recount(
    session: Session, settings: Settings, summary: MonthlySummary, *, by: Actor, at: dt.datetime
) -> None:
    """The figures as they are now: visits are made until the 10th. Not after it was submitted."""
    _refuse_submitted(summary)
    summary.figures = counted(session, settings, by.estate_id, summary.month, now=at)
    summary.made_at = at
    summary.version += 1
    session.flush()
    _record(session, summary, "summary.recounted", by=by, at=at)


def comment(
    session: Session,
    summary: MonthlySummary,
    texts: Mapping[str, str],
    *,
    expected_version: int | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """What people say to the figures. Raises Stale where somebody else wrote meanwhile."""
    _refuse_submitted(summary)
    if expected_version is not None and expected_version != summary.version:
        raise Stale(
            "stale-summary",
            "汇总表已被他人修改,请先查看。",
            "Somebody else has written on it meanwhile; look at it first.",
            extra={"version": summary.version},
        )
    changed = {
        name: text.strip() for name, text in texts.items() if text.strip() != getattr(summary, name)
    }
    if not changed:
        return
    for name, text in changed.items():
        setattr(summary, name, text)
    summary.author_id = by.user_id or summary.author_id
    summary.version += 1
    session.flush()
    _record(session, summary, "summary.commented", by=by, at=at, data={"fields": sorted(changed)})


def submit(session: Session, summary: MonthlySummary, *, by: Actor, at: dt.datetime) -> None:
    """It goes to the general manager; a second time changes nothing.

    Raises Invalid where the analysis is missing: the text asks why, not only how many (R-095).
    """
    if summary.submitted_at is not None:
        return
    missing = [name for name in DEMANDED if not getattr(summary, name)]
    if missing:
        raise Invalid(
            "summary-incomplete",
            "请写原因分析和改进措施。",
            "Causes and measures are still to be written.",
            rule="R-095",
            errors={name: ["必填 required"] for name in missing},
        )
    summary.submitted_at = at
    summary.author_id = by.user_id or summary.author_id
    summary.version += 1
    session.flush()
    _record(session, summary, "summary.submitted", by=by, at=at)


def mark_read(session: Session, summary: MonthlySummary, *, by: Actor, at: dt.datetime) -> None:
    """The general manager has read it; once. Raises Conflict before it was submitted."""
    if summary.submitted_at is None:
        raise Conflict(
            "summary-not-submitted",
            "汇总表还没有提交。",
            "The summary was not submitted yet.",
            rule="R-129",
        )
    if by.user_id == summary.author_id:
        raise Denied(
            "own-summary",
            "填表人不能自己批阅。",
            "Whoever wrote it cannot be the one who reads it.",
            rule="R-129",
        )
    if summary.read_at is not None:
        return
    summary.read_by, summary.read_at = by.user_id, at
    session.flush()
    data = {"author": str(summary.author_id)}
    _record(session, summary, "summary.read", by=by, at=at, data=data)


def find(
    session: Session, estate_id: uuid.UUID, month: dt.date, *, lock: bool = False
) -> MonthlySummary | None:
    """The summary of a month, where it was made."""
    query = sa.select(MonthlySummary).where(
        MonthlySummary.estate_id == estate_id, MonthlySummary.month == month.replace(day=1)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def get(
    session: Session, estate_id: uuid.UUID, month: dt.date, *, lock: bool = False
) -> MonthlySummary:
    """The summary of a month. Raises NotFound where it was not made."""
    found = find(session, estate_id, month, lock=lock)
    if found is None:
        raise NotFound("no-such-summary", "这个月还没有汇总表。", "The month has no summary yet.")
    return found


def counted(
    session: Session, settings: Settings, estate_id: uuid.UUID, month: dt.date, *, now: dt.datetime
) -> dict[str, Any]:
    """The service part, the complaint part and K-09 to K-16 of a month, as plain JSON (A-43)."""
    asked = AskedMonth(session, settings, estate_id, month, now=now)
    found = {code: of_month(asked, code) for code in TOLD}
    said, complaints = found["K-14"].groups or {}, found["K-15"].groups or {}
    return {
        "orders": len(asked.rows.cohort),
        "service": {
            "items": [
                {
                    "item": one.item,
                    "orders": one.orders,
                    "satisfied": one.satisfied,
                    "dissatisfied": one.dissatisfied,
                    "causes": [list(pair) for pair in one.causes],
                }
                for one in by_item(asked.rows.cohort)
            ],
            "satisfied_items": _main(said.get("satisfied_item", ())),
            "dissatisfied_items": _main(said.get("dissatisfied_item", ())),
            "causes": _main(said.get("cause", ())),
        },
        "complaints": {
            "recorded": len(asked.rows.grievances),
            "closed": asked.rows.complaints_closed,
            "concerns": list(asked.rows.concerns),
            **{kind: [list(pair) for pair in pairs] for kind, pairs in complaints.items()},
        },
        "kpis": {
            code: told(MONTHLY[code].unit, measured.figure, measured.quotas)
            for code, measured in found.items()
        },
    }


def told(unit: str, figure: Figure, quotas: Sequence[Quota] = ()) -> dict[str, Any]:
    """One figure as plain JSON, without the cases behind it."""
    return {
        "value": figure.value,
        "unit": unit,
        "counted": figure.counted,
        "missed": figure.missed,
        "waiting": figure.waiting,
        "off": figure.off,
        "parts": [
            {"name": part.name, "value": part.value, "unit": part.unit} for part in figure.parts
        ],
        "quotas": [
            {
                "name": one.name,
                "role": one.role,
                "done": one.done,
                "needed": one.needed,
                "available": one.available,
                "attainable": one.attainable,
                "short": one.short,
            }
            for one in quotas
        ],
    }


def _main(pairs: Any) -> list[list[Any]]:
    return [list(pair) for pair in sorted(pairs, key=lambda one: (-one[1], one[0]))[:MAIN]]


def _refuse_submitted(summary: MonthlySummary) -> None:
    if summary.submitted_at is not None:
        raise Conflict(
            "summary-submitted",
            "汇总表已提交,不能再改。",
            "The summary was submitted and cannot be changed.",
            rule="R-129",
        )


def _record(
    session: Session,
    summary: MonthlySummary,
    kind: str,
    *,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    history.record(
        session,
        kind,
        subject_kind=SUBJECT,
        subject=f"{summary.month:%Y-%m}",
        by=by,
        at=at,
        data={"version": summary.version, **(data or {})},
    )
