"""What may not be done while a complaint is followed up, and what follows by itself (R-111…R-128)."""

import datetime as dt

import pytest

from server.complaints import following_up, moving, operations
from server.complaints.visited import Correction
from server.db import transaction
from server.deadlines import timers
from server.errors import Conflict, Denied, Invalid, Stale
from server.estate import operations as estate
from server.rectifications import queries as rectifications
from server.return_visits import serving_both
from server.return_visits.of_complaints import (
    open_visit_of_complaint,
    record_complaint_visit,
    results_of_complaint,
)
from server.work_orders.operations import joining
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    HE_LI,
    HUANG_ZHIYUAN,
    LI_NA,
    LIU_QIANG,
    QIAN_JIN,
    XU_JING,
    YANG_FAN,
    ZHAO_MIN,
    ZHOU_JIANGUO,
    Customer,
)
from tests.factories import acts
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
from tests.integration.rules.complaint_checks import alerted, major, refused, told_one


def test_a_major_complaint_is_dealt_with_by_the_general_manager_or_whom_he_named(world):
    complaint = recorded(world, HUANG_ZHIYUAN, channel="petition", apology=False)
    with pytest.raises(Denied) as raised:
        judged(world, complaint, major=True, handler=world.user(LI_NA))
    assert raised.value.rule == "R-111"
    judged(world, complaint, major=True)
    for who in (ZHAO_MIN, LI_NA):
        refused(
            world,
            Denied,
            "R-111",
            following_up.note_action,
            complaint,
            text="去看过",
            **says(world, who),
        )
        refused(
            world,
            Denied,
            "R-116",
            following_up.refer,
            complaint,
            text="超出权限",
            **says(world, who),
        )
    refused(
        world,
        Denied,
        "R-111",
        following_up.name_delegate,
        complaint,
        world.user(ZHAO_MIN),
        **says(world, ZHAO_MIN),
    )
    refused(
        world,
        Invalid,
        "R-111",
        following_up.name_delegate,
        complaint,
        world.user(LI_NA),
        **says(world, ZHOU_JIANGUO),
    )
    world.do(
        following_up.name_delegate, complaint, world.user(ZHAO_MIN), **says(world, ZHOU_JIANGUO)
    )
    assert told_one(world, complaint, "complaint.yours", ZHAO_MIN)
    world.do(following_up.note_action, complaint, text="去看过", **says(world, ZHAO_MIN))
    refused(
        world,
        Denied,
        "R-116",
        following_up.refer,
        complaint,
        text="超出权限",
        **says(world, ZHAO_MIN),
    )
    world.do(following_up.refer, complaint, text="须改造燃气立管", **says(world, ZHOU_JIANGUO))
    assert (complaint.state, complaint.referred_at) == ("referred_company", world.now)


def test_a_major_complaint_is_verified_and_visited_on_site_by_the_manager_until_satisfied(world):
    complaint = major(world)
    world.do(following_up.report_done, complaint, text="已换表", **says(world, ZHOU_JIANGUO))
    refused(
        world,
        Denied,
        "R-118",
        following_up.verify,
        complaint,
        ok=True,
        text="好",
        **says(world, HE_LI),
    )
    world.do(following_up.verify, complaint, ok=True, text="现场看过", **says(world, ZHAO_MIN))
    react(world)
    visit = visit_of(complaint)
    assert (visit.purpose, visit.state, visit.due_at) == (
        "complaint",
        "pending",
        complaint.verified_at + dt.timedelta(days=3),
    )
    for who, words, rule in (
        (YANG_FAN, {}, "R-121"),
        (ZHOU_JIANGUO, ON_SITE, "R-121"),
    ):
        with pytest.raises(Denied) as raised:
            visited(world, complaint, by=who, **words)
        assert raised.value.rule == rule
    for words, rule in (
        ({}, "R-123"),
        ({"method": "on_site"}, "R-087"),
        ({**ON_SITE, "satisfied": False}, "R-128"),
        (
            {
                **ON_SITE,
                "satisfied": False,
                "correction": Correction(text="重做", owner=world.user(LIU_QIANG)),
            },
            "R-128",
        ),
    ):
        with pytest.raises(Invalid) as raised:
            visited(world, complaint, **words)
        assert raised.value.rule == rule
    assert (complaint.state, visit.state) == ("visit_pending", "pending")

    correction = Correction(text="重新检漏", owner=world.user(LIU_QIANG), due_on=DAY)
    visited(world, complaint, satisfied=False, comment="还有味", correction=correction, **ON_SITE)
    assert (complaint.state, visit.state) == ("rectifying", "rectifying")
    row = rectifications.open_one(world.session, world.estate_id, "complaint", complaint.number)
    assert (row.round, row.due_on, row.owner_id) == (1, DAY, world.user(LIU_QIANG).id)
    assert told_one(world, complaint, "complaint.to_rectify", LIU_QIANG)
    (overdue,) = [
        timer
        for timer in timers.running(world.session, "complaint", complaint.number)
        if timer.kind == "rectification"
    ]
    timers.run_once(overdue.deadline_at)
    assert "clock.rectification" in world.alerts_of(complaint)
    with pytest.raises(Denied):
        world.do(following_up.rectified, complaint, text="好了", **says(world, QIAN_JIN))
    world.do(following_up.rectified, complaint, text="已检漏", **says(world, LIU_QIANG))
    assert complaint.state == "verifying"
    assert "clock.rectification" not in world.alerts_of(complaint)
    world.do(following_up.verify, complaint, ok=True, text="无味", **says(world, ZHAO_MIN))
    react(world)
    react(world)
    assert (visit.state, visit.round) == ("pending", 2)
    visited(world, complaint, **ON_SITE)
    assert (complaint.state, visit.state) == ("closed", "done")
    assert [one.satisfied for one in results_of_complaint(world.session, complaint)] == [
        False,
        True,
    ]
    assert (
        world.do(open_visit_of_complaint, world.settings, complaint, **says(world, ZHAO_MIN))
        is visit
    )
    with pytest.raises(Conflict):
        visited(world, complaint, **ON_SITE)


