"""What the house knows of the next days when an appointment is to be offered."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.rosters.models import Absence, Shift
from server.work_orders import free_slots, qualifications
from server.work_orders.free_slots import FreeSlot, Plan, Span
from server.work_orders.models import WorkOrder
from server.work_orders.states import IN_THE_FIELD, State
from server.work_orders.suggesting import SLOT

DAYS = 4
#: As many as fit beside the form; the next ones are told when these are gone.
OFFERED = 6


def offered_slots(
    session: Session,
    estate_id: uuid.UUID,
    category: str,
    zone: ZoneInfo,
    *,
    at: dt.datetime,
    days: int = DAYS,
    at_most: int = OFFERED,
) -> list[FreeSlot]:
    """The next windows in which somebody can come for work of a category.

    Work grows with the appointments of these few days, not with what is stored.
    """
    wanted = free_slots.windows(at, zone, days=days)
    if not wanted:
        return []
    span = Span(from_at=wanted[0].from_at - SLOT, until_at=wanted[-1].until_at)
    dates = sorted({window.from_at.astimezone(zone).date() for window in wanted})
    technicians = users_with_role(session, estate_id, Role.TECHNICIAN)
    taken, promised = _appointments(session, estate_id, category, span)
    absences = _absences(session, estate_id, span)
    shifts = _shifts(session, estate_id, span)
    plans = [
        Plan(
            name=user.name,
            appointments=taken[user.id],
            absences=absences[user.id],
            licensed_on=[day for day in dates if _is_licensed(user, category, day)],
            shifts=shifts[user.id],
        )
        for user in technicians
    ]
    every_shift = [shift for of_one in shifts.values() for shift in of_one]
    rostered = {day for day in dates if any(shift.meets(_day(day, zone)) for shift in every_shift)}
    slots = free_slots.free_slots(wanted, plans, zone, rostered=rostered, promised=promised)
    return slots[:at_most]


def _appointments(
    session: Session, estate_id: uuid.UUID, category: str, span: Span
) -> tuple[dict[uuid.UUID, list[dt.datetime]], list[dt.datetime]]:
    """Technician -> his appointments; and those of the category that nobody has yet."""
    rows = session.execute(
        sa.select(
            WorkOrder.technician_id, WorkOrder.state, WorkOrder.category, WorkOrder.appointment_at
        ).where(
            WorkOrder.estate_id == estate_id,
            WorkOrder.appointment_at >= span.from_at,
            WorkOrder.appointment_at < span.until_at,
        )
    )
    taken: dict[uuid.UUID, list[dt.datetime]] = defaultdict(list)
    promised: list[dt.datetime] = []
    for technician_id, state, of_category, appointment_at in rows:
        if appointment_at is None:
            continue
        if technician_id is not None and state in IN_THE_FIELD:
            taken[technician_id].append(appointment_at)
        elif state == State.CREATED and of_category == category:
            promised.append(appointment_at)
    return taken, promised


def _absences(session: Session, estate_id: uuid.UUID, span: Span) -> dict[uuid.UUID, list[Span]]:
    rows = session.execute(
        sa.select(Absence.user_id, Absence.from_at, Absence.until_at).where(
            Absence.estate_id == estate_id,
            Absence.until_at > span.from_at,
            Absence.from_at < span.until_at,
            Absence.cancelled_at.is_(None),
        )
    )
    return _spans(rows)


def _shifts(session: Session, estate_id: uuid.UUID, span: Span) -> dict[uuid.UUID, list[Span]]:
    rows = session.execute(
        sa.select(Shift.user_id, Shift.from_at, Shift.until_at).where(
            Shift.estate_id == estate_id,
            Shift.from_at >= span.from_at - dt.timedelta(days=1),
            Shift.from_at < span.until_at,
        )
    )
    return _spans(rows)


def _spans(
    rows: Iterable[sa.Row[uuid.UUID, dt.datetime, dt.datetime]],
) -> dict[uuid.UUID, list[Span]]:
    found: dict[uuid.UUID, list[Span]] = defaultdict(list)
    for user_id, from_at, until_at in rows:
        found[user_id].append(Span(from_at=from_at, until_at=until_at))
    return found


def _is_licensed(user: User, category: str, day: dt.date) -> bool:
    held = frozenset(row.kind for row in user.qualifications if row.valid_on(day))
    return not qualifications.lacking(category, held)


def _day(day: dt.date, zone: ZoneInfo) -> Span:
    midnight = dt.datetime.combine(day, dt.time.min, zone)
    return Span(from_at=midnight, until_at=midnight + dt.timedelta(days=1))
