"""K-05, K-06, K-08, K-20, K-23, K-24, days, ranks, and the order of lists."""

import datetime as dt

import pytest

from server.reports.measures import evidence, intakes, open_items, outcomes
from server.reports.measures.case import (
    ORDER,
    Case,
    Verdict,
    by_day,
    cut,
    rank,
    usual,
)
from server.reports.measures.evidence import Found, Report, Reviewed
from server.reports.measures.intakes import Intake
from server.reports.measures.listing import page_of
from server.reports.measures.open_items import Life, OpenItem
from server.reports.measures.outcomes import L1, L2, Accepted
from server.reports.measures.span import Span, day_span, with_four_weeks
from tests.cast import NINE, SHANGHAI, after

TODAY = dt.date(2025, 3, 5)
DAY = day_span(TODAY, SHANGHAI)


def test_the_estates_day_begins_at_its_own_midnight():
    assert DAY.from_at == dt.datetime(2025, 3, 4, 16, tzinfo=dt.UTC)
    assert DAY.until_at == dt.datetime(2025, 3, 5, 16, tzinfo=dt.UTC)
    assert DAY.day_of(DAY.until_at) == TODAY + dt.timedelta(days=1)
    weeks = with_four_weeks(TODAY, SHANGHAI)
    assert (weeks.first, len(weeks.days)) == (dt.date(2025, 2, 5), 29)


def test_a_day_without_cases_is_there_all_the_same():
    span = Span(first=TODAY - dt.timedelta(days=1), last=TODAY, zone=SHANGHAI)
    cases = [Case(ORDER, "FW-1", NINE, Verdict.MET)]
    assert {day: len(found) for day, found in by_day(cases, span).items()} == {
        span.first: 0,
        TODAY: 1,
    }


@pytest.mark.parametrize(
    ("count", "percent", "place"),
    [(1, 90, 1), (9, 90, 9), (10, 90, 9), (11, 90, 10), (20, 95, 19), (21, 95, 20), (100, 95, 95)],
)
def test_the_rank_is_the_smallest_value_that_enough_keep_to(count, percent, place):
    assert rank(list(range(1, count + 1)), percent) == place
    assert rank([], percent) is None


def test_one_miss_in_two_thousand_is_not_a_hundred_percent():
    assert cut(100 * 1999 / 2000) == 99.9
    assert cut(100) == 100


def test_the_usual_day_is_the_median_of_those_that_have_a_value():
    assert usual([90, None, 100, 40]) == 90
    assert usual([None]) is None


def accepted(number, rounds=0, *, by_decision=False):
    return Accepted(number, NINE, rounds, by_decision)


def test_first_time_is_round_nought_among_all_accepted():
    orders = [accepted("FW-1"), accepted("FW-2", 1), accepted("FW-3"), accepted("FW-4", 2)]
    figure = outcomes.acceptances_figure(outcomes.acceptances(orders))
    assert (figure.value, figure.counted, figure.missed) == (50, 4, 2)
    assert figure.off is None  # told, without a target
    [decided] = outcomes.acceptances([accepted("FW-5", 2, by_decision=True)])
    assert (decided.verdict, decided.value, decided.note) == (Verdict.MISSED, 2, "by_decision")


def test_rework_and_escalations_are_counted_against_the_accepted():
    orders = [accepted("FW-1"), accepted("FW-2", 1), accepted("FW-3", 2), accepted("FW-4")]
    levels = {"FW-3": frozenset({L1, L2}), "FW-4": frozenset({L1})}
    cases = outcomes.reworks(orders, levels)
    figure = outcomes.reworks_figure(cases)
    assert figure.value == 75  # three rounds on four orders
    assert {part.name: part.value for part in figure.parts} == {
        "rounds": 3,
        "level_1": 50,
        "level_2": 25,
    }
    listed = {case.number: case.note for case in cases if case.verdict is Verdict.COUNTED}
    assert listed == {"FW-2": "", "FW-3": "L1+L2", "FW-4": "L1"}


def test_unmet_demand_is_a_list_with_the_most_wanted_first():
    asked = [Intake(f"DJ-{n}", NINE, after(minutes=15), None) for n in range(6)]
    items = {"DJ-0": "修手表", "DJ-1": "配钥匙", "DJ-2": "配钥匙"}
    cases = intakes.declines(asked, items)
    assert intakes.declines_figure(cases).value == 50
    assert intakes.unmet_demand(cases) == [("配钥匙", 2), ("修手表", 1)]
    assert intakes.unmet_demand(cases, most=1) == [("配钥匙", 2)]


