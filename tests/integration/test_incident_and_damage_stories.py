"""An incident from discovery to closing, damage from a handheld's report to settlement, a stronger
supply from the suspended order to the decision: over the desk's API, with who may do what."""

import pytest

from server.history import history_of
from server.incidents.models import Damage
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    FENG_XUE,
    HE_FANG,
    LI_NA,
    LIU_QIANG,
    LUO_BING,
    PASSWORD,
    WU_GANG,
    YANG_FAN,
    ZHANG_WEI,
    ZHAO_MIN,
    ZHOU_JIANGUO,
    after,
)
from tests.factories import acts
from tests.factories.handheld import Handheld, spelled

PARTS = {"technology": "台面受撞", "cost": "换台面 200", "risk": "可能投诉", "opinion": "赔材料费"}


class Desk:
    """Somebody who speaks the API."""

    def __init__(self, web, staff):
        self.http = web.test_client()
        told = {"username": staff.username, "password": PASSWORD}
        token = self.http.post("/api/v1/tokens", json=told).get_json()["token"]
        self.head = {"Authorization": f"Bearer {token}"}

    def get(self, path, status=200):
        answer = self.http.get(f"/api/v1{path}", headers=self.head)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def post(self, path, status=200, **body):
        answer = self.http.post(f"/api/v1{path}", headers=self.head, json=body)
        assert answer.status_code == status, answer.text
        return answer.get_json()


@pytest.fixture
def desk(web):
    """Signs one of the cast in, once."""
    known = {}
    return lambda staff: known.setdefault(staff.username, Desk(web, staff))


def as_it_stands(world):
    """The world as the web process has left it."""
    world.session.rollback()
    world.session.expire_all()
    return world


def open_alerts(world, kind, subject):
    rows = as_it_stands(world).alert_rows(kind, subject)
    return {row.kind for row in rows if row.resolved_at is None}


def test_an_incident_from_discovery_to_closing(desk, world):
    finder, duty, manager, gpm = map(desk, (FENG_XUE, CHEN_JING, ZHAO_MIN, ZHOU_JIANGUO))
    found = finder.post(
        "/incidents", 201, place="3栋大堂", category="security", description="有人闹事"
    )
    path = f"/incidents/{found['number']}"
    assert "security_dept" in found["notified"], "R-026: whose matter it is"
    assert finder.post(f"{path}/report", 409, superior_report="早了")["rule"] == "R-028"
    assert duty.post(f"{path}/handling", 409, handled_text="还没有人到")["rule"] == "R-028"
    times = {"dept_arrived_at": spelled(after(minutes=4)), "left_at": spelled(after(minutes=9))}
    assert duty.post(f"{path}/presence", **times)["left_early"] is False
    duty.post(f"{path}/handling", handled_text="劝离")
    told = finder.post(f"{path}/report", superior_report="一名外来人员大声喧哗,已劝离")
    assert (told["state"], told["reported_by"]) == ("reported", str(world.user(FENG_XUE).id))
    duty.post(f"{path}/decision", 403, outcome="closed", decision="我来决定")
    up = manager.post(f"{path}/decision", outcome="raised", decision="涉及安全责任,请总经理知悉")
    assert (up["state"], up["closed_at"]) == ("raised", None)
    above = manager.post(f"{path}/decision", 403, outcome="closed", decision="算了")
    assert above["rule"] == "R-003", "what went up is decided above"
    assert gpm.post(f"{path}/decision", outcome="closed", decision="加强门禁")["closed_at"]
    assert gpm.post(f"{path}/decision", 409, outcome="closed", decision="再来")
    assert open_alerts(world, "incident", found["number"]) == set()
    assert [row.kind for row in history_of(world.session, "incident", found["number"])][-1] == (
        "incident.closed"
    )


def test_whoever_reported_it_is_not_the_superior_who_decides(desk):
    manager, duty = desk(ZHAO_MIN), desk(CHEN_JING)
    number = manager.post(
        "/incidents", 201, place="车库", category="engineering", description="漏水"
    )["number"]
    path = f"/incidents/{number}"
    duty.post(f"{path}/presence", dept_arrived_at=spelled(after(minutes=3)))
    duty.post(f"{path}/handling", handled_text="已关阀")
    manager.post(f"{path}/report", superior_report="已关阀,待修")
    refused = manager.post(f"{path}/decision", 403, outcome="closed", decision="结了")
    assert refused["rule"] == "R-028"
    customer = {"name": "物业", "unit_code": "3栋2单元1502", "phone": "13900000001"}
    issued = duty.post(f"{path}/order", 201, customer=customer, content="修车库水管")
    order = duty.get(f"/orders/{issued['follow_up_number']}")
    assert (order["category"], order["content"]) == ("public_area", "修车库水管")
    duty.post(f"{path}/order", 409, customer=customer, content="再开一张")


