"""Proposals to exchange an asset: made by the house, decided by a manager (X-010, X-011)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.assets.models import ReplacementProposal
from server.assets.replacing import Why
from server.errors import Conflict, NotFound
from server.history import Actor
from server.keyset import Place, beyond, read_place

SUBJECT = "replacement"
RULES = {Why.REPEAT_REPAIR: "X-010", Why.OPEN_60_DAYS: "X-011"}
DECISIONS = ("replace", "repair_on", "refund")


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of proposals and where the next one begins."""

    rows: list[ReplacementProposal]
    next_cursor: str | None


def propose(
    session: Session,
    *,
    why: Why,
    asset_id: uuid.UUID | None,
    order_number: str,
    days_in_repair: int,
    by: Actor,
    at: dt.datetime,
) -> ReplacementProposal | None:
    """Propose once for one reason and order; None where it was proposed before."""
    known = session.scalar(
        sa.select(ReplacementProposal.id).where(
            ReplacementProposal.estate_id == by.estate_id,
            ReplacementProposal.reason == why,
            ReplacementProposal.order_number == order_number,
        )
    )
    if known is not None:
        return None
    row = ReplacementProposal(
        estate_id=by.estate_id,
        asset_id=asset_id,
        order_number=order_number,
        reason=why,
        days_in_repair=days_in_repair,
        proposed_at=at,
    )
    session.add(row)
    session.flush()
    history.record(
        session,
        "replacement.proposed",
        subject_kind=SUBJECT,
        subject=str(row.id),
        by=by,
        at=at,
        data={"order": order_number, "why": why, "days": days_in_repair},
    )
    return row


def decide(
    session: Session,
    row: ReplacementProposal,
    *,
    decision: str,
    text: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """A manager decides; what a refund comes to is Finance's (X-012). Raises Conflict a second time.

    `row` must be locked.
    """
    if row.decided_at is not None:
        raise Conflict(
            "already-decided",
            "这项更换建议已有决定。",
            "This proposal is decided already.",
            rule=RULES[Why(row.reason)],
        )
    row.decision, row.decision_text = decision, text
    row.decided_by, row.decided_at = by.user_id, at
    session.flush()
    history.record(
        session,
        "replacement.decided",
        subject_kind=SUBJECT,
        subject=str(row.id),
        by=by,
        at=at,
        data={"order": row.order_number, "choice": decision, "text": text},
    )


def waits(session: Session, estate_id: uuid.UUID, order_number: str) -> bool:
    """Whether a proposal about this order is still to be decided."""
    return (
        session.scalar(
            sa.select(ReplacementProposal.id)
            .where(
                ReplacementProposal.estate_id == estate_id,
                ReplacementProposal.order_number == order_number,
                ReplacementProposal.decided_at.is_(None),
            )
            .limit(1)
        )
        is not None
    )


def find(session: Session, proposal_id: uuid.UUID, *, by: Actor) -> ReplacementProposal:
    """One proposal of the estate, locked. Raises NotFound."""
    row = session.scalar(
        sa.select(ReplacementProposal)
        .where(ReplacementProposal.estate_id == by.estate_id, ReplacementProposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("no-such-proposal", "没有这项更换建议。", "There is no such proposal.")
    return row


def open_page(
    session: Session, estate_id: uuid.UUID, *, limit: int, cursor: str | None = None
) -> Page:
    """What waits for a decision, the longest first. Raises Invalid."""
    wanted = [
        ReplacementProposal.estate_id == estate_id,
        ReplacementProposal.decided_at.is_(None),
    ]
    if cursor is not None:
        place = read_place(cursor)
        wanted.append(
            beyond(ReplacementProposal.proposed_at, ReplacementProposal.id, place, newer=True)
        )
    rows = list(
        session.scalars(
            sa.select(ReplacementProposal)
            .where(*wanted)
            .order_by(ReplacementProposal.proposed_at, ReplacementProposal.id)
            .limit(limit + 1)
        )
    )
    more = len(rows) > limit
    rows = rows[:limit]
    last = Place(at=rows[-1].proposed_at, id=rows[-1].id).spelled() if more else None
    return Page(rows=rows, next_cursor=last)


def of_asset(session: Session, asset_id: uuid.UUID) -> list[ReplacementProposal]:
    """All proposals about one asset, the newest first."""
    return list(
        session.scalars(
            sa.select(ReplacementProposal)
            .where(ReplacementProposal.asset_id == asset_id)
            .order_by(ReplacementProposal.proposed_at.desc(), ReplacementProposal.id.desc())
        )
    )
