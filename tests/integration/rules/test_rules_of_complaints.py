"""What may not be done about a complaint, and what follows by itself (R-033…R-036, R-100…R-128)."""

import datetime as dt

import pytest

from server.alerts import operations as alerts
from server.complaints import following_up, judging, moving, operations
from server.complaints.models import ComplaintEntry
from server.complaints.visited import Correction
from server.deadlines import timers
from server.errors import Conflict, Denied, Invalid, Stale
from server.rectifications import queries as rectifications
from server.requests.operations import Caller
from server.return_visits.of_complaints import open_visit_of_complaint, results_of_complaint
from tests.cast import (
    CHEN_JING,
    HE_LI,
    HUANG_ZHIYUAN,
    LI_NA,
    LIU_QIANG,
    LUO_BING,
    QIAN_JIN,
    XU_JING,
    YANG_FAN,
    ZHAO_MIN,
    ZHENG_JIE,
    ZHOU_JIANGUO,
)
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


def refused(world, kind, rule, operation, *args, **words):
    """Refused by the rule, and nothing is different."""
    with pytest.raises(kind) as raised:
        world.do(operation, *args, **words)
    assert raised.value.rule == rule
    return raised.value


def major(world):
    complaint = recorded(world, HUANG_ZHIYUAN, channel="petition", apology=False)
    return judged(world, complaint, major=True)


def alerted(world, complaint, kind):
    """The roles that this alert is open for."""
    return next(
        set(row.audience)
        for row in world.alert_rows("complaint", complaint.number)
        if row.kind == kind and row.resolved_at is None
    )


def told_one(world, complaint, kind, who):
    """Whether this alert is open for one person's eyes."""
    found = alerts.find_open(
        world.session,
        kind,
        subject_kind="complaint",
        subject=complaint.number,
        addressee_id=world.user(who).id,
    )
    return found is not None


def test_on_the_telephone_and_face_to_face_the_apology_comes_first(world):
    for channel in ("phone", "visit"):
        with pytest.raises(Invalid) as raised:
            recorded(world, channel=channel, apology=False)
        assert raised.value.rule == "R-102"
    visitor = recorded(world, channel="visit", improvement="三天内换灯", received_by="赵敏")
    assert (visitor.state, visitor.improvement, visitor.received_by) == (
        "judging",
        "三天内换灯",
        "赵敏",
    )
    assert recorded(world, channel="letter", apology=False).number.startswith("TS-202503-")


def test_another_department_relays_and_the_duty_officer_makes_the_record(world):
    with pytest.raises(Denied) as raised:
        recorded(world, by=LUO_BING)
    assert raised.value.rule == "R-033"
    with pytest.raises(Denied) as raised:
        recorded(world, by=ZHENG_JIE)  # HR takes down what is against the centre, nothing else
    assert raised.value.rule == "R-033"
    heard = {
        "caller": Caller(name="徐静", unit_code=XU_JING.unit_code, phone="139"),
        "content": "保洁不扫楼道",
        "channel": "visit",
        "target": "service",
        "minor": True,
    }
    refused(
        world,
        Invalid,
        "R-035",
        operations.relay,
        world.settings,
        reason=" ",
        **heard,
        **says(world, LUO_BING),
    )
    complaint = world.do(
        operations.relay, world.settings, reason="老人不便走动", **heard, **says(world, LUO_BING)
    )
    assert (complaint.state, complaint.relay_minor) == ("recorded", True)
    assert alerted(world, complaint, "complaint.relayed") == {"dispatch_duty", "control_duty"}
    refused(
        world,
        Conflict,
        "C3",
        judging.judge,
        complaint,
        judging.Judgement(outcome="invalid", text="不归我们管"),
        **says(world, CHEN_JING),
    )
    world.do(
        operations.take_on,
        complaint,
        apology=True,
        target="service",
        category="public_area",
        **says(world, CHEN_JING),
    )
    assert (complaint.state, complaint.recorded_by) == ("judging", world.user(CHEN_JING).id)
    assert complaint.relayed_by == world.user(LUO_BING).id
    assert "complaint.relayed" not in world.alerts_of(complaint)


