"""What intake must and must not do: everybody takes in, nobody is sent away (R-022…R-034)."""

import pytest

from server.alerts import operations as alerts
from server.alerts.models import Alert
from server.complaints import operations as complaints
from server.errors import Denied, Invalid, NotFound
from server.requests import capturing
from server.requests import operations as requests
from tests.cast import (
    CHEN_JING,
    HE_FANG,
    LUO_BING,
    WANG_LIHUA,
    ZHAO_MIN,
    ZHENG_JIE,
    ZHOU_JIANGUO,
)


def says(world, who=CHEN_JING):
    return {"by": world.by(who), "at": world.later()}


@pytest.mark.parametrize(
    "reason",
    ["请您去找其他部门", "自己找工程部门", "told to go to another department", "打给别的单位"],
)
def test_no_request_ends_by_sending_the_customer_to_another_department(world, reason):
    request = world.register(kind="enquiry")
    decline = {
        "attempts": ["问过合作商"],
        "apology": True,
        "notice_promised": True,
        "department_informed": "运行维修部",
        "demand_item": "搬钢琴",
    }
    for close in (
        lambda: world.do(requests.withdraw, request, reason=reason, **says(world)),
        lambda: world.do(
            requests.judge_answered, request, text=reason, channel="phone", **says(world)
        ),
        lambda: world.do(
            requests.judge_declined, request, explanation=reason, **decline, **says(world)
        ),
    ):
        with pytest.raises(Invalid) as refused:
            close()
        assert refused.value.rule == "R-023"
        assert request.state == "registered"


def test_a_customer_who_changed_his_mind_is_let_go(world):
    request = world.register()
    world.do(requests.withdraw, request, reason="灯又亮了,不用修", **says(world))
    assert request.state == "withdrawn"


def test_a_guard_takes_in_what_he_hears_and_the_desk_owns_it(world):
    heard = world.do(
        capturing.capture,
        caller=requests.Caller(name="王丽华", unit_code=WANG_LIHUA.unit_code, phone="139"),
        content="楼道灯不亮",
        kind="service_need",
        urgency="normal",
        appointment_at=None,
        **says(world, LUO_BING),
    )
    assert "dispatch_duty" in heard.audience
    assert heard.data["taken_by"] == "罗兵"
    request = world.register()
    world.do(capturing.registered, heard, request=request.number, **says(world))
    assert world.session.get(Alert, heard.id).resolution == request.number


def test_what_is_relayed_is_relayed_completely(world):
    with pytest.raises(Invalid):
        world.do(
            capturing.capture,
            caller=requests.Caller(name="王丽华", unit_code="99栋1单元0101", phone="139"),
            content="楼道灯不亮",
            kind="service_need",
            urgency="normal",
            appointment_at=None,
            **says(world, LUO_BING),
        )


def test_finance_has_a_task_where_charges_are_spoken_of(world):
    request = world.register(concerns_charges=True)
    task = world.alert_rows("request", request.number)[-1]
    assert (task.kind, task.audience, task.rule) == (
        "request.concerns_charges",
        ["finance"],
        "R-143",
    )
    world.do(alerts.dismiss, task.id, how="已回电", **says(world, HE_FANG))
    assert task.resolved_at is not None


def test_the_cs_centre_cannot_dismiss_a_complaint_against_itself(world):
    request = world.register(content="调度员态度差")
    complaint = world.do(
        complaints.record_from_request,
        world.settings,
        request,
        target="cs_centre",
        **says(world),
    )
    task = world.alert_rows("complaint", complaint.number)[0]
    for who in (CHEN_JING, ZHAO_MIN):
        with pytest.raises(Denied) as refused:
            world.do(alerts.dismiss, task.id, how="没事", **says(world, who))
        assert refused.value.rule == "R-034"
    world.do(alerts.dismiss, task.id, how="已受理", **says(world, ZHENG_JIE))
    assert task.resolution == "已受理"


def test_a_hundred_alerts_for_others_do_not_hide_mine(world):
    for number in range(101):
        world.do(
            alerts.raise_alert,
            "clock.reply",
            subject_kind="request",
            subject=f"DJ-{number}",
            audience=["dispatch_duty"],
            **says(world),
        )
    world.do(
        alerts.raise_alert,
        "escalation.L2_gpm",
        subject_kind="order",
        subject="FW-1",
        audience=["gpm"],
        by=world.by(CHEN_JING),
        at=world.now.replace(year=2024),
    )
    mine = alerts.open_alerts(
        world.session, world.estate_id, roles=world.by(ZHOU_JIANGUO).roles, limit=5
    )
    assert [row.kind for row in mine] == ["escalation.L2_gpm"]
    assert alerts.open_alerts(world.session, world.estate_id, roles=frozenset()) == []


def test_a_capture_that_is_none_is_not_found(world):
    task = world.do(
        alerts.raise_alert,
        "clock.reply",
        subject_kind="request",
        subject="DJ-1",
        audience=["dispatch_duty"],
        **says(world),
    )
    with pytest.raises(NotFound):
        world.do(capturing.find, task.id, by=world.by(CHEN_JING))
