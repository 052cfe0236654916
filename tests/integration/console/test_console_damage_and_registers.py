"""The pages of incidents, damage, escalations and capacity, and their forms F-13, F-14, F-15, F-20."""

import re

from server.incidents.models import Damage
from server.work_orders.states import State
from tests.cast import CHEN_JING, HE_FANG, LIU_QIANG, LUO_BING, YANG_FAN, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories import acts


def test_a_finder_reports_and_the_superior_decides_on_one_page(at_desk, today):
    finder, duty, manager = at_desk(HE_FANG), at_desk(CHEN_JING), at_desk(ZHAO_MIN)
    said = {"place": "地下车库", "category": "engineering", "description": "灯箱冒烟"}
    form = finder.hidden(finder.page("/incidents/new"), "/incidents/new")
    sent = [finder.client.post("/incidents/new", data={**form, **said}) for _ in range(2)]
    path = sent[0].headers["Location"]
    assert sent[1].headers["Location"] == path, "sent twice, reported once"
    assert "请留在现场" in finder.page(path)
    assert f"{path}/handling" not in finder.page(path), "handling is the department's"
    found_at = re.search(r'name="left_at" value="([^"]*)"', duty.page(path))
    assert found_at is not None
    duty.send(path, f"{path}/presence", dept_arrived_at="2025-03-05T09:30", left_at="")
    early = duty.send(path, f"{path}/presence", dept_arrived_at="", left_at="2025-03-05T09:20")
    page = duty.follow(early)
    assert "接手前离开" in page
    assert page.count("<rect") == 2
    duty.send(path, f"{path}/handling", handled_text="断电更换")
    finder.send(path, f"{path}/report", superior_report="灯箱短路")
    assert f"{path}/decision" not in duty.page(path)
    refused = manager.send(path, f"{path}/decision", outcome="closed", decision="")
    assert refused.status_code == 422
    assert "已关闭" in manager.follow(
        manager.send(path, f"{path}/decision", outcome="closed", decision="已整改")
    )
    number = path.rpartition("/")[2]
    assert number not in manager.page("/incidents")
    assert number in manager.page("/incidents?state=closed&category=engineering&severity=normal")
    assert manager.get("/incidents?state=gone").status_code == 422
    paper = manager.page(f"/paper/F-14/{number}")
    assert all(
        words in paper for words in ("地下车库", "灯箱冒烟", "断电更换", "灯箱短路", "已整改")
    )
    assert manager.get(f"/paper/F-14/{number}.pdf").status_code == 200


def test_an_incident_leads_to_an_order_as_any_other(at_desk, today):
    duty = at_desk(CHEN_JING)
    form = {"place": "大堂", "category": "engineering", "description": "水管滴水"}
    path = duty.send("/incidents/new", "/incidents/new", **form).headers["Location"]
    who = {"name": "物业前台", "unit_code": "3栋2单元1502", "phone": "13900000001"}
    wrong = duty.send(path, f"{path}/order", **{**who, "unit_code": "没有"}, content="修水管")
    assert wrong.status_code == 422
    page = duty.follow(duty.send(path, f"{path}/order", **who, content="修水管"))
    number = re.search(r"FW-\d{6}-\d{4}", page).group(0)
    assert "修水管" in duty.page(f"/orders/{number}")
    assert f"{path}/order" not in page


def test_damage_is_reported_from_the_order_and_settled_on_its_page(at_desk, today):
    order = acts.order_in(today, State.ON_SITE)
    desk, manager, finance = at_desk(YANG_FAN), at_desk(ZHAO_MIN), at_desk(HE_FANG)
    action = f"/orders/{order.number}/damages"
    page = desk.follow(
        desk.send(f"/orders/{order.number}", action, item="花瓶", description="碰碎", kind="damage")
    )
    assert "花瓶" in page
    number = today.session.query(Damage).one().number
    path = f"/damages/{number}"
    assert path not in page, "amounts are not for assistants"
    assert desk.get(path).status_code == 403
    assert path in manager.page("/damages")
    assert path in manager.page(f"/orders/{order.number}")
    four = dict.fromkeys(("technology", "cost", "risk", "opinion"), "已查")
    manager.send(path, f"{path}/assessment", **four, claim_yuan="300")
    over = manager.send(
        path, f"{path}/settlement", amount_yuan="300.01", agreement="赔花瓶", signer_name="王丽华"
    )
    assert over.status_code == 422
    assert "赔花瓶" in over.text, "what was typed is still there"
    done = manager.send(
        path, f"{path}/settlement", amount_yuan="250.50", agreement="赔花瓶", signer_name="王丽华"
    )
    assert "¥250.50" in manager.follow(done)
    reads = finance.page("/damages?state=settled&kind=damage")
    assert "¥250.50" in reads
    assert f"{path}/settlement" not in finance.page(path)
    paper = finance.page(f"/paper/F-13/{number}")
    assert all(words in paper for words in ("花瓶", "¥300.00", "¥250.50", "赔花瓶", "王丽华"))
    assert finance.get(f"/paper/F-13/{number}.pdf?lang=en").status_code == 200
    assert at_desk(CHEN_JING).get(f"/paper/F-13/{number}").status_code == 403
    assert number not in manager.page("/damages")


