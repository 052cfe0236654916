"""K-19, K-21 and K-22 at their bounds: what is out, who left before help came, what was settled."""

import datetime as dt

import pytest

from server.reports.measures import loose_ends
from server.reports.measures.case import MONEY, Part, Verdict
from server.reports.measures.loose_ends import DamageReport, Drawn, Stay
from tests.cast import NINE, after


def out(*lines, over=False):
    cases = loose_ends.out_of_stock(lines, now=after(hours=1), over=over)
    return cases, loose_ends.out_of_stock_figure(cases, lines)


def test_what_is_out_waits_until_its_day_or_the_month_is_over():
    """R-072: a tool after its day; everything once the month is over."""
    pipe = Drawn("FW-1", "水管", NINE, overdue=False)
    drill = Drawn("FW-2", "电钻", NINE - dt.timedelta(days=2), overdue=True)
    cases, figure = out(pipe, drill)
    assert [case.verdict for case in cases] == [Verdict.WAITING, Verdict.MISSED]
    assert cases[0].value == 3600
    assert (figure.value, figure.missed, figure.waiting, figure.off) == (2, 1, 1, True)
    assert figure.parts == (Part("tools_overdue", 1, "count"),)
    assert out(pipe)[1].off is False
    assert out(pipe, over=True)[1].off is True
    assert out()[1].off is False


@pytest.mark.parametrize(
    ("arrived", "left", "early", "closed", "verdict", "alone_s"),
    [
        (NINE, NINE, False, False, Verdict.MET, None),
        (NINE, after(hours=1), False, False, Verdict.MET, None),
        (after(seconds=1), NINE, True, False, Verdict.MISSED, 1),
        (None, NINE, True, True, Verdict.MISSED, None),
        (None, None, False, False, Verdict.WAITING, None),
        (None, None, False, True, Verdict.MET, None),
        (NINE, None, False, False, Verdict.MET, None),
    ],
)
def test_leaving_before_help_came_misses_the_target(arrived, left, early, closed, verdict, alone_s):
    """R-027."""
    (case,) = cases = loose_ends.stays([Stay("GQ-1", NINE, arrived, left, early, closed)])
    assert (case.verdict, case.value) == (verdict, alone_s)
    figure = loose_ends.stays_figure(cases)
    assert (figure.value, figure.counted, figure.off) == (int(early), 1, early)


def test_without_an_incident_nobody_left_too_early():
    assert loose_ends.stays_figure([]).off is None


def test_damage_is_counted_with_the_median_of_what_was_settled():
    """R-063: amounts are told to those alone whose business they are."""
    reports = [
        DamageReport("BX-1", NINE, after(days=1), 12_000),
        DamageReport("BX-2", NINE, after(days=3), 0),
        DamageReport("BX-3", NINE, None, None),
    ]
    cases = loose_ends.damages(reports)
    assert [case.verdict for case in cases] == [Verdict.COUNTED] * 2 + [Verdict.WAITING]
    figure = loose_ends.damages_figure(cases, reports, with_amounts=True)
    assert (figure.value, figure.waiting, figure.off) == (3, 1, None)
    assert [part.value for part in figure.parts] == [2, 2 * 86_400, 12_000]
    told = loose_ends.damages_figure(cases, reports, with_amounts=False)
    assert MONEY not in {part.unit for part in told.parts}
    assert loose_ends.damages_figure([], [], with_amounts=True).parts[1].value is None
