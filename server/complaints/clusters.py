"""C15: complaints of several households about one thing, or of general concern (R-124, P-09)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.permissions import Role
from server.alerts import operations as alerts
from server.complaints import moving
from server.complaints.models import Complaint, ComplaintCluster
from server.complaints.who import Case
from server.errors import Conflict, Invalid, NotFound
from server.estate.models import Building, Unit
from server.estate.operations import next_number
from server.history import Actor
from server.search import index
from server.settings import Settings

SUBJECT = "cluster"
OPEN, CLOSED = "open", "closed"
#: P-09, A-29: so many households, the same category and place, within so many days.
HOUSEHOLDS = 3
#: The place of what all households of the estate share, where `target` says so.
FACILITY = "小区设施 estate facility"
WINDOW = dt.timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """What was said at the forum, as F-24 holds it."""

    held_on: dt.date
    place: str
    present: Sequence[str]
    statements: str
    result: str

    def kept(self) -> dict[str, Any]:
        """As it is stored. Raises Invalid for an empty part."""
        words = {"place": self.place, "statements": self.statements, "result": self.result}
        missing = [name for name, text in words.items() if not text.strip()]
        present = [name.strip() for name in self.present if name.strip()]
        missing += [] if present else ["present"]
        if missing:
            raise Invalid(
                "minutes-incomplete",
                "座谈会记录不完整。",
                "The minutes of the forum are not complete.",
                rule="R-124",
                errors={name: ["必填 required"] for name in missing},
            )
        return {
            "held_on": self.held_on.isoformat(),
            "present": present,
            **{name: text.strip() for name, text in words.items()},
        }


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A public notice by which the handling is told to the estate."""

    id: uuid.UUID
    number: str
    published: bool


def gather(
    session: Session, settings: Settings, complaint: Complaint, *, by: Actor, at: dt.datetime
) -> ComplaintCluster | None:
    """P-09: where three households of a building, or of the estate where it is about a facility of
    it, complain of the same thing within 30 days, their complaints become a cluster, or join the
    open one. Doing it twice changes nothing.

    What has no category, or was judged invalid, makes no cluster by itself; people mark one.
    """
    if complaint.cluster_id is not None or complaint.category == "other":
        return None
    found = _several(session, complaint)
    if found is None:
        return None
    scope, alike = found
    cluster = session.scalar(
        sa.select(ComplaintCluster)
        .where(
            ComplaintCluster.estate_id == complaint.estate_id,
            ComplaintCluster.state == OPEN,
            ComplaintCluster.category == complaint.category,
            ComplaintCluster.scope == scope,
        )
        .order_by(ComplaintCluster.opened_at)
        .limit(1)
        .with_for_update()
    )
    if cluster is None:
        cluster = _open(
            session,
            settings,
            title=scope,
            category=complaint.category,
            scope=scope,
            found=True,
            by=by,
            at=at,
        )
    for one in alike:
        if one.cluster_id is None:
            _put_in(session, cluster, one, by=by, at=at)
    return cluster


def mark(
    session: Session,
    settings: Settings,
    *,
    title: str,
    category: str,
    scope: str,
    complaints: Sequence[Complaint],
    by: Actor,
    at: dt.datetime,
) -> ComplaintCluster:
    """Somebody sees that it is of general concern, at any time and with one complaint even."""
    moving.demand("cluster", Case(target="other"), by)
    if not complaints:
        raise Invalid(
            "no-complaints",
            "请至少选一条投诉。",
            "Name at least one complaint.",
            errors={"complaints": ["必填 required"]},
        )
    cluster = _open(
        session,
        settings,
        title=moving.needed(title, "title"),
        category=category,
        scope=moving.needed(scope, "scope"),
        found=False,
        by=by,
        at=at,
    )
    for one in complaints:
        _put_in(session, cluster, one, by=by, at=at)
    return cluster


def join(
    session: Session, cluster: ComplaintCluster, complaint: Complaint, *, by: Actor, at: dt.datetime
) -> None:
    """One more complaint belongs to it. Raises Conflict where the cluster is closed."""
    moving.demand("cluster", Case(target="other"), by)
    _still_open(cluster)
    _put_in(session, cluster, complaint, by=by, at=at)


