"""Whom the house offers for an order, and why not the others."""

import datetime as dt
import uuid

from hypothesis import given
from hypothesis import strategies as st

from server.work_orders.suggesting import (
    SLOT,
    Engagement,
    Standing,
    candidates,
    next_in_turn,
    overlaps,
)

TEN = dt.datetime(2025, 3, 5, 2, 0, tzinfo=dt.UTC)


def standing(name: str, **known: object) -> Standing:
    return Standing(technician_id=uuid.uuid4(), username=name, name=name, **known)


def engaged(at: dt.datetime) -> Engagement:
    return Engagement(number="FW-1", appointment_at=at)


def names(*standings: Standing) -> list[str]:
    found = candidates(standings, slot_at=TEN)
    return [one.standing.name for one in found]


def against(one: Standing) -> list[str]:
    (found,) = candidates([one], slot_at=TEN)
    return [reason.code for reason in found.against]


def test_whoever_lacks_the_licence_is_shown_last_and_may_not_be_chosen():
    gas = standing("gas", load=1)
    none = standing("none", lacking=("gas",))
    found = candidates([none, gas], slot_at=TEN)
    assert [(one.standing.name, one.offered, one.may) for one in found] == [
        ("gas", True, True),
        ("none", False, False),
    ]


def test_away_off_duty_and_booked_are_reasons_not_to_be_offered():
    assert against(standing("a", absent="leave")) == ["absent"]
    assert against(standing("b", on_duty=False)) == ["off_duty"]
    assert against(standing("c", engagements=[engaged(TEN + dt.timedelta(minutes=59))])) == [
        "busy_then"
    ]
    assert against(standing("d", engagements=[engaged(TEN + SLOT)])) == []


def test_the_same_building_now_comes_before_the_smaller_load():
    here = standing("here", is_here=True, load=3)
    idle = standing("idle")
    later = standing("later", load=1)
    assert names(idle, later, here) == ["here", "idle", "later"]


def test_in_turn_it_is_whoever_has_waited_longest_whatever_his_load():
    busy = standing("busy", load=2, last_given_at=TEN - SLOT)
    fresh = standing("fresh", last_given_at=TEN)
    away = standing("away", absent="sick")
    found = candidates([fresh, busy, away], slot_at=TEN)
    chosen = next_in_turn(found)
    assert chosen is not None
    assert chosen.standing.name == "busy"
    assert next_in_turn([one for one in found if not one.offered]) is None


@given(
    st.lists(
        st.builds(
            Standing,
            technician_id=st.uuids(),
            username=st.text(max_size=4),
            name=st.just("x"),
            lacking=st.sampled_from([(), ("gas",)]),
            absent=st.sampled_from([None, "leave"]),
            on_duty=st.booleans(),
            online=st.booleans(),
        ),
        max_size=8,
    )
)
def test_nobody_is_lost_and_those_who_are_offered_stand_first(standings):
    found = candidates(standings, slot_at=TEN)
    assert len(found) == len(standings)
    offered = [one.offered for one in found]
    assert offered == sorted(offered, reverse=True)
    assert all(one.against or one.may for one in found)


def test_a_slot_is_taken_from_both_sides():
    near = dt.timedelta(minutes=59)
    assert overlaps(engaged(TEN - near), TEN)
    assert overlaps(engaged(TEN + near), TEN)
    assert not overlaps(engaged(TEN - SLOT), TEN)
