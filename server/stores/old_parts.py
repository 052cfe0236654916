"""Old parts: taken out at a customer's, in the technician's hands until the counter has them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.errors import Conflict, Denied, Invalid, NotFound
from server.history import Actor
from server.stores import ledger
from server.stores.lifecycle import Fate, Held
from server.stores.models import OldPart
from server.stores.operations import OrderRef


def take_out(
    session: Session,
    order: OrderRef,
    *,
    description: str,
    qty: Decimal,
    by: Actor,
    at: dt.datetime,
) -> OldPart:
    """What the technician of the order took out and has in hand; written down at the counter.

    Raises Invalid for a quantity that is none, Denied for one's own.
    """
    if qty <= 0:
        raise Invalid(
            "bad-quantity",
            "数量须大于零。",
            "The quantity must be more than nothing.",
            errors={"qty": ["须大于零 more than nothing"]},
        )
    _not_ones_own(order.technician_id, by)
    part = OldPart(
        estate_id=by.estate_id,
        order_id=order.id,
        holder_id=order.technician_id,
        description=description,
        qty=qty,
        taken_out_at=at,
    )
    session.add(part)
    session.flush()
    ledger.hold_part(session, part, qty, Held.TAKEN_OUT, by=by, at=at)
    _record(session, "old_part.taken_out", order.number, part, by=by, at=at)
    return part


def hand_in(
    session: Session,
    part: OldPart,
    order_number: str,
    *,
    fate: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """It is off the technician's hands: scrapped, kept to be looked at, or left with the owner.

    Raises Invalid for another fate, Conflict where it was handed in before, Denied for one's own.
    """
    if fate not in set(Fate):
        raise Invalid(
            "no-such-fate",
            "请选择旧件的去向。",
            "Choose what becomes of the old part.",
            errors={"fate": list(Fate)},
        )
    _not_ones_own(part.holder_id, by)
    if part.handed_in_at is not None:
        raise Conflict("handed-in-before", "旧件已交回。", "The old part was handed in before.")
    part.handed_in_at, part.taken_by, part.fate = at, by.user_id, fate
    ledger.hold_part(session, part, -part.qty, Held.HANDED_IN, by=by, at=at)
    _record(session, "old_part.handed_in", order_number, part, by=by, at=at)


def find_part(session: Session, part_id: uuid.UUID, *, by: Actor, lock: bool = False) -> OldPart:
    """One old part of this estate; lock its order before it. Raises NotFound."""
    query = sa.select(OldPart).where(OldPart.id == part_id, OldPart.estate_id == by.estate_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    part = session.scalar(query)
    if part is None:
        raise NotFound("no-such-old-part", "没有这件旧件。", "There is no such old part.")
    return part


def parts_of(session: Session, order_id: uuid.UUID) -> list[OldPart]:
    """The old parts of an order, in the order in which they were written down."""
    return list(
        session.scalars(sa.select(OldPart).where(OldPart.order_id == order_id).order_by(OldPart.id))
    )


def _not_ones_own(holder_id: uuid.UUID, by: Actor) -> None:
    if by.user_id == holder_id:
        raise Denied(
            "own-old-part",
            "不能经手自己带回的旧件。",
            "Nobody handles an old part that he brought back himself.",
            rule="5.1",
        )


def _record(
    session: Session, kind: str, order_number: str, part: OldPart, *, by: Actor, at: dt.datetime
) -> None:
    history.record(
        session,
        kind,
        subject_kind="order",
        subject=order_number,
        by=by,
        at=at,
        data={"name": part.description, "qty": str(part.qty), "fate": part.fate},
    )
