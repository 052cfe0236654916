"""Reading complaints: of a unit, of a cluster, what was done about one."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.complaints.models import Complaint, ComplaintCluster, ComplaintEntry
from server.keyset import Leaf, Place, beyond, direction, leaf
from server.work_orders.models import WorkOrder

OVER = ("closed", "archived")


def open_of_unit(session: Session, unit_id: uuid.UUID, *, limit: int = 10) -> list[Complaint]:
    """A unit's complaints that are not closed, newest first."""
    return list(
        session.scalars(
            sa.select(Complaint)
            .where(Complaint.unit_id == unit_id, Complaint.state.not_in(OVER))
            .order_by(Complaint.recorded_at.desc())
            .limit(limit)
        )
    )


def entries_of(session: Session, complaint: Complaint) -> list[ComplaintEntry]:
    """The follow-up record F-05, first line first."""
    return list(
        session.scalars(
            sa.select(ComplaintEntry)
            .where(ComplaintEntry.complaint_id == complaint.id)
            .order_by(ComplaintEntry.position)
        )
    )


def order_of(session: Session, complaint: Complaint) -> WorkOrder | None:
    """The order through which it is put right, where there is one (R-114)."""
    if complaint.linked_order_id is None:
        return None
    return session.get(WorkOrder, complaint.linked_order_id)


def cluster_of(session: Session, complaint: Complaint) -> ComplaintCluster | None:
    """The cluster to which it belongs."""
    if complaint.cluster_id is None:
        return None
    return session.get(ComplaintCluster, complaint.cluster_id)


def complaints_of(
    session: Session, cluster: ComplaintCluster, *, limit: int = 200
) -> list[Complaint]:
    """The complaints of a cluster, oldest first, at most `limit`."""
    return list(
        session.scalars(
            sa.select(Complaint)
            .where(Complaint.cluster_id == cluster.id)
            .order_by(Complaint.recorded_at, Complaint.id)
            .limit(limit)
        )
    )


def open_clusters(
    session: Session, estate_id: uuid.UUID, *, limit: int = 50
) -> list[ComplaintCluster]:
    """Clusters that a complaint may still join, newest first."""
    cluster = ComplaintCluster
    return list(
        session.scalars(
            sa.select(cluster)
            .where(cluster.estate_id == estate_id, cluster.state == "open")
            .order_by(cluster.opened_at.desc(), cluster.id.desc())
            .limit(limit)
        )
    )


def clusters(
    session: Session,
    estate_id: uuid.UUID,
    *,
    state: str = "open",
    limit: int = 50,
    after: Place | None = None,
    before: Place | None = None,
) -> Leaf:
    """One page of open or closed clusters, the newest first, with how many complaints each has."""
    cluster = ComplaintCluster
    newer = before is not None
    counted = (
        sa.select(sa.func.count())
        .select_from(Complaint)
        .where(Complaint.cluster_id == cluster.id)
        .scalar_subquery()
    )
    query = sa.select(
        cluster.id,
        cluster.number,
        cluster.title,
        cluster.category,
        cluster.scope,
        cluster.found,
        cluster.state,
        cluster.opened_at,
        cluster.outcome,
        cluster.closed_at,
        counted.label("complaints"),
    ).where(cluster.estate_id == estate_id, cluster.state == state)
    if (place := after or before) is not None:
        query = query.where(beyond(cluster.opened_at, cluster.id, place, newer=newer))
    query = query.order_by(*direction(cluster.opened_at, cluster.id, newer=newer)).limit(limit + 1)
    return leaf(
        list(session.execute(query)),
        limit=limit,
        place_of=lambda row: Place(at=row.opened_at, id=row.id),
        after=after,
        before=before,
    )
