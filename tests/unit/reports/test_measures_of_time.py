"""K-01 … K-04 and K-07 at their limits: exactly in time passes, a second later does not."""

import datetime as dt
import uuid

import pytest

from server.reports.measures import intakes, on_the_way, outcomes
from server.reports.measures.case import Verdict
from server.reports.measures.intakes import Intake
from server.reports.measures.on_the_way import Arrival, Dispatched, Issued, Stay
from server.reports.measures.outcomes import Cancelled
from server.reports.measures.span import day_span
from tests.cast import NINE, SHANGHAI, after

DAY = day_span(dt.date(2025, 3, 5), SHANGHAI)
LIU, MA = uuid.UUID(int=1), uuid.UUID(int=2)
GOAL_S = 15 * 60
ACKNOWLEDGE_S = 5 * 60


def verdicts(cases):
    return [case.verdict for case in cases]


def intake(number, replied_at):
    return Intake(number, NINE, after(minutes=15), replied_at)


@pytest.mark.parametrize(
    ("replied_at", "verdict"),
    [
        (after(minutes=15), Verdict.MET),
        (after(minutes=15, seconds=1), Verdict.MISSED),
        (None, Verdict.MISSED),
    ],
    ids=["exactly 15:00", "15:01", "never"],
)
def test_a_reply_passes_at_fifteen_minutes_and_no_second_later(replied_at, verdict):
    cases = intakes.replies([intake("DJ-1", replied_at)], now=after(hours=8))
    assert verdicts(cases) == [verdict]
    assert intakes.replies_figure(cases).off is (verdict is Verdict.MISSED)


def test_a_request_that_still_has_time_is_neither_kept_nor_missed():
    cases = intakes.replies(
        [intake("DJ-1", after(minutes=3)), intake("DJ-2", None)], now=after(minutes=15)
    )
    figure = intakes.replies_figure(cases)
    assert (figure.value, figure.counted, figure.waiting, figure.off) == (100, 1, 1, False)


def test_no_intake_has_no_share_and_misses_nothing():
    figure = intakes.replies_figure([])
    assert (figure.value, figure.counted, figure.off) == (None, 0, None)


def test_the_monthly_figure_names_the_breaches_as_before():
    month = intakes.reply_in_time(
        [
            intake("DJ-1", after(minutes=15)),
            intake("DJ-2", after(minutes=15, seconds=1)),
            intake("DJ-3", None),
        ],
        now=after(hours=1),
    )
    assert (month.intakes, month.in_time) == (3, 1)
    assert month.breaches == (("DJ-2", 1), ("DJ-3", None))


def issued(number, minutes=None, *, state="dispatched", registered_at=NINE, seconds=0):
    first = None if minutes is None else after(minutes=minutes, seconds=seconds)
    return Issued(number, after(minutes=1), registered_at, first, state)


def test_dispatch_is_measured_from_the_registration_to_its_goal():
    cases = on_the_way.dispatches(
        [issued("FW-1", 15), issued("FW-2", 15, seconds=1), issued("FW-3", 2, registered_at=None)],
        now=after(hours=1),
        goal_s=GOAL_S,
    )
    assert verdicts(cases) == [Verdict.MET, Verdict.MISSED, Verdict.MET]
    # Without a request behind it, the slip itself is the beginning.
    assert [case.value for case in cases] == [900, 901, 60]


def test_an_order_with_nobody_misses_the_goal_once_its_time_is_over():
    waiting = [issued("FW-1", state="created")]
    in_time = on_the_way.dispatches(waiting, now=after(minutes=15), goal_s=GOAL_S)
    too_late = on_the_way.dispatches(waiting, now=after(minutes=15, seconds=1), goal_s=GOAL_S)
    assert verdicts(in_time) == [Verdict.WAITING]
    assert verdicts(too_late) == [Verdict.MISSED]
    given_up = on_the_way.dispatches([issued("FW-2", state="void")], now=after(days=1), goal_s=1)
    assert given_up == []


def test_dispatch_time_is_what_nine_of_ten_keep_to_beside_the_median():
    orders = [issued(f"FW-{minutes}", minutes) for minutes in range(1, 11)]
    cases = on_the_way.dispatches(orders, now=after(hours=1), goal_s=GOAL_S)
    figure = on_the_way.dispatches_figure(cases, goal_s=GOAL_S)
    assert figure.value == 9 * 60
    assert [(part.name, part.value) for part in figure.parts] == [("median", 5.5 * 60)]
    assert figure.off is False
    exactly = on_the_way.dispatches_figure(cases, goal_s=9 * 60)
    assert exactly.off is False
    assert on_the_way.dispatches_figure(cases, goal_s=9 * 60 - 1).off is True


