"""Whose order it is: told to its technician only while the order is with him (5.1)."""

from __future__ import annotations

import sqlalchemy as sa

from server.estate.models import Person
from server.work_orders.models import WorkOrder
from server.work_orders.states import IN_THE_FIELD, State

#: The judgement after which steps are the technician's again.
SENT_BACK = "returned"


def with_technician(state: str, qa_state: str) -> bool:
    """Whether an order is in the field, or closed with steps that QA sent back. Pure."""
    return State(state) in IN_THE_FIELD or (state == State.CLOSED and qa_state == SENT_BACK)


_WITH_HIM = sa.or_(
    WorkOrder.state.in_([state.value for state in IN_THE_FIELD]),
    sa.and_(WorkOrder.state == State.CLOSED.value, WorkOrder.qa_state == SENT_BACK),
)
#: The same in a row of a technician's own list; NULL where it is his business no more.
NAME = sa.case((_WITH_HIM, Person.name)).label("person")
PHONE = sa.case((_WITH_HIM, Person.phone)).label("phone")