def test_an_ordinary_complaint_is_verified_by_the_dispatch_assistant_and_visited_by_phone(world):
    complaint = judged(world, recorded(world))
    assert told_one(world, complaint, "complaint.yours", LI_NA)
    world.do(following_up.report_done, complaint, text="换了灯", **says(world, LI_NA))
    refused(
        world,
        Denied,
        "R-117",
        following_up.verify,
        complaint,
        ok=True,
        text="亮了",
        **says(world, LI_NA),
    )
    world.do(following_up.verify, complaint, ok=False, text="还是不亮", **says(world, HE_LI))
    assert complaint.state == "handling"
    assert told_one(world, complaint, "complaint.not_verified", LI_NA)
    verified(world, complaint)
    with pytest.raises(Denied) as raised:
        visited(world, complaint, by=HE_LI)
    assert raised.value.rule == "R-120"
    with pytest.raises(Invalid) as raised:
        visited(world, complaint, by=YANG_FAN, customer_signature="a" * 64)
    assert raised.value.rule == "R-088"
    visited(world, complaint, by=YANG_FAN)
    assert (complaint.state, visit_of(complaint).method) == ("closed", "phone")


def test_what_is_about_a_paid_service_runs_through_an_order_that_ends_first(world):
    order = world.issued(customer=XU_JING)
    complaint = judged(world, recorded(world), order=order)
    assert (complaint.state, complaint.linked_order_id) == ("via_service", order.id)
    refused(
        world,
        Conflict,
        "R-114",
        following_up.report_done,
        complaint,
        text="修好了",
        **says(world, LI_NA),
    )
    assert complaint.state == "via_service"


def test_the_order_complained_of_and_that_of_another_household_put_nothing_right(world):
    over = acts.order_in(world, State.CLOSED, customer=XU_JING)
    elsewhere = world.issued(customer=HUANG_ZHIYUAN)
    complaint = recorded(world)
    for order in (over, elsewhere):
        with pytest.raises(Invalid) as raised:
            judged(world, complaint, order=order)
        assert (raised.value.rule, list(raised.value.errors)) == ("R-114", ["order"])
    petition = recorded(world, channel="petition", apology=False)
    with pytest.raises(Invalid) as raised:
        judged(world, petition, major=True, order=elsewhere)
    assert raised.value.rule == "R-114"
    assert (complaint.state, petition.state) == ("judging", "judging")
    judged(world, petition, major=True, order=over)  # it is what he petitions about
    judged(world, complaint, order=world.issued(customer=XU_JING))
    assert (complaint.state, petition.linked_order_id) == ("via_service", over.id)


def test_an_order_that_the_household_joined_puts_its_complaint_right(world):
    neighbour = Customer(name="孙立", unit_code="4栋1单元0402", phone="13800000012")
    with transaction() as current:
        estate.add_unit(current, world.estate_id, neighbour.unit_code)
    order = world.issued(customer=neighbour)
    request = world.accepted(customer=XU_JING)
    world.do(joining.join, request, order, **says(world, CHEN_JING))
    assert judged(world, recorded(world), order=order).state == "via_service"


def complaint_about_a_closed_order(world, *, drawn):
    order = world.issued(customer=XU_JING)
    complaint = judged(world, recorded(world), order=order)
    for act in acts.WAYS[State.CLOSED]:
        act(world, order)
    react(world)
    verified(world, complaint)
    with transaction() as current:
        visit = serving_both.order_visit_of(current, complaint)
        visit.on_site_wanted = drawn
    return complaint, visit


