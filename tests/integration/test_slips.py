"""Slips on their way: back at the front desk, told, handed over at 17:30, and once a month."""

import datetime as dt

import pytest

from server import reactions
from server.deadlines import timers
from server.errors import Conflict, Denied, Invalid
from server.handovers import slip_queries, slips
from server.history import history_of, verify
from server.work_orders.operations import moving
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    FENG_XUE,
    HE_FANG,
    HE_LI,
    LI_NA,
    LUO_BING,
    SHANGHAI,
    WU_GANG,
    ZHAO_MIN,
)
from tests.factories import acts
from tests.factories.months import MARCH, orders_of_month

TODAY, TOMORROW = dt.date(2025, 3, 5), dt.date(2025, 3, 6)


def clock(hour, minute, second=0, *, day=5, month=3):
    return dt.datetime(2025, month, day, hour, minute, second, tzinfo=SHANGHAI)


def returned(world, at):
    """An order whose slip 李娜 takes in at the front desk."""
    order = acts.order_in(world, State.ACCEPTED)
    acts.signature_arrives(world, order)
    acts.write_off(world, order, by=LI_NA, at=at, return_point="front_desk")
    while reactions.run_once(world.settings, at):
        pass
    return order


def give(world, day, at, *, by=LI_NA):
    return world.do(slips.give_day, world.settings, day, by=world.by(by), at=at)


def receive(world, handover, at, *, by=HE_LI):
    world.do(
        lambda session: slips.receive(
            session,
            slip_queries.find(session, handover.number, by=world.by(by), lock=True),
            by=world.by(by),
            at=at,
        )
    )


def alerts(world, subject):
    rows = world.alert_rows(slips.SUBJECT, subject)
    return [(row.kind, row.rule) for row in rows if row.resolved_at is None]


def test_a_slip_at_17_42_is_in_the_next_days_list(world):
    """R-081, A-25, S-18."""
    early = returned(world, clock(17, 29))
    late = returned(world, clock(17, 42))
    first = give(world, TODAY, clock(17, 30))
    second = give(world, TOMORROW, clock(18, 0))
    assert (first.orders, second.orders) == ([early.number], [late.number])
    assert first.number.startswith("YJ-202503-")
    with pytest.raises(Conflict, match="nothing to hand over"):
        give(world, dt.date(2025, 3, 4), clock(18, 0))
    with pytest.raises(Invalid):
        give(world, dt.date(2025, 3, 7), clock(18, 0))


def test_dispatch_receives_the_list_and_whoever_gave_it_cannot(world):
    returned(world, clock(16, 0))
    handover = give(world, TODAY, clock(17, 0))
    for stranger in (LI_NA, HE_FANG, FENG_XUE, ZHAO_MIN):
        with pytest.raises(Denied):
            receive(world, handover, clock(17, 5), by=stranger)
    receive(world, handover, clock(17, 10), by=CHEN_JING)
    receive(world, handover, clock(17, 11), by=CHEN_JING)
    with pytest.raises(Conflict):
        receive(world, handover, clock(17, 12), by=WU_GANG)
    world.session.expire_all()
    assert handover.received_at == clock(17, 10)
    kinds = [row.kind for row in history_of(world.session, "slips", handover.number)]
    assert kinds == ["slips.handed_over", "alert.raised", "slips.received"]
    assert alerts(world, handover.number) == []


def test_handed_over_again_the_list_takes_along_what_came_meanwhile(world):
    one = returned(world, clock(16, 0))
    handover = give(world, TODAY, clock(17, 0))
    receive(world, handover, clock(17, 5))
    again = give(world, TODAY, clock(17, 6))
    assert (again.given_at, again.received_by is None) == (clock(17, 0), False)
    other = returned(world, clock(17, 20))
    assert [timer.kind for timer in timers.running(world.session, "slips", "2025-03-05")] == [
        slips.DAILY_CLOCK
    ]
    more = give(world, TODAY, clock(17, 25))
    assert more.number == handover.number
    assert (more.orders, more.received_by) == ([one.number, other.number], None)
    assert verify(world.session, "slips", handover.number) is None


