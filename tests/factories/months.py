"""A worked month in rows: so many orders that ended in these ways, visited and billed as asked."""

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.billing.models import BillingEntry
from server.complaints.models import Complaint
from server.deadlines.policy import month_of, return_visit_due
from server.estate.models import Counter, Person, Unit
from server.return_visits.models import ReturnVisit, SpotCheck
from server.work_orders.models import WorkOrder
from tests.cast import SHANGHAI

MARCH = dt.date(2025, 3, 1)
CATEGORIES = ("lamp", "tap_valve", "switch")


def orders_of_month(
    current: Session,
    estate_id: uuid.UUID,
    *,
    closed: int = 47,
    cancelled: int = 3,
    void: int = 1,
    month: dt.date = MARCH,
    return_point: str = "dispatch",
    charge_fen: int = 3000,
) -> list[WorkOrder]:
    """Orders numbered through, the closed ones first, all in the first days of the month."""
    unit = current.scalars(
        sa.select(Unit).where(Unit.estate_id == estate_id).order_by(Unit.code)
    ).first()
    assert unit is not None
    person = Person(
        estate_id=estate_id, name="沈月", relation="owner", phone="13900000088", unit_id=unit.id
    )
    current.add(person)
    current.flush()
    began = dt.datetime.combine(month, dt.time(9), SHANGHAI)
    states = ["closed"] * closed + ["cancelled"] * cancelled + ["void"] * void
    found = []
    for place, state in enumerate(states, start=1):
        at = (began + dt.timedelta(minutes=10 * place)).astimezone(dt.UTC)
        found.append(
            WorkOrder(
                estate_id=estate_id,
                number=f"FW-{month:%Y%m}-{place:04d}",
                state=state,
                person_id=person.id,
                unit_id=unit.id,
                nature="paid_special",
                category=CATEGORIES[place % len(CATEGORIES)],
                urgency="normal",
                content=f"第 {place} 单",
                intake_point="dispatch",
                checklist_children={},
                issued_at=at,
                updated_at=at,
                total_fen=charge_fen,
                charge_fen=charge_fen,
            )
        )
        if state == "closed":
            over = at + dt.timedelta(hours=1)
            found[-1].accepted_at = found[-1].closed_at = found[-1].written_off_at = over
            found[-1].return_point = return_point
            found[-1].month = month_of(over, SHANGHAI)
    current.add_all(found)
    current.merge(
        Counter(estate_id=estate_id, prefix="FW", month=f"{month:%Y%m}", last=len(states))
    )
    current.flush()
    return found


def visits_of(
    current: Session,
    orders: Sequence[WorkOrder],
    *,
    at: dt.datetime,
    by: uuid.UUID,
    on_site: int = 0,
    dissatisfied: int = 0,
    state: str = "done",
) -> list[ReturnVisit]:
    """One visit each, made at `at`: the first so many on site, the last so many dissatisfied."""
    found = []
    for place, order in enumerate(orders):
        assert order.closed_at is not None
        unhappy = place >= len(orders) - dissatisfied
        found.append(
            ReturnVisit(
                estate_id=order.estate_id,
                number=order.number.replace("FW", "HF"),
                order_id=order.id,
                cohort_on=order.month,
                state=state,
                due_at=return_visit_due(order.closed_at, SHANGHAI),
                method="on_site" if place < on_site else "phone",
                satisfied=not unhappy,
                cause="speed" if unhappy else None,
                comment="来得慢" if unhappy else "好",
                recorded_by=by,
                done_at=at,
            )
        )
    current.add_all(found)
    current.flush()
    return found


def spot_check(visit: ReturnVisit, checker: uuid.UUID, *, at: dt.datetime) -> SpotCheck:
    """One spot check of a visit, not yet kept."""
    return SpotCheck(
        estate_id=visit.estate_id,
        visit_id=visit.id,
        checker_id=checker,
        asked="record",
        agrees=True,
        note="",
        at=at,
    )


def billed(
    current: Session, orders: Sequence[WorkOrder], *, state: str = "noticed"
) -> list[BillingEntry]:
    """Copy 3 of each order in finance's book."""
    found = [
        BillingEntry(
            estate_id=order.estate_id,
            order_id=order.id,
            unit_id=order.unit_id,
            month=order.month,
            state=state,
            payment_method=order.payment_method,
            category=order.category,
            labour_fen=order.charge_fen,
            material_fen=0,
            charge_fen=order.charge_fen,
        )
        for order in orders
    ]
    current.add_all(found)
    current.flush()
    return found


def complaint_closed(
    current: Session, estate_id: uuid.UUID, *, at: dt.datetime, number: str, **facts: object
) -> Complaint:
    """A complaint that came and was closed at `at`."""
    person = current.scalars(
        sa.select(Person).where(Person.estate_id == estate_id).order_by(Person.id)
    ).first()
    assert person is not None
    known = {"channel": "phone", "target": "service", "content": "等了一周没人来", **facts}
    complaint = Complaint(
        estate_id=estate_id,
        number=number,
        person_id=person.id,
        unit_id=person.unit_id,
        state="closed",
        recorded_at=at,
        closed_at=at,
        validity="valid",
        **known,
    )
    current.add(complaint)
    current.flush()
    return complaint
