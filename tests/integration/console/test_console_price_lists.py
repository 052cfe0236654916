"""Price lists, public notices, the decline log and the message centre, as forms and pages."""

import datetime as dt

import pytest

from server.db import utcnow
from server.prices import queries
from server.requests import operations as requests
from tests.cast import (
    CHEN_JING,
    DEPARTMENT,
    HE_FANG,
    LIU_QIANG,
    SUN_QIAN,
    WANG_LIHUA,
    YANG_FAN,
    ZHAO_MIN,
)

LISTS, NOTICES, MESSAGES = "/price-lists", "/public-notices", "/messages"
ITEM = {
    "code": "L-MOVE",
    "name_zh": "钢琴搬运",
    "name_en": "Piano moving",
    "category": "household_other",
    "unit": "次",
    "labour_yuan": "200",
    "material_yuan": "",
    "warranty_months": "0",
}


@pytest.fixture
def begins(today):
    """A week from now."""
    return utcnow().astimezone(today.settings.zone).date() + dt.timedelta(days=7)


def test_a_list_is_drafted_by_one_and_approved_by_another_who_sees_what_changes(
    at_desk, today, begins
):
    finance, manager = at_desk(HE_FANG), at_desk(ZHAO_MIN)
    early = finance.send(LISTS, LISTS, valid_from="2025-01-01")
    assert (early.status_code, "最早从明天起生效" in early.text) == (422, True)
    page = finance.follow(finance.send(LISTS, LISTS, valid_from=begins.isoformat()))
    version = f"PL-{begins:%Y-%m}"
    here = f"{LISTS}/{version}"
    assert "与前一版没有不同。" in page
    finance.follow(finance.send(here, f"{here}/items", **ITEM))
    wrong = finance.send(here, f"{here}/items", **{**ITEM, "code": "L-X", "labour_yuan": "-1"})
    assert (wrong.status_code, 'value="L-X"' in wrong.text) == (422, True)
    finance.follow(finance.send(here, f"{here}/items/L-LAMP/end"))
    page = finance.follow(finance.send(here, f"{here}/submission"))
    assert "您参与了编制,须由另一人批准。" in page
    assert f'action="{here}/approval"' not in page
    page = manager.page(here)
    for words in ("新增", "L-MOVE", "¥200.00", "取消", "L-LAMP"):
        assert words in page
    page = manager.follow(manager.send(here, f"{here}/approval"))
    assert "已批准,到生效日自动启用。" in page
    items = queries.items_in_force(today.session, today.estate_id, begins)
    codes = {item.code for item in items}
    assert ({item.list_version for item in items}, "L-MOVE" in codes, "L-LAMP" in codes) == (
        {version},
        True,
        False,
    )
    assert finance.page(f"{LISTS}/{version}").count(f'action="{here}/items"') == 0
    paper = finance.page(f"/paper/F-03/{version}")
    for words in ("L-MOVE", "钢琴搬运", "¥200.00", HE_FANG.name, ZHAO_MIN.name):
        assert words in paper


def test_a_notice_is_posted_and_its_households_are_ticked_off(at_desk, web):
    assistant = at_desk(YANG_FAN)
    page = assistant.follow(
        assistant.send(NOTICES, NOTICES, kind="other", title="停水通知", text="今晚十点停水")
    )
    number = page.partition("<h1>")[2].split()[1]
    here = f"{NOTICES}/{number}"
    assert at_desk(LIU_QIANG).get(here).status_code == 404
    page = assistant.follow(assistant.send(here, f"{here}/units", building="3"))
    assert "未告知" in page
    nowhere = assistant.send(here, f"{here}/publication", places=" ")
    assert nowhere.status_code == 422
    board = web.test_client()
    assert "停水通知" not in board.get("/n?lang=zh").text
    assistant.follow(assistant.send(here, f"{here}/publication", places="3栋大厅\n公告栏"))
    assert "停水通知" in board.get("/n?lang=zh").text
    page = assistant.follow(assistant.send(here, f"{here}/told", everybody="1"))
    assert "未告知" not in page
    assert number in assistant.page(f"{NOTICES}?state=published&kind=other")
    paper = assistant.page(f"/paper/F-10/{number}")
    for words in ("停水通知", "今晚十点停水", "3栋大厅、公告栏"):
        assert words in paper


