"""Each assistant's week in writing: counted by the house, handed in once, read by the manager."""

import datetime as dt

import pytest

from server.errors import Conflict, Denied, Invalid
from server.history import history_of
from server.month_end import weekly
from tests.cast import CHEN_JING, NINE, YANG_FAN, ZHAO_MIN

MONDAY = dt.date(2025, 3, 3)
FRIDAY = NINE + dt.timedelta(days=2)
WORDS = {"summary": "回访 12 户", "plan": "补齐 3 栋"}


def write(world, *, by=YANG_FAN, week_on=MONDAY, submits=False, at=FRIDAY, **words):
    return world.do(
        weekly.write,
        world.settings,
        week_on,
        **{**WORDS, **words},
        submits=submits,
        by=world.by(by),
        at=at,
    )


def read(world, report, by):
    world.do(
        lambda session: weekly.mark_read(
            session,
            weekly.get(session, report.id, by=world.by(by), lock=True),
            by=world.by(by),
            at=FRIDAY,
        )
    )


def test_a_report_brings_what_its_author_did_that_week(world):
    """R-008."""
    world.register(at=NINE - dt.timedelta(days=3))  # the Sunday before
    for _ in range(2):
        world.register()
    mine = write(world, by=CHEN_JING)
    assert (mine.figures["registered"], mine.figures["written_off"]) == (2, 0)
    assert write(world).figures["registered"] == 0


def test_the_manager_sees_who_has_not_handed_in(world):
    missing = lambda: [one.name for one in weekly.missing(world.session, world.estate_id, MONDAY)]  # noqa: E731
    report = write(world)
    assert missing() == ["杨帆"]
    with pytest.raises(Conflict):
        read(world, report, ZHAO_MIN)
    write(world, submits=True)
    assert missing() == []
    with pytest.raises(Denied):
        read(world, report, YANG_FAN)
    for _ in range(2):
        read(world, report, ZHAO_MIN)
    kinds = [row.kind for row in history_of(world.session, "weekly", str(report.id))]
    assert kinds == ["weekly.written", "weekly.submitted", "weekly.read"]


def test_what_was_handed_in_stays_as_it_is(world):
    report = write(world, submits=True)
    assert write(world, submits=True).version == report.version
    with pytest.raises(Conflict):
        write(world, summary="改一改")


def test_a_week_begins_on_monday_and_is_not_still_to_come(world):
    for day in (dt.date(2025, 3, 4), dt.date(2025, 3, 10)):
        with pytest.raises(Invalid):
            write(world, week_on=day)
    with pytest.raises(Invalid) as refused:
        write(world, submits=True, plan=" ")
    assert set(refused.value.errors) == {"plan"}