def test_the_list_of_incidents_turns_by_key_and_shows_finders_their_own(desk):
    duty, finder = desk(CHEN_JING), desk(LUO_BING)
    numbers = [
        who.post(
            "/incidents", 201, place="大堂", category=category, description="脏", severity=severity
        )["number"]
        for who, category, severity in (
            (duty, "cleaning", "normal"),
            (desk(HE_FANG), "cleaning", "major"),
            (duty, "greening", "normal"),
        )
    ]
    first = duty.get("/incidents?limit=2")
    rest = duty.get(f"/incidents?limit=2&cursor={first['next_cursor']}")
    assert [one["number"] for one in first["items"] + rest["items"]] == numbers[::-1]
    assert rest["next_cursor"] is None
    asked = duty.get("/incidents?category=cleaning&severity=major&state=open")
    assert [one["number"] for one in asked["items"]] == numbers[1:2]
    assert duty.get("/incidents?state=closed")["items"] == []
    assert [one["number"] for one in desk(HE_FANG).get("/incidents")["items"]] == numbers[1:2]
    assert len(finder.get("/incidents")["items"]) == 3, "departments handle what concerns them"
    duty.get("/incidents?cursor=nowhere", 422)


def test_staying_at_an_incident_asks_the_desk_for_another_appointment(world):
    expected = world.issued(appointment_at=after(minutes=60))
    acts.dispatch(world, expected)
    tomorrow = world.issued(appointment_at=after(hours=24))
    acts.dispatch(world, tomorrow)
    Handheld(world=world, staff=LIU_QIANG).does(
        "incident.reported",
        place="3栋大堂",
        category="engineering",
        description="消防管爆裂",
        photos=[],
    )
    assert "incident.keeps_technician" in world.alerts(expected)
    assert "incident.keeps_technician" not in world.alerts(tomorrow)
    (task,) = [
        one
        for one in world.alert_rows("order", expected.number)
        if one.kind == "incident.keeps_technician"
    ]
    assert (task.rule, task.data["technician"]) == ("R-044", LIU_QIANG.name)


@pytest.fixture
def broken(world):
    """刘强 reports from his handheld that he has broken something."""
    order = acts.order_in(world, State.IN_PROGRESS)
    Handheld(world=world, staff=LIU_QIANG).does(
        "damage.reported", order, item="洗手台", description="工具滑落", photos=[]
    )
    return world.session.query(Damage).one()


def test_damage_from_a_handhelds_report_to_the_settlement(desk, world, broken):
    manager, path = desk(ZHAO_MIN), f"/damages/{broken.number}"
    order_number = manager.get(path)["order_number"]
    partly = manager.post(f"{path}/assessment", technology=PARTS["technology"])
    assert partly["state"] == "assessing"
    early = {"amount_fen": 100, "agreement": "私了", "signer_name": "王丽华"}
    assert manager.post(f"{path}/settlement", 409, **early)["rule"] == "R-063"
    whole = manager.post(f"{path}/assessment", **PARTS, claim_fen=30_000)
    assert (whole["state"], whole["analysis"]) == ("negotiating", PARTS)
    gpm, agreed = desk(ZHOU_JIANGUO), {"agreement": "换台面", "signer_name": "王丽华"}
    assert gpm.post(f"{path}/settlement", 422, amount_fen=30_001, **agreed)["rule"] == "R-024"
    assert gpm.post(f"{path}/settlement", 422, amount_fen=20_000, agreement="换", signer_name=" ")
    settled = gpm.post(f"{path}/settlement", amount_fen=20_000, **agreed)
    assert (settled["state"], settled["amount_fen"]) == ("settled", 20_000)
    assert settled["days_to_settle"] >= 0
    assert manager.post(f"{path}/assessment", 409, cost="再议")
    assert "damage.reported" not in open_alerts(world, "order", order_number)
    told = str([row.data for row in history_of(world.session, "order", order_number)])
    assert "20000" not in told, "the order's own history names no amount"