def both_visited(world, complaint, **facts):
    told = {"satisfied": True, "comment": "处理得不错", "cause": None, **facts}
    sheet = {"customer_signature": None, "signer_name": None}
    words = {**sheet, **told, **says(world, ZHAO_MIN)}
    with transaction() as current:
        found = moving.find(current, complaint.number, by=words["by"])
        record_complaint_visit(current, world.settings, found, **words)
        return serving_both.serve_order(
            current, world.settings, found, **words, fixed=facts.get("satisfied", True)
        )


def test_one_conversation_serves_complaint_and_order_and_each_is_closed_by_itself(world):
    complaint, visit = complaint_about_a_closed_order(world, drawn=False)
    both_visited(world, complaint, method="phone")
    react(world)
    world.session.refresh(visit)
    assert (complaint.state, visit.state, visit.method) == ("closed", "done", "phone")
    assert visit.number != visit_of(complaint).number
    assert [one.comment for one in results_of_complaint(world.session, complaint)] == ["处理得不错"]
    assert (visit.comment, visit.fixed) == ("处理得不错", True)
    assert serving_both.order_visit_of(world.session, complaint) is None


def test_a_call_does_not_serve_an_order_that_was_drawn_to_be_visited_at_the_door(world):
    complaint, visit = complaint_about_a_closed_order(world, drawn=True)
    with pytest.raises(Invalid) as raised:
        both_visited(world, complaint, method="phone")
    assert raised.value.rule == "A-28"
    world.session.expire_all()
    assert (complaint.state, visit.state) == ("visit_pending", "assigned")
    both_visited(world, complaint, **ON_SITE)
    world.session.refresh(visit)
    assert visit.customer_signature_sha256 == ON_SITE["customer_signature"]
    with pytest.raises(Conflict) as raised, transaction() as current:
        serving_both.serve_order(
            current,
            world.settings,
            moving.find(current, complaint.number, by=world.by(ZHAO_MIN)),
            satisfied=True,
            fixed=True,
            comment="又一次",
            cause=None,
            **ON_SITE,
            **says(world, ZHAO_MIN),
        )
    assert raised.value.rule == "A-28"


def test_two_days_of_silence_are_told_and_a_word_to_the_complainant_begins_them_anew(world):
    complaint = judged(world, recorded(world))
    (clock,) = timers.running(world.session, "complaint", complaint.number)
    assert (clock.kind, clock.deadline_at) == (
        "progress",
        complaint.recorded_at + dt.timedelta(days=2),
    )
    timers.run_once(clock.deadline_at - dt.timedelta(seconds=1))
    assert "clock.progress" not in world.alerts_of(complaint)
    timers.run_once(clock.deadline_at)
    assert "clock.progress" in world.alerts_of(complaint)
    world.do(following_up.tell, complaint, text="灯具已订货", **says(world, HE_LI))
    assert "clock.progress" not in world.alerts_of(complaint)
    (clock,) = timers.running(world.session, "complaint", complaint.number)
    assert clock.deadline_at == complaint.last_told_at + dt.timedelta(days=2)
    centre = recorded(world, target="cs_centre")
    assert [one.kind for one in timers.running(world.session, "complaint", centre.number)] == [
        "progress_hr"
    ]


def test_what_turns_out_to_be_against_the_centre_changes_its_queue(world):
    complaint = recorded(world)
    world.do(
        operations.retarget,
        complaint,
        target="cs_centre",
        category="other",
        about_user_id=world.user(LI_NA).id,
        **says(world, CHEN_JING),
    )
    assert alerted(world, complaint, "complaint.recorded") == {"admin_hr"}
    with pytest.raises(Denied):
        world.do(
            operations.retarget,
            complaint,
            target="service",
            category="other",
            about_user_id=None,
            **says(world, CHEN_JING),
        )


def test_a_handler_is_named_with_a_day_and_is_not_who_is_complained_of(world):
    complaint = recorded(world, target="staff", about_user_id=world.user(LI_NA).id)
    for lacking, field in (({"handler": None}, "handler"), ({"target_on": None}, "target_on")):
        whole = {"handler": world.user(HE_LI), "target_on": DAY, **lacking}
        with pytest.raises(Invalid) as raised:
            judged(world, complaint, **whole)
        assert (raised.value.rule, list(raised.value.errors)) == ("R-106", [field])
    with pytest.raises(Invalid) as raised:
        judged(world, complaint)  # 李娜 would deal with what is said about her
    assert list(raised.value.errors) == ["handler"]
    assert (complaint.state, complaint.version) == ("judging", 1)


def test_whoever_saw_an_older_version_is_told(world):
    complaint = judged(world, recorded(world))
    with pytest.raises(Stale):
        moving.find(world.session, complaint.number, by=world.by(LI_NA), expected_version=1)
