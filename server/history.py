"""Append-only history: what happened, to what, by whom, when. Audit trail and queue in one.

Rows of one subject form a chain: each carries the hash of the one before, and the head and
length stand in `history_chain`, so an altered, inserted or removed row can be named. A row whose
kind is in REACTING is queued for `reactions` in the same transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.db import Base, Claimable

GENESIS = "0" * 64

#: Kinds that something follows from; `reactions.REACTIONS` has exactly these keys (house test).
REACTING = frozenset(
    {
        "request.judged_to_complaint",
        "complaint.recorded",
        "complaint.retargeted",
        "complaint.verified",
        "device.revoked",
        "photo.stored",
        "photo.flagged",
        "order.ready",
        "order.accepted",
        "order.written_off",
        "order.issued",
        "order.returned",
        "clock.fired",
        "order.voided",
        "order.dispatched",
        "order.handed_over",
        "order.decided",
        "order.escalated",
        "order.rework",
        "order.asset_linked",
        "asset.operator_changed",
        "qa.steps_redone",
        # neighbour systems may hear of these
        "request.registered",
        "complaint.closed",
        "visit.made",
        "incident.found",
        "qa.returned",
        "qa.failed",
        "report.returned",
        "summary.read",
        "rectification.opened",
        "rectification.changed",
        "complaint.judged",
        "complaint.delegated",
        "rectification.done",
        "order.rated",
        "qa.steps_returned",
    }
)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: a user, a handheld for its technician, a customer by a link, the house itself."""

    estate_id: uuid.UUID
    #: `user:<id>`, `device:<id>`, `resident` or `system`.
    ref: str
    name: str
    user_id: uuid.UUID | None = None
    device_id: str | None = None
    roles: frozenset[str] = frozenset()


class HistoryRow(Base):
    """One thing that happened. Never updated, never deleted: triggers refuse both."""

    __tablename__ = "history"
    __table_args__ = (
        sa.UniqueConstraint("subject_kind", "subject", "position"),
        sa.Index("ix_history_kind_at", "estate_id", "kind", "at"),
        # The audit search: everything, or what one person did, backwards in time.
        sa.Index("ix_history_at", "estate_id", "at"),
        sa.Index("ix_history_actor_at", "actor", "at"),
    )

    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True
    )
    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))
    subject_kind: Mapped[str] = mapped_column(sa.String(20))
    subject: Mapped[str] = mapped_column(sa.String(64))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(60))
    actor: Mapped[str] = mapped_column(sa.String(80))
    actor_name: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime]
    device_at: Mapped[dt.datetime | None]
    data: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class HistoryChain(Base):
    """The head of one subject's chain: without it a cut-off tail would go unnoticed."""

    __tablename__ = "history_chain"

    subject_kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    length: Mapped[int]
    head: Mapped[str] = mapped_column(sa.String(64))


class PendingReaction(Base, Claimable):
    """A row of history that something still has to follow from."""

    __tablename__ = "pending_reaction"
    __table_args__ = (sa.Index("ix_pending_reaction_due_at", "due_at"),)

    history_id: Mapped[int] = mapped_column(sa.ForeignKey("history.id"), primary_key=True)