@pytest.mark.parametrize("staff", [LIU_QIANG, YANG_FAN, CHEN_JING, LI_NA, HE_FANG], ids=str)
def test_only_the_managers_name_an_amount(desk, broken, staff):
    path = f"/damages/{broken.number}"
    desk(staff).post(f"{path}/assessment", 403, claim_fen=100)
    amount = {"amount_fen": 100, "agreement": "赔", "signer_name": "王丽华"}
    desk(staff).post(f"{path}/settlement", 403, **amount)
    desk(staff).get("/damages", 200 if staff is HE_FANG else 403)
    assert desk(ZHAO_MIN).get(path)["state"] == "reported"


def test_who_reports_damage_at_the_desk_names_no_amount(desk, broken):
    number = desk(ZHAO_MIN).get(f"/damages/{broken.number}")["order_number"]
    path, said = f"/orders/{number}/damages", {"item": "花瓶", "description": "碰碎"}
    desk(YANG_FAN).post(path, 422, amount_fen=5000, **said)
    assert "claim_fen" not in desk(YANG_FAN).post(path, 201, **said)
    desk(ZHANG_WEI).post(path, 403, **said)
    first = desk(HE_FANG).get("/damages?limit=1&state=open")
    rest = desk(HE_FANG).get(f"/damages?limit=1&cursor={first['next_cursor']}")
    assert [one["item"] for one in first["items"] + rest["items"]] == ["花瓶", "洗手台"]
    guard = desk(LUO_BING)
    guard.get(f"/orders/{number}", 403)
    assert "customer" not in guard.post(path, 201, **said), "he reports it and sees no order"


def test_more_capacity_is_applied_for_where_the_order_waits_for_it_and_decided_above(desk, world):
    order = acts.order_in(world, State.ON_SITE)
    path, duty = f"/orders/{order.number}/capacity-application", desk(CHEN_JING)
    asked = {"circuit": "厨房", "load_a": "28.5", "rating_a": "20", "wish": "换 32 A"}
    assert duty.post(path, 409, **asked)["rule"] == "R-163"
    acts.suspend(world, order, reason="capacity_increase")
    within = duty.post(path, 422, **{**asked, "load_a": "20"})
    assert (within["rule"], list(within["errors"])) == ("R-163", ["load_a"])
    desk(LIU_QIANG).post(path, 403, **asked)
    assert duty.post(path, 201, **asked)["load_a"] == "28.5"
    duty.post(path, 409, **asked)
    assert "capacity.applied" in open_alerts(world, "order", order.number)
    waiting = duty.get("/capacity-applications?undecided=true")["items"]
    assert [one["order_number"] for one in waiting] == [order.number]
    duty.post(f"{path}/decision", 403, decision="granted", text="同意")
    desk(ZHAO_MIN).post(f"{path}/decision", decision="granted", text="配电间有余量")
    desk(ZHAO_MIN).post(f"{path}/decision", 409, decision="refused", text="又不同意")
    assert duty.get("/capacity-applications?undecided=true")["items"] == []
    assert duty.get(path)["decision"] == "granted"
    told = open_alerts(world, "order", order.number)
    assert told >= {"capacity.decided"}, "the desk tells the customer"
    assert "capacity.applied" not in told


def test_the_register_of_escalations_shows_what_waits_and_what_was_decided(desk, world):
    orders = [acts.order_in(world, State.ESCALATED) for _ in range(2)]
    acts.decide(world, orders[0], "accept")
    duty = desk(WU_GANG)
    (waiting,) = duty.get("/escalations?decided=false")["items"]
    assert waiting["order_number"] == orders[1].number
    assert waiting["to"][0] == {"L1_cs_manager": "cs_manager", "L2_gpm": "gpm"}[waiting["level"]]
    (decided,) = duty.get("/escalations?decided=true")["items"]
    assert (decided["order_number"], decided["decision"]) == (orders[0].number, "accept")
    first = duty.get("/escalations?limit=1")
    rest = duty.get(f"/escalations?limit=1&cursor={first['next_cursor']}")
    assert [one["order_number"] for one in first["items"] + rest["items"]] == [
        order.number for order in orders[::-1]
    ]
    desk(LIU_QIANG).get("/escalations", 403)
