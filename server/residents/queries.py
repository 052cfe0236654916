"""What a door code or a follow link leads to; nothing is changed here."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.estate.models import Building, Unit
from server.requests.lifecycle import RequestState
from server.requests.models import ServiceRequest
from server.residents.addresses import no_such_link
from server.residents.models import CustomerRating, DoorCode
from server.residents.progress import DONE, Standing, standing
from server.work_orders.models import JoinedRequest, Quote, WorkOrder
from server.work_orders.operations.revisions import current_quote
from server.work_orders.states import State

#: how long after its end a request can still be looked at by its link
FOLLOWED_FOR = dt.timedelta(days=60)
#: what one sheet of door codes holds at most
SHEET = 120
_OVER = frozenset({State.CANCELLED, State.VOID})


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What the customer may know of a request."""

    request: ServiceRequest
    #: by which it is done: its own, or one of another household that it joined
    order: WorkOrder | None
    #: the order is another household's: its price and rating are theirs
    joined: bool
    quote: Quote | None
    rating: CustomerRating | None

    @property
    def standing(self) -> Standing:
        """How far it has come."""
        order = self.order
        return standing(
            RequestState(self.request.state),
            State(order.state) if order else None,
            set_out=bool(order and order.set_out_at),
            joined=self.joined,
        )

    @property
    def may_confirm(self) -> bool:
        """Whether a price waits for the customer's word (WO7)."""
        own = self.own_order
        return own is not None and own.state == State.QUOTED and self.quote is not None

    @property
    def may_rate(self) -> bool:
        """Whether there is something to rate that was not rated yet."""
        own = self.own_order
        return own is not None and State(own.state) in DONE and self.rating is None

    @property
    def own_order(self) -> WorkOrder | None:
        """The order that was written for this household."""
        return None if self.joined else self.order


def open_door(session: Session, code_id: uuid.UUID, generation: int) -> DoorCode:
    """The code that hangs there. Raises NotFound for one that was replaced."""
    code = session.get(DoorCode, code_id)
    if code is None or code.generation != generation:
        raise no_such_link()
    return code


def code_of(
    session: Session, code_id: uuid.UUID, *, estate_id: uuid.UUID, lock: bool = False
) -> DoorCode:
    """A code of this estate. Raises NotFound."""
    wanted = {"of": DoorCode} if lock else None
    code = session.get(DoorCode, code_id, with_for_update=wanted, populate_existing=lock)
    if code is None or code.estate_id != estate_id:
        raise no_such_link()
    return code


def followed(session: Session, request_id: uuid.UUID, at: dt.datetime) -> Followed:
    """What a link shows now. Raises NotFound 60 days after all was over."""
    request = session.get(ServiceRequest, request_id)
    if request is None:
        raise no_such_link()
    own = session.scalar(
        sa.select(WorkOrder)
        .where(WorkOrder.request_id == request_id)
        .order_by(WorkOrder.issued_at.desc(), WorkOrder.id.desc())
        .limit(1)
    )
    order = own or _joined_order(session, request_id)
    ended_at = _ended_at(request, order)
    if ended_at is not None and at > ended_at + FOLLOWED_FOR:
        raise no_such_link()
    return Followed(
        request=request,
        order=order,
        joined=order is not own,
        quote=current_quote(session, own) if own else None,
        rating=rating_of(session, own.id) if own else None,
    )


def _joined_order(session: Session, request_id: uuid.UUID) -> WorkOrder | None:
    """The order of another household that this request is done by (SR8)."""
    return session.scalar(
        sa.select(WorkOrder)
        .join(JoinedRequest, JoinedRequest.order_id == WorkOrder.id)
        .where(JoinedRequest.request_id == request_id)
    )


def rating_of(session: Session, order_id: uuid.UUID) -> CustomerRating | None:
    """What the customer said of an order."""
    return session.scalar(sa.select(CustomerRating).where(CustomerRating.order_id == order_id))


def buildings(session: Session, estate_id: uuid.UUID) -> list[int]:
    """The numbers of an estate's buildings."""
    mine = sa.select(Building.number).where(Building.estate_id == estate_id)
    return list(session.scalars(mine.order_by(Building.number)))


def unit_codes(
    session: Session, estate_id: uuid.UUID, building: int, entrance: int | None, *, limit: int
) -> list[str]:
    """The units of one building, or of one of its entrances, from the ground up."""
    mine = [Building.estate_id == estate_id, Building.number == building]
    if entrance is not None:
        mine.append(Unit.entrance == entrance)
    return list(
        session.scalars(
            sa.select(Unit.code)
            .join(Building, Building.id == Unit.building_id)
            .where(*mine)
            .order_by(Unit.entrance, Unit.floor, Unit.room)
            .limit(limit)
        )
    )


def _ended_at(request: ServiceRequest, order: WorkOrder | None) -> dt.datetime | None:
    if order is not None:
        over = State(order.state) in _OVER
        return order.closed_at or (order.updated_at if over else None)
    if RequestState(request.state) in _ENDS_OF_REQUESTS:
        return request.judged_at or request.registered_at
    return None


_ENDS_OF_REQUESTS = frozenset(
    {
        RequestState.DECLINED,
        RequestState.WITHDRAWN,
        RequestState.ANSWERED,
        RequestState.TO_COMPLAINT,
    }
)
