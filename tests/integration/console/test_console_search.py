"""The search box: everything that a desk knows leads there, and nobody finds what is not theirs."""

import datetime as dt
import re

from server.deadlines.policy import end_of_day
from server.public_notices import operations as notices
from server.public_notices import queries as public_notices
from server.rectifications.operations import open_rectification
from server.return_visits.states import SUBJECT as VISIT
from server.search import index
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    FENG_XUE,
    HE_FANG,
    HE_LI,
    LI_JIANJUN,
    LI_NA,
    LIU_QIANG,
    LUO_BING,
    MA_CHAO,
    QIAN_JIN,
    SHANGHAI,
    SUN_QIAN,
    WANG_LIHUA,
    YANG_FAN,
    ZHAO_MIN,
    ZHENG_JIE,
)
from tests.factories import acts
from tests.factories.assets import appliance
from tests.factories.complaints import judged, recorded, verified, visit_of
from tests.factories.registers import SERIAL, incident, one_of_each


def groups(desk, query, path="/search"):
    """Group -> what leads where, in the order shown."""
    page = desk.page(f"{path}?q={query}")
    part = page[page.index('<div class="hits">') :]
    return {
        kind: re.findall(r'<a href="([^"]+)"', body)
        for kind, body in re.findall(r'<h2 id="h-(\w+)">(.*?)</section>', part, re.DOTALL)
    }


def test_an_order_is_found_by_everything_that_a_desk_knows(at_desk, this_day):
    order = acts.order_in(this_day, State.DISPATCHED, content="客厅日光灯不亮")
    other = this_day.issued(customer=LI_JIANJUN, content="龙头滴水")
    desk = at_desk(CHEN_JING)
    for query in (
        "3-2-1502",
        "3栋2单元1502",
        "王丽华",
        "0001",
        "13900000001",
        "日光灯",
        "客厅 不亮",
    ):
        assert groups(desk, query)["order"] == [f"/orders/{order.number}"], query
    assert f"/orders/{other.number}" in groups(desk, "龙头")["order"]
    assert groups(desk, "冰箱") == {}


def test_a_number_leads_there_at_once(at_desk, today):
    order = today.issued()
    answer = at_desk(CHEN_JING).get(f"/search?q={order.number.lower()}")
    assert answer.headers["Location"] == f"/orders/{order.number}"


def test_a_unit_or_a_person_leads_to_their_orders(at_desk, today):
    order = today.issued()
    today.issued(customer=LI_JIANJUN)
    desk = at_desk(CHEN_JING)
    [unit] = groups(desk, "3-2-1502")["unit"]
    [person] = groups(desk, "wlh")["person"]
    for path in (unit, person):
        page = desk.page(path.replace("&amp;", "&"))
        assert re.findall(r'scope="row"><a href="/orders/([^"]+)"', page) == [order.number]


def test_nobody_finds_what_is_not_theirs(at_desk, today):
    mine = acts.order_in(today, State.DISPATCHED, content="客厅灯不亮")
    today.issued(content="客厅灯不亮")
    assert groups(at_desk(LIU_QIANG), "客厅灯") == {"order": [f"/orders/{mine.number}"]}
    assert groups(at_desk(LIU_QIANG), "王丽华") == {"order": [f"/orders/{mine.number}"]}
    assert groups(at_desk(MA_CHAO), "客厅灯") == {}
    store = groups(at_desk(QIAN_JIN), "客厅灯")
    assert len(store["order"]) == 2
    assert "request" not in store
    assert len(groups(at_desk(CHEN_JING), "客厅灯")["request"]) == 2
    for nobody in (FENG_XUE, LUO_BING):
        assert groups(at_desk(nobody), "客厅灯") == {}
        assert groups(at_desk(nobody), mine.number) == {}


def test_while_typing_the_first_five_of_each_are_options_of_a_list(at_desk, today):
    for _ in range(7):
        today.issued(content="客厅灯不亮")
    part = at_desk(CHEN_JING).page("/search/found?q=客厅")
    assert part.count('role="option"') == 10
    assert len(set(re.findall(r'id="(hit-\d+)"', part))) == 10
    assert "没有找到" in at_desk(CHEN_JING).page("/search/found?q=冰箱")
    assert "option" not in at_desk(CHEN_JING).page("/search/found?q=")


def test_what_was_typed_comes_back_as_text_and_no_question_breaks_the_search(at_desk, today):
    desk = at_desk(CHEN_JING)
    page = desk.page('/search?q=<b>"灯')
    assert "<b>&#34;" not in page
    assert "&lt;b&gt;" in page
    for odd in ("%25", "'", "\\", "。。", "-", "a" * 500, "%00", "\U0001f600"):
        assert desk.get(f"/search?q={odd}").status_code == 200, odd


def test_a_note_is_found_and_leads_to_its_order(at_desk, today):
    order = acts.order_in(today, State.DISPATCHED)
    path = f"/orders/{order.number}"
    at_desk(CHEN_JING).send(path, f"{path}/notes", text="钥匙在物业前台王姐处")
    assert groups(at_desk(CHEN_JING), "钥匙")["note"] == [f"{path}#h-notes"]
    assert groups(at_desk(LIU_QIANG), "钥匙")["note"] == [f"{path}#h-notes"]
    assert groups(at_desk(MA_CHAO), "钥匙") == {}
    assert WANG_LIHUA.name not in at_desk(MA_CHAO).page("/search?q=钥匙")


