"""Clusters of complaints over HTTP (R-124)."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from server.api import complaint_acts as acts
from server.api import complaint_shapes as shapes
from server.complaints import clusters, moving, queries
from server.complaints.models import ComplaintCluster
from server.db import session, transaction, utcnow
from server.errors import Denied
from server.http import actor, idempotent, level, requires, settings
from server.keyset import read_place

blp = Blueprint(
    "complaint_clusters",
    __name__,
    url_prefix="/api/v1/complaint-clusters",
    description="群体投诉 Clusters of complaints",
)


@blp.get("")
@requires("complaint.read", reading=True)
@blp.arguments(shapes.ClusterPageIn, location="query")
@blp.response(200, shapes.ClusterListOut)
@blp.doc(operationId="listComplaintClusters")
def list_clusters(wanted: dict[str, Any]) -> Any:
    _refuse_own_only()
    cursor = wanted.pop("cursor")
    after = read_place(cursor) if cursor else None
    leaf = queries.clusters(session(), actor().estate_id, **wanted, after=after)
    return {"items": leaf.rows, "next_cursor": leaf.older.spelled() if leaf.older else None}


@blp.post("")
@requires("complaint.forum")
@idempotent
@blp.arguments(shapes.ClusterIn)
@blp.response(201, shapes.ClusterOut)
@blp.doc(operationId="markComplaintCluster")
def mark_cluster(data: dict[str, Any]) -> Any:
    with transaction() as current:
        by = actor()
        numbers = data.pop("complaints")
        rows = [moving.find(current, number, by=by) for number in sorted(set(numbers))]
        cluster = clusters.mark(current, settings(), **data, complaints=rows, by=by, at=utcnow())
    return _dumped(cluster)


@blp.get("/<number>")
@requires("complaint.read", reading=True)
@blp.response(200, shapes.ClusterOut)
@blp.doc(operationId="getComplaintCluster")
def get_cluster(number: str) -> Any:
    _refuse_own_only()
    return _dumped(clusters.find_cluster(session(), number, by=actor(), lock=False))


@blp.post("/<number>/complaints")
@requires("complaint.forum")
@idempotent
@blp.arguments(shapes.ClusterJoinIn)
@blp.response(200, shapes.ClusterOut)
@blp.doc(operationId="joinComplaintCluster")
def join_cluster(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        by = actor()
        row = moving.find(current, data["complaint"], by=by)
        cluster = clusters.find_cluster(current, number, by=by)
        clusters.join(current, cluster, row, by=by, at=utcnow())
    return _dumped(cluster)


@blp.post("/<number>/closure")
@requires("complaint.forum")
@idempotent
@blp.arguments(shapes.ClusterClosureIn)
@blp.response(200, shapes.ClusterOut)
@blp.doc(operationId="closeComplaintCluster")
def close_cluster(data: dict[str, Any], number: str) -> Any:
    with transaction() as current:
        cluster = clusters.find_cluster(current, number, by=actor())
        acts.close_cluster(current, cluster, data, by=actor(), at=utcnow())
    return _dumped(cluster)


def _refuse_own_only() -> None:
    """Who sees only what is theirs to deal with sees no clusters (5.1)."""
    if level("complaint.read") == "O":
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")


def _dumped(cluster: ComplaintCluster) -> dict[str, Any]:
    names = [column.key for column in ComplaintCluster.__table__.columns]
    rows = queries.complaints_of(session(), cluster)
    return {
        **{name: getattr(cluster, name) for name in names},
        "complaints": [row.number for row in rows],
    }