def test_nobody_posts_or_changes_words_that_he_has_not_seen(at_desk, web):
    writer, other = at_desk(YANG_FAN), at_desk(ZHAO_MIN)
    page = writer.follow(writer.send(NOTICES, NOTICES, kind="other", title="停水", text="今晚十点"))
    here = f"{NOTICES}/{page.partition('<h1>')[2].split()[1]}"
    old = other.page(here)
    writer.follow(writer.send(here, here, title="停水", text="今晚九点"))
    post = f"{here}/publication"
    hung = other.client.post(post, data={**other.hidden(old, post), "places": "大厅"})
    assert (hung.status_code, "今晚九点" in hung.text, "大厅" in hung.text) == (412, True, True)
    words = {"title": "停水", "text": "今晚十一点"}
    late = other.client.post(here, data={**other.hidden(old, here), **words})
    assert (late.status_code, "今晚九点" in late.text, "今晚十一点" in late.text) == (
        412,
        True,
        True,
    )
    other.follow(other.client.post(here, data={**other.hidden(late.text, here), **words}))
    other.follow(other.send(here, post, places="大厅"))
    assert "今晚十一点" in web.test_client().get("/n?lang=zh").text


def test_no_price_is_changed_or_approved_that_nobody_looked_at(at_desk, today, begins):
    finance, other, manager = at_desk(HE_FANG), at_desk(SUN_QIAN), at_desk(ZHAO_MIN)
    finance.follow(finance.send(LISTS, LISTS, valid_from=begins.isoformat()))
    here = f"{LISTS}/PL-{begins:%Y-%m}"
    lamp = f"{here}?item=L-LAMP"
    form, days = f"{here}/items", {"valid_from": (begins + dt.timedelta(days=1)).isoformat()}
    old, fee = other.page(lamp), {**ITEM, "code": "L-LAMP", "labour_yuan": "16"}
    finance.follow(finance.send(lamp, form, **fee))
    late = other.client.post(form, data={**other.hidden(old, form), **fee, "labour_yuan": "19"})
    assert late.status_code == 412
    assert all(words in late.text for words in ("别人已作更改", "¥16.00", 'value="19"'))
    # It is there already: whoever means to add it is shown it.
    assert other.send(here, form, **fee, note="").status_code == 412
    other.follow(other.client.post(form, data={**other.hidden(late.text, form), **fee}))
    finance.follow(finance.send(here, here, **days))
    assert other.client.post(here, data={**other.hidden(old, here), **days}).status_code == 412
    finance.follow(finance.send(here, f"{here}/submission"))
    seen = manager.hidden(manager.page(here), f"{here}/approval")
    finance.follow(finance.send(here, f"{here}/return", reason="算错了"))
    finance.follow(finance.send(lamp, form, **{**fee, "labour_yuan": "99"}))
    finance.follow(finance.send(here, f"{here}/submission"))
    unseen = manager.client.post(f"{here}/approval", data=seen)
    assert (unseen.status_code, "¥99.00" in unseen.text) == (412, True)
    manager.follow(manager.send(here, f"{here}/approval"))


def test_what_was_declined_stands_in_the_log_with_what_is_wanted_most(at_desk, today):
    request = today.register(WANG_LIHUA, content="搬钢琴", at=utcnow())
    today.do(
        requests.judge_declined,
        request,
        explanation="暂时没有",
        attempts=["联系合作单位"],
        apology=True,
        notice_promised=True,
        department_informed=DEPARTMENT,
        demand_item="钢琴搬运",
        by=today.by(CHEN_JING),
        at=utcnow(),
    )
    desk = at_desk(CHEN_JING)
    page = desk.page("/declines?waiting=1")
    for words in (request.number, "钢琴搬运", "联系合作单位", DEPARTMENT, "还在等"):
        assert words in page
    assert request.number not in desk.page("/declines?item=遛狗")
    month = utcnow().astimezone(today.settings.zone).strftime("%Y-%m")
    paper = desk.page(f"/paper/F-19/{month}")
    for words in (request.number, "钢琴搬运", "联系合作单位", DEPARTMENT):
        assert words in paper


def test_a_message_is_written_read_and_answered(at_desk):
    desk, manager = at_desk(CHEN_JING), at_desk(ZHAO_MIN)
    nobody = desk.send(MESSAGES, MESSAGES, title="请回电", text="王女士等您电话")
    assert (nobody.status_code, "请选择收件人" in nobody.text) == (422, True)
    desk.follow(
        desk.send(
            MESSAGES,
            MESSAGES,
            title="请回电",
            text="王女士等您电话",
            to=["zhao.min"],
            wants_reply="on",
        )
    )
    box = manager.page(f"{MESSAGES}?box=unread")
    assert 'aria-label="未读消息 1"' in box
    here = box.partition(f'href="{MESSAGES}/')[2].partition('"')[0]
    page = manager.page(f"{MESSAGES}/{here}")
    assert 'aria-label="未读消息 0"' in page
    manager.follow(manager.send(f"{MESSAGES}/{here}", f"{MESSAGES}/{here}/reply", text="已回电"))
    sent = desk.page(f"{MESSAGES}/{here}")
    assert "电脑上" in sent
    assert "已回电" in sent
    assert "已回电" in desk.page(MESSAGES)
    assert at_desk(LIU_QIANG).get(f"{MESSAGES}/{here}").status_code == 404
