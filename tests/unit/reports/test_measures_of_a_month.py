"""K-09 to K-18 at their bounds: the 10th, five of a hundred, three and one, 17:30, nothing over."""

import datetime as dt
import uuid

import pytest

from server.deadlines.policy import return_visit_due
from server.reports.measures import fees, grievances, handing_over, visits
from server.reports.measures.case import COMPLAINT, ORDER, Verdict
from server.reports.measures.fees import Fee
from server.reports.measures.grievances import ComplaintVisit, Grievance, MajorClosed, Owed
from server.reports.measures.handing_over import List
from server.reports.measures.visits import Checked, Holder, Visited
from tests.cast import SHANGHAI

MARCH_10 = dt.datetime(2025, 3, 10, 9, tzinfo=SHANGHAI)
DUE = return_visit_due(MARCH_10, SHANGHAI)
MIDNIGHT = dt.datetime(2025, 4, 11, tzinfo=SHANGHAI)
LONG_AFTER = dt.datetime(2025, 5, 1, tzinfo=SHANGHAI)
ZHAO, ZHOU, HE = (uuid.UUID(int=place) for place in (1, 2, 3))
HOLDERS = (Holder(ZHAO, "赵敏", "cs_manager"), Holder(ZHOU, "周建国", "gpm"))


def visited(place=1, *, at=MARCH_10, on_site=False, satisfied=True, cause=None, item="lamp"):
    satisfied = satisfied if at is not None else None
    number = f"FW-202503-{place:04d}"
    return Visited(number, MARCH_10, item, DUE, at, on_site, satisfied, cause)


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        (DUE, Verdict.MET),
        (MIDNIGHT - dt.timedelta(microseconds=1), Verdict.MET),
        (MIDNIGHT, Verdict.MISSED),
        (None, Verdict.MISSED),
    ],
)
def test_a_visit_on_the_eleventh_at_midnight_is_late(at, verdict):
    """R-084, A-09."""
    (case,) = visits.by_the_tenth([visited(at=at)], now=LONG_AFTER)
    assert case.verdict is verdict


def test_until_the_tenth_is_over_nobody_is_late():
    orders = [visited(1), visited(2, at=None)]
    waiting = visits.by_the_tenth(orders, now=DUE)
    assert [case.verdict for case in waiting] == [Verdict.MET, Verdict.WAITING]
    figure = visits.by_the_tenth_figure(waiting)
    assert (figure.value, figure.counted, figure.waiting, figure.off) == (50, 2, 1, None)
    late = visits.by_the_tenth_figure(visits.by_the_tenth(orders, now=MIDNIGHT))
    assert (late.value, late.missed, late.off) == (50, 1, True)
    done = visits.by_the_tenth_figure(visits.by_the_tenth(orders[:1], now=DUE))
    assert (done.value, done.off) == (100, False)


@pytest.mark.parametrize(
    ("cohort", "needed"), [(47, 3), (40, 2), (41, 3), (20, 1), (21, 2), (1, 1), (0, 0)]
)
def test_five_of_a_hundred_are_visited_at_their_door_rounded_up(cohort, needed):
    """R-086, A-10."""
    assert visits.needed_on_site(cohort) == needed


def on_site_figure(cohort, made, *, counts=True):
    orders = [visited(place, on_site=place < made) for place in range(cohort)]
    return visits.on_site_figure(visits.on_site(orders), counts=counts)


def test_two_of_forty_seven_are_too_few_and_three_are_enough():
    assert (on_site_figure(47, 2).off, on_site_figure(47, 2).missed) == (True, 1)
    assert (on_site_figure(47, 3).off, on_site_figure(47, 3).missed) == (False, 0)
    assert on_site_figure(0, 0).off is None


def test_before_the_25th_too_few_on_site_are_not_told_as_behind():
    assert on_site_figure(47, 2, counts=False).off is None
    assert on_site_figure(47, 3, counts=False).off is False


def check(place, who, *, agrees=True, own=False):
    return Checked(ORDER, f"FW-{place}", MARCH_10, who, agrees, own)


def test_each_manager_makes_three_spot_checks_and_his_own_visits_do_not_count():
    """R-089, A-11: 赵敏 4 are enough, 周建国 2 and one of his own visit are not."""
    checks = [
        *(check(place, ZHAO) for place in range(4)),
        check(5, ZHOU),
        check(6, ZHOU, agrees=False),
        check(7, ZHOU, own=True),
    ]
    cases = visits.spot_checks(checks)
    zhao, zhou = visits.spot_check_quotas(HOLDERS, checks)
    assert (zhao.done, zhao.short, zhou.done, zhou.short) == (4, False, 2, True)
    assert [case.note for case in cases].count("differs") == 1
    figure = visits.quotas_figure(cases, (zhao, zhou), over=True)
    assert (figure.value, figure.missed, figure.off) == (6, 1, True)
    running = visits.quotas_figure(cases, (zhao, zhou), over=False)
    assert (running.missed, running.off) == (0, None), "nobody is short before the month is over"
    assert visits.quotas_figure(cases, (zhao,), over=False).off is False


