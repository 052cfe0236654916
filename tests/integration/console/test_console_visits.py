"""Return visits at the desk: the queue, one visit by telephone and at the door, the manager's look."""

import base64

import pytest

from server.db import session, transaction
from server.evidence import queries as evidence
from server.evidence.models import ON_RETURN_VISIT
from server.reactions import run_once as react
from server.rectifications.queries import rectifications_of
from server.return_visits import operations as visits
from server.return_visits.models import SpotCheck
from server.return_visits.states import SUBJECT
from server.work_orders.models import WorkOrder
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    HE_LI,
    LI_NA,
    QIAN_JIN,
    SHANGHAI,
    WU_GUOQIANG,
    XU_JING,
    YANG_FAN,
    ZHAO_MIN,
    ZHENG_JIE,
    ZHOU_JIANGUO,
)
from tests.factories import acts, pictures
from tests.factories.complaints import judged, recorded, verified, visit_of

LIST = "/return-visits"


@pytest.fixture
def visit(today):
    """The visit of an order that was closed with one round of rework."""
    world = today
    order = acts.order_in(world, State.CLOSED)
    with transaction() as current:
        current.get(WorkOrder, order.id).rework_round = 1
    by = world.by(CHEN_JING)
    return world.do(visits.open_visit, world.settings, order, by=by, at=world.later())


def path_of(visit):
    return f"{LIST}/{visit.number}"


def says(**said):
    return {"method": "phone", "satisfied": "true", "comment": "很好", **said}


def test_the_queue_says_in_words_why_this_one_comes_first(at_desk, this_day, visit):
    calm = this_day.do(
        visits.open_visit,
        this_day.settings,
        acts.order_in(this_day, State.CLOSED, customer=WU_GUOQIANG),
        by=this_day.by(CHEN_JING),
        at=this_day.later(),
    )
    desk = at_desk(HE_LI)
    page = desk.page(LIST)
    assert "返工 1 次" in page
    assert page.index(visit.number) < page.index(calm.number)
    month = visit.opened_at.astimezone(SHANGHAI).strftime("%Y-%m")
    ours = desk.page(f"{LIST}?tab=all&month={month}&assignee={HE_LI.username}")
    assert "已回访 0 / 2" in ours
    assert "还差 1 次" in ours
    door = desk.page(f"{LIST}?tab=on_site")
    assert visit.number in door
    assert calm.number not in door
    assert "这里没有回访" in desk.page(f"{LIST}?tab=done")
    for bad in (
        "tab=nonsense",
        "month=2025-13",
        "tab=all&assignee=nobody",
        "after=x",
        "tab=done&after=x",
    ):
        assert desk.get(f"{LIST}?{bad}").status_code in {404, 422}, bad
    assert at_desk(QIAN_JIN).get(LIST).status_code == 403


def test_a_complaints_visit_is_planned_here_and_names_who_complained(at_desk, today, fresh):
    complaint = verified(today, judged(today, recorded(today)))
    hidden = recorded(today, target="cs_centre")
    for_hr = {"handler": today.user(ZHENG_JIE), "by": ZHENG_JIE}
    verified(today, judged(today, hidden, **for_hr), handler=ZHENG_JIE, verifier=ZHENG_JIE)
    visit = visit_of(complaint)
    desk = at_desk(HE_LI)
    page = desk.page(f"{LIST}?tab=all")
    assert page.count(XU_JING.phone) == 2, (
        "as a word and as a link; not who complains of the centre"
    )
    plan = f"{path_of(visit)}/assignment"
    assert desk.send(path_of(visit), plan, assignee=YANG_FAN.username).status_code == 303
    assert fresh(visit).assignee_id == today.user(YANG_FAN).id
    assert plan not in desk.page(path_of(visit_of(hidden)))
    visitor = at_desk(YANG_FAN)
    assert complaint.number in visitor.page(f"{LIST}?tab=mine")
    path = f"/complaints/{complaint.number}"
    words = {"method": "phone", "note": "无人接听"}
    page = visitor.follow(visitor.send(path, f"{path}/visit-attempts", **words))
    assert "试过 1 次" in page
    assert "无人接听" in visitor.page(path_of(visit))


def test_a_dissatisfied_call_is_put_right_by_its_owner_and_asked_again(
    at_desk, today, visit, fresh
):
    desk, path = at_desk(HE_LI), path_of(visit)
    short = desk.client.post(
        f"{path}/results", data={**desk.hidden(desk.page(path), f"{path}/results"), "comment": "差"}
    )
    assert short.status_code == 422
    words = says(satisfied="false", fixed="false", cause="quality", comment="灯又闪")
    page = desk.follow(desk.send(path, f"{path}/results", **words))
    assert "没有修好,已重新登记:" in page
    row = rectifications_of(today.session, SUBJECT, visit.number)[0]
    boss = at_desk(ZHAO_MIN)
    changed = {"owner": QIAN_JIN.username, "due_on": "2099-01-31", "text": "换镇流器"}
    assert boss.send(path, f"{path}/rectification", **changed).status_code == 303
    keeper = at_desk(QIAN_JIN)
    assert keeper.send(path, f"{path}/rectification/done", text="已换").status_code == 303
    assert keeper.get(path).status_code == 404, "what is put right is no business of his any more"
    assert (fresh(row).owner_id, row.done_text) == (today.user(QIAN_JIN).id, "已换")
    assert "第 2 轮" in desk.follow(desk.send(path, f"{path}/results", **says(fixed="true")))
    while react(today.settings):
        pass
    assert fresh(visit).state == "done"
    sheet = at_desk(ZHOU_JIANGUO).page(f"/paper/F-16/{visit.number}")
    assert "灯又闪" in sheet
    assert "换镇流器" in sheet


