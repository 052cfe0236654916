"""By the 10th: one rule for the figure, the queue and the deadline counted again (R-084, A-09)."""

import datetime as dt

import pytest

from server.history import history_of
from server.reports.month_figures import AskedMonth, of_month
from server.reports.replaying import replays
from server.return_visits import cohort, correcting
from server.return_visits import operations as visits
from server.work_orders.states import State
from tests.cast import CHEN_JING, HE_LI, SHANGHAI, ZHAO_MIN
from tests.factories import acts, money
from tests.factories.acts import order_in

MARCH, MAY = dt.date(2025, 3, 1), dt.date(2025, 5, 1)


def april(day, *time):
    return dt.datetime(2025, 4, day, *time, tzinfo=SHANGHAI).astimezone(dt.UTC)


def opened(world, order):
    by, at = world.by(CHEN_JING), world.later()
    return world.do(visits.open_visit, world.settings, order, by=by, at=at)


def answered(world, visit, *, at, satisfied=True):
    world.do(
        visits.record_visit,
        world.settings,
        visit,
        method="phone",
        satisfied=satisfied,
        comment="来得慢",
        customer_signature=None,
        by=world.by(HE_LI),
        at=at,
    )


def in_time(world, order, *, month=MARCH, at):
    """Whether K-09, the page of the queue, and the deadline counted again tell it as in time."""
    world.session.expire_all()
    asked = AskedMonth(world.session, world.settings, world.estate_id, month, now=at)
    (case,) = of_month(asked, "K-09").cases
    counts = cohort.of_month(world.session, world.estate_id, month, zone=SHANGHAI, at=at)
    found = replays(world.session, world.settings, world.estate_id, order.number)
    (again,) = [one for one in found if one.kind == "return_visit"]
    return case.verdict == "met", counts.late == 0, again.in_time


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        (april(10, 23, 59, 59, 400_000), True),
        (april(11, 0, 0, 0), False),
    ],
)
def test_the_last_second_of_the_tenth_lasts_to_its_end_on_every_screen(world, at, kept):
    order = order_in(world, State.CLOSED)
    answered(world, opened(world, order), at=at)
    assert in_time(world, order, at=april(20)) == (kept, kept, kept)


def test_who_was_dissatisfied_on_the_fifth_was_visited_in_time_on_every_screen(world):
    order = order_in(world, State.CLOSED)
    visit = opened(world, order)
    answered(world, visit, at=april(5, 9), satisfied=False)
    assert not cohort.is_overdue(visit, april(11, 9))
    assert in_time(world, order, at=april(11, 9)) == (True, True, True)
    said = {"by": world.by(ZHAO_MIN), "at": april(11, 10)}
    world.do(correcting.put_right, visit, text="已登门致歉", **said)
    assert not cohort.is_overdue(visit, april(11, 11))
    answered(world, visit, at=april(12, 9))
    assert in_time(world, order, at=april(20)) == (True, True, True)


def test_nobody_spoken_with_by_the_tenth_is_late_on_every_screen(world):
    order = order_in(world, State.CLOSED)
    visit = opened(world, order)
    assert cohort.is_overdue(visit, april(11))
    assert in_time(world, order, at=april(11)) == (False, False, None)


def closed_again_in_may(world, order):
    money.open_again(world, order)
    world.now = dt.datetime(2025, 5, 6, 9, 0, tzinfo=SHANGHAI).astimezone(dt.UTC)
    acts.accept(world, order)
    acts.write_off(world, order)


def test_an_order_that_is_signed_again_and_closed_in_may_is_visited_with_may(world):
    order = order_in(world, State.CLOSED)
    visit = opened(world, order)
    closed_again_in_may(world, order)
    assert opened(world, order) is visit
    due_at = dt.datetime(2025, 6, 10, 23, 59, 59, tzinfo=SHANGHAI)
    assert (visit.cohort_on, visit.due_at) == (MAY, due_at)
    told = history_of(world.session, "visit", visit.number)[-1]
    assert (told.kind, told.data["was"], told.data["month"]) == (
        "visit.month_changed",
        "2025-03",
        "2025-05",
    )
    answered(world, visit, at=due_at)
    assert in_time(world, order, month=MAY, at=due_at) == (True, True, True)


def test_a_visit_that_was_made_stays_with_its_month(world):
    order = order_in(world, State.CLOSED)
    visit = opened(world, order)
    answered(world, visit, at=april(5, 9))
    closed_again_in_may(world, order)
    opened(world, order)
    assert visit.cohort_on == MARCH
