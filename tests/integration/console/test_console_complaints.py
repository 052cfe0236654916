"""Complaints on their pages: taken down, relayed, judged, found again; clusters with their minutes."""

import datetime as dt
import io
import re

import pytest

from server.complaints.models import Complaint, ComplaintCluster
from server.complaints.visited import Correction
from server.db import session, transaction, utcnow
from server.estate import operations as estate
from server.public_notices.models import PublicNotice
from server.return_visits import serving_both
from server.search.index import COMPLAINT, find
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    HE_FANG,
    HE_LI,
    LI_NA,
    LIU_QIANG,
    LUO_BING,
    PASSWORD,
    QIAN_JIN,
    XU_JING,
    YANG_FAN,
    ZHAO_MIN,
    ZHENG_JIE,
    ZHOU_JIANGUO,
    Customer,
)
from tests.factories import acts, pictures
from tests.factories.complaints import judged, react, recorded, verified, visited
from tests.integration.console.calls import all_of

NEW = "/complaints/new"
CALL = {
    "name": XU_JING.name,
    "unit_code": "4-1-0302",
    "phone": XU_JING.phone,
    "content": "楼道灯坏了一个月没人修",
    "channel": "phone",
    "target": "service",
    "category": "public_area",
}
NEIGHBOURS = [
    Customer(name=name, unit_code=f"4栋1单元{room}", phone=f"1380000001{digit}")
    for digit, (name, room) in enumerate([("甲一", "0401"), ("乙二", "0501"), ("丙三", "0601")])
]


@pytest.fixture
def house(today):
    """The estate of half an hour ago, with the neighbours of one building."""
    with transaction() as current:
        for one in NEIGHBOURS:
            estate.add_unit(current, today.estate_id, one.unit_code)
    return today


def only():
    (row,) = all_of(Complaint)
    return row


def test_the_desk_takes_one_down_judges_it_and_finds_it_again(house, at_desk):
    desk = at_desk(CHEN_JING)
    answer = desk.send(NEW, NEW, **CALL)
    assert answer.status_code == 422
    assert "请先向客户致歉" in answer.text
    assert "楼道灯坏了一个月没人修" in answer.text  # what was typed stays
    page = desk.follow(desk.send(NEW, NEW, **CALL, apology="1"))
    row = only()
    assert row.unit.code == XU_JING.unit_code
    assert row.number in page
    path = f"/complaints/{row.number}"
    answer = desk.send(path, f"{path}/judgement", outcome="valid", text="属公共区域")
    assert answer.status_code == 422
    assert "请指定处理人" in answer.text
    day = (utcnow().date() + dt.timedelta(days=3)).isoformat()
    answer = desk.send(
        path,
        f"{path}/judgement",
        outcome="valid",
        text="属公共区域",
        handler=LI_NA.username,
        target_on=day,
    )
    assert "处理中" in desk.follow(answer)
    assert (only().state, only().category) == ("handling", "public_area")
    assert row.number in desk.page("/complaints")
    assert row.number in desk.page("/complaints?building=4&validity=valid&category=public_area")
    for other in ("building=5", "major=1", "channel=letter", "state=closed", "unit=9-9-0909"):
        assert row.number not in desk.page(f"/complaints?{other}")
    assert desk.get("/complaints?state=nonsense").status_code == 422
    assert row.number in desk.page("/search/found?q=楼道灯坏了")
    assert [hit.subject for hit in find(session(), house.estate_id, row.number, kinds=[COMPLAINT])]
    form = desk.page(f"/paper/F-04/{row.number}")
    for said in (XU_JING.name, XU_JING.unit_code, XU_JING.phone, "楼道灯坏了一个月没人修"):
        assert said in form
    assert "属公共区域" in desk.page(f"/paper/F-05/{row.number}")
    stale = desk.hidden(desk.page(path), f"{path}/progress-notices")
    desk.send(path, f"{path}/progress-notices", text="灯已订货")
    again = desk.client.post(f"{path}/progress-notices", data={**stale, "text": "再说一次"})
    assert again.status_code == 412
    assert "灯已订货" in again.text


def test_a_page_that_was_read_in_chinese_is_english_to_the_next_reader(house, at_desk):
    desk, manager = at_desk(CHEN_JING), at_desk(ZHAO_MIN)
    desk.send(NEW, NEW, **CALL, apology="1")
    path = f"/complaints/{only().number}"
    assert "<h2>判别投诉</h2>" in desk.page(path)
    manager.send(path, "/language", language="en", next=path)
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>|<button[^>]*>(.*?)</button>", manager.page(path))
    assert not re.search("[\u4e00-\u9fff]", str(headings).replace("中文", ""))
    assert "<h2>判别投诉</h2>" in desk.page(path)


