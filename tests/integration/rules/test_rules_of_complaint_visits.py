"""When, by whom and how often complainants are asked again (R-120…R-128, RV1–RV6, P-11)."""

import datetime as dt

from server.complaints import following_up
from server.complaints.visited import Correction
from server.reports.month_queries import MonthRows
from tests.cast import LI_NA, SHANGHAI, ZHAO_MIN
from tests.factories.complaints import judged, react, recorded, says, verified, visited

MARCH, APRIL = dt.date(2025, 3, 1), dt.date(2025, 4, 1)
APRIL_2 = dt.datetime(2025, 4, 2, 9, 0, tzinfo=SHANGHAI).astimezone(dt.UTC)


def put_right_once(world, complaint):
    """Visited in vain, put right, verified: it waits for its second visit."""
    correction = Correction(text="重新刷漆", owner=world.user(LI_NA), due_on=dt.date(2025, 4, 9))
    visited(world, complaint, satisfied=False, comment="没刷匀", correction=correction)
    world.do(following_up.rectified, complaint, text="刷了", **says(world, LI_NA))
    world.do(following_up.verify, complaint, ok=True, text="看过", **says(world, ZHAO_MIN))
    react(world)


def complaint_visits(world, month):
    """K-12: who made the complaint visits of a month; None for one still to be made."""
    world.session.expire_all()
    rows = MonthRows(world.session, world.estate_id, month, SHANGHAI).complaint_visits
    return [one.visitor for one in rows]


def test_each_visit_of_a_complaint_counts_in_the_month_in_which_it_was_made(world):
    zhao = world.user(ZHAO_MIN).id
    complaint = verified(world, judged(world, recorded(world)))
    assert complaint_visits(world, MARCH) == [None]
    put_right_once(world, complaint)
    assert complaint_visits(world, MARCH) == [zhao, None]
    put_right_once(world, complaint)
    assert complaint_visits(world, MARCH) == [zhao, zhao, None]
    world.now = APRIL_2
    visited(world, complaint)
    assert complaint_visits(world, MARCH) == [zhao, zhao]
    assert complaint_visits(world, APRIL) == [zhao]


def test_a_visit_that_waits_since_april_is_not_still_to_be_made_in_march(world):
    complaint = verified(world, judged(world, recorded(world)))
    visits = complaint_visits(world, MARCH)
    assert visits == [None]
    world.now = APRIL_2
    put_right_once(world, complaint)
    assert complaint_visits(world, MARCH) == []
    assert complaint_visits(world, APRIL) == [world.user(ZHAO_MIN).id, None]
