"""What may not be done about a complaint, and what follows by itself (R-033…R-036, R-100…R-128)."""

import pytest

from server.complaints import following_up, judging, operations
from server.complaints.models import ComplaintEntry
from server.deadlines import timers
from server.errors import Conflict, Denied, Invalid
from server.requests.operations import Caller
from tests.cast import (
    CHEN_JING,
    HE_LI,
    HUANG_ZHIYUAN,
    LI_NA,
    LUO_BING,
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
    recorded,
    says,
    visited,
)
from tests.integration.rules.complaint_checks import alerted, refused


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


def relayed(world, **facts):
    told = {"target": "cs_centre", "channel": "visit", "minor": False, **facts}
    caller = Caller(name="徐静", unit_code=XU_JING.unit_code, phone="139")
    return world.do(
        operations.relay,
        world.settings,
        caller=caller,
        content="调度员挂了我的电话",
        reason="住户不愿去客服中心",
        **told,
        **says(world, LUO_BING),
    )


def test_the_desk_cannot_take_what_was_relayed_against_the_centre_out_of_hrs_hands(world):
    complaint = relayed(world)
    assert alerted(world, complaint, "complaint.relayed") == {"admin_hr"}
    words = {"apology": True, "category": "other"}
    for who in (CHEN_JING, ZHAO_MIN):
        refused(
            world,
            Denied,
            "R-034",
            operations.take_on,
            complaint,
            target="service",
            **words,
            **says(world, who),
        )
    assert alerted(world, complaint, "complaint.relayed") == {"admin_hr"}
    world.do(operations.take_on, complaint, target="cs_centre", **words, **says(world, CHEN_JING))
    assert (complaint.state, complaint.target) == ("judging", "cs_centre")
    assert alerted(world, complaint, "complaint.recorded") == {"admin_hr"}


def test_what_is_about_the_manager_is_against_the_centre(world):
    about = {"target": "staff", "about_user_id": world.user(ZHAO_MIN).id}
    complaint = recorded(world, channel="petition", apology=False, **about)
    assert complaint.target == "cs_centre"
    assert alerted(world, complaint, "complaint.recorded") == {"admin_hr"}
    verdict = judging.Judgement(outcome="invalid", text="属个人恩怨")
    refused(world, Denied, "R-034", judging.judge, complaint, verdict, **says(world, CHEN_JING))
    judged(world, complaint, major=True, by=ZHENG_JIE)
    world.do(following_up.report_done, complaint, text="谈过话", **says(world, ZHOU_JIANGUO))
    world.do(following_up.verify, complaint, ok=True, text="属实", **says(world, ZHOU_JIANGUO))
    visited(world, complaint, by=ZHOU_JIANGUO, **ON_SITE)
    assert complaint.state == "closed"


def test_what_turns_out_to_be_about_the_manager_leaves_his_people(world):
    about = {"target": "staff", "category": "other", "about_user_id": world.user(ZHAO_MIN).id}
    taken_on = relayed(world, target="staff")
    world.do(operations.take_on, taken_on, apology=True, **about, **says(world, CHEN_JING))
    turned = recorded(world, target="service")
    world.do(operations.retarget, turned, **about, **says(world, CHEN_JING))
    for complaint in (taken_on, turned):
        assert complaint.target == "cs_centre"
        assert alerted(world, complaint, "complaint.recorded") == {"admin_hr"}


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
