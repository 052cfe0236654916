"""When, by whom and how often complainants are asked again (R-120…R-128, RV1–RV6, P-11)."""

import datetime as dt

import pytest

from server.complaints import following_up
from server.complaints.visited import Correction
from server.errors import Conflict, Denied, Invalid
from server.reports.month_queries import MonthRows
from server.return_visits import attempting, of_complaints, planning, queries
from server.return_visits.queries import Filter
from tests.cast import (
    HE_LI,
    LI_NA,
    SHANGHAI,
    YANG_FAN,
    ZHAO_MIN,
    ZHENG_JIE,
    ZHOU_JIANGUO,
)
from tests.factories.acts import order_in
from tests.factories.complaints import (
    DAY,
    ON_SITE,
    judged,
    react,
    recorded,
    says,
    verified,
    visit_of,
    visited,
)
from tests.integration.rules.complaint_checks import alerted, major, refused

MARCH, APRIL = dt.date(2025, 3, 1), dt.date(2025, 4, 1)
APRIL_2 = dt.datetime(2025, 4, 2, 9, 0, tzinfo=SHANGHAI).astimezone(dt.UTC)


def ordinary(world):
    return verified(world, judged(world, recorded(world)))


def gravest(world):
    """A petition, dealt with by the general manager and verified."""
    return verified(world, major(world), handler=ZHOU_JIANGUO, verifier=ZHAO_MIN)


def against_the_centre(world, **facts):
    complaint = recorded(world, target="cs_centre", by=ZHENG_JIE, **facts)
    heavy = complaint.channel == "petition"
    words = {"major": True} if heavy else {"handler": world.user(ZHENG_JIE), "target_on": DAY}
    judged(world, complaint, by=ZHENG_JIE, **words)
    who = ZHOU_JIANGUO if heavy else ZHENG_JIE
    return verified(world, complaint, handler=who, verifier=who)


def put_right_once(world, complaint, *, then_verified=True):
    """Visited in vain, put right, verified: it waits for its next visit."""
    correction = Correction(text="重新刷漆", owner=world.user(LI_NA), due_on=dt.date(2025, 4, 9))
    visited(world, complaint, satisfied=False, comment="没刷匀", correction=correction)
    world.do(following_up.rectified, complaint, text="刷了", **says(world, LI_NA))
    if not then_verified:
        return
    world.do(following_up.verify, complaint, ok=True, text="看过", **says(world, ZHAO_MIN))
    react(world)


def to_make(world, **wanted):
    """The complaints and orders in the queue, in its order."""
    found = queries.page(world.session, world.estate_id, Filter(**wanted), after=None).entries
    return [one.complaint or one.order for one in found]


def test_whoever_visits_a_complaint_is_told_once_it_is_verified(world):
    desk = {"cs_assistant", "precinct_assistant", "front_desk"}
    general = {"gpm", "site_pm"}
    petition = {"channel": "petition", "apology": False}
    for complaint, audience, told in (
        (ordinary(world), desk, {"by": YANG_FAN}),
        (gravest(world), {"cs_manager"}, {"by": ZHAO_MIN, **ON_SITE}),
        (against_the_centre(world), {"admin_hr"}, {"by": ZHENG_JIE}),
        (against_the_centre(world, **petition), general, {"by": ZHOU_JIANGUO, **ON_SITE}),
    ):
        assert alerted(world, complaint, "complaint.to_visit") == audience
        visited(world, complaint, **told)
        assert "complaint.to_visit" not in world.alerts_of(complaint)


def test_whoever_was_visited_in_vain_is_told_of_again_after_the_next_verification(world):
    complaint = ordinary(world)
    put_right_once(world, complaint, then_verified=False)
    assert "complaint.to_visit" not in world.alerts_of(complaint)
    world.do(following_up.verify, complaint, ok=True, text="看过", **says(world, ZHAO_MIN))
    assert "complaint.to_visit" in world.alerts_of(complaint)


def test_a_major_complaint_is_visited_before_all_others_and_an_ordinary_one_before_most(world):
    order = order_in(world, "closed")
    react(world)
    usual, grave = ordinary(world), gravest(world)
    assert to_make(world) == [grave, usual, order]


def test_the_head_of_dispatch_gives_the_visit_of_a_complaint_to_who_may_make_it(world):
    complaint = ordinary(world)
    visit, yang = visit_of(complaint), world.user(YANG_FAN)
    with pytest.raises(Invalid) as raised:
        world.do(planning.assign, visit, world.user(HE_LI), reason=None, **says(world, HE_LI))
    assert (raised.value.rule, visit.state) == ("R-120", "pending")
    world.do(planning.assign, visit, yang, reason=None, **says(world, HE_LI))
    assert (visit.state, to_make(world, assignee_id=yang.id)) == ("assigned", [complaint])
    with pytest.raises(Invalid) as raised:
        world.do(planning.assign, visit, world.user(LI_NA), reason=" ", **says(world, HE_LI))
    assert raised.value.rule == "R-083"
    put_right_once(world, complaint)
    assert (visit.state, visit.round, visit.assignee_id) == ("assigned", 2, yang.id)


def test_a_major_complaint_is_given_to_the_manager_and_stays_one_to_make_at_the_door(world):
    visit = visit_of(gravest(world))
    with pytest.raises(Invalid) as raised:
        world.do(planning.assign, visit, world.user(YANG_FAN), reason=None, **says(world, HE_LI))
    assert raised.value.rule == "R-121"
    boss = world.user(ZHAO_MIN)
    world.do(planning.assign, visit, boss, reason=None, on_site=False, **says(world, HE_LI))
    assert (visit.assignee_id, visit.on_site_wanted) == (boss.id, True)


def test_the_centre_does_not_say_who_visits_what_is_said_against_it(world):
    visit = visit_of(against_the_centre(world))
    boss = world.user(ZHOU_JIANGUO)
    for who in (HE_LI, ZHAO_MIN):
        words = {"reason": None, **says(world, who)}
        refused(world, Denied, "R-034", planning.assign, visit, boss, **words)
    tried = {"method": "phone", "note": "无人接听"}
    for who in (LI_NA, ZHAO_MIN):
        words = {**tried, **says(world, who)}
        refused(world, Denied, "R-034", attempting.note_attempt, visit, **words)
    world.do(attempting.note_attempt, visit, **tried, **says(world, ZHENG_JIE))
    assert visit.attempts == 1


def test_a_complainant_is_looked_for_three_times_on_two_days_and_the_complaint_waits_on(world):
    complaint = ordinary(world)
    visit = visit_of(complaint)
    closes = {"reason": "三次未接", "by": world.by(ZHAO_MIN)}
    for days in (0, 0, 1):
        words = {**closes, "at": world.now}
        shut = attempting.close_unreachable
        refused(world, Conflict, "P-11", shut, world.settings, visit, **words)
        world.now += dt.timedelta(days=days)
        words = {"method": "phone", "note": "无人接听", **says(world, YANG_FAN)}
        world.do(of_complaints.note_attempt, world.settings, complaint, **words)
    world.do(attempting.close_unreachable, world.settings, visit, **closes, at=world.later())
    assert (visit.state, visit.attempts, complaint.state) == ("unreachable", 3, "visit_pending")
    assert "complaint.to_visit" not in world.alerts_of(complaint)
    visited(world, complaint, by=YANG_FAN)
    assert (visit.state, complaint.state) == ("done", "closed")


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