def test_a_guard_relays_and_reads_nothing_and_the_desk_makes_the_record(house, at_desk):
    guard, desk = at_desk(LUO_BING), at_desk(CHEN_JING)
    assert guard.get("/complaints").status_code == 403
    said = {**CALL, "reason": "老人不便走动", "minor": "1"}
    answer = guard.send(NEW, f"{NEW}/relay", **said)
    assert "已转告,值班会登记" in guard.follow(answer)
    row = only()
    path = f"/complaints/{row.number}"
    assert guard.get(path).status_code == 403
    record = {"target": "service", "category": "public_area", "apology": "1"}
    assert desk.send(path, f"{path}/record", **record).status_code == 303
    assert only().state == "judging"


def test_each_sees_what_is_theirs_to_do_and_why_the_rest_is_not(house, at_desk):
    row = recorded(house, target="cs_centre")
    path = f"/complaints/{row.number}"
    page = at_desk(ZHAO_MIN).page(path)
    assert f'action="{path}/judgement"' not in page
    assert "投诉针对客服中心,由行政人事部办理。" in page
    assert f'action="{path}/judgement"' in at_desk(ZHENG_JIE).page(path)
    technician = at_desk(LIU_QIANG)
    assert technician.get(path).status_code == 404
    mine = judged(house, recorded(house), handler=house.user(LIU_QIANG))
    assert f'action="/complaints/{mine.number}/entries"' in technician.page(
        f"/complaints/{mine.number}"
    )
    listed = technician.page("/complaints")
    assert mine.number in listed
    assert row.number not in listed
    assert technician.get("/complaint-clusters").status_code == 403


def test_finance_cannot_see_a_complaint_by_a_refused_form(house, at_desk):
    row = judged(house, recorded(house))
    path = f"/complaints/{row.number}"
    clerk = at_desk(HE_FANG)
    token = clerk.hidden(clerk.page("/account"), "/account/password")["csrf_token"]
    said = {"csrf_token": token, "text": "我看看"}
    for version in ("", "0", str(row.version)):
        data = {**said, "version": version}
        answer = clerk.client.post(f"{path}/rectification", data=data)
        assert answer.status_code == 403
        assert XU_JING.phone not in answer.text
    assert clerk.get(path).status_code == 403


def test_who_is_to_put_something_right_opens_the_complaint_until_it_is_done(house, at_desk):
    row = verified(house, judged(house, recorded(house)))
    due_on = utcnow().date() + dt.timedelta(days=3)
    correction = Correction(text="补发材料", owner=house.user(QIAN_JIN), due_on=due_on)
    visited(house, row, satisfied=False, comment="灯还是闪", correction=correction)
    path = f"/complaints/{row.number}"
    keeper, clerk = at_desk(QIAN_JIN), at_desk(HE_FANG)
    assert f'href="{path}"' in keeper.page("/alerts")
    page = keeper.page(path)
    assert XU_JING.phone in page
    assert "/paper/F-04" not in page
    assert clerk.get(path).status_code == 403
    done = keeper.send(path, f"{path}/rectification", text="已补发")
    assert row.number not in keeper.follow(done)
    assert only().state == "verifying"
    assert keeper.get(path).status_code == 403, "what is put right is no business of his any more"


def test_a_visit_on_site_keeps_the_signed_sheet_and_a_dissatisfied_one_needs_a_day(house, at_desk):
    row = verified(house, judged(house, recorded(house)))
    path = f"/complaints/{row.number}"
    desk = at_desk(YANG_FAN)
    said = {"method": "on_site", "comment": "灯还是闪", "signer_name": "徐静", "satisfied": "0"}
    sheet = lambda: (io.BytesIO(pictures.photo(7, size=(320, 240))), "sheet.jpg")  # noqa: E731
    answer = desk.send(path, f"{path}/visits", **said, signature=sheet())
    assert answer.status_code == 422
    assert "限期整改必须写明期限" in answer.text or "请指定整改人" in answer.text
    day = (utcnow().date() + dt.timedelta(days=3)).isoformat()
    answer = desk.send(
        path,
        f"{path}/visits",
        **said,
        signature=sheet(),
        owner=LIU_QIANG.username,
        due_on=day,
        correction_text="换灯座",
    )
    page = desk.follow(answer)
    assert "看签名" in page
    signed = page.split("/signatures/")[1][:64]
    assert desk.get(f"{path}/signatures/{signed}").status_code == 200
    assert desk.get(f"{path}/signatures/{'0' * 64}").status_code == 404
    technician = at_desk(LIU_QIANG)
    assert technician.send(path, f"{path}/rectification", text="换好了").status_code == 303
    assert only().state == "verifying"