def record(
    session: Session,
    kind: str,
    *,
    subject_kind: str,
    subject: str,
    by: Actor,
    at: dt.datetime,
    device_at: dt.datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> HistoryRow:
    """Append one row to the subject's chain, inside the caller's transaction.

    `at` is the server's time, `device_at` the handheld's where one spoke. `data` must be JSON;
    photos and signatures enter by their sha256.
    """
    chain = session.get(
        HistoryChain, (subject_kind, subject), with_for_update=True, populate_existing=True
    )
    if chain is None:
        chain = HistoryChain(subject_kind=subject_kind, subject=subject, length=0, head=GENESIS)
        session.add(chain)
    row = HistoryRow(
        estate_id=by.estate_id,
        subject_kind=subject_kind,
        subject=subject,
        position=chain.length + 1,
        kind=kind,
        actor=by.ref,
        actor_name=by.name,
        at=at,
        device_at=device_at,
        data=dict(data or {}),
        previous_hash=chain.head,
        hash="",
    )
    row.hash = row_hash(row)
    chain.length, chain.head = row.position, row.hash
    session.add(row)
    session.flush()
    if kind in REACTING:
        session.add(PendingReaction(history_id=row.id, due_at=at, tries=0))
    return row


def record_many(
    session: Session,
    kind: str,
    *,
    subject_kind: str,
    subjects: Mapping[str, Mapping[str, Any]],
    by: Actor,
    at: dt.datetime,
) -> None:
    """Append one row to the chain of every subject: as `record` does, in a few statements.

    `subjects`: subject -> data. Raises ValueError for a kind that something follows from.
    """
    if kind in REACTING:
        raise ValueError(f"{kind} has reactions: record it by itself")
    heads = {
        subject: (length, head)
        for subject, length, head in session.execute(
            sa.select(HistoryChain.subject, HistoryChain.length, HistoryChain.head)
            .where(HistoryChain.subject_kind == subject_kind, HistoryChain.subject.in_(subjects))
            .order_by(HistoryChain.subject)
            .with_for_update()
        )
    }
    rows = []
    for subject in sorted(subjects):
        length, head = heads.get(subject, (0, GENESIS))
        row = HistoryRow(
            estate_id=by.estate_id,
            subject_kind=subject_kind,
            subject=subject,
            position=length + 1,
            kind=kind,
            actor=by.ref,
            actor_name=by.name,
            at=at,
            device_at=None,
            data=dict(subjects[subject]),
            previous_hash=head,
            hash="",
        )
        row.hash = row_hash(row)
        rows.append(row)
    begun = [row for row in rows if row.position > 1]
    new = [row for row in rows if row.position == 1]
    session.add_all(rows)
    session.add_all(
        HistoryChain(subject_kind=subject_kind, subject=row.subject, length=1, head=row.hash)
        for row in new
    )
    session.flush()
    if begun:
        session.execute(
            sa.update(HistoryChain),
            [
                {
                    "subject_kind": subject_kind,
                    "subject": row.subject,
                    "length": row.position,
                    "head": row.hash,
                }
                for row in begun
            ],
        )
    # Chains that were read before this are not what they were.
    for chain in session.identity_map.values():
        if isinstance(chain, HistoryChain) and chain.subject in subjects:
            session.expire(chain)


def row_hash(row: HistoryRow) -> str:
    """sha256 over everything that the row says, the hash before it included."""
    content = {
        "estate": str(row.estate_id),
        "subject_kind": row.subject_kind,
        "subject": row.subject,
        "position": row.position,
        "kind": row.kind,
        "actor": row.actor,
        "actor_name": row.actor_name,
        "at": row.at.astimezone(dt.UTC).isoformat(),
        "device_at": row.device_at.astimezone(dt.UTC).isoformat() if row.device_at else None,
        "data": row.data,
        "previous_hash": row.previous_hash,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chain_head(session: Session, subject_kind: str, subject: str) -> str:
    """The hash of the newest row of a subject, or the genesis hash where nothing happened."""
    chain = session.get(HistoryChain, (subject_kind, subject))
    return chain.head if chain else GENESIS


def chain_heads(session: Session, subject_kind: str, subjects: Collection[str]) -> dict[str, str]:
    """The same for many subjects in one question; those with no row are left out."""
    rows = session.execute(
        sa.select(HistoryChain.subject, HistoryChain.head).where(
            HistoryChain.subject_kind == subject_kind, HistoryChain.subject.in_(subjects)
        )
    )
    return {row.subject: row.head for row in rows}


def history_of(session: Session, subject_kind: str, subject: str) -> list[HistoryRow]:
    """All rows of one subject, oldest first."""
    return list(
        session.scalars(
            sa.select(HistoryRow)
            .where(HistoryRow.subject_kind == subject_kind, HistoryRow.subject == subject)
            .order_by(HistoryRow.position)
        )
    )


@dataclass(frozen=True, kw_only=True)
class Break:
    """The first place at which a chain does not hold."""

    subject: str
    position: int
    what: str


def verify(session: Session, subject_kind: str, subject: str) -> Break | None:
    """Walk one chain; name the first row that was altered, inserted or removed."""
    previous, expected = GENESIS, 1
    for row in history_of(session, subject_kind, subject):
        if row.position != expected:
            return Break(subject=subject, position=expected, what="removed")
        if row.hash != row_hash(row):
            return Break(subject=subject, position=row.position, what="altered")
        if row.previous_hash != previous:
            return Break(subject=subject, position=row.position, what="inserted")
        previous, expected = row.hash, expected + 1
    chain = session.get(HistoryChain, (subject_kind, subject))
    length, head = (chain.length, chain.head) if chain else (0, GENESIS)
    if length >= expected:
        return Break(subject=subject, position=expected, what="removed")
    if length < expected - 1:
        return Break(subject=subject, position=length + 1, what="inserted")
    return None if head == previous else Break(subject=subject, position=length, what="altered")
