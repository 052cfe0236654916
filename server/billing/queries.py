"""Reading the ledger, reports, notices and waivers: a month at once, or lists turned by key."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.billing.ledger import OVER
from server.billing.lifecycle import NoticeState
from server.billing.models import BillingEntry, FeeNotice, FeeReminder, FinanceReport, Waiver
from server.billing.sums import EntryLine
from server.errors import Invalid, NotFound
from server.estate.models import Person, Unit
from server.work_orders.models import WorkOrder

MAX_PAGE = 200
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_HELD = sa.or_(WorkOrder.billing_held, WorkOrder.state.not_in([state.value for state in OVER]))

#: One order in the ledger as lists and files show it.
_ENTRY = (
    BillingEntry.id,
    WorkOrder.number,
    Unit.code.label("unit"),
    BillingEntry.month,
    BillingEntry.state,
    BillingEntry.payment_method,
    BillingEntry.category,
    BillingEntry.labour_fen,
    BillingEntry.material_fen,
    BillingEntry.waived_fen,
    BillingEntry.charge_fen,
    BillingEntry.registered_at,
    BillingEntry.registered_by,
    BillingEntry.report_id,
    BillingEntry.notice_id,
    BillingEntry.paid_at,
    BillingEntry.paid_note,
    WorkOrder.charge_fen.label("order_charge_fen"),
    WorkOrder.written_off_at,
    _HELD.label("held"),
)
EntryRow = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class EntryFilter:
    """What of the ledger is asked for."""

    month: dt.date | None = None
    states: Sequence[str] = ()
    method: str | None = None
    category: str | None = None
    unit: str | None = None
    #: only what is held (A-15), or only what is not
    held: bool | None = None
    #: named orders only
    orders: Collection[str] = ()


def month_lines(session: Session, estate_id: uuid.UUID, month: dt.date) -> list[EntryLine]:
    """Every order of a month, as the arithmetic takes it."""
    rows = session.execute(_entries(estate_id, EntryFilter(month=month)))
    return [
        EntryLine(
            order=row.number,
            unit=row.unit,
            category=row.category,
            method=row.payment_method,
            state=row.state,
            labour_fen=row.labour_fen,
            material_fen=row.material_fen,
            waived_fen=row.waived_fen,
            charge_fen=row.charge_fen,
            order_charge_fen=row.order_charge_fen,
            written_off_at=row.written_off_at,
            held=row.held,
            reported=row.report_id is not None,
        )
        for row in rows
    ]


def held_entry_ids(session: Session, estate_id: uuid.UUID, month: dt.date) -> list[uuid.UUID]:
    """Entries of a month that nobody may bill yet (A-15)."""
    return [
        row.id for row in session.execute(_entries(estate_id, EntryFilter(month=month, held=True)))
    ]


def waivers_asked(session: Session, estate_id: uuid.UUID, month: dt.date) -> dict[str, int]:
    """Order number -> fen of the waivers of a month that nobody has decided."""
    rows = session.execute(
        sa.select(WorkOrder.number, sa.func.sum(Waiver.amount_fen))
        .join(WorkOrder, WorkOrder.id == Waiver.order_id)
        .join(BillingEntry, BillingEntry.order_id == Waiver.order_id)
        .where(
            Waiver.estate_id == estate_id,
            Waiver.decided_at.is_(None),
            BillingEntry.month == month,
        )
        .group_by(WorkOrder.number)
    )
    return {number: int(fen) for number, fen in rows}


def entries(
    session: Session,
    estate_id: uuid.UUID,
    wanted: EntryFilter,
    *,
    limit: int,
    after: uuid.UUID | None = None,
) -> tuple[list[EntryRow], uuid.UUID | None]:
    """One page of the ledger, last opened first, and where the next one begins."""
    query = _entries(estate_id, wanted)
    if after is not None:
        query = query.where(BillingEntry.id < after)
    rows = list(session.execute(query.order_by(BillingEntry.id.desc()).limit(limit + 1)))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def entry_of(session: Session, estate_id: uuid.UUID, number: str) -> EntryRow:
    """One order in the ledger. Raises NotFound."""
    row = session.execute(_entries(estate_id, EntryFilter(orders=[number]))).one_or_none()
    if row is None:
        raise NotFound(
            "not-in-the-ledger", f"{number} 还没有入账。", f"{number} is not in the ledger."
        )
    return row


def stated_methods(
    session: Session, estate_id: uuid.UUID, numbers: Collection[str]
) -> dict[str, str]:
    """Order number -> how it is paid as far as the slip or the ledger says."""
    rows = session.execute(_entries(estate_id, EntryFilter(orders=numbers)))
    return {row.number: row.payment_method for row in rows}


def _entries(estate_id: uuid.UUID, wanted: EntryFilter) -> sa.Select[*tuple[Any, ...]]:
    query = (
        sa.select(*_ENTRY)
        .join(WorkOrder, WorkOrder.id == BillingEntry.order_id)
        .join(Unit, Unit.id == BillingEntry.unit_id)
        .where(BillingEntry.estate_id == estate_id)
    )
    if wanted.month is not None:
        query = query.where(BillingEntry.month == wanted.month)
    if wanted.states:
        query = query.where(BillingEntry.state.in_(wanted.states))
    if wanted.method is not None:
        query = query.where(BillingEntry.payment_method == wanted.method)
    if wanted.category is not None:
        query = query.where(BillingEntry.category == wanted.category)
    if wanted.unit is not None:
        unit = sa.select(Unit.id).where(Unit.estate_id == estate_id, Unit.code == wanted.unit)
        query = query.where(BillingEntry.unit_id == unit.scalar_subquery())
    if wanted.held is not None:
        query = query.where(_HELD if wanted.held else sa.not_(_HELD))
    if wanted.orders:
        query = query.where(WorkOrder.number.in_(wanted.orders), WorkOrder.estate_id == estate_id)
    return query


def report_of(session: Session, estate_id: uuid.UUID, month: dt.date) -> FinanceReport | None:
    """The report of a month, for reading."""
    return session.scalar(
        sa.select(FinanceReport).where(
            FinanceReport.estate_id == estate_id, FinanceReport.month == month
        )
    )


def numbered_report(session: Session, estate_id: uuid.UUID, number: str) -> FinanceReport | None:
    """The report with this number, for reading."""
    return session.scalar(
        sa.select(FinanceReport).where(
            FinanceReport.estate_id == estate_id, FinanceReport.number == number
        )
    )


def get_report(session: Session, estate_id: uuid.UUID, month: dt.date) -> FinanceReport:
    """The same. Raises NotFound."""
    report = report_of(session, estate_id, month)
    if report is None:
        raise NotFound("no-such-report", "这个月还没有报表。", "There is no report of that month.")
    return report


def reports(session: Session, estate_id: uuid.UUID, *, limit: int = 24) -> list[FinanceReport]:
    """The last reports, newest month first."""
    return list(
        session.scalars(
            sa.select(FinanceReport)
            .where(FinanceReport.estate_id == estate_id)
            .order_by(FinanceReport.month.desc())
            .limit(limit)
        )
    )


@dataclass(frozen=True, kw_only=True)
class NoticeFilter:
    """Which notices are asked for."""

    month: dt.date | None = None
    state: str | None = None
    unit: str | None = None
    unpaid: bool = False


#: notice, unit, how often reminded
NoticeRow = sa.Row[FeeNotice, str, int]
#: Where a page of notices begins: the due date and id of the last one read.
NoticePlace = tuple[dt.date, uuid.UUID]


def notices(
    session: Session,
    estate_id: uuid.UUID,
    wanted: NoticeFilter,
    *,
    limit: int,
    after: NoticePlace | None = None,
) -> tuple[list[NoticeRow], NoticePlace | None]:
    """One page of notices, those due last on top; of the unpaid ones those due first."""
    reminded = (
        sa.select(sa.func.count())
        .select_from(FeeReminder)
        .where(FeeReminder.notice_id == FeeNotice.id)
        .correlate(FeeNotice)
        .scalar_subquery()
    )
    query = (
        sa.select(FeeNotice, Unit.code, reminded)
        .join(Unit, Unit.id == FeeNotice.unit_id)
        .where(FeeNotice.estate_id == estate_id)
    )
    if wanted.month is not None:
        query = query.where(FeeNotice.month == wanted.month)
    if wanted.state is not None:
        query = query.where(FeeNotice.state == wanted.state)
    if wanted.unit is not None:
        query = query.where(Unit.code == wanted.unit, Unit.estate_id == estate_id)
    if wanted.unpaid or wanted.state in {NoticeState.NOTICED, NoticeState.OVERDUE}:
        query = query.where(FeeNotice.paid_at.is_(None))
    place = sa.tuple_(FeeNotice.due_on, FeeNotice.id)
    if after is not None:
        query = query.where(place > after if wanted.unpaid else place < after)
    ways = (FeeNotice.due_on, FeeNotice.id)
    order = ways if wanted.unpaid else tuple(way.desc() for way in ways)
    rows = list(session.execute(query.order_by(*order).limit(limit + 1)))
    page = rows[:limit]
    more = len(rows) > limit
    return page, (page[-1][0].due_on, page[-1][0].id) if more else None


def get_notice(session: Session, estate_id: uuid.UUID, number: str) -> FeeNotice:
    """One notice for reading. Raises NotFound."""
    notice = session.scalar(
        sa.select(FeeNotice).where(FeeNotice.estate_id == estate_id, FeeNotice.number == number)
    )
    if notice is None:
        raise NotFound("no-such-notice", "没有这份缴费通知。", "There is no such fee notice.")
    return notice


def notices_of_month(session: Session, estate_id: uuid.UUID, month: dt.date) -> list[FeeNotice]:
    """Every notice of a month, by number."""
    return list(
        session.scalars(
            sa.select(FeeNotice)
            .where(FeeNotice.estate_id == estate_id, FeeNotice.month == month)
            .order_by(FeeNotice.number)
        )
    )


def notice_counts(
    session: Session, estate_id: uuid.UUID, month: dt.date
) -> dict[str, tuple[int, int]]:
    """State -> how many notices of a month, and what they come to in fen."""
    rows = session.execute(
        sa.select(FeeNotice.state, sa.func.count(), sa.func.sum(FeeNotice.total_fen))
        .where(FeeNotice.estate_id == estate_id, FeeNotice.month == month)
        .group_by(FeeNotice.state)
    )
    return {state: (count, int(fen)) for state, count, fen in rows}


def reminders_of(session: Session, notice_id: uuid.UUID) -> list[FeeReminder]:
    """How often a notice was chased, oldest first."""
    return list(
        session.scalars(
            sa.select(FeeReminder)
            .where(FeeReminder.notice_id == notice_id)
            .order_by(FeeReminder.at, FeeReminder.id)
        )
    )


def contacts(session: Session, unit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """Whom to call about a unit's fees: its owner, else whoever called last."""
    rows = session.scalars(
        sa.select(Person)
        .where(Person.unit_id.in_(unit_ids))
        .order_by(sa.case((Person.relation == "owner", 1), else_=0), Person.id)
    )
    return {person.unit_id: person for person in rows}