def test_the_front_desk_issues_the_order_of_a_complaint_from_its_page(house, at_desk):
    row = recorded(house, category="tap_valve")
    path, desk = f"/complaints/{row.number}", at_desk(LI_NA)
    words = {"content": "龙头修后仍滴水", "category": "tap_valve", "urgency": "normal"}
    page = desk.follow(desk.send(path, f"{path}/order", **words))
    assert "已为投诉开单" in page
    assert re.search(r"FW-\d{6}-\d{4}", page)
    assert f'action="{path}/order"' not in page


def test_a_visit_serves_the_linked_order_as_well_where_its_box_is_ticked(house, at_desk):
    order = house.issued(customer=XU_JING)
    row = judged(house, recorded(house), order=order)
    for act in acts.WAYS[State.CLOSED]:
        act(house, order)
    react(house)
    verified(house, row)
    path = f"/complaints/{row.number}"
    desk = at_desk(YANG_FAN)
    page = desk.page(path)
    visit = serving_both.order_visit_of(session(), row)
    assert visit.number in page
    assert 'name="serves_order"' in page
    assert visit.on_site_wanted, "the first of a month is drawn"
    said = {"comment": "都好了", "satisfied": "1", "serves_order": "1", "fixed": "true"}
    refused = desk.send(path, f"{path}/visits", **said, method="phone")
    assert refused.status_code == 422
    assert "A-28" in refused.text
    sheet = (io.BytesIO(pictures.photo(8, size=(320, 240))), "sheet.jpg")
    signed = {"method": "on_site", "signer_name": "徐静", "signature": sheet}
    assert 'name="serves_order"' not in desk.follow(
        desk.send(path, f"{path}/visits", **said, **signed)
    )
    session().rollback()
    session().refresh(visit)
    assert (visit.comment, visit.fixed, visit.method) == ("都好了", True, "on_site")


def judged_over_the_api(client, request, **words):
    signs_in = {"username": CHEN_JING.username, "password": PASSWORD}
    token = client.post("/api/v1/tokens", json=signs_in).get_json()["token"]
    return client.post(
        f"/api/v1/requests/{request.number}/judgement",
        json={"outcome": "to_complaint", **words},
        headers={"Authorization": f"Bearer {token}"},
    )


def test_a_call_that_turns_out_to_be_a_complaint_is_apologised_for_and_says_who_took_it_down(
    house, at_desk
):
    request = house.register(XU_JING, channel="hotline", kind="enquiry", content="等了一周没人来")
    path, desk = f"/requests/{request.number}", at_desk(CHEN_JING)
    words = {"outcome": "to_complaint", "target": "service", "improvement": "三天内上门"}
    refused = desk.send(path, f"{path}/judgement", **words)
    assert refused.status_code == 422
    assert "R-102" in refused.text
    assert "三天内上门" in refused.text, "what was typed stays"
    said_no = house.register(XU_JING, channel="phone", content="没人道歉")
    answer = judged_over_the_api(desk.client, said_no, apology=False)
    assert (answer.status_code, answer.get_json()["rule"]) == (422, "R-102")
    assert desk.send(path, f"{path}/judgement", **words, apology="1").status_code == 303
    house.now = utcnow()
    react(house)
    row = only()
    assert (row.apology, row.improvement) == (True, "三天内上门")
    assert row.recorded_by == house.user(CHEN_JING).id
    form = desk.page(f"/paper/F-04/{row.number}")
    assert "陈静" in form
    assert "三天内上门" in form


def test_a_neighbour_system_that_says_nothing_of_an_apology_is_not_asked_for_one(house, at_desk):
    request = house.register(XU_JING, channel="phone", content="等了一周没人来")
    answer = judged_over_the_api(at_desk(CHEN_JING).client, request, target="staff")
    assert answer.status_code == 200, answer.text
    house.now = utcnow()
    react(house)
    assert (only().apology, only().recorded_by) == (False, house.user(CHEN_JING).id)


