"""A deadline counted again: the stretches, the calendar, and the second on which it passes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.deadlines import policy, replay

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(*parts):
    return dt.datetime(*parts, tzinfo=SHANGHAI).astimezone(dt.UTC)


AT_NIGHT = local(2025, 3, 6, 2, 10)


@pytest.mark.parametrize(
    ("done_at", "kept", "late_s"),
    [
        (local(2025, 3, 6, 2, 25, 0), True, 0),
        (local(2025, 3, 6, 2, 25, 1), False, 1),
        (None, None, 0),
    ],
)
def test_fifteen_minutes_pass_on_the_second_and_fail_one_later(done_at, kept, late_s):
    again = replay.by_minutes("reply", "R-051", AT_NIGHT, 15, done_at=done_at)
    assert (again.in_time, again.late_s) == (kept, late_s)
    assert again.due_at == local(2025, 3, 6, 2, 25)


def test_a_weekend_is_passed_over_and_shown():
    friday = local(2025, 3, 7, 15, 0)
    again = replay.decision(friday, SHANGHAI, done_at=local(2025, 3, 10, 18, 0))
    assert [one.why for one in again.stretches] == ["opened", "weekend", "weekend", "working_day"]
    assert [one.counted for one in again.stretches] == [False, False, False, True]
    assert again.due_at == local(2025, 3, 10, 18, 0)
    assert again.in_time


def test_a_visit_on_the_tenth_is_in_time_and_a_second_after_it_is_not():
    closed = local(2025, 3, 5, 11, 20)
    last = local(2025, 4, 10, 23, 59, 59)
    assert replay.return_visit(closed, SHANGHAI, done_at=last).in_time
    within = last + dt.timedelta(microseconds=400_000)
    again = replay.return_visit(closed, SHANGHAI, done_at=within)
    assert (again.in_time, again.late_s) == (True, 0), "the last second lasts to its end (A-09)"
    late = replay.return_visit(closed, SHANGHAI, done_at=local(2025, 4, 11, 0, 0, 0))
    assert (late.in_time, late.late_s) == (False, 1)
    assert [one.until_at for one in late.stretches] == [local(2025, 4, 1, 0, 0), last]


def test_a_deadline_that_was_written_down_otherwise_is_told():
    again = replay.by_minutes(
        "reply", "R-051", AT_NIGHT, 15, done_at=None, kept_due_at=local(2025, 3, 6, 2, 20)
    )
    assert not again.agrees


MOMENTS = st.datetimes(
    dt.datetime(2024, 1, 1),  # noqa: DTZ001  # the zone comes from the strategy
    dt.datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)


@given(MOMENTS)
def test_the_stretches_lie_end_to_end_and_end_where_the_policy_says(moment):
    for again, due in (
        (
            replay.decision(moment, SHANGHAI, done_at=None),
            policy.next_working_day_at(moment, SHANGHAI),
        ),
        (
            replay.return_visit(moment, SHANGHAI, done_at=None),
            policy.return_visit_due(moment, SHANGHAI),
        ),
        (replay.silence(moment, done_at=None), policy.progress_due(moment)),
        (replay.complaint_visit(moment, done_at=None), policy.complaint_visit_due(moment)),
    ):
        assert again.due_at == due
        assert again.stretches[0].from_at == moment
        assert again.stretches[-1].until_at == due
        for one, following in zip(again.stretches, again.stretches[1:], strict=False):
            assert one.until_at == following.from_at
            assert one.from_at < one.until_at
