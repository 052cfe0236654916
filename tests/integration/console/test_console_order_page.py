"""The order's page: what it shows, which forms it has, and what a stale form does."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import sqlalchemy as sa

from server.alerts import operations as alerts
from server.db import transaction, utcnow
from server.outbox import Owed
from server.stores import operations as stores
from server.work_orders.operations import moving, supplying, visiting
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    LIU_QIANG,
    MA_CHAO,
    QIAN_JIN,
    SHANGHAI,
    SUN_QIAN,
    ZHANG_WEI,
    ZHAO_MIN,
)
from tests.factories import acts
from tests.factories.lamp_repair import repaired_lamp

#: state -> action of the form that the duty officer needs there
NEXT = {
    State.CREATED: "dispatch",
    State.DISPATCHED: "recall",
    State.ACKNOWLEDGED: "recall",
    State.ON_SITE: "hand-over",
    State.ACCEPTED: "write-off",
    State.CANCEL_PENDING: "write-off",
}
FORMS = ("dispatch", "recall", "hand-over", "cancel", "void", "write-off", "decision")


@pytest.mark.parametrize("state", NEXT, ids=str)
def test_the_next_form_of_a_state_is_on_the_page(at_desk, today, state):
    order = acts.order_in(today, state)
    page = at_desk(CHEN_JING).page(f"/orders/{order.number}")
    assert f'action="/orders/{order.number}/{NEXT[state]}"' in page


@pytest.mark.parametrize("state", [State.ARCHIVED, State.CANCELLED, State.VOID], ids=str)
def test_what_is_over_has_no_form_of_the_desk(at_desk, today, state):
    order = acts.order_in(today, state)
    page = at_desk(CHEN_JING).page(f"/orders/{order.number}")
    assert not [form for form in FORMS if f'action="/orders/{order.number}/{form}"' in page]


def test_the_desk_reads_why_the_work_stands_in_the_technician_s_words(at_desk, today):
    order = acts.order_in(today, State.IN_PROGRESS)
    acts.suspend(today, order, reason="access", note="钥匙在 1501 邻居家")
    head, _, timeline = at_desk(CHEN_JING).page(f"/orders/{order.number}").partition("h-history")
    assert "钥匙在 1501 邻居家" in head
    assert "钥匙在 1501 邻居家" in timeline
    acts.resume(today, order)
    head, _, _ = at_desk(CHEN_JING).page(f"/orders/{order.number}").partition("h-history")
    assert "钥匙在 1501 邻居家" not in head


def test_a_reviewer_sees_no_form_of_the_desk(at_desk, today):
    order = today.issued()
    page = at_desk(SUN_QIAN).page(f"/orders/{order.number}")
    assert not [form for form in FORMS if f'action="/orders/{order.number}/{form}"' in page]
    assert at_desk(SUN_QIAN).client.post(f"/orders/{order.number}/void").status_code == 400


def test_a_technician_sees_his_own_orders_only(at_desk, today):
    mine, other = acts.order_in(today, State.DISPATCHED), today.issued()
    desk = at_desk(LIU_QIANG)
    assert desk.get(f"/orders/{mine.number}").status_code == 200
    refused = desk.get(f"/orders/{other.number}")
    assert refused.status_code == 403
    assert "这张单不是您的" in refused.text
    assert other.number not in desk.page("/?state=all")


def test_a_stale_form_shows_what_changed_and_changes_nothing(at_desk, today, fresh):
    order = acts.order_in(today, State.DISPATCHED)
    desk, colleague = at_desk(CHEN_JING), at_desk(ZHAO_MIN)
    path = f"/orders/{order.number}"
    old = desk.hidden(desk.page(path), f"{path}/cancel")
    colleague.send(path, f"{path}/recall", reason="换人去")
    words = {"by": "客户", "reason": "客户不修了"}
    answer = desk.client.post(f"{path}/cancel", data={**old, **words})
    assert answer.status_code == 412
    assert "别人已作更改" in answer.text
    assert f"{ZHAO_MIN.name}: 召回" in answer.text
    assert "客户不修了" in answer.text
    assert fresh(order).state == "created"


def test_a_technician_without_the_licence_is_greyed_with_the_reason(at_desk, today):
    order = today.issued(category="lamp")
    page = at_desk(CHEN_JING).page(f"/orders/{order.number}")
    choice = page[page.index(f'value="{ZHANG_WEI.username}"') :]
    assert "disabled" in choice[:80]
    assert "没有电工证" in " ".join(choice[:600].split())
    able = page[page.index(f'value="{MA_CHAO.username}"') :]
    assert "disabled" not in able[:80]


def test_a_refused_act_says_why_and_keeps_what_was_typed(at_desk, today, fresh):
    order = acts.order_in(today, State.ACCEPTED)
    path = f"/orders/{order.number}"
    answer = at_desk(CHEN_JING).send(path, f"{path}/write-off", return_point="dispatch")
    assert answer.status_code == 409
    assert "客户签名图片尚未传到" in answer.text
    assert '<option value="dispatch" selected>' in answer.text
    assert fresh(order).state == "accepted"


def test_a_manager_decides_what_came_up(at_desk, today, fresh):
    """S-07: the customer will not sign; charge kept."""
    order = acts.order_in(today, State.ESCALATED)
    path = f"/orders/{order.number}"
    page = at_desk(ZHAO_MIN).page(path)
    assert "拒绝签名" in page
    assert "暂不入账" in page
    answer = at_desk(ZHAO_MIN).send(path, f"{path}/decision", decision="accept", text="已电话沟通")
    assert answer.status_code == 303
    assert fresh(order).state == "accepted"
    assert fresh(order).closed_by_decision


def test_a_reduced_charge_is_typed_in_yuan(at_desk, today, fresh):
    order = acts.order_in(today, State.ESCALATED)
    path = f"/orders/{order.number}"
    wrong = at_desk(ZHAO_MIN).send(
        path, f"{path}/decision", decision="reduce", text="少收", charge_yuan="10.005"
    )
    assert wrong.status_code == 422
    answer = at_desk(ZHAO_MIN).send(
        path, f"{path}/decision", decision="reduce", text="少收", charge_yuan="10.50"
    )
    assert answer.status_code == 303
    assert fresh(order).charge_fen == 1050


def test_a_written_off_order_has_no_form_that_decides_its_charge(at_desk, today):
    manager = at_desk(ZHAO_MIN)
    for state in (State.CLOSED, State.CANCELLED, State.ARCHIVED):
        path = f"/orders/{acts.order_in(today, state).number}"
        assert f'action="{path}/decision"' not in manager.page(path)
    held = acts.order_in(today, State.IN_PROGRESS)
    assert '<option value="waive"' in manager.page(f"/orders/{held.number}")
    acts.request_cancel(today, held)
    acts.write_off(today, held)
    assert '<option value="waive"' in manager.page(f"/orders/{held.number}")
    answer = manager.send(
        f"/orders/{held.number}", f"/orders/{held.number}/decision", decision="waive", text="免收"
    )
    assert answer.status_code == 303, "what was held back is still the manager's (P-20)"


def test_a_manager_approves_a_price_that_is_not_on_the_list(at_desk, today):
    """P-06: typed in yuan, with a reason; the code for the technician stands on the page."""
    order = acts.order_in(today, State.ON_SITE)
    path = f"/orders/{order.number}"
    words = {"description": "定制灯罩", "price_yuan": "88.80", "reason": "原型号停产"}
    desk = at_desk(ZHAO_MIN)
    unreasoned = desk.send(path, f"{path}/price-approval", **{**words, "reason": " "})
    assert unreasoned.status_code == 422
    page = desk.follow(desk.send(path, f"{path}/price-approval", **words))
    approved = page[page.index("已批准的单外价格") :]
    assert "<b>X-1</b> 定制灯罩 · ¥88.80 · 原型号停产" in approved
    assert f"{path}/price-approval" not in at_desk(CHEN_JING).page(path)


def test_the_way_to_the_technician_is_shown_step_by_step(at_desk, today):
    order = today.issued()
    dispatched_at = utcnow() - dt.timedelta(minutes=9)
    acts.dispatch(today, order, at=dispatched_at)
    desk, path = at_desk(CHEN_JING), f"/orders/{order.number}"

    def way():
        part = re.search(r'<div class="way"><ol.*?</ol>', desk.page(path), re.DOTALL).group()
        steps = re.findall(r'<li class="(\w+)">(.*?)</li>', part, re.DOTALL)
        return [(mark, " ".join(re.sub("<[^>]+>", "", text).split())) for mark, text in steps]

    def clock(moment):
        local, now = moment.astimezone(SHANGHAI), utcnow().astimezone(SHANGHAI)
        day = "" if local.date() == now.date() else f"{local.month}月{local.day}日 "
        return f"{day}{local:%H:%M}"

    assert way()[:2] == [("done", f"✓ 排队 {clock(dispatched_at)}"), ("next", "发出 已等 9 分钟")]
    sent_at = dispatched_at + dt.timedelta(minutes=1)
    with transaction() as current:
        current.execute(sa.update(Owed).where(Owed.subject == order.number).values(sent_at=sent_at))
    received_at = dispatched_at + dt.timedelta(minutes=2)
    with transaction() as current:
        by = today.by(LIU_QIANG)
        found = moving.find_order(current, order.number, by=by)
        visiting.reached(current, found, opened=False, by=by, at=received_at, device_at=received_at)
    assert way() == [
        ("done", f"✓ 排队 {clock(dispatched_at)}"),
        ("done", f"✓ 发出 {clock(sent_at)}"),
        ("done", f"✓ 到手持机 {clock(received_at)}"),
        ("next", "打开 已等 7 分钟"),
        ("open", "接单"),
    ]
    assert "手持机不在线" in desk.page(path)


def test_what_another_handheld_reported_is_not_said_of_the_one_that_took_over(at_desk, today):
    """P-19: the order goes to 马超 with all that was recorded; he has not seen it yet."""
    order = acts.order_in(today, State.IN_PROGRESS, category="lamp")
    with transaction() as current:
        by = today.by(LIU_QIANG)
        found = moving.find_order(current, order.number, by=by)
        visiting.reached(current, found, opened=True, by=by, at=today.now, device_at=today.now)
    path = f"/orders/{order.number}"
    at_desk(CHEN_JING).send(path, f"{path}/hand-over", technician="ma.chao", reason="设备遗失")
    page = at_desk(CHEN_JING).page(path)
    part = re.search(r'<div class="way"><ol.*?</ol>', page, re.DOTALL).group()
    assert re.findall(r'<li class="(\w+)">', part) == ["done", "next", "open", "open"]


def test_a_conflict_offers_to_give_the_order_back_with_one_button(at_desk, today, fresh):
    """S-04: recalled while 张伟 was in the basement; his late events are evidence."""
    order = acts.order_in(today, State.DISPATCHED)
    technician = today.user(ZHANG_WEI)
    today.do(
        alerts.raise_alert,
        "order.conflict",
        subject_kind=moving.SUBJECT,
        subject=order.number,
        audience=["dispatch_duty"],
        rule="P-18",
        by=today.by(CHEN_JING),
        at=today.later(),
        data={"technician": technician.name, "technician_id": str(technician.id)},
    )
    path = f"/orders/{order.number}"
    page = at_desk(CHEN_JING).page(path)
    assert "交还给 张伟" in page
    answer = at_desk(CHEN_JING).send(path, f"{path}/dispatch", technician=str(technician.id))
    assert answer.status_code == 303
    assert fresh(order).technician_id == technician.id


def test_steps_bands_attempts_photos_quotes_and_both_times_are_on_the_page(at_desk, today):
    order = repaired_lamp(today)
    page = at_desk(CHEN_JING).page(f"/orders/{order.number}")
    assert "221 V AC" in page
    assert "不合格: &lt; 198 V AC" in page
    assert "T8 36 W" in page
    assert "¥30.00" in page
    assert page.count("/thumbnail") == 9  # eight photos and the signature
    assert "王丽华" in page
    desk_times = [cell for cell in page.split("<tr>") if "清单步骤" in cell]
    assert all(cell.count("<time") == 2 for cell in desk_times)
    assert len(desk_times) == 14


def test_the_storekeeper_hands_out_and_takes_back(at_desk, today, fresh):
    """S-05: what is out keeps the write-off waiting."""
    order = acts.order_in(today, State.ACKNOWLEDGED)
    today.do(
        supplying.request_stock,
        today.settings,
        order,
        wanted=[("M-WCSET", Decimal(1))],
        by=today.by(LIU_QIANG),
        at=today.later(),
    )
    [line] = stores.lines_of(today.session, order.id)
    path, desk = f"/orders/{order.number}", at_desk(QIAN_JIN)
    desk.send(path, f"{path}/stock/{line.number}/issue", qty="1")
    assert fresh(line).issued_qty == 1
    too_much = desk.send(path, f"{path}/stock/{line.number}/return", qty="2")
    assert too_much.status_code == 409
    desk.send(path, f"{path}/stock/{line.number}/return", qty="1")
    assert fresh(line).returned_qty == 1


def test_times_are_written_in_the_estates_zone(at_desk, today):
    order = today.issued(appointment_at=dt.datetime(2031, 3, 5, 2, 30, tzinfo=dt.UTC))
    desk = at_desk(CHEN_JING)
    assert "2031年3月5日 10:30" in desk.page(f"/orders/{order.number}")
    desk.send("/", "/language", language="en")
    assert "5 Mar 2031 10:30" in desk.page(f"/orders/{order.number}")
