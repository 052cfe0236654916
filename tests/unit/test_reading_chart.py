"""Where the marks of a reading stand on its drawing."""

import datetime as dt
from decimal import Decimal

import pytest

from checklists.bands import Stretch
from checklists.vocabulary import Status
from server.console.reading_chart import WIDTH, Scale, chart, plain
from server.quality.readings import Earlier

AT = dt.datetime(2025, 3, 5, tzinfo=dt.UTC)
LINE = (
    Stretch(low=None, high=Decimal(0), status=None),
    Stretch(low=Decimal(0), high=Decimal(198), status=Status.FAIL),
    Stretch(low=Decimal(198), high=Decimal(235), status=Status.PASS),
    Stretch(low=Decimal(235), high=None, status=Status.FAIL),
)


def before(value, unit="V AC"):
    return Earlier(order_number="FW-202502-0001", value=value, unit=unit, at=AT)


def test_the_reading_stands_in_the_colour_of_its_verdict():
    drawn = chart("221", "V AC", LINE, [])
    inside = next(zone for zone in drawn.zones if zone.status == "pass")
    assert inside.x < drawn.reading.x < inside.x + inside.width
    assert [mark.words for mark in drawn.limits] == ["198", "235"]
    assert drawn.reading.words == "221 V AC"


def test_a_reading_far_out_is_still_on_the_drawing():
    drawn = chart("380", "V AC", LINE, [])
    assert 0 < drawn.reading.x < WIDTH
    assert drawn.reading.x > drawn.limits[-1].x


@pytest.mark.parametrize("value", ["1", "198", "221", "235", "380"])
def test_the_stretches_fill_the_line_from_end_to_end(value):
    drawn = chart(value, "V AC", LINE, [before("214")])
    assert drawn.zones[0].x == 0
    assert sum(zone.width for zone in drawn.zones) == pytest.approx(WIDTH, abs=0.5)
    for one, following in zip(drawn.zones, drawn.zones[1:], strict=False):
        assert one.x + one.width == pytest.approx(following.x, abs=0.2)


def test_earlier_readings_are_marked_where_they_were():
    drawn = chart("221", "V AC", LINE, [before("214"), before("229")])
    low, high = drawn.earlier
    assert low.x < drawn.reading.x < high.x
    assert low.words == "FW-202502-0001: 214 V AC"


def test_another_unit_and_what_is_no_number_are_not_drawn():
    drawn = chart("0.4", "MPa", LINE, [before("400", "kPa"), before("?", "MPa")])
    assert drawn.earlier == ()
    assert chart("", "V AC", LINE, []) is None
    assert chart("NaN", "V AC", LINE, []) is None


def test_without_limits_it_is_held_against_what_was_read_before_or_not_at_all():
    drawn = chart("2", "times", (), [before("3", "times")])
    assert (len(drawn.earlier), drawn.zones) == (1, ())
    assert chart("2", "times", (), []) is None


def test_one_number_alone_still_has_a_line():
    assert Scale.over([Decimal(0)]).x(Decimal(0)) == WIDTH / 2


def test_figures_that_would_cover_each_other_are_not_both_written():
    close = (
        Stretch(low=None, high=Decimal("0.40"), status=Status.FAIL),
        Stretch(low=Decimal("0.40"), high=Decimal("0.41"), status=Status.WARN),
        Stretch(low=Decimal("0.41"), high=None, status=Status.PASS),
    )
    assert [mark.words for mark in chart("9", "MPa", close, []).limits] == ["0.4"]


@pytest.mark.parametrize(("value", "words"), [("0.40", "0.4"), ("200", "200"), ("4.25", "4.25")])
def test_a_limit_is_written_without_idle_zeros(value, words):
    assert plain(Decimal(value)) == words
