"""The money of the year: finance's book, and the months that are settled."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict

from uuid_utils.compat import uuid7

from demo.year.calendar import Month
from demo.year.cast import Done, Office
from demo.year.writing import Basis, Sheaf
from server.billing.models import BillingEntry, FeeNotice, FinanceReport
from server.billing.sums import Sums
from server.handovers.models import SlipHandover
from server.handovers.slip_days import GAPS
from server.search import index
from server.work_orders.models import WorkOrder

_DAY = dt.timedelta(days=1)
#: What is not paid at once, by how it is paid.
_STATES = {"monthly_notice": "registered", "free_of_charge": "waived"}


class Money:
    """Writes what a month's orders came to."""

    def __init__(self, office: Office, basis: Basis) -> None:
        self._office, self._numbers, self._zone = office, basis.numbers, basis.zone
        self._dice = basis.dice

    def ledger(self, sheaf: Sheaf, done: Sequence[Done]) -> None:
        """Finance has every slip in its book."""
        for order in done:
            local = order.closed_at.astimezone(self._zone)
            sheaf.add(
                BillingEntry,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                order_id=order.id,
                unit_id=order.resident.unit_id,
                month=local.date().replace(day=1),
                state=_STATES.get(order.payment_method, "paid"),
                payment_method=order.payment_method,
                category=order.category,
                labour_fen=order.labour_fen,
                material_fen=order.material_fen,
                waived_fen=order.waived_fen,
                charge_fen=order.charge_fen,
                report_id=None,
                notice_id=None,
                registered_by=self._office.finance.id,
                registered_at=order.closed_at + _DAY,
                paid_at=None if order.payment_method in _STATES else order.closed_at,
            )

    def settled(
        self, sheaf: Sheaf, month: Month, done: Sequence[Done]
    ) -> tuple[uuid.UUID, dict[uuid.UUID, uuid.UUID]]:
        """A month that is over: report approved, a notice for every unit, slips handed over. The
        report, and unit -> notice."""
        after = dt.datetime.combine(
            month.following.first, dt.time(10), tzinfo=self._zone
        ).astimezone(dt.UTC)
        by_method: dict[str, Sums] = defaultdict(Sums)
        by_category: dict[str, Sums] = defaultdict(Sums)
        for order in done:
            for sums in (by_method[order.payment_method], by_category[order.category]):
                sums.orders += 1
                sums.labour_fen += order.labour_fen
                sums.material_fen += order.material_fen
                sums.waived_fen += order.waived_fen
                sums.charge_fen += order.charge_fen
        report = uuid7()
        sheaf.register(
            index.FINANCE_REPORT,
            FinanceReport,
            id=report,
            estate_id=sheaf.estate_id,
            number=self._numbers.next("CW", month.key),
            version=3,
            month=month.first,
            state="approved",
            totals={
                "by_method": {word: asdict(sums) for word, sums in by_method.items()},
                "by_category": {word: asdict(sums) for word, sums in by_category.items()},
                "orders": len(done),
                "labour_fen": sum(one.labour_fen for one in done),
                "material_fen": sum(one.material_fen for one in done),
                "waived_fen": sum(one.waived_fen for one in done),
                "charge_fen": sum(one.charge_fen for one in done),
                "differences": [],
            },
            author_id=self._office.finance.id,
            made_at=after,
            submitted_at=after,
            reviewed_by=self._office.gpm.id,
            reviewed_at=after + _DAY * 0.2,
        )
        notices: dict[uuid.UUID, uuid.UUID] = {}
        of_unit: dict[uuid.UUID, list[Done]] = defaultdict(list)
        for order in done:
            if order.payment_method == "monthly_notice":
                of_unit[order.resident.unit_id].append(order)
        for unit_id, orders in of_unit.items():
            notices[unit_id] = uuid7()
            paid = self._dice.random() < 0.93  # noqa: PLR2004  # most pay
            sheaf.register(
                index.FEE_NOTICE,
                FeeNotice,
                id=notices[unit_id],
                estate_id=sheaf.estate_id,
                number=self._numbers.next("JF", month.key),
                unit_id=unit_id,
                month=month.first,
                report_id=report,
                state="paid" if paid else "overdue",
                lines=[{"order": one.number, "amount_fen": one.charge_fen} for one in orders],
                total_fen=sum(one.charge_fen for one in orders),
                due_on=month.following.first.replace(day=20),
                issued_by=self._office.finance.id,
                issued_at=after + _DAY,
                delivered_by=self._office.visitors[0].id,
                delivered_at=after + _DAY * 2,
                paid_at=after + _DAY * 8 if paid else None,
                paid_method="transfer" if paid else None,
            )
        sheaf.register(
            index.SLIPS,
            SlipHandover,
            id=uuid7(),
            estate_id=sheaf.estate_id,
            number=self._numbers.next("YJ", month.following.key),
            kind="monthly",
            period_on=month.first,
            due_at=after + _DAY * 0.5,
            orders=[one.number for one in done],
            gaps=[
                {"number": row["number"], "state": row["state"]}
                for row in sheaf.rows[WorkOrder]
                if row["state"] in GAPS
            ],
            oral_reports=[],
            given_by=self._office.dispatch_head.id,
            given_at=after,
            received_by=self._office.records.id,
            received_at=after + dt.timedelta(hours=2),
        )
        return report, notices