#: waiver, order number, unit, what the order is charged now
WaiverRow = sa.Row[Waiver, str, str, int]


def waivers(
    session: Session,
    estate_id: uuid.UUID,
    *,
    undecided: bool,
    limit: int,
    after: uuid.UUID | None = None,
) -> tuple[list[WaiverRow], uuid.UUID | None]:
    """Waivers: the undecided ones oldest first, else those that were decided, newest first."""
    query = _waivers().where(Waiver.estate_id == estate_id)
    if undecided:
        query = query.where(Waiver.decided_at.is_(None)).order_by(Waiver.asked_at, Waiver.id)
        query = query if after is None else query.where(Waiver.id > after)
    else:
        query = query.where(Waiver.decided_at.is_not(None)).order_by(Waiver.id.desc())
        query = query if after is None else query.where(Waiver.id < after)
    rows = list(session.execute(query.limit(limit + 1)))
    return rows[:limit], rows[limit - 1][0].id if len(rows) > limit else None


def waivers_of(session: Session, order_id: uuid.UUID) -> list[Waiver]:
    """Every waiver of an order, oldest first."""
    return list(
        session.scalars(
            sa.select(Waiver)
            .where(Waiver.order_id == order_id)
            .order_by(Waiver.asked_at, Waiver.id)
        )
    )


def _waivers() -> sa.Select[Waiver, str, str, int]:
    return (
        sa.select(Waiver, WorkOrder.number, Unit.code, WorkOrder.charge_fen)
        .join(WorkOrder, WorkOrder.id == Waiver.order_id)
        .join(Unit, Unit.id == WorkOrder.unit_id)
    )


def read_month(text: str) -> dt.date:
    """A month as it stands in an address, 2025-03: its first day. Raises Invalid."""
    told = _MONTH.fullmatch(text)
    if told is None:
        raise Invalid(
            "bad-month",
            "月份须写成 2025-03。",
            "Write a month as 2025-03.",
            errors={"month": ["2025-03"]},
        )
    return dt.date(int(told[1]), int(told[2]), 1)