def led_to(desk, name):
    """Where somebody is led who types this; None where nothing is found."""
    answer = desk.get(f"/search?q={name}")
    if answer.status_code == 200:
        assert 'class="hits"' in answer.text
        assert name not in answer.text[answer.text.index('class="hits"') :]
    return answer.headers.get("Location")


def test_whoever_may_open_a_page_is_led_there_by_its_number_and_nobody_else_is(at_desk, world):
    things = one_of_each(world)
    found = {}
    for staff in (
        *(CHEN_JING, LI_NA, YANG_FAN, SUN_QIAN, ZHAO_MIN, HE_FANG, QIAN_JIN, ZHENG_JIE),
        *(LUO_BING, FENG_XUE),
    ):
        found[staff.name] = kinds = set()
        desk = at_desk(staff)
        for kind, (name, page) in things.items():
            way = led_to(desk, name)
            assert way in {None, page}, (staff.name, kind)
            assert (way is not None) == (desk.get(page).status_code == 200), (staff.name, kind)
            kinds |= {kind} if way else set()
    assert found[ZHAO_MIN.name] == set(things)
    assert found[QIAN_JIN.name] == {index.STOCK_LINE, index.STOCK_COUNT, index.ESCALATION}
    assert {index.INCIDENT, index.CLUSTER, index.VISIT}.isdisjoint(found[HE_FANG.name])
    assert {index.FEE_NOTICE, index.FINANCE_REPORT} <= found[HE_FANG.name]
    assert {index.FEE_NOTICE, index.DAMAGE, index.REVIEW}.isdisjoint(found[CHEN_JING.name])
    assert found[LUO_BING.name] == {index.INCIDENT}
    assert found[FENG_XUE.name] == {index.INCIDENT, index.SLIPS}
    desk = at_desk(LIU_QIANG)
    own = {kind for kind, (name, _page) in things.items() if led_to(desk, name)}
    assert own == {index.STOCK_LINE, index.ESCALATION}
    desk = at_desk(MA_CHAO)
    assert [kind for kind, (name, _page) in things.items() if led_to(desk, name)] == []


def test_part_of_a_number_finds_only_what_is_ones_own_or_hangs_on_the_board(at_desk, world):
    things = one_of_each(world)
    mine = incident(world, by=LIU_QIANG)
    desk = at_desk(LIU_QIANG)
    assert groups(desk, "gq-202503") == {"incident": [f"/incidents/{mine.number}"]}
    assert len(groups(at_desk(CHEN_JING), "gq")["incident"]) == 2
    number, page = things[index.VISIT]
    assert groups(desk, number[:9]) == {}
    world.do(
        open_rectification,
        subject_kind=VISIT,
        subject=number,
        round=1,
        text="上门道歉",
        owner_id=world.user(LIU_QIANG).id,
        due_on=dt.date(2025, 4, 3),
        due_at=end_of_day(dt.date(2025, 4, 3), SHANGHAI),
        by=world.by(HE_LI),
        at=world.later(),
    )
    assert groups(desk, number[:9]) == {"visit": [page]}
    assert desk.get(page).status_code == 200
    assert groups(at_desk(MA_CHAO), number[:9]) == {}
    number, page = things[index.PUBLIC_NOTICE]
    assert groups(desk, "gg") == {}
    by = world.by(ZHAO_MIN)
    world.do(
        lambda current: notices.publish(
            current,
            public_notices.find(current, number, by=by, lock=True),
            places=["公告栏"],
            by=by,
            at=world.later(),
        )
    )
    assert groups(desk, "gg") == {"notice": [page]}


def test_an_asset_is_found_by_label_serial_number_and_unit(at_desk, today):
    asset = appliance(today, serial=SERIAL, brand="格力")
    desk, path = at_desk(CHEN_JING), f"/assets/{asset.id}"
    assert led_to(desk, "ac-0905") == path
    for typed in ("ac-09", SERIAL, SERIAL[:6].lower(), "1-2-0905", "0905"):
        assert groups(desk, typed)["asset"] == [path], typed
    assert "格力" in desk.page(f"/search/found?q={SERIAL}")
    for stranger in (QIAN_JIN, LIU_QIANG):
        assert "asset" not in groups(at_desk(stranger), "AC-0905"), stranger.name


def test_a_complaint_against_the_centre_and_its_visit_stay_with_those_who_may_read_them(
    at_desk, world
):
    complaint = recorded(world, target="cs_centre")
    judged(world, complaint, by=ZHENG_JIE, handler=world.user(ZHENG_JIE))
    verified(world, complaint, handler=ZHENG_JIE, verifier=ZHENG_JIE)
    visit = visit_of(complaint)
    assert led_to(at_desk(ZHENG_JIE), complaint.number) == f"/complaints/{complaint.number}"
    assert led_to(at_desk(ZHENG_JIE), visit.number) is None, "who makes no visits opens none"
    assert led_to(at_desk(HE_LI), visit.number) == f"/return-visits/{visit.number}"
    for stranger in (HE_FANG, QIAN_JIN, LIU_QIANG):
        desk = at_desk(stranger)
        for name in (complaint.number, visit.number):
            assert led_to(desk, name) is None, (stranger.name, name)
        for part in ("ts-202503", "hf-202503", "202503", "0001"):
            assert not {"complaint", "visit"} & set(groups(desk, part)), (stranger.name, part)
