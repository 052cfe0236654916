"""What a snapshot tells beside the state: where a pause ends, and whether a quote may follow."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server.db import db
from server.work_orders.operations import executing
from server.work_orders.snapshot import snapshot
from server.work_orders.states import State
from tests.cast import LIU_QIANG, SUN_QIAN
from tests.factories import acts, pictures
from tests.factories.acts import order_in
from tests.factories.handheld import Handheld, spelled
from tests.factories.world import sha


@pytest.fixture
def handheld(world):
    """HH-01, in the hands of 刘强."""
    return Handheld(world=world, staff=LIU_QIANG)


@pytest.mark.parametrize("before", [State.QUOTED, State.IN_PROGRESS])
def test_a_pause_says_where_work_goes_on(world, handheld, before):
    order = order_in(world, before)
    assert snapshot(world.session, order)["resume_state"] is None
    tomorrow = spelled(world.now + dt.timedelta(days=1))
    handheld.does("order.suspended", order, reason="customer_absent", next_contact_at=tomorrow)
    assert snapshot(world.session, order)["resume_state"] == before
    handheld.does("order.resumed", order)
    assert (order.state, snapshot(world.session, order)["resume_state"]) == (before, None)


def test_a_cancelled_pause_goes_on_nowhere(world, handheld):
    order = order_in(world, State.SUSPENDED)
    acts.cancel(world, order)
    assert snapshot(world.session, order)["resume_state"] is None


def test_inspected_means_what_the_quote_will_ask_for(world, handheld):
    """R-054: the note alone is not enough, and neither is the photo."""
    order = order_in(world, State.ON_SITE)

    def inspected_and_quoted():
        inspected = snapshot(world.session, order)["inspected"]
        reply = handheld.does("order.quoted", order, lines=[], total_fen=0)
        return inspected, reply["outcome"]

    assert inspected_and_quoted() == (False, "rejected")
    handheld.does("order.inspected", order, note="两端发黑", photos=[])
    assert inspected_and_quoted() == (False, "rejected")
    photos = [{"sha256": sha("before"), "tag": "before"}]
    handheld.does("order.inspected", order, note="灯座完好", photos=photos)
    assert inspected_and_quoted() == (True, "applied")


def test_a_before_photo_that_was_uploaded_counts_as_well(world, handheld):
    order = order_in(world, State.ON_SITE)
    handheld.does("order.inspected", order, note="两端发黑", photos=[])
    world.photo(order, tag="before")
    assert snapshot(world.session, order)["inspected"] is True


def test_a_deviation_that_the_supervisor_allowed_reaches_the_handheld(world):
    order = order_in(world, State.IN_PROGRESS, category="lamp")
    assert snapshot(world.session, order)["overrides"] == []
    world.do(
        executing.allow_deviation,
        order,
        "LAMP-11",
        reason="同功率 LED 替代",
        by=world.by(SUN_QIAN),
        at=world.later(),
    )
    assert snapshot(world.session, order)["overrides"] == ["LAMP-11"]


def test_a_snapshot_asks_as_often_for_much_work_as_for_little(world):
    little, much = order_in(world, State.ON_SITE), order_in(world, State.IN_PROGRESS)
    for number in range(5):
        world.photo(much, tag="before", content=pictures.photo(number).hex())
        acts.inspect(world, much)
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    def statements(order):
        world.session.refresh(order)
        sent.clear()
        snapshot(world.session, order)
        return len(sent)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert statements(much) <= statements(little) + 1, "only the lines of the quote in addition"
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