def test_three_households_of_a_building_make_a_cluster_that_a_forum_or_a_notice_ends(
    house, at_desk
):
    rows = [recorded(house, one, category="public_area") for one in NEIGHBOURS[:2]]
    recorded(house, NEIGHBOURS[1], category="public_area")  # the same household once more
    recorded(house, NEIGHBOURS[2], category="lamp")
    react(house)
    assert all_of(ComplaintCluster) == []
    rows.append(recorded(house, NEIGHBOURS[2], category="public_area"))
    react(house)
    (cluster,) = all_of(ComplaintCluster)
    assert (cluster.found, cluster.scope, cluster.category) == (True, "4栋", "public_area")
    assert {row.cluster_id for row in rows} == {cluster.id}
    later = recorded(house, category="public_area")
    react(house)
    assert session().get(Complaint, later.id).cluster_id == cluster.id

    desk, manager = at_desk(HE_LI), at_desk(ZHAO_MIN)
    path = f"/complaint-clusters/{cluster.number}"
    # What the house has found has no title of its own: it is called by what it is about.
    assert f'{cluster.number}</a></th><td class="content">公共区域</td><td>4栋<br>' in desk.page(
        "/complaint-clusters"
    )
    assert f'action="{path}/closure"' not in desk.page(path)
    assert "4栋 · 公共区域" in manager.page("/alerts")
    for lacking in (
        {},
        {"held_on": "2025-03-20", "place": "会所", "present": "徐静", "statements": "太暗"},
        {"notice": "GG-202503-0001"},
    ):
        assert manager.send(path, f"{path}/closure", **lacking).status_code == 422
    (cluster,) = all_of(ComplaintCluster)
    assert cluster.state == "open"
    minutes = {
        "held_on": "2025-03-20",
        "place": "会所",
        "present": "徐静, 甲一\n赵敏",
        "statements": "楼道太暗,老人摔过跤",
        "result": "三天内全部换灯",
    }
    page = manager.follow(manager.send(path, f"{path}/closure", **minutes))
    assert "三天内全部换灯" in page
    (cluster,) = all_of(ComplaintCluster)
    assert (cluster.state, cluster.outcome) == ("closed", "forum")
    assert cluster.minutes["present"] == ["徐静", "甲一", "赵敏"]
    assert cluster.number in desk.page("/complaint-clusters?state=closed")
    assert "楼道太暗,老人摔过跤" in desk.page(f"/paper/F-24/{cluster.number}")


def test_a_manager_marks_one_by_hand_and_a_published_notice_ends_it(house, at_desk):
    row = recorded(house)
    chief = at_desk(ZHOU_JIANGUO)
    said = {"title": "电梯停运", "scope": "会所电梯", "category": "public_area"}
    page = chief.follow(
        chief.send("/complaint-clusters", "/complaint-clusters", **said, complaints=f"{row.number}")
    )
    assert row.number in page
    (cluster,) = all_of(ComplaintCluster)
    other = recorded(house)
    path = f"/complaint-clusters/{cluster.number}"
    assert chief.send(path, f"{path}/complaints", complaint=other.number).status_code == 303
    with transaction() as current:
        notice = PublicNotice(
            estate_id=house.estate_id,
            number="GG-202503-0007",
            kind="complaint_handling",
            title="电梯处理情况",
            text="已换钢缆",
            state="draft",
            places=["公告栏"],
            drafted_at=utcnow(),
        )
        current.add(notice)
    closing = {"notice": "GG-202503-0007"}
    answer = chief.send(path, f"{path}/closure", **closing)
    assert answer.status_code == 422
    assert "还没有发布" in answer.text
    with transaction() as current:
        published = current.get(PublicNotice, notice.id)
        published.state, published.published_at = "published", utcnow()
    assert chief.send(path, f"{path}/closure", **closing).status_code == 303
    (cluster,) = all_of(ComplaintCluster)
    assert (cluster.state, cluster.outcome, cluster.notice_id) == ("closed", "published", notice.id)


def test_who_may_not_visit_for_orders_does_not_do_so_on_the_page_of_a_complaint(house, at_desk):
    order = house.issued(customer=XU_JING)
    row = recorded(house, target="cs_centre")
    judged(house, row, by=ZHENG_JIE, order=order)
    for act in acts.WAYS[State.CLOSED]:
        act(house, order)
    react(house)
    verified(house, row, handler=ZHENG_JIE, verifier=ZHENG_JIE)
    path = f"/complaints/{row.number}"
    desk = at_desk(ZHENG_JIE)
    assert 'name="serves_order"' not in desk.page(path)
    said = {"comment": "都好了", "satisfied": "1", "method": "phone", "serves_order": "1"}
    assert desk.send(path, f"{path}/visits", **said).status_code == 403
    session().rollback()
    session().refresh(row)
    assert row.state == "visit_pending"