def test_the_customer_signs_at_the_door_and_the_work_keeps_its_evidence(at_desk, visit, fresh):
    desk, path = at_desk(HE_LI), path_of(visit)
    unsigned = desk.send(path, f"{path}/results", **says(method="on_site"))
    assert unsigned.status_code == 422
    assert "R-087" in unsigned.text
    before = len(evidence.photos_of(session(), visit.order_id))
    drawn = base64.b64encode(pictures.signature(77)).decode()
    strokes = f"data:image/png;base64,{drawn}"
    bad = desk.send(path, f"{path}/results", **says(method="on_site", strokes="data:text/html,x"))
    assert bad.status_code == 422
    words = says(method="on_site", strokes=strokes, signer_name="王丽华")
    assert "客户签名" in desk.follow(desk.send(path, f"{path}/results", **words))
    sha256 = fresh(visit).customer_signature_sha256
    photo = evidence.find(session(), sha256)
    assert (photo.step, photo.is_signature, photo.order_id) == (
        ON_RETURN_VISIT,
        True,
        visit.order_id,
    )
    assert len(evidence.photos_of(session(), visit.order_id)) == before


def test_a_manager_draws_visits_of_others_and_sees_how_many_are_missing(at_desk, today, visit):
    desk, path = at_desk(HE_LI), path_of(visit)
    desk.send(path, f"{path}/results", **says())
    boss = at_desk(ZHOU_JIANGUO)
    page = boss.page(f"{LIST}/spot-checks")
    assert "您已抽查 0 / 3" in page
    assert visit.number in page
    answer = boss.send(path, f"{path}/spot-checks", asked="customer", agrees="false", note="没来过")
    assert "不一致" in boss.follow(answer)
    assert "您已抽查 1 / 3" in boss.page(f"{LIST}/spot-checks")
    assert visit.number in at_desk(ZHAO_MIN).page("/alerts")
    assert today.session.query(SpotCheck).count() == 1
    assert desk.get(f"{LIST}/spot-checks").status_code == 403


def test_only_the_manager_closes_what_nobody_could_reach(at_desk, visit):
    desk, path = at_desk(LI_NA), path_of(visit)
    assert desk.send(path, f"{path}/attempts", method="phone", note="无人接").status_code == 303
    assert f'action="{path}/closure"' not in desk.page(path)
    boss = at_desk(ZHAO_MIN)
    early = boss.send(path, f"{path}/closure", reason="停机")
    assert (early.status_code, "P-11" in early.text) == (409, True)


def test_programs_read_the_queue_and_the_month(at_desk, today, visit):
    desk = at_desk(HE_LI)
    (row,) = desk.get("/api/v1/return-visits").get_json()["items"]
    assert (row["number"], row["risk"], row["assignee"]) == (visit.number, 15, HE_LI.name)
    assert row["risks"] == [{"code": "rework", "weight": 15, "values": {"rounds": 1}}]
    assert row["unit_code"] == "3栋2单元1502"
    month = visit.opened_at.astimezone(SHANGHAI).strftime("%Y-%m")
    told = desk.get(f"/api/v1/return-visits/cohort?month={month}").get_json()
    counted = {
        key: told[key] for key in ("total", "done", "open", "on_site", "on_site_due", "late")
    }
    assert counted == {"total": 1, "done": 0, "open": 1, "on_site": 0, "on_site_due": 1, "late": 0}
    nobody = desk.get("/api/v1/return-visits?assignee=nobody").get_json()
    assert nobody == {"items": [], "next_cursor": None}
    for bad in ("state=x", "cursor=x", "cohort=2025-3", "limit=0"):
        assert desk.get(f"/api/v1/return-visits?{bad}").status_code == 422, bad


def test_the_queue_asks_no_more_for_many_visits_than_for_few(at_desk, today, visit, queries):
    desk = at_desk(HE_LI)
    desk.page(f"{LIST}?tab=all")
    queries.clear()
    desk.page(f"{LIST}?tab=all")
    few = len(queries)
    for _ in range(4):
        order = acts.order_in(today, State.CLOSED, customer=WU_GUOQIANG)
        today.do(visits.open_visit, today.settings, order, by=today.by(CHEN_JING), at=today.later())
    queries.clear()
    desk.page(f"{LIST}?tab=all")
    assert len(queries) == few
