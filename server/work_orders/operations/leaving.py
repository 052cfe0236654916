"""A technician leaves the field: his access ends, or he does other work; his handhelds end too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.accounts import access
from server.accounts.models import User
from server.accounts.permissions import Role
from server.devices import operations as devices
from server.devices.models import Device
from server.errors import Conflict
from server.history import Actor
from server.work_orders.models import WorkOrder
from server.work_orders.states import JOINABLE


def end_access(
    session: Session, user: User, *, reason: str, by: Actor, at: dt.datetime
) -> list[str]:
    """End somebody's access and his handhelds (P-19, X-021); ids of the handhelds that ended.

    Raises what `access.set_active` raises, and Conflict while he has orders to work on.
    """
    if user.active:
        _demand_no_orders(session, user)
    access.set_active(session, user, active=False, reason=reason, by=by, at=at)
    return _end_handhelds(session, user, reason=reason, by=by, at=at)


def change_roles(
    session: Session, user: User, *, roles: Iterable[str], by: Actor, at: dt.datetime
) -> list[str]:
    """Change somebody's roles; whoever is no technician any more has no orders and no handheld.

    Ids of the handhelds that ended. Raises what `access.set_roles` raises, and Conflict while a
    technician has orders to work on.
    """
    wanted = set(roles)
    leaves = Role.TECHNICIAN in user.roles and Role.TECHNICIAN not in wanted
    if leaves:
        _demand_no_orders(session, user)
    access.set_roles(session, user, roles=wanted, by=by, at=at)
    if not leaves:
        return []
    return _end_handhelds(session, user, reason="不再是技工 no longer a technician", by=by, at=at)


def _demand_no_orders(session: Session, user: User) -> None:
    # What is signed or called off only waits for its slip, which the desk writes off.
    numbers = session.scalars(
        sa.select(WorkOrder.number)
        .where(
            WorkOrder.technician_id == user.id,
            WorkOrder.state.in_([state.value for state in JOINABLE]),
        )
        .order_by(WorkOrder.number)
    ).all()
    if numbers:
        listed = "、".join(numbers)
        raise Conflict(
            "orders-in-hand",
            f"{user.name}还有未完成的工单:{listed}。请先召回或转给别人。",
            f"{user.name} still has orders: {', '.join(numbers)}. Recall or hand them over first.",
            rule="R-050",
            extra={"orders": list(numbers)},
        )


def _end_handhelds(
    session: Session, user: User, *, reason: str, by: Actor, at: dt.datetime
) -> list[str]:
    mine = sa.select(Device.id).where(
        Device.technician_id == user.id, Device.state.in_(["enrolled", "active"])
    )
    ids = list(session.scalars(mine.order_by(Device.id)))
    for one in ids:
        devices.revoke(session, one, reason=reason, lost=False, by=by, at=at)
    return ids