def test_a_guard_reports_damage_by_the_number_on_the_slip_and_sees_no_order(at_desk, today):
    order = acts.order_in(today, State.ON_SITE)
    guard, page = at_desk(LUO_BING), f"/orders/{order.number}"
    form = guard.hidden(guard.page("/damages/new"), "/damages/new")
    said = {"kind": "damage", "item": "花瓶", "description": "碰碎"}
    for version in ("", "1", str(order.version)):
        data = {**form, **said, "version": version, "item": ""}
        refused = guard.client.post(f"{page}/damages", data=data)
        assert refused.status_code == 403
        assert order.person.phone not in refused.text
    mistyped = guard.client.post("/damages/new", data={**form, **said, "order": "FW-202503-9999"})
    assert mistyped.status_code == 404
    assert "碰碎" in mistyped.text, "what was typed is still there"
    form = guard.hidden(mistyped.text, "/damages/new")
    form["once"] = "another"
    sent = [
        guard.client.post("/damages/new", data={**form, **said, "order": order.number})
        for _ in range(2)
    ]
    number = today.session.query(Damage).one().number
    assert all(number in guard.follow(answer) for answer in sent[:1])
    assert sent[1].status_code == 303, "sent twice, reported once"
    assert 'href="/damages/new"' in guard.page("/alerts")
    assert guard.get(page).status_code == 403
    assert number in at_desk(ZHAO_MIN).page(page)


def test_capacity_is_applied_for_and_decided_on_the_orders_page(at_desk, today):
    order = acts.order_in(today, State.ON_SITE)
    acts.suspend(today, order, reason="capacity_increase")
    duty, gpm = at_desk(CHEN_JING), at_desk(ZHOU_JIANGUO)
    path = f"/orders/{order.number}"
    asked = {"circuit": "厨房", "rating_a": "20", "wish": "换大开关"}
    assert duty.send(path, f"{path}/capacity", **asked, load_a="一百").status_code == 422
    page = duty.follow(duty.send(path, f"{path}/capacity", **asked, load_a="28.5"))
    assert "28.5 A / 20.0 A" in page
    assert order.number in duty.page("/capacity-applications")
    gpm.send(path, f"{path}/capacity/decision", decision="granted", text="余量足")
    assert "余量足" in duty.page(path)
    assert order.number not in duty.page("/capacity-applications")
    assert "余量足" in duty.page("/capacity-applications?state=all")
    paper = duty.page(f"/paper/F-20/{order.number}")
    assert all(words in paper for words in ("厨房", "28.5 A", "换大开关", "同意增容"))
    desk = at_desk(LIU_QIANG)
    assert desk.get("/capacity-applications").status_code == 403


def test_the_register_shows_what_waits_and_what_was_decided(at_desk, today):
    orders = [acts.order_in(today, State.ESCALATED) for _ in range(2)]
    acts.decide(today, orders[0], "accept", text="照收")
    desk = at_desk(CHEN_JING)
    waiting, decided = desk.page("/escalations"), desk.page("/escalations?state=decided")
    assert f"/orders/{orders[1].number}" in waiting
    assert f"/orders/{orders[0].number}" not in waiting
    assert "照收" in decided
    number = re.search(r"YS-\d{6}-\d{4}", decided).group(0)
    assert "照收" in desk.page(f"/paper/F-15/{number}")
    assert desk.get("/escalations?level=L9").status_code == 422
    desk.send("/escalations", "/language", language="en", next="/escalations")
    assert "Escalations" in desk.page("/escalations")
