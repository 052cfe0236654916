"""Assets, and what is found by its number: who finds it, and where it leads."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import InstrumentedAttribute

from server.assets import queries as assets
from server.billing.models import FeeNotice, FinanceReport
from server.complaints.models import ComplaintCluster
from server.console.formats import day, moment, month_name
from server.console.wording import gettext, marked
from server.db import session
from server.estate.listing import codes_of
from server.handovers import slips
from server.handovers.models import Handover, SlipHandover
from server.http import actor, level
from server.incidents.models import Damage, Incident
from server.public_notices.models import PublicNotice
from server.quality.models import Review
from server.rectifications.queries import owed_by
from server.return_visits import queries as visits
from server.return_visits.models import ReturnVisit
from server.return_visits.states import SUBJECT as VISIT
from server.search import index
from server.search.numbered import Row, rows_numbered
from server.stores.models import StockCount, StockLine
from server.work_orders.listing import numbers_of
from server.work_orders.models import Escalation

DOES = frozenset("DA")
READS = frozenset("DAR")
ALL = frozenset("DAOR")
#: So much of a text that stands beside a number.
_SHORT = 120


@dataclass(frozen=True, kw_only=True)
class Found:
    """One line: what it is, where it leads, and what it says."""

    title: str
    href: str
    text: str
    state: str | None = None
    #: whoever types its title is led there without a list
    at_once: bool = False


@dataclass(frozen=True, kw_only=True)
class Register:
    """A kind that is found: its lines, who finds all of it, and who only a part."""

    kind: str
    title: str
    lines: Callable[[Collection[str]], list[Found]]
    whole: Callable[[], bool]
    own: Callable[[], bool] = lambda: False

    @property
    def words(self) -> str:
        """The title in the reader's language."""
        return gettext(self.title)


def kinds_found(*, whole: bool) -> list[str]:
    """What whoever asks finds all of; or of what he finds only a part, such as his own."""
    if whole:
        return [one.kind for one in REGISTERS if one.whole()]
    return [one.kind for one in REGISTERS if not one.whole() and one.own()]


def _at(action: str, levels: frozenset[str]) -> Callable[[], bool]:
    return lambda: level(action) in levels


def _numbered(
    table: type[Row], number: InstrumentedAttribute[str], numbers: Collection[str]
) -> list[Row]:
    return rows_numbered(session(), table, number, actor().estate_id, numbers)


def _line(number: str, href: str, text: str, state: str | None = None) -> Found:
    return Found(title=number, href=href, text=text[:_SHORT], state=state, at_once=True)


def _assets(handles: Collection[str]) -> list[Found]:
    ids = [uuid.UUID(one) for one in handles]
    known = assets.some(session(), ids) if ids else {}
    return [
        _line(
            row.asset.label,
            f"/assets/{row.asset.id}",
            " ".join(
                filter(
                    None,
                    (
                        row.unit_code or row.asset.place,
                        row.asset.brand,
                        row.asset.model,
                        row.asset.serial,
                    ),
                )
            ),
        )
        for row in (known[one] for one in ids if one in known)
    ]


def _incidents(numbers: Collection[str]) -> list[Found]:
    rows = _numbered(Incident, Incident.number, numbers)
    if level("incident.handle") not in DOES:
        rows = [row for row in rows if row.found_by == actor().user_id]
    return [
        _line(row.number, f"/incidents/{row.number}", f"{row.place}: {row.description}", row.state)
        for row in rows
    ]


def _damages(numbers: Collection[str]) -> list[Found]:
    return [
        _line(row.number, f"/damages/{row.number}", f"{row.item}: {row.description}", row.state)
        for row in _numbered(Damage, Damage.number, numbers)
    ]


def _visits(numbers: Collection[str]) -> list[Found]:
    current, by = session(), actor()
    rows = _numbered(ReturnVisit, ReturnVisit.number, numbers)
    if rows and level("visit.make") is None:
        assert by.user_id is not None  # noqa: S101  # whoever reads a page has signed in
        owed = owed_by(
            current, by.estate_id, VISIT, [row.number for row in rows], owner_id=by.user_id
        )
        rows = [row for row in rows if row.number in owed]
    about = visits.entries(current, rows) if rows else []
    return [
        _line(
            one.visit.number,
            f"/return-visits/{one.visit.number}",
            next((found.number for found in (one.order, one.complaint) if found), ""),
            one.visit.state,
        )
        for one in about
    ]


def _clusters(numbers: Collection[str]) -> list[Found]:
    return [
        _line(
            row.number,
            f"/complaint-clusters/{row.number}",
            f"{row.scope}: {row.title}",
            row.state,
        )
        for row in _numbered(ComplaintCluster, ComplaintCluster.number, numbers)
    ]


def _fee_notices(numbers: Collection[str]) -> list[Found]:
    rows = _numbered(FeeNotice, FeeNotice.number, numbers)
    units = codes_of(session(), {row.unit_id for row in rows}) if rows else {}
    return [
        _line(
            row.number,
            f"/finance/notices/{row.number}",
            f"{units[row.unit_id]} {month_name(row.month)}",
        )
        for row in rows
    ]