def test_what_is_against_the_centre_is_out_of_its_hands(world):
    complaint = recorded(world, target="cs_centre", about_user_id=world.user(CHEN_JING).id)
    assert alerted(world, complaint, "complaint.recorded") == {"admin_hr"}
    verdict = judging.Judgement(
        outcome="valid", text="语气生硬", handler=world.user(ZHENG_JIE), target_on=DAY
    )
    refused(world, Denied, None, judging.judge, complaint, verdict, **says(world, CHEN_JING))
    for who in (HE_LI, ZHAO_MIN, LI_NA):
        refused(world, Denied, "R-034", judging.judge, complaint, verdict, **says(world, who))
    centre = judging.Judgement(
        outcome="valid", text="语气生硬", handler=world.user(LI_NA), target_on=DAY
    )
    refused(world, Invalid, "R-034", judging.judge, complaint, centre, **says(world, ZHENG_JIE))
    world.do(judging.judge, complaint, verdict, **says(world, ZHENG_JIE))
    for who in (CHEN_JING, ZHAO_MIN):
        with pytest.raises(Denied):
            world.do(following_up.report_done, complaint, text="谈过了", **says(world, who))
    world.do(following_up.report_done, complaint, text="谈过话", **says(world, ZHENG_JIE))
    assert alerted(world, complaint, "complaint.to_verify") == {"admin_hr"}
    for who in (HE_LI, ZHAO_MIN):
        refused(
            world,
            Denied,
            "R-034",
            following_up.verify,
            complaint,
            ok=True,
            text="属实",
            **says(world, who),
        )
    world.do(following_up.verify, complaint, ok=True, text="属实", **says(world, ZHENG_JIE))
    with pytest.raises(Denied):
        visited(world, complaint, by=YANG_FAN)
    visited(world, complaint, by=ZHENG_JIE)
    assert complaint.state == "closed"


def test_a_major_one_against_the_centre_is_the_general_managers(world):
    complaint = recorded(world, target="cs_centre", channel="petition", apology=False, by=ZHENG_JIE)
    judged(world, complaint, major=True, by=ZHENG_JIE)
    assert alerted(world, complaint, "complaint.major") == {"gpm", "site_pm", "admin_hr"}
    refused(
        world,
        Invalid,
        "R-034",
        following_up.name_delegate,
        complaint,
        world.user(ZHAO_MIN),
        **says(world, ZHOU_JIANGUO),
    )
    world.do(following_up.report_done, complaint, text="已整改", **says(world, ZHOU_JIANGUO))
    refused(
        world,
        Denied,
        "R-034",
        following_up.verify,
        complaint,
        ok=True,
        text="属实",
        **says(world, ZHAO_MIN),
    )
    world.do(following_up.verify, complaint, ok=True, text="属实", **says(world, ZHOU_JIANGUO))
    with pytest.raises(Denied) as raised:
        visited(world, complaint, by=ZHAO_MIN, **ON_SITE)
    assert raised.value.rule == "R-034"
    visited(world, complaint, by=ZHOU_JIANGUO, **ON_SITE)
    assert complaint.state == "closed"


def test_what_the_desk_cannot_judge_goes_to_the_manager_and_invalid_needs_an_explanation(world):
    complaint = recorded(world, content="手机信号不好")
    judged(world, complaint, "unclear")
    assert complaint.state == "judging_by_manager"
    assert alerted(world, complaint, "complaint.to_judge") == {"cs_manager"}
    verdict = judging.Judgement(outcome="invalid", text="属运营商")
    refused(world, Denied, "R-113", judging.judge, complaint, verdict, **says(world, CHEN_JING))
    tall = judging.Judgement(outcome="invalid", text="属运营商", major=True)
    refused(world, Invalid, "R-108", judging.judge, complaint, tall, **says(world, ZHAO_MIN))
    world.do(judging.judge, complaint, verdict, **says(world, ZHAO_MIN))
    assert (complaint.state, complaint.validity) == ("explaining", "invalid")
    assert complaint.judged_by == world.user(ZHAO_MIN).id
    refused(world, Invalid, "R-110", judging.explain, complaint, text=" ", **says(world, ZHAO_MIN))
    assert complaint.state == "explaining"
    world.do(judging.explain, complaint, text="已向客户说明基站属运营商", **says(world, ZHAO_MIN))
    assert (complaint.state, complaint.closed_by) == ("closed", world.user(ZHAO_MIN).id)
    kinds = [
        entry.kind
        for entry in world.session.query(ComplaintEntry)
        .filter_by(complaint_id=complaint.id)
        .order_by(ComplaintEntry.position)
    ]
    assert kinds == ["judgement", "judgement", "explanation", "closure"]
    assert timers.running(world.session, "complaint", complaint.number) == []


def test_a_valid_petition_is_major_and_an_unfounded_one_is_told_to_the_manager(world):
    complaint = recorded(world, HUANG_ZHIYUAN, channel="petition", apology=False)
    judged(world, complaint, handler=None, target_on=None)  # nobody said that it was major
    assert (complaint.state, complaint.major, complaint.major_reason) == (
        "gpm_handling",
        True,
        "higher_authority",
    )
    assert complaint.handler_id == world.user(ZHOU_JIANGUO).id
    assert alerted(world, complaint, "complaint.major") >= {"gpm", "cs_manager"}
    unfounded = recorded(world, HUANG_ZHIYUAN, channel="petition", apology=False)
    judged(world, unfounded, "invalid")
    assert not unfounded.major
    assert alerted(world, unfounded, "complaint.petition") == {"cs_manager"}
    heavy = recorded(world)
    with pytest.raises(Invalid) as raised:
        judged(world, heavy, major=True)
    assert raised.value.rule == "R-108"


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
    order = world.issued()
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