@pytest.mark.parametrize(
    ("acknowledged_at", "state", "expected"),
    [
        (after(minutes=5), "acknowledged", [(Verdict.MET, 300)]),
        (after(minutes=5, seconds=1), "acknowledged", [(Verdict.MISSED, 301)]),
        (None, "dispatched", [(Verdict.MISSED, None)]),
        (None, "created", []),
        (after(minutes=-1), "acknowledged", [(Verdict.MET, 0)]),
    ],
    ids=["exactly 5:00", "5:01", "never", "recalled", "a clock behind"],
)
def test_a_receipt_is_due_within_five_minutes(acknowledged_at, state, expected):
    orders = [Dispatched("FW-1", NINE, acknowledged_at, state)]
    cases = on_the_way.acknowledgements(orders, now=after(hours=1), limit_s=ACKNOWLEDGE_S)
    assert [(case.verdict, case.value) for case in cases] == expected


def arrival(number="FW-1", *, late_s, technician=LIU):
    return Arrival(number, after(hours=1, seconds=late_s), after(hours=1), technician)


@pytest.mark.parametrize(
    ("late_s", "grace_minutes", "verdict"),
    [
        (0, 0, Verdict.MET),
        (1, 0, Verdict.MISSED),
        (600, 10, Verdict.MET),
        (601, 10, Verdict.MISSED),
    ],
)
def test_on_the_minute_is_in_time(late_s, grace_minutes, verdict):
    cases = on_the_way.arrivals([arrival(late_s=late_s)], [], grace_minutes=grace_minutes)
    assert verdicts(cases) == [verdict]


def stay(*, order=None, finder=LIU, found=0, left=None):
    return Stay(order, finder, after(minutes=found), None if left is None else after(minutes=left))


@pytest.mark.parametrize(
    ("incident", "verdict"),
    [
        (stay(order="FW-1", found=40, left=50), Verdict.EXCUSED),
        (stay(found=50, left=65), Verdict.EXCUSED),
        (stay(found=50), Verdict.MISSED),
        (stay(found=50, left=60), Verdict.MISSED),
        (stay(found=90, order="FW-1"), Verdict.MISSED),
        (stay(found=50, left=65, finder=MA), Verdict.MISSED),
        (stay(found=50, left=65, order="FW-9", finder=MA), Verdict.MISSED),
    ],
    ids=[
        "on the way to this order",
        "still there when due",
        "nobody noted when he left",
        "relieved when due",
        "found after arriving",
        "somebody else's",
        "somebody else's order",
    ],
)
def test_staying_at_an_incident_excuses_lateness(incident, verdict):
    """A-46: staying there wins over the appointment."""
    cases = on_the_way.arrivals([arrival(late_s=15 * 60)], [incident], grace_minutes=0)
    assert verdicts(cases) == [verdict]


def test_an_excused_visit_is_left_out_of_the_share():
    cases = on_the_way.arrivals(
        [arrival("FW-1", late_s=0), arrival("FW-2", late_s=60)],
        [stay(order="FW-2", found=30)],
        grace_minutes=0,
    )
    figure = on_the_way.arrivals_figure(cases)
    assert (figure.value, figure.counted, figure.off) == (100, 1, False)
    assert [(part.name, part.value) for part in figure.parts] == [("excused", 1)]


MIDNIGHT = dt.datetime(2025, 3, 6, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("written_off_at", "now", "verdict"),
    [
        (MIDNIGHT - dt.timedelta(seconds=1), MIDNIGHT, Verdict.MET),
        (MIDNIGHT, MIDNIGHT, Verdict.MISSED),
        (None, MIDNIGHT - dt.timedelta(seconds=1), Verdict.WAITING),
        (None, MIDNIGHT, Verdict.MISSED),
    ],
    ids=["23:59:59", "at midnight", "the day is not over", "the day is over"],
)
def test_a_cancelled_slip_is_written_off_by_the_end_of_the_estates_day(
    written_off_at, now, verdict
):
    """Sixteen o'clock UTC is midnight there: the estate's calendar decides."""
    slips = [("FW-1", NINE), ("FW-2", NINE)]
    cases = outcomes.cancellations(
        [Cancelled("FW-1", after(hours=9), written_off_at)], slips, DAY, now=now
    )
    assert [case.verdict for case in cases if case.verdict is not Verdict.BASE] == [verdict]
    figure = outcomes.cancellations_figure(cases)
    assert (figure.value, figure.counted) == (50, 2)
    assert figure.off is {Verdict.MET: False, Verdict.MISSED: True}.get(verdict)