def test_a_list_that_is_not_handed_over_by_half_past_five_alerts_the_desk(world):
    """R-081."""
    returned(world, clock(16, 0))
    timers.run_once(clock(17, 30, 59))
    assert alerts(world, "2025-03-05") == []
    timers.run_once(clock(17, 31))
    assert alerts(world, "2025-03-05") == [("clock.slips_daily", "R-081")]
    give(world, TODAY, clock(17, 50))
    assert alerts(world, "2025-03-05") == []


def test_a_day_on_which_no_slip_comes_to_the_front_desk_waits_for_nothing(world):
    order = acts.order_in(world, State.ACCEPTED)
    acts.signature_arrives(world, order)
    acts.write_off(world, order, at=clock(16, 0))
    while reactions.run_once(world.settings, clock(16, 0)):
        pass
    timers.run_once(clock(18, 0))
    assert alerts(world, "2025-03-05") == []


def test_dispatch_is_told_by_word_of_mouth_once(world):
    """R-082."""
    order = returned(world, clock(16, 0))

    def tell(order, at):
        def act(session):
            found = moving.find_order(session, order.number, by=world.by(LI_NA))
            slips.report_orally(session, found, by=world.by(LI_NA), at=at)

        world.do(act)

    tell(order, clock(16, 2))
    tell(order, clock(16, 9))
    world.session.expire_all()
    assert order.oral_report_at == clock(16, 2)
    assert [row.kind for row in world.history(order)].count("order.told_orally") == 1
    assert give(world, TODAY, clock(17, 0)).oral_reports == [order.number]
    elsewhere = acts.order_in(world, State.CLOSED)
    with pytest.raises(Conflict, match="front desk"):
        tell(elsewhere, clock(16, 9))


def give_month(world, at, *, by=HE_LI):
    return world.do(slips.give_month, world.settings, MARCH, by=world.by(by), at=at)


def test_the_month_goes_to_the_records_clerk_with_every_number_explained(world):
    """R-076, A-07, S-18: 51 numbers, 47 slips, 3 cancelled, 1 void."""
    world.do(orders_of_month, world.estate_id)
    with pytest.raises(Conflict, match="not over"):
        give_month(world, clock(23, 59, day=31))
    handover = give_month(world, clock(20, 0, day=1, month=4))
    assert len(handover.orders) == 47
    assert sorted(gap["state"] for gap in handover.gaps) == ["cancelled"] * 3 + ["void"]
    given = history_of(world.session, "slips", handover.number)[0]
    assert (given.data["in_time"], given.data["gaps"]) == (True, 4)
    assert give_month(world, clock(20, 5, day=1, month=4)).number == handover.number
    assert len(history_of(world.session, "slips", handover.number)) == 2
    assert alerts(world, handover.number) == [("slips.handed_over", "R-076")]
    for stranger in (HE_LI, CHEN_JING, LUO_BING):  # 罗兵 stands in the clerk's column, too
        with pytest.raises(Denied):
            receive(world, handover, clock(20, 10, day=1, month=4), by=stranger)
    receive(world, handover, clock(20, 10, day=1, month=4), by=FENG_XUE)
    world.session.expire_all()
    assert handover.received_by == world.user(FENG_XUE).id


def test_a_month_that_is_not_handed_over_by_the_first_alerts_dispatch(world):
    """R-076, A-08."""
    returned(world, clock(16, 0))
    timers.run_once(clock(23, 59, 59, day=1, month=4))
    assert alerts(world, "2025-03") == []
    timers.run_once(clock(0, 0, day=2, month=4))
    assert alerts(world, "2025-03") == [("clock.slips_monthly", "R-076")]
    give_month(world, clock(8, 0, day=2, month=4))
    assert alerts(world, "2025-03") == []
