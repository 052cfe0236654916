"""Complaints of several households about one thing, gathered as the house gathers them (P-09, R-124)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from uuid_utils.compat import uuid7

from demo.year.cast import Office
from demo.year.complaints import Told
from demo.year.writing import HOUSE, Basis, Event, Sheaf
from server.complaints.clusters import FACILITY, HOUSEHOLDS, SUBJECT, WINDOW
from server.complaints.models import ComplaintCluster
from server.public_notices.models import PublicNotice
from server.search import index

_NOTICED = 0.55
_MEASURES = {
    "public_area": "已增加巡查,损坏的灯具和门禁三日内更换",
    "air_conditioner": "已安排制冷师傅集中复查",
    "tap_valve": "已更换一批龙头配件并延长保修",
}
_ANY_MEASURE = "已逐户复查,处理结果见各户回单"
_DAY = dt.timedelta(days=1)


@dataclass(kw_only=True)
class Cluster:
    """One that is open or was: where, about what, who."""

    id: uuid.UUID
    number: str
    scope: str
    category: str
    opened_at: dt.datetime
    closes_at: dt.datetime
    events: list[Event] = field(default_factory=list)


class Clusters:
    """Gathers complaints over the year; closes each by a forum or a publication."""

    def __init__(self, office: Office, basis: Basis) -> None:
        self._office, self._basis = office, basis
        self._recent: list[Told] = []
        self._open: list[Cluster] = []
        self._of_facility: set[uuid.UUID] = set()

    def gather(self, sheaf: Sheaf, told: Sequence[Told]) -> None:
        """Put each complaint of the year beside those before it; write what came of that."""
        for one in told:
            self._close_until(sheaf, one.at)
            self._recent = [known for known in self._recent if known.at > one.at - WINDOW]
            self._recent.append(one)
            if one.row["category"] != "other":
                self._beside(one)
        self._close_until(sheaf, self._basis.now)
        for cluster in self._open:
            self._row(sheaf, cluster, notice_id=None, closed=False)
            # Both managers are told until one of them has held a forum or published something.
            roles = ("cs_manager", "gpm")
            alerted = sheaf.alert(
                "cluster.found",
                (SUBJECT, cluster.number),
                roles,
                cluster.opened_at,
                "R-124",
                place=cluster.scope,
                category=cluster.category,
            )
            sheaf.story(SUBJECT, cluster.number, [*cluster.events, alerted])

    def _beside(self, one: Told) -> None:
        alike = [
            known
            for known in self._recent
            if known.row["category"] == one.row["category"] and not self._invalid(known, one.at)
        ]
        here = [known for known in alike if known.resident.building == one.resident.building]
        places = [
            (
                f"{one.resident.building}栋",
                [k for k in here if k.row["cluster_id"] not in self._of_facility],
            )
        ]
        if one.row["target"] == "facility":
            places.append((FACILITY, [k for k in alike if k.row["target"] == "facility"]))
        for scope, together in places:
            if len({known.resident.unit_id for known in together}) >= HOUSEHOLDS:
                self._join(self._cluster(scope, one), together, one.at)
                return

    def _cluster(self, scope: str, one: Told) -> Cluster:
        category = str(one.row["category"])
        for known in self._open:
            if (known.scope, known.category) == (scope, category):
                return known
        cluster = Cluster(
            id=uuid7(),
            number=self._basis.numbers.next("QT", self._basis.month_key(one.at)),
            scope=scope,
            category=category,
            opened_at=one.at,
            closes_at=self._basis.by_day(one.at + _DAY * self._basis.dice.uniform(9, 30)),
        )
        said = {"title": scope, "category": category, "scope": scope, "found": True}
        cluster.events.append(("cluster.opened", one.at, HOUSE, said))
        self._open.append(cluster)
        if scope == FACILITY:
            self._of_facility.add(cluster.id)
        return cluster

    @staticmethod
    def _join(cluster: Cluster, together: Sequence[Told], at: dt.datetime) -> None:
        for one in together:
            if one.row["cluster_id"] is None:
                one.row["cluster_id"] = cluster.id
                cluster.events.append(("cluster.joined", at, HOUSE, {"complaint": one.number}))
                one.events.append(("complaint.clustered", at, HOUSE, {"cluster": cluster.number}))

    def _close_until(self, sheaf: Sheaf, at: dt.datetime) -> None:
        for cluster in [known for known in self._open if known.closes_at <= at]:
            self._open.remove(cluster)
            published = self._basis.dice.random() < _NOTICED
            notice_id, number = self._notice(sheaf, cluster) if published else (None, None)
            self._row(sheaf, cluster, notice_id=notice_id, closed=True)
            said = {"outcome": "published" if published else "forum", "notice": number}
            closed: Event = ("cluster.closed", cluster.closes_at, self._office.cs_manager, said)
            sheaf.story(SUBJECT, cluster.number, [*cluster.events, closed])

    def _notice(self, sheaf: Sheaf, cluster: Cluster) -> tuple[uuid.UUID, str]:
        """How it was dealt with, on the boards of the estate (F-10)."""
        notice_id, by = uuid7(), self._office.cs_manager
        at = cluster.closes_at - dt.timedelta(hours=2)
        number = self._basis.numbers.next("GG", self._basis.month_key(at))
        measure = _MEASURES.get(cluster.category, _ANY_MEASURE)
        places = ["各栋大堂公告栏"] if cluster.scope == FACILITY else [f"{cluster.scope}大堂公告栏"]
        sheaf.register(
            index.PUBLIC_NOTICE,
            PublicNotice,
            id=notice_id,
            estate_id=sheaf.estate_id,
            number=number,
            kind="complaint_handling",
            title=f"{cluster.scope.partition(' ')[0]}近期投诉的处理情况",
            text=f"各位业主:针对近期集中反映的问题,{measure}。如仍有问题请致电客户服务中心。",
            state="published",
            price_item=None,
            places=places,
            drafted_by=by.id,
            drafted_at=at,
            published_by=by.id,
            published_at=at + dt.timedelta(minutes=40),
        )
        events: list[Event] = [
            ("notice.drafted", at, by, {"waiting": 0}),
            ("notice.published", at + dt.timedelta(minutes=40), by, {"places": places}),
        ]
        sheaf.story("public_notice", number, events)
        return notice_id, number

    def _row(
        self, sheaf: Sheaf, cluster: Cluster, *, notice_id: uuid.UUID | None, closed: bool
    ) -> None:
        forum = closed and notice_id is None
        minutes = {
            "held_on": self._basis.day(cluster.closes_at).isoformat(),
            "place": "客户服务中心会议室",
            "present": ["赵敏", "周建国", "业主代表三位"],
            "statements": "业主说明影响,希望有明确期限",
            "result": _MEASURES.get(cluster.category, _ANY_MEASURE),
        }
        sheaf.register(
            index.CLUSTER,
            ComplaintCluster,
            id=cluster.id,
            estate_id=sheaf.estate_id,
            number=cluster.number,
            title=cluster.scope,
            category=cluster.category,
            scope=cluster.scope,
            found=True,
            state="closed" if closed else "open",
            opened_at=cluster.opened_at,
            opened_by=None,
            outcome=("forum" if forum else "published") if closed else None,
            minutes=minutes if forum else None,
            notice_id=notice_id,
            closed_by=self._office.cs_manager.id if closed else None,
            closed_at=cluster.closes_at if closed else None,
        )

    @staticmethod
    def _invalid(one: Told, at: dt.datetime) -> bool:
        judged = one.row["judged_at"]
        return one.row["validity"] == "invalid" and judged is not None and judged <= at
