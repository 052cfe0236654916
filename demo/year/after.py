"""What follows the orders: their return visits, and the spot checks of these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from uuid_utils.compat import uuid7

from demo.year.cast import Done, Office
from demo.year.writing import Basis, Sheaf
from server.deadlines.policy import return_visit_due
from server.return_visits import risk
from server.return_visits.models import ReturnVisit, SpotCheck, VisitResult
from server.search import index

CAUSES = ("speed", "attitude", "quality", "price", "time")
_ON_SITE, _SATISFIED = 0.08, 0.955
_DAY = dt.timedelta(days=1)


class After:
    """Writes what a month's orders are followed by."""

    def __init__(self, office: Office, basis: Basis) -> None:
        self._office, self._numbers, self._zone = office, basis.numbers, basis.zone
        self._basis, self._dice, self._now = basis, basis.dice, basis.now

    def visits(self, sheaf: Sheaf, done: Sequence[Done]) -> None:
        """One return visit for each closed order; those of the newest orders are still to make."""
        for order in done:
            opened, dice = order.closed_at, self._dice
            due = return_visit_due(opened, self._zone)
            at = self._basis.by_day(opened + _DAY * dice.uniform(0.5, 6))
            made = at <= self._now
            visitor = dice.choice(self._office.visitors)
            satisfied = dice.random() < _SATISFIED
            on_site = dice.random() < _ON_SITE
            local = opened.astimezone(self._zone)
            number = self._numbers.next("HF", f"{local:%Y%m}")
            visit_id = uuid7()
            method = "on_site" if on_site else "phone"
            comment = "满意" if satisfied else "还有点问题"
            risks: list[dict[str, Any]] = [
                {"code": code, "weight": weight, "values": {"rounds": order.rework_round}}
                for code, weight, found in (
                    (
                        risk.GAS,
                        risk.WEIGHTS[risk.GAS],
                        order.category in risk.GAS_CATEGORIES,
                    ),
                    (risk.REWORK, risk.WEIGHTS[risk.REWORK], order.rework_round > 0),
                )
                if found
            ]
            sheaf.register(
                index.VISIT,
                ReturnVisit,
                id=visit_id,
                estate_id=sheaf.estate_id,
                number=number,
                version=2,
                purpose="service",
                order_id=order.id,
                complaint_id=None,
                cohort_on=local.date().replace(day=1),
                opened_at=opened,
                state="done" if made else "assigned",
                due_at=due,
                risk_place=100 - sum(one["weight"] for one in risks),
                risks=risks,
                on_site_wanted=on_site,
                assignee_id=visitor.id,
                assigned_at=opened,
                round=1,
                attempts=0,
                method=method if made else None,
                satisfied=satisfied if made else None,
                fixed=True if made else None,
                comment=comment if made else None,
                cause=None if satisfied or not made else dice.choice(CAUSES),
                recorded_by=visitor.id if made else None,
                done_at=at if made else None,
            )
            if not made:
                continue
            sheaf.add(
                VisitResult,
                id=uuid7(),
                estate_id=sheaf.estate_id,
                visit_id=visit_id,
                round=1,
                method=method,
                satisfied=satisfied,
                fixed=True,
                comment=comment,
                cause=None if satisfied else CAUSES[0],
                signer_name=order.resident.name if on_site else None,
                customer_signature_sha256=None,
                recorded_by=visitor.id,
                recorded_by_name=visitor.name,
                at=at,
            )
            sheaf.story(
                "visit",
                number,
                [
                    ("visit.opened", opened, visitor, {"order": order.number}),
                    ("visit.made", at, visitor, {"method": method, "satisfied": satisfied}),
                ],
            )
            for checker, share in ((self._office.cs_manager, 0.0022), (self._office.gpm, 0.0016)):
                if dice.random() < share:
                    sheaf.add(
                        SpotCheck,
                        id=uuid7(),
                        estate_id=sheaf.estate_id,
                        visit_id=visit_id,
                        checker_id=checker.id,
                        asked="customer",
                        agrees=True,
                        note="与记录一致",
                        at=at + _DAY,
                    )
