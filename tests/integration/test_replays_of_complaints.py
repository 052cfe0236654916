"""The clocks of a complaint and of a return visit, counted again from what was written down."""

import datetime as dt

import pytest

from server.complaints import following_up
from server.complaints.visited import Correction
from server.errors import NotFound
from server.reports.replaying import replays
from server.return_visits import correcting
from server.return_visits import operations as visits
from server.work_orders.states import State
from tests.cast import CHEN_JING, HE_LI, LI_NA, SHANGHAI, YANG_FAN, ZHAO_MIN
from tests.factories.acts import order_in
from tests.factories.complaints import (
    DAY,
    judged,
    react,
    recorded,
    says,
    verified,
    visit_of,
    visited,
)

TWO_DAYS, THREE_DAYS = dt.timedelta(days=2), dt.timedelta(days=3)


def counted(world, number, kind):
    world.session.expire_all()
    found = replays(world.session, world.settings, world.estate_id, number)
    return [one for one in found if one.kind == kind]


def test_every_silence_towards_a_complainant_is_counted_again(world):
    """R-119: told on the second day in time, then a second too late; no silence after the end."""
    complaint = judged(world, recorded(world))
    begun = complaint.recorded_at
    world.do(following_up.tell, complaint, text="已派人", by=world.by(LI_NA), at=begun + TWO_DAYS)
    late = begun + 2 * TWO_DAYS + dt.timedelta(seconds=1)
    world.do(following_up.tell, complaint, text="在等配件", by=world.by(LI_NA), at=late)
    first, second, open_one = counted(world, complaint.number, "silence")
    assert (first.rule, first.due_at, first.in_time) == ("R-119", begun + TWO_DAYS, True)
    assert (second.in_time, second.late_s) == (False, 1)
    assert (open_one.started_at, open_one.done_at) == (late, None)
    world.now = late
    verified(world, complaint)
    visited(world, complaint, by=YANG_FAN)
    assert complaint.state == "closed"
    *_, last = counted(world, complaint.number, "silence")
    assert (last.started_at, last.done_at) == (late, complaint.closed_at)


def test_every_round_of_a_complaints_visit_is_counted_from_its_own_verification(world):
    """P-11, R-128: three days each, and between them the correction to the end of its day."""
    complaint = verified(world, judged(world, recorded(world)))
    first_at = complaint.verified_at
    correction = Correction(text="重做", owner=world.user(LI_NA), due_on=DAY)
    visited(world, complaint, by=YANG_FAN, satisfied=False, correction=correction)
    world.now = dt.datetime(2025, 3, 12, 23, 59, 59, 500_000, tzinfo=SHANGHAI)
    world.do(following_up.rectified, complaint, text="已重做", by=world.by(LI_NA), at=world.now)
    (put_right,) = counted(world, complaint.number, "rectification")
    assert (put_right.rule, put_right.in_time) == ("R-128", True)
    assert put_right.due_at == dt.datetime(2025, 3, 12, 23, 59, 59, tzinfo=SHANGHAI)
    world.do(following_up.verify, complaint, ok=True, text="好了", **says(world, HE_LI))
    react(world)
    number = visit_of(complaint).number
    for key in (complaint.number, number):
        first, second = counted(world, key, "complaint_visit")
        assert (first.due_at, first.in_time, first.agrees) == (first_at + THREE_DAYS, True, True)
        assert second.due_at == complaint.verified_at + THREE_DAYS
        assert (second.done_at, second.agrees) == (None, True)
    world.now = complaint.verified_at + THREE_DAYS
    visited(world, complaint, by=YANG_FAN)
    _, second = counted(world, number, "complaint_visit")
    assert (second.in_time, second.late_s) == (False, 60)


def test_the_visit_of_an_order_is_counted_again_with_its_correction(world):
    order = order_in(world, State.CLOSED)
    visit = world.do(visits.open_visit, world.settings, order, **says(world, CHEN_JING))
    assert counted(world, visit.number, "return_visit") == counted(
        world, order.number, "return_visit"
    )
    world.do(
        visits.record_visit,
        world.settings,
        visit,
        method="phone",
        satisfied=False,
        comment="态度差",
        customer_signature=None,
        **says(world, HE_LI),
    )
    (open_one,) = counted(world, visit.number, "rectification")
    assert (open_one.rule, open_one.in_time) == ("R-090", None)
    world.do(correcting.put_right, visit, text="已致歉", **says(world, ZHAO_MIN))
    (done,) = counted(world, visit.number, "rectification")
    assert done.in_time


def test_what_nobody_has_recorded_has_no_deadlines(world):
    for number in ("TS-202503-4711", "HF-202503-4711"):
        with pytest.raises(NotFound):
            counted(world, number, "silence")
