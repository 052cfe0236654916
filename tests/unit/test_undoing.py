"""What can be taken back of an order a moment later: by whom, how long, and when no more."""

import datetime as dt
from dataclasses import dataclass, field

import pytest

from server.work_orders.states import State
from server.work_orders.undoing import WINDOW, Now, Undo, undoable
from tests.cast import NINE

SECOND = dt.timedelta(seconds=1)
ME, COLLEAGUE = "user:chen", "user:wu"


@dataclass
class Row:
    """A row of history that moved the order."""

    kind: str
    version: int
    actor: str = ME
    at: dt.datetime = NINE
    data: dict = field(default_factory=dict)

    def __post_init__(self):
        self.data = {"version": self.version, "transition": "WO2"}


ISSUED = Row("order.issued", 1, at=NINE - WINDOW)
GIVEN, TAKEN = Row("order.dispatched", 2), Row("order.recalled", 2)
DISPATCHED = Now(state=State.DISPATCHED, version=2)
CREATED = Now(state=State.CREATED, version=2)


def test_a_mistaken_dispatch_is_recalled_and_a_mistaken_recall_given_back():
    assert undoable([ISSUED, GIVEN], DISPATCHED, by=ME, at=NINE) is Undo.RECALL
    assert undoable([ISSUED, TAKEN], CREATED, by=ME, at=NINE) is Undo.GIVE_BACK


def test_a_mistaken_reassignment_goes_back_to_the_first():
    rows = [ISSUED, TAKEN, Row("order.dispatched", 3)]
    now = Now(state=State.DISPATCHED, version=3)
    assert undoable(rows, now, by=ME, at=NINE) is Undo.GIVE_BACK_TO_FIRST
    rows[-1].at = NINE + SECOND  # recalled first, then given out anew: two acts, one undo
    assert undoable(rows, now, by=ME, at=NINE + SECOND) is Undo.RECALL


def test_it_can_be_taken_back_until_the_time_is_up():
    assert undoable([GIVEN], DISPATCHED, by=ME, at=NINE + WINDOW)
    assert undoable([GIVEN], DISPATCHED, by=ME, at=NINE + WINDOW + SECOND) is None


def test_nobody_takes_back_what_another_one_did():
    assert undoable([GIVEN], DISPATCHED, by=COLLEAGUE, at=NINE) is None


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        ([], Now(state=State.CREATED, version=1)),
        ([ISSUED], Now(state=State.CREATED, version=1)),
        ([GIVEN], Now(state=State.DISPATCHED, version=3)),
        ([GIVEN, Row("order.acknowledged", 3)], Now(state=State.ACKNOWLEDGED, version=3)),
        ([Row("order.written_off", 2)], Now(state=State.CLOSED, version=2)),
        ([Row("order.decided", 2)], Now(state=State.ACCEPTED, version=2)),
        ([Row("quote.confirmed", 2)], Now(state=State.IN_PROGRESS, version=2)),
    ],
)
def test_nothing_else_is_undone_least_of_all_what_was_signed_or_decided(rows, order):
    assert undoable(rows, order, by=ME, at=NINE) is None