def test_whoever_follows_in_a_seat_counts_with_whom_he_follows():
    """A-20: a new CS manager within the month; the resident manager beside the general one."""
    holders = (
        Holder(ZHAO, "赵敏", "cs_manager"),
        Holder(HE, "何莉", "cs_manager"),
        Holder(ZHOU, "周建国", "gpm"),
        Holder(uuid.uuid4(), "驻场", "gpm"),
    )
    checks = [check(1, ZHAO), check(2, HE), check(3, HE), *(check(n, ZHOU) for n in (4, 5, 6))]
    of_cs, of_gpm = visits.spot_check_quotas(holders, checks)
    assert (of_cs.name, of_cs.done, of_cs.short) == ("赵敏、何莉", 3, False)
    assert (of_gpm.name, of_gpm.done, of_gpm.needed) == ("周建国", 3, 3)
    of_cs, of_gpm = grievances.visit_quotas(holders, [*made(3, ZHAO), *made(1, ZHOU, 3)])
    assert (of_cs.done, of_gpm.name, of_gpm.done, of_gpm.short) == (3, "周建国", 1, False)
    assert visits.spot_check_quotas(holders[2:], [])[0].name == "周建国、驻场"


def made(count, who, first=0):
    return [ComplaintVisit(f"TS-{first + place}", MARCH_10, who) for place in range(count)]


def quotas(*all_visits):
    return grievances.visit_quotas(HOLDERS, all_visits)


def test_three_complaint_visits_by_the_manager_and_one_by_the_general_manager():
    """R-126, R-127."""
    zhao, zhou = quotas(*made(3, ZHAO), *made(1, ZHOU, 3))
    assert not zhao.short
    assert not zhou.short
    zhao, zhou = quotas(*made(2, ZHAO), *made(3, HE, 2))
    assert zhao.short
    assert zhou.short


def test_a_quota_that_could_not_be_reached_is_not_missed():
    """A-12: two complaints in the month, or three of which the other needed one."""
    zhao, zhou = quotas(*made(2, ZHAO))
    assert (zhao.attainable, zhao.available, zhao.short) == (False, 2, False)
    assert (zhou.attainable, zhou.available, zhou.short) == (False, 0, False)
    zhao, zhou = quotas(*made(2, ZHAO), *made(1, ZHOU, 2))
    assert (zhao.short, zhao.available, zhou.short) == (False, 2, False)
    cases = grievances.visits_of_complaints(made(2, ZHAO))
    figure = visits.quotas_figure(cases, quotas(*made(2, ZHAO)), over=True)
    assert figure.off is False
    assert [(part.name, part.value) for part in figure.parts] == [("not_attainable", 2)]


def test_what_is_still_to_be_visited_could_have_been_visited():
    waiting = ComplaintVisit("TS-9", MARCH_10, None)
    zhao, zhou = quotas(waiting)
    assert (zhao.short, zhou.available, zhou.short) == (False, 1, True)
    (case,) = grievances.visits_of_complaints([waiting])
    assert case.verdict is Verdict.BASE


@pytest.mark.parametrize(
    ("method", "right", "verdict"),
    [
        ("on_site", True, Verdict.MET),
        ("phone", True, Verdict.MISSED),
        ("on_site", False, Verdict.MISSED),
        (None, False, Verdict.MISSED),
    ],
)
def test_a_major_complaint_is_visited_on_site_by_the_manager_himself(method, right, verdict):
    """R-121, R-123."""
    (case,) = grievances.majors([MajorClosed("TS-1", MARCH_10, method, right)])
    assert case.verdict is verdict
    assert grievances.majors_figure([]).off is None


def test_satisfaction_is_told_by_item_and_by_cause():
    """R-095."""
    orders = [
        visited(1),
        visited(2, satisfied=False, cause="speed"),
        visited(3, satisfied=False, cause="speed", item="tap_valve"),
        visited(4, satisfied=False, item="tap_valve"),
        visited(5, at=None, item="tap_valve"),
    ]
    figure = visits.satisfaction_figure(visits.satisfaction(orders))
    assert (figure.value, figure.counted, figure.off) == (25, 4, None)
    tap, lamp = visits.by_item(orders)
    assert (tap.item, tap.orders, tap.satisfied, tap.dissatisfied) == ("tap_valve", 3, 0, 2)
    assert tap.causes == (("other", 1), ("speed", 1))
    assert (lamp.satisfied, lamp.dissatisfied) == (1, 1)
    assert visits.causes_of(orders) == [("speed", 2), ("other", 1)]