def test_only_the_first_judgement_counts_and_on_its_own_day():
    reviews = [
        Reviewed("FW-1", after(hours=2), "passed"),
        Reviewed("FW-1", after(hours=1), "returned"),
        Reviewed("FW-2", after(hours=1), "passed"),
        # judged anew today: its first judgement was yesterday's
        Reviewed("FW-3", after(hours=3), "passed"),
        Reviewed("FW-3", after(days=-1), "failed"),
    ]
    findings = [Found("FW-9", NINE, evidence.OUT_OF_LIMIT, 2)]
    cases = evidence.evidence(reviews, findings, DAY)
    figure = evidence.evidence_figure(cases)
    assert (figure.value, figure.counted, figure.missed) == (50, 2, 1)
    assert {part.name: part.value for part in figure.parts} == {
        evidence.OUT_OF_LIMIT: 2,
        evidence.DUPLICATE: 0,
        evidence.NO_ISOLATION: 0,
    }


def test_sync_delay_is_what_95_of_100_keep_to_and_never_negative():
    assert evidence.delay_s(NINE, after(seconds=5)) == 0
    assert evidence.delay_s(after(seconds=5), NINE) == 5
    figure = evidence.delays_figure([float(s) for s in range(100, 0, -1)])
    assert (figure.value, figure.parts[0].value) == (95, 100)
    listed = evidence.delays([Report("FW-1", NINE, 3.0), Report("FW-1", after(hours=1), 60.0)])
    assert [(case.number, case.value) for case in listed] == [("FW-1", 60)]


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, "today"),
        (1, "days_3"),
        (3, "days_3"),
        (4, "days_7"),
        (7, "days_7"),
        (8, "days_30"),
        (30, "days_30"),
        (31, "older"),
    ],
)
def test_ages_fall_into_their_buckets(days, bucket):
    assert open_items.bucket_of(days) == bucket


def test_age_is_counted_in_days_of_the_calendar():
    late_last_night = dt.datetime(2025, 3, 4, 23, 59, tzinfo=SHANGHAI)
    assert open_items.age_days(late_last_night, TODAY, DAY) == 1
    items = [
        OpenItem(ORDER, "FW-1", "created", NINE - dt.timedelta(days=30)),
        OpenItem(ORDER, "FW-2", "created", NINE - dt.timedelta(days=31)),
    ]
    cases = open_items.open_cases(items, DAY, now=NINE)
    assert [case.verdict for case in cases] == [Verdict.COUNTED, Verdict.MISSED]
    figure = open_items.open_figure(cases)
    assert (figure.value, figure.missed, figure.off) == (2, 1, True)
    assert open_items.open_figure(cases[:1]).off is False


def test_what_was_open_when_a_day_ended_is_counted_backwards_from_now():
    span = Span(first=TODAY - dt.timedelta(days=2), last=TODAY, zone=SHANGHAI)
    two_days_ago, yesterday = NINE - dt.timedelta(days=2), NINE - dt.timedelta(days=1)
    ended = [
        Life(two_days_ago, yesterday),
        Life(yesterday, yesterday + dt.timedelta(hours=1)),
        # open for 31 days when it ended this morning
        Life(NINE - dt.timedelta(days=31), NINE),
    ]
    days = open_items.open_by_day([NINE, NINE - dt.timedelta(days=40)], ended, span)
    assert [figure.value for figure in days.values()] == [3, 2, 2]
    assert [figure.missed for figure in days.values()] == [1, 1, 1]


def case(number, verdict, value=None, note=""):
    return Case(ORDER, number, NINE, verdict, value, note)


def test_the_list_begins_with_what_missed_worst_and_never_shows_one_twice():
    cases = [
        case("FW-1", Verdict.MET, 10),
        case("FW-2", Verdict.MISSED, 100),
        case("FW-3", Verdict.MISSED, 900),
        case("FW-4", Verdict.MISSED),
        case("FW-5", Verdict.BASE),
        case("FW-6", Verdict.WAITING),
    ]
    first, key = page_of(cases, after=None, limit=3)
    assert [one.number for one in first] == ["FW-4", "FW-3", "FW-2"]
    # Somebody arrives meanwhile: the next page goes on where this one ended.
    more = [*cases, case("FW-7", Verdict.MISSED, 5000)]
    following, end = page_of(more, after=key, limit=3)
    assert [one.number for one in following] == ["FW-6", "FW-1"]
    assert end is None