def close(
    session: Session,
    cluster: ComplaintCluster,
    *,
    minutes: Minutes | None,
    publication: Publication | None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Minutes of a forum or a publication, either is enough (R-124, A-30); without, it stays open.

    By the CS manager or the general manager only. Raises Denied, Conflict, Invalid.
    """
    moving.demand("cluster", Case(target="other"), by)
    _still_open(cluster)
    if minutes is None and publication is None:
        raise Invalid(
            "neither-forum-nor-publication",
            "须先召开座谈会或公布处理情况,才能结束。",
            "It takes the minutes of a forum, or a publication, to close it.",
            rule="R-124",
            errors={"minutes": ["座谈会记录或公告 minutes or a notice"]},
        )
    if publication is not None and not publication.published:
        raise Invalid(
            "not-published",
            f"公告 {publication.number} 还没有发布。",
            f"The notice {publication.number} has not been published.",
            rule="R-124",
            errors={"notice": ["还没有发布 not published"]},
        )
    cluster.minutes = minutes.kept() if minutes else None
    cluster.notice_id = publication.id if publication else None
    cluster.outcome = "forum" if minutes else "published"
    cluster.state, cluster.closed_by, cluster.closed_at = CLOSED, by.user_id, at
    alerts.resolve(
        session,
        subject_kind=SUBJECT,
        subject=cluster.number,
        kinds=["cluster.found"],
        at=at,
        how=cluster.outcome,
    )
    _record(
        session,
        "cluster.closed",
        cluster,
        by,
        at,
        {"outcome": cluster.outcome, "notice": publication.number if publication else None},
    )


def find_cluster(
    session: Session, number: str, *, by: Actor, lock: bool = True
) -> ComplaintCluster:
    """One cluster, locked for a change. Raises NotFound."""
    query = sa.select(ComplaintCluster).where(
        ComplaintCluster.estate_id == by.estate_id, ComplaintCluster.number == number
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    cluster = session.scalar(query)
    if cluster is None:
        raise NotFound(
            "no-such-cluster", f"没有群体投诉 {number}。", f"There is no cluster {number}."
        )
    return cluster


def _several(session: Session, complaint: Complaint) -> tuple[str, list[Complaint]] | None:
    """Where enough households complain as this one does, and what they said. What is gathered as
    being about a building, or about a facility, counts for that alone."""
    building = session.get(Building, complaint.unit.building_id)
    about_facility = Complaint.cluster_id.in_(
        sa.select(ComplaintCluster.id).where(
            ComplaintCluster.estate_id == complaint.estate_id, ComplaintCluster.scope == FACILITY
        )
    )
    free = Complaint.cluster_id.is_(None)
    places = [
        (
            f"{building.number}栋" if building else complaint.unit.code,
            sa.and_(Unit.building_id == complaint.unit.building_id, sa.or_(free, ~about_facility)),
        )
    ]
    if complaint.target == "facility":
        shared = sa.and_(Complaint.target == "facility", sa.or_(free, about_facility))
        places.append((FACILITY, shared))
    for scope, here in places:
        alike = _alike(session, complaint, here)
        if len({one.unit_id for one in alike}) >= HOUSEHOLDS:
            return scope, alike
    return None


def _alike(session: Session, complaint: Complaint, here: sa.ColumnElement[bool]) -> list[Complaint]:
    """Complaints of the same place and category around this one, locked in one order."""
    return list(
        session.scalars(
            sa.select(Complaint)
            .join(Unit, Unit.id == Complaint.unit_id)
            .where(
                Complaint.estate_id == complaint.estate_id,
                Complaint.category == complaint.category,
                Complaint.recorded_at > complaint.recorded_at - WINDOW,
                Complaint.recorded_at <= complaint.recorded_at,
                Complaint.validity != "invalid",
                here,
            )
            .order_by(Complaint.id)
            .with_for_update(of=Complaint)
            .execution_options(populate_existing=True)
        )
    )


def _open(
    session: Session,
    settings: Settings,
    *,
    title: str,
    category: str,
    scope: str,
    found: bool,
    by: Actor,
    at: dt.datetime,
) -> ComplaintCluster:
    cluster = ComplaintCluster(
        estate_id=by.estate_id,
        number=next_number(session, by.estate_id, "QT", at, settings.zone),
        title=title,
        category=category,
        scope=scope,
        found=found,
        state=OPEN,
        opened_at=at,
        opened_by=by.user_id,
    )
    session.add(cluster)
    session.flush()
    index.put_number(session, by.estate_id, index.CLUSTER, cluster.number)
    data = {"title": title, "category": category, "scope": scope, "found": found}
    _record(session, "cluster.opened", cluster, by, at, data)
    if found:
        alerts.raise_alert(
            session,
            "cluster.found",
            subject_kind=SUBJECT,
            subject=cluster.number,
            audience=[Role.CS_MANAGER, Role.GPM],
            rule="R-124",
            by=by,
            at=at,
            data={"place": scope, "category": category},
        )
    return cluster


def _put_in(
    session: Session, cluster: ComplaintCluster, complaint: Complaint, *, by: Actor, at: dt.datetime
) -> None:
    if complaint.cluster_id == cluster.id:
        return
    complaint.cluster_id = cluster.id
    complaint.version += 1
    session.flush()
    moving.record(session, "complaint.clustered", complaint, by, at, {"cluster": cluster.number})
    _record(session, "cluster.joined", cluster, by, at, {"complaint": complaint.number})


def _still_open(cluster: ComplaintCluster) -> None:
    if cluster.state != OPEN:
        raise Conflict("cluster-closed", "已经结束。", "It is closed already.", rule="R-124")


def _record(
    session: Session,
    kind: str,
    cluster: ComplaintCluster,
    by: Actor,
    at: dt.datetime,
    data: dict[str, Any],
) -> None:
    history.record(
        session, kind, subject_kind=SUBJECT, subject=cluster.number, by=by, at=at, data=data
    )
