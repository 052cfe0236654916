"""The return visit from the closed order to the satisfied customer (RV1–RV7, R-080…R-090)."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server.alerts.models import Alert
from server.complaints.models import Complaint
from server.complaints.operations import record_from_request
from server.deadlines import timers
from server.deadlines.policy import end_of_day
from server.errors import Conflict, Denied, Invalid
from server.history import history_of
from server.messages import queries as boxes
from server.quality import corrections
from server.quality import operations as quality
from server.reactions import run_once as react
from server.rectifications.queries import rectifications_of
from server.reports.measures.outcomes import Accepted, acceptances
from server.requests.models import ServiceRequest
from server.residents import operations as residents
from server.return_visits import (
    attempting,
    cohort,
    correcting,
    month_watch,
    planning,
    queries,
    spot_checks,
)
from server.return_visits import operations as visits
from server.return_visits.models import ReturnVisit, SpotCheck
from server.return_visits.queries import Filter
from server.work_orders.models import WorkOrder
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    HE_LI,
    LI_JIANJUN,
    LI_NA,
    SHANGHAI,
    SUN_QIAN,
    WANG_LIHUA,
    YANG_FAN,
    ZHAO_MIN,
    ZHOU_JIANGUO,
)
from tests.factories import acts
from tests.factories.acts import order_in

MARCH = dt.date(2025, 3, 1)
DAY = dt.timedelta(days=1)


def says(world, who=HE_LI, at=None):
    return {"by": world.by(who), "at": at or world.later()}


def opened(world, order=None, **facts):
    """The visit of a closed order, as the reaction opens it."""
    order = order or order_in(world, State.CLOSED, **facts)
    return world.do(visits.open_visit, world.settings, order, **says(world, CHEN_JING))


def answered(world, visit, *, who=HE_LI, at=None, **said):
    words = {
        "method": "phone",
        "satisfied": True,
        "comment": "很好",
        "customer_signature": None,
        **said,
    }
    world.do(visits.record_visit, world.settings, visit, **words, **says(world, who, at))
    return visit


def month(world, at=None):
    return cohort.of_month(world.session, world.estate_id, MARCH, zone=SHANGHAI, at=at or world.now)


def settle(world):
    """Everything that follows has followed."""
    while react(world.settings, world.now + dt.timedelta(minutes=1)):
        pass


def test_a_visit_goes_by_itself_to_dispatch_or_to_the_precinct(world):
    visit = opened(world)
    assert (visit.state, visit.cohort_on) == ("assigned", MARCH)
    assert visit.assignee_id == world.user(HE_LI).id
    order = order_in(world, State.ACCEPTED)
    acts.signature_arrives(world, order)
    acts.write_off(world, order, by=LI_NA, return_point="front_desk")
    assert opened(world, order).assignee_id == world.user(YANG_FAN).id


def test_another_visitor_needs_a_reason_and_the_right_to_visit(world):
    visit = opened(world)
    yang, zheng = world.user(YANG_FAN), world.user(CHEN_JING)
    with pytest.raises(Invalid) as refused:
        world.do(planning.assign, visit, yang, reason=" ", **says(world))
    assert (refused.value.rule, visit.assignee_id) == ("R-083", world.user(HE_LI).id)
    with pytest.raises(Invalid):
        world.do(planning.assign, visit, zheng, reason="方便", **says(world))
    world.do(planning.assign, visit, yang, reason="住在同一栋", on_site=True, **says(world))
    assert (visit.assignee_id, visit.assign_reason) == (yang.id, "住在同一栋")
    assert visit.on_site_wanted


def test_the_riskiest_stands_first_and_a_bad_rating_moves_it_up(world):
    first = opened(world)
    again = opened(world)
    gas = opened(world, customer=LI_JIANJUN)
    (repeat,) = [one for one in again.risks if one["code"] == "repeat_fault"]
    assert repeat["values"]["orders"] == [world.session.get(WorkOrder, first.order_id).number]
    page = queries.page(world.session, world.estate_id, Filter(), after=None, limit=2)
    assert page.entries[0].visit.id == again.id
    rest = queries.page(world.session, world.estate_id, Filter(), after=page.after)
    assert len(rest.entries) == 1
    order = world.session.get(WorkOrder, gas.order_id)
    stars = {"quality": 1, "attitude": 2}
    world.do(residents.rate, order.number, stars, comment=None, **says(world, ZHAO_MIN))
    settle(world)
    world.session.expire_all()
    assert gas.risks[0] == {
        "code": "low_rating",
        "weight": 40,
        "values": {"stars": 1, "axis": "quality"},
    }
    assert gas.on_site_wanted, "the riskiest of the month is visited at the door"
    assert not first.on_site_wanted


def test_a_fault_that_is_still_there_is_reported_anew_and_the_old_order_keeps_its_figures(world):
    order = order_in(world, State.CLOSED)
    figures = acceptances([Accepted(order.number, order.accepted_at, order.rework_round, False)])
    before = (order.state, order.version, order.rework_round, order.charge_fen, order.accepted_at)
    visit = answered(
        world,
        opened(world, order),
        satisfied=False,
        fixed=False,
        comment="灯又不亮",
        cause="quality",
    )
    request = world.session.get(ServiceRequest, visit.reopened_request_id)
    assert (request.state, request.unit_id, request.person_id) == (
        "registered",
        order.unit_id,
        order.person_id,
    )
    assert order.number in request.content
    assert (request.category, request.channel) == (order.category, "phone")
    world.session.expire_all()
    now = (order.state, order.version, order.rework_round, order.charge_fen, order.accepted_at)
    assert now == before
    again = [Accepted(order.number, order.accepted_at, order.rework_round, False)]
    assert acceptances(again) == figures
    kinds = [row.kind for row in history_of(world.session, "visit", visit.number)]
    assert {"visit.made", "visit.fault_reported", "rectification.opened"} <= set(kinds)


def test_dissatisfaction_goes_round_until_the_customer_is_satisfied(world):
    visit = answered(world, opened(world), satisfied=False, comment="态度差", cause="attitude")
    (row,) = rectifications_of(world.session, "visit", visit.number)
    assert (visit.state, row.owner_id) == ("rectifying", world.user(ZHAO_MIN).id)
    assert row.due_on == dt.date(2025, 3, 10), "three working days after a Wednesday"
    with pytest.raises(Conflict) as refused:
        answered(world, visit)
    assert refused.value.rule == "R-090"
    yang = world.user(YANG_FAN)
    words = {"owner": yang, "text": "登门致歉"}
    change = (correcting.change, world.settings, visit)
    with pytest.raises(Invalid):
        world.do(*change, **words, due_on=dt.date(2025, 3, 4), **says(world))
    world.do(*change, **words, due_on=dt.date(2025, 3, 7), **says(world))
    with pytest.raises(Denied):
        world.do(correcting.put_right, visit, text="好了", **says(world, HE_LI))
    world.do(correcting.put_right, visit, text="已登门致歉", **says(world, YANG_FAN))
    assert (visit.state, visit.round) == ("assigned", 2)
    answered(world, visit)
    settle(world)
    world.session.expire_all()
    assert visit.state == "done"
    assert [one.satisfied for one in queries.results_of(world.session, visit)] == [False, True]
    assert month(world).done == 1


def test_a_correction_that_is_changed_runs_to_its_new_day_and_is_its_new_owners(world):
    visit = answered(world, opened(world), satisfied=False, comment="态度差", cause="attitude")
    (clock,) = timers.running(world.session, "visit", visit.number)
    assert clock.deadline_at == end_of_day(dt.date(2025, 3, 10), SHANGHAI)
    assert to_rectify(world, visit) == {world.user(ZHAO_MIN).id}
    timers.run_once(clock.deadline_at)
    assert "clock.rectification" in {one.kind for one in open_alerts(world, visit)}

    yang = world.user(YANG_FAN)
    words = {"owner": yang, "text": "登门致歉", "due_on": dt.date(2025, 3, 14)}
    world.do(correcting.change, world.settings, visit, **words, **says(world))
    assert {one.kind for one in open_alerts(world, visit)} == {"visit.to_rectify"}
    assert to_rectify(world, visit) == {yang.id}
    (clock,) = timers.running(world.session, "visit", visit.number)
    assert clock.deadline_at == end_of_day(dt.date(2025, 3, 14), SHANGHAI)
    settle(world)
    (told,) = boxes.box(world.session, yang.id, limit=10).rows
    assert visit.number in told.title
    assert "2025-03-14" in told.text


def open_alerts(world, visit):
    rows = world.session.query(Alert).filter_by(subject=visit.number, resolved_at=None)
    return rows.all()


def to_rectify(world, visit):
    return {one.addressee_id for one in open_alerts(world, visit) if one.kind == "visit.to_rectify"}


def test_nobody_is_given_up_before_three_tries_on_two_days_and_he_still_counts(world):
    visit = opened(world)
    close = {"reason": "号码停机"}
    for hours in (0, 1, 2):
        at = world.now + dt.timedelta(hours=hours)
        world.do(
            attempting.note_attempt, visit, method="phone", note="无人接", **says(world, at=at)
        )
    with pytest.raises(Conflict) as refused:
        world.do(
            attempting.close_unreachable, world.settings, visit, **close, **says(world, ZHAO_MIN)
        )
    assert (refused.value.rule, visit.state) == ("P-11", "assigned")
    at = world.now + DAY
    world.do(attempting.note_attempt, visit, method="phone", note="无人接", **says(world, at=at))
    world.do(attempting.close_unreachable, world.settings, visit, **close, **says(world, ZHAO_MIN))
    counts = month(world)
    assert (counts.total, counts.done, counts.unreachable) == (1, 0, 1)


def test_what_is_to_be_put_right_on_an_unsigned_order_comes_before_the_visit(world):
    order = order_in(world, State.ESCALATED)
    acts.decide(world, order, "accept")
    acts.write_off(world, order)
    visit = opened(world, order)
    world.do(
        quality.review,
        world.settings,
        order,
        outcome="failed",
        steps={},
        note=None,
        correction="重做",
        due_on=dt.date(2025, 3, 20),
        **says(world, SUN_QIAN),
    )
    with pytest.raises(Conflict) as refused:
        answered(world, visit)
    assert refused.value.rule == "A-34"
    (action,) = corrections.of_order(world.session, order.id)
    world.do(corrections.carry_out, action, **says(world, SUN_QIAN))
    assert answered(world, visit).state == "satisfied"


def test_nobody_checks_his_own_visit_and_a_difference_is_told_to_the_managers(world):
    visit = opened(world)
    words = {"asked": "customer", "agrees": False, "note": "客户说没人来过"}
    with pytest.raises(Conflict):
        world.do(spot_checks.check, visit, **words, **says(world, ZHAO_MIN))
    answered(world, visit, who=ZHAO_MIN)
    with pytest.raises(Denied) as refused:
        world.do(spot_checks.check, visit, **words, **says(world, ZHAO_MIN))
    assert refused.value.rule == "R-089"
    boss = world.by(ZHOU_JIANGUO)
    offer = {"month": MARCH, "at": world.now}
    assert spot_checks.offered(world.session, world.by(ZHAO_MIN), **offer) == []
    assert [one.id for one in spot_checks.offered(world.session, boss, **offer)] == [visit.id]
    with pytest.raises(Invalid):
        world.do(spot_checks.check, visit, **{**words, "note": " "}, **says(world, ZHOU_JIANGUO))
    world.do(spot_checks.check, visit, **words, **says(world, ZHOU_JIANGUO))
    with pytest.raises(Conflict):
        world.do(spot_checks.check, visit, **words, **says(world, ZHOU_JIANGUO))
    (alert,) = world.alert_rows("visit", visit.number)
    assert (alert.kind, alert.audience) == ("visit.differs", ["cs_manager", "gpm"])
    assert world.session.query(SpotCheck).count() == 1
    assert spot_checks.offered(world.session, boss, **offer) == []


def test_the_month_is_watched_from_the_25th_and_from_the_8th(world):
    visit = opened(world)
    kinds = {
        row.kind: row.due_at for row in timers.running(world.session, "visit_cohort", "2025-03")
    }
    assert {kind: due.astimezone(SHANGHAI).day for kind, due in kinds.items()} == {
        month_watch.ON_SITE: 25,
        month_watch.ALL: 8,
    }

    def mornings(until):
        at = dt.datetime(2025, 3, 25, 9, tzinfo=SHANGHAI).astimezone(dt.UTC)
        while at < until:
            timers.run_once(at)
            react(world.settings, at)
            at += DAY
        world.session.expire_all()
        rows = world.session.scalars(
            sa.select(Alert).where(Alert.subject_kind == "visit_cohort").order_by(Alert.raised_at)
        )
        return [(row.kind, row.rule, row.resolved_at is None) for row in rows]

    april = dt.datetime(2025, 4, 1, tzinfo=SHANGHAI)
    assert mornings(april) == [("visits.on_site_behind", "R-086", True)]
    assert mornings(april + 20 * DAY) == [
        ("visits.on_site_behind", "R-086", True),
        ("visits.open", "R-084", True),
    ]
    assert timers.running(world.session, "visit_cohort", "2025-03") == []
    answered(
        world,
        world.do(visits.find_visit, visit.number, by=world.by(HE_LI)),
        method="on_site",
        customer_signature="a" * 64,
    )
    assert [
        row.resolved_at is None for row in world.session.query(Alert) if "visits" in row.kind
    ] == [
        False,
        False,
    ]


@pytest.mark.parametrize(("seconds", "late"), [(0, 0), (1, 1)])
def test_the_tenth_at_its_last_second_is_in_time_and_midnight_is_late(world, seconds, late):
    visit = opened(world)
    answered(world, visit, at=visit.due_at + dt.timedelta(seconds=seconds))
    counts = month(world, at=visit.due_at + DAY)
    assert (counts.done, counts.late) == (1, late)
    second = opened(world)
    assert month(world, at=second.due_at).open == 1
    assert month(world, at=second.due_at + dt.timedelta(seconds=seconds)).late == late * 2


def test_a_complaints_visit_is_only_read_here(world):
    request = world.register(WANG_LIHUA, kind="complaint")
    complaint = world.do(
        record_from_request, world.settings, request, target="staff", **says(world, CHEN_JING)
    )

    def open_one(session):
        visit = ReturnVisit(
            estate_id=world.estate_id,
            number="HF-202503-0900",
            purpose="complaint",
            complaint_id=complaint.id,
            state="pending",
            due_at=world.now + 3 * DAY,
        )
        session.add(visit)
        return visit

    visit = world.do(open_one)
    with pytest.raises(Conflict) as refused:
        answered(world, visit)
    assert refused.value.rule == "R-149"
    (entry,) = queries.page(world.session, world.estate_id, Filter(), after=None).entries
    assert isinstance(entry.complaint, Complaint)
    assert month(world).total == 0
