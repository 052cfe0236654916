"""Both clocks of what happened (P-18)."""

import datetime as dt
from dataclasses import dataclass

from server.quality.timeline import timeline

NINE = dt.datetime(2025, 3, 5, 1, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Row:
    at: dt.datetime
    device_at: dt.datetime | None = None


def after(seconds):
    return NINE + dt.timedelta(seconds=seconds)


def apart(at, device_at):
    (moment,) = timeline([Row(after(at), after(device_at))], limit_s=120)
    return moment.apart_s


def test_two_minutes_pass_and_one_second_more_is_told():
    assert apart(120, 0) is None
    assert apart(121, 0) == 121
    assert apart(0, 120) is None
    assert apart(0, 121) == -121


def test_what_the_desk_did_has_one_clock_only():
    (moment,) = timeline([Row(NINE)], limit_s=120)
    assert (moment.apart_s, moment.backwards) == (None, False)


def test_a_handheld_that_tells_an_earlier_time_than_before_is_noticed():
    rows = [
        Row(after(10), after(10)),
        Row(after(20)),
        Row(after(30), after(5)),
        Row(after(40), after(10)),
    ]
    assert [one.backwards for one in timeline(rows, limit_s=120)] == [False, False, True, False]
