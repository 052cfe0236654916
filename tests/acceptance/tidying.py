"""What a test leaves on everybody's desk, put away: the next one finds the house as it was found."""

import sqlalchemy as sa

from server.accounts.operations import system_actor
from server.alerts.models import Alert
from server.db import utcnow
from server.deadlines.models import Timer
from server.requests import changing as requests
from server.requests.lifecycle import OPEN, RequestState
from server.requests.models import ServiceRequest
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving
from server.work_orders.states import TERMINAL, State
from tests.acceptance.stack import House

_DONE = [state.value for state in (*TERMINAL, State.CLOSED)]
_WHY = {"reason": "test over"}


def puts_everything_away(house: House) -> None:
    """No order, request, clock or alert stays open.

    The ways that the trade has out of a state may want stock returned, a signature or a manager:
    here an order ends wherever it stands. Boards, handhelds and histories hear of it as always.
    """
    at = utcnow()
    with house.database() as current:
        for order in current.scalars(sa.select(WorkOrder).where(WorkOrder.state.not_in(_DONE))):
            order.state = State.CANCELLED
            by = system_actor(order.estate_id)
            moving.changed(current, order, "order.cancel_requested", by=by, at=at, data=_WHY)
        waits = sa.or_(ServiceRequest.state.in_(OPEN), ServiceRequest.replied_at.is_(None))
        for request in current.scalars(sa.select(ServiceRequest).where(waits)):
            request.replied_at = request.replied_at or at
            if request.state in OPEN:
                request.state = RequestState.WITHDRAWN
                request.version += 1
                by = system_actor(request.estate_id)
                requests.record(current, "request.withdrawn", request, by, at, _WHY)
        current.execute(sa.delete(Timer))
        current.execute(
            sa.update(Alert)
            .where(Alert.resolved_at.is_(None))
            .values(resolved_at=at, resolution=_WHY["reason"])
        )