def _reports(numbers: Collection[str]) -> list[Found]:
    return [
        _line(row.number, f"/finance/reports/{row.number}", month_name(row.month))
        for row in _numbered(FinanceReport, FinanceReport.number, numbers)
    ]


def _notices(numbers: Collection[str]) -> list[Found]:
    works = level("public_notice.publish") is not None
    return [
        _line(row.number, f"/public-notices/{row.number}", row.title)
        for row in _numbered(PublicNotice, PublicNotice.number, numbers)
        if works or row.state == "published"
    ]


def _handovers(numbers: Collection[str]) -> list[Found]:
    return [
        _line(row.number, f"/handovers/{row.number}", f"{row.from_name}: {row.note}")
        for row in _numbered(Handover, Handover.number, numbers)
    ]


def _slips(numbers: Collection[str]) -> list[Found]:
    return [
        _line(row.number, f"/slips?day={row.period_on}", day(row.period_on))
        if row.kind == slips.DAILY
        else _line(row.number, f"/paper/F-11/{row.period_on:%Y-%m}", month_name(row.period_on))
        for row in _numbered(SlipHandover, SlipHandover.number, numbers)
    ]


def _stock_lines(numbers: Collection[str]) -> list[Found]:
    rows = _numbered(StockLine, StockLine.number, numbers)
    orders = _my_orders({row.order_id for row in rows})
    return [
        _line(
            row.number, f"/orders/{orders[row.order_id]}", f"{orders[row.order_id]} {row.item.name}"
        )
        for row in rows
        if row.order_id in orders
    ]


def _stock_counts(numbers: Collection[str]) -> list[Found]:
    return [
        _line(row.number, f"/stores/counts/{row.number}", moment(row.at))
        for row in _numbered(StockCount, StockCount.number, numbers)
    ]


def _reviews(numbers: Collection[str]) -> list[Found]:
    rows = _numbered(Review, Review.number, numbers)
    orders = numbers_of(session(), {row.order_id for row in rows}) if rows else {}
    return [
        _line(row.number, f"/quality/{orders[row.order_id]}", orders[row.order_id]) for row in rows
    ]


def _escalations(numbers: Collection[str]) -> list[Found]:
    rows = _numbered(Escalation, Escalation.number, numbers)
    orders = _my_orders({row.order_id for row in rows})
    return [
        _line(row.number, f"/orders/{orders[row.order_id]}", f"{orders[row.order_id]} {row.reason}")
        for row in rows
        if row.order_id in orders
    ]


def _my_orders(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    own = None if level("order.read") in DOES else actor().user_id
    return numbers_of(session(), ids, technician_id=own) if ids else {}


#: Who finds what is who is let in on its page.
REGISTERS = (
    Register(
        kind=index.ASSET,
        title=marked("设备"),
        lines=_assets,
        whole=_at("asset.manage", ALL),
    ),
    Register(
        kind=index.INCIDENT,
        title=marked("事件记录"),
        lines=_incidents,
        whole=_at("incident.handle", DOES),
        own=_at("incident.report", DOES),
    ),
    Register(
        kind=index.DAMAGE,
        title=marked("报损"),
        lines=_damages,
        whole=_at("damage.settle", ALL),
    ),
    Register(
        kind=index.VISIT,
        title=marked("回访"),
        lines=_visits,
        whole=_at("visit.make", ALL),
        own=_at("rectification.carry_out", ALL),
    ),
    Register(
        kind=index.CLUSTER,
        title=marked("群体投诉"),
        lines=_clusters,
        whole=_at("complaint.read", READS),
    ),
    Register(
        kind=index.FEE_NOTICE,
        title=marked("缴费通知"),
        lines=_fee_notices,
        whole=_at("fee_notice.read", ALL),
    ),
    Register(
        kind=index.FINANCE_REPORT,
        title=marked("财务收费报表"),
        lines=_reports,
        whole=_at("billing.register", ALL),
    ),
    Register(
        kind=index.PUBLIC_NOTICE,
        title=marked("公告"),
        lines=_notices,
        whole=_at("public_notice.publish", ALL),
        own=_at("account.self", DOES),
    ),
    Register(
        kind=index.HANDOVER,
        title=marked("交接班"),
        lines=_handovers,
        whole=_at("order.dispatch", DOES),
    ),
    Register(
        kind=index.SLIPS,
        title=marked("回单移交"),
        lines=_slips,
        whole=lambda: slips.may_see(actor().roles),
    ),
    Register(
        kind=index.STOCK_LINE,
        title=marked("领用单"),
        lines=_stock_lines,
        whole=_at("order.read", DOES),
        own=_at("order.read", ALL),
    ),
    Register(
        kind=index.STOCK_COUNT,
        title=marked("盘点"),
        lines=_stock_counts,
        whole=_at("stock.keep", ALL),
    ),
    Register(
        kind=index.REVIEW,
        title=marked("评审"),
        lines=_reviews,
        whole=_at("quality.review", ALL),
    ),
    Register(
        kind=index.ESCALATION,
        title=marked("上报登记"),
        lines=_escalations,
        whole=_at("order.read", DOES),
        own=_at("order.read", ALL),
    ),
)