def test_complaints_are_counted_by_all_that_they_are():
    """R-129."""
    complaints = [
        Grievance("TS-1", MARCH_10, "phone", "staff", "valid", False, "lamp", "3栋"),
        Grievance("TS-2", MARCH_10, "phone", "service", "valid", True, "lamp", "3栋"),
        Grievance("TS-3", MARCH_10, "visit", "service", "invalid", False, "other", "5栋"),
    ]
    figure = grievances.grievances_figure(grievances.grievances(complaints))
    assert figure.value == 3
    assert [(part.name, part.value) for part in figure.parts] == [("valid", 2), ("major", 1)]
    assert grievances.by_kind(complaints) == {
        "channel": [("phone", 2), ("visit", 1)],
        "target": [("service", 2), ("staff", 1)],
        "validity": [("valid", 2), ("invalid", 1)],
        "category": [("lamp", 2), ("other", 1)],
        "building": [("3栋", 2), ("5栋", 1)],
    }


def test_a_rectification_is_overdue_on_the_day_after():
    """R-128."""
    owed = [Owed(COMPLAINT, "TS-1", MARCH_10, dt.date(2025, 3, 20))]
    today = grievances.rectifications(owed, dt.date(2025, 3, 20))
    assert grievances.rectifications_figure(today).off is False
    morrow = grievances.rectifications(owed, dt.date(2025, 3, 21))
    figure = grievances.rectifications_figure(morrow)
    assert (figure.value, figure.off, morrow[0].value) == (1, True, 1)


def test_a_list_of_slips_is_late_when_its_last_second_is_over():
    """R-081, R-076."""
    due = dt.datetime(2025, 3, 5, 17, 30, 59, tzinfo=SHANGHAI)
    second = dt.timedelta(seconds=1)
    given = [List("2025-03-05", due, at) for at in (due, due + second, None)]
    assert [case.verdict for case in handing_over.lists(given, now=due + second)] == [
        Verdict.MET,
        Verdict.MISSED,
        Verdict.MISSED,
    ]
    waiting = handing_over.lists(given[2:], now=due)
    assert waiting[0].verdict is Verdict.WAITING
    assert handing_over.lists_figure(waiting).off is None


def fee(place, fen, noticed, *, method="monthly_notice", item="lamp", now=None):
    return Fee(f"FW-{place}", MARCH_10, item, method, fen, fen if now is None else now, noticed)


def fees_figure(entries, *, issued=True):
    return fees.fees_figure(fees.fees(entries, issued=issued), entries, issued=issued)


def test_the_notices_say_what_the_orders_say():
    """R-077: 30.00 and 33.00 make 63.00; the difference is to be nothing."""
    good = [fee(1, 3000, 3000), fee(31, 3300, 3300), fee(2, 900, None, method="cash")]
    figure = fees_figure(good)
    assert (figure.value, figure.missed, figure.off) == (7200, 0, False)
    assert figure.parts[0].value == 0
    assert fees.by_kind(good) == {
        "category": [("lamp", 7200)],
        "payment_method": [("monthly_notice", 6300), ("cash", 900)],
    }


def test_a_fee_that_a_notice_lacks_or_asks_for_wrongly_is_found():
    figure = fees_figure([fee(1, 3000, None), fee(2, 900, 900, method="cash")])
    assert (figure.missed, figure.off, figure.parts[0].value) == (2, True, -2100)
    # As much too little here as too much there: the sum is right, and both orders are wrong.
    figure = fees_figure([fee(1, 3000, 2000), fee(2, 2000, 3000)])
    assert (figure.missed, figure.off, figure.parts[0].value) == (2, True, 0)


def test_a_notice_is_compared_with_the_order_and_not_with_the_book():
    """Hard constraint 13: book and notice say 30.00, the order itself 10.00."""
    figure = fees_figure([fee(1, 3000, 3000, now=1000)])
    assert (figure.value, figure.missed, figure.off) == (3000, 1, True)
    assert figure.parts[0].value == 2000


def test_before_the_notices_go_out_none_can_be_wrong():
    figure = fees_figure([fee(1, 3000, None)], issued=False)
    assert (figure.missed, figure.off, figure.parts) == (0, None, ())
